using Facteur.Storage.Embedded.Sqlite;
using Facteur.Storage.Embedded.Writing;
using Facteur.Storage.Emails;

namespace Facteur.Storage.Embedded.Emails;

/// <inheritdoc/>
internal sealed class EmbeddedSnoozes(EmbeddedStore store) : SnoozeStore
{
    private const string Columns = "SELECT email, account, until, mailbox, unread FROM snooze";
    private const string OfEmail = Columns + " WHERE email = ?1 AND account = ?2";

    // Index snooze_until.
    private const string Due = Columns + " WHERE until <= ?1 ORDER BY until, email LIMIT ?2";

    public override async ValueTask SetAsync(SnoozeRecord snooze, CancellationToken cancel) => await store.WriteAsync(
        session =>
        {
            var account = session.Account(snooze.Account);
            if (!Touch(session, account, snooze.Email)) throw new StoreRefusedException(StoreRefusal.NotPossible, "the account has no such email");
            session.Database.Get("INSERT OR REPLACE INTO snooze (email, account, until, mailbox, unread) VALUES (?1, ?2, ?3, ?4, ?5)")
                .Bind(1, snooze.Email.Value).Bind(2, account.Id.Value).Bind(3, snooze.Until.ToUnixTimeMilliseconds()).Bind(4, snooze.MoveTo?.Value)
                .Bind(5, snooze.MarkUnread ? 1 : 0).Run();
            return true;
        },
        grows: true, cancel);

    public override async ValueTask<bool> RemoveAsync(AccountId account, EmailId email, CancellationToken cancel) => await store.WriteAsync(
        session =>
        {
            var row = session.Database.Get("DELETE FROM snooze WHERE email = ?1 AND account = ?2 RETURNING 1").Bind(1, email.Value).Bind(2, account.Value);
            var found = row.Step();
            if (!found) return false;
            row.Run();
            Touch(session, session.Account(account), email);
            return true;
        },
        grows: false, cancel);

    public override ValueTask<IReadOnlyDictionary<EmailId, SnoozeRecord>> FindAsync(AccountId account, IReadOnlyCollection<EmailId> emails, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        return new(store.Read<IReadOnlyDictionary<EmailId, SnoozeRecord>>(database =>
        {
            var found = new Dictionary<EmailId, SnoozeRecord>();
            foreach (var email in emails)
            {
                var row = database.Get(OfEmail).Bind(1, email.Value).Bind(2, account.Value);
                if (row.Step()) found[email] = Read(row);
                row.Reset();
            }
            return found;
        }));
    }

    public override ValueTask<IReadOnlyList<SnoozeRecord>> DueAsync(DateTimeOffset now, int max, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        return new(store.Read<IReadOnlyList<SnoozeRecord>>(database =>
        {
            var due = new List<SnoozeRecord>();
            var rows = database.Get(Due).Bind(1, now.ToUnixTimeMilliseconds()).Bind(2, max);
            while (rows.Step()) due.Add(Read(rows));
            return due;
        }));
    }

    public override ValueTask<DateTimeOffset?> NextDueAsync(CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        return new(store.Read<DateTimeOffset?>(database =>
        {
            var row = database.Get("SELECT until FROM snooze ORDER BY until LIMIT 1");
            return row.Step() ? DateTimeOffset.FromUnixTimeMilliseconds(row.Int64(0)) : null;
        }));
    }

    // The email counts as changed.
    private static bool Touch(WriteSession session, AccountState account, EmailId email)
    {
        var row = session.Database.Get("SELECT 1 FROM email WHERE id = ?1 AND account = ?2 AND entries > 0").Bind(1, email.Value).Bind(2, account.Id.Value);
        var found = row.Step();
        row.Reset();
        if (!found) return false;
        Entries.Spread(session, account, email, session.NextModSeq(account), 0);
        session.Touch(account);
        return true;
    }

    private static SnoozeRecord Read(SqliteStatement row) => new(
        new AccountId(row.Int64(1)), new EmailId(row.Int64(0)), DateTimeOffset.FromUnixTimeMilliseconds(row.Int64(2)),
        row.Int64OrNull(3) is { } mailbox ? new MailboxId(mailbox) : null, row.Int64(4) != 0);
}
