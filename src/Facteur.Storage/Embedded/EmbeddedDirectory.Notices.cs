using Facteur.Storage.Embedded.Sqlite;
using Facteur.Storage.Embedded.Writing;

namespace Facteur.Storage.Embedded;

// What members are told of shared accounts.
internal sealed partial class EmbeddedDirectory
{
    // Index share_notice_member.
    private const string NoticesOf = "SELECT id, member, shared, name, at, old_rights, new_rights FROM share_notice WHERE member = ?1 ORDER BY id";

    public override ValueTask<IReadOnlyList<ShareNotice>> ListShareNoticesAsync(AccountId member, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        return new(store.Read(database => All(database.Get(NoticesOf).Bind(1, member.Value), Notice)));
    }

    public override async ValueTask<bool> RemoveShareNoticeAsync(AccountId member, long id, CancellationToken cancel) => await Write(session =>
    {
        var found = Any(session.Database.Get("DELETE FROM share_notice WHERE id = ?1 AND member = ?2 RETURNING 1").Bind(1, id).Bind(2, member.Value));
        if (found) session.Touch(session.Account(member));
        return found;
    }, cancel);

    /// <summary>Notes a change for the member, and forgets the oldest of too many.</summary>
    /// <param name="name">Address of the shared account.</param>
    private static void Notice(WriteSession session, string name, ShareRecord now, ShareRights before)
    {
        if (session.FindAccount(now.Member) is not { Removed: false } member) return;
        session.Database.Get("INSERT INTO share_notice (member, shared, name, at, old_rights, new_rights) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")
            .Bind(1, now.Member.Value).Bind(2, now.Shared.Value).Bind(3, name).Bind(4, session.Now).Bind(5, (long)before).Bind(6, (long)now.Rights).Run();
        session.Database.Get("DELETE FROM share_notice WHERE member = ?1 AND id <= (SELECT id FROM share_notice WHERE member = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)")
            .Bind(1, now.Member.Value).Bind(2, MaxShareNotices).Run();
        session.Touch(member);
    }

    private static ShareNotice Notice(SqliteStatement row) => new(
        row.Int64(0), new AccountId(row.Int64(1)), new AccountId(row.Int64(2)), row.Text(3), DateTimeOffset.FromUnixTimeMilliseconds(row.Int64(4)),
        (ShareRights)row.Int32(5), (ShareRights)row.Int32(6));
}
