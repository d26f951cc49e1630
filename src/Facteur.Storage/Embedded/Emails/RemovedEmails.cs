using System.Text;
using Facteur.Storage.Embedded.Sqlite;
using Facteur.Storage.Embedded.Writing;
using Facteur.Storage.Emails;

namespace Facteur.Storage.Embedded.Emails;

/// <summary>Emails without entries, which wait for the purge.</summary>
internal static class RemovedEmails
{
    /// <summary>Put back with one commit.</summary>
    public const int Together = 50;

    /// <summary>What removed_at says of one that was put back: purged next, and listed no more.</summary>
    private const int Restored = 1;

    public static IReadOnlyList<RemovedEmail> List(SqliteConnection database, AccountId account, int max)
    {
        var found = new List<RemovedEmail>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        // Index email_account.
        var row = database.Get("""
            SELECT e.id, e.blob, e.size, f.subject, f.folded_headers, e.received_at, e.removed_at, f.message_id
            FROM email e JOIN facts f ON f.blob = e.blob WHERE e.account = ?1 AND e.entries = 0 AND e.removed_at > ?2 ORDER BY e.removed_at DESC, e.id DESC
            """).Bind(1, account.Value).Bind(2, Restored);
        while (found.Count < max && row.Step())
            if (row.TextOrNull(7) is not { } id || seen.Add(id)) found.Add(Read(row));
        row.Reset();
        return found;
    }

    /// <summary>Those among the ids that are the account's; none when the mailbox is not.</summary>
    public static IReadOnlyList<RemovedEmail> Find(SqliteConnection database, AccountId account, MailboxId mailbox, IReadOnlyList<EmailId> emails)
    {
        var owner = database.Get("SELECT 1 FROM mailbox WHERE id = ?1 AND account = ?2 AND deleted_at IS NULL").Bind(1, mailbox.Value).Bind(2, account.Value);
        var isOwn = owner.Step();
        owner.Reset();
        if (!isOwn) throw new StoreRefusedException(StoreRefusal.NoSuchMailbox, "there is no such mailbox");
        var found = new List<RemovedEmail>(emails.Count);
        foreach (var email in emails)
        {
            var row = database.Get("""
                SELECT e.id, e.blob, e.size, f.subject, f.folded_headers, e.received_at, e.removed_at
                FROM email e JOIN facts f ON f.blob = e.blob WHERE e.id = ?1 AND e.account = ?2 AND e.entries = 0 AND e.removed_at > ?3
                """).Bind(1, email.Value).Bind(2, account.Value).Bind(3, Restored);
            if (row.Step()) found.Add(Read(row));
            row.Reset();
        }
        return found;
    }

    public static bool Forget(WriteSession session, IReadOnlyList<EmailId> emails)
    {
        foreach (var email in emails)
            session.Database.Get("UPDATE email SET removed_at = ?2 WHERE id = ?1 AND entries = 0").Bind(1, email.Value).Bind(2, Restored).Run();
        return true;
    }

    private static RemovedEmail Read(SqliteStatement row)
    {
        var headers = row.Octets(4);
        var from = headers.IndexOf((byte)0) is var end && end < 0 ? headers : headers[..end];
        return new RemovedEmail(
            new EmailId(row.Int64(0)), new BodyReference(row.Int64(1), row.Int64(2)), row.TextOrNull(3) ?? "", Encoding.UTF8.GetString(from),
            DateTimeOffset.FromUnixTimeMilliseconds(row.Int64(5)), DateTimeOffset.FromUnixTimeMilliseconds(row.Int64(6)));
    }
}
