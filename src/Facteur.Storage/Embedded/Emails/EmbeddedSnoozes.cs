using Facteur.Storage.Embedded.Sqlite;
using Facteur.Storage.Embedded.Writing;
using Facteur.Storage.Emails;

namespace Facteur.Storage.Embedded.Emails;

/// <inheritdoc/>
internal sealed class EmbeddedSnoozes(EmbeddedStore store) : SnoozeStore
{
    private const string Columns = "SELECT email, account, until, unread FROM snooze";
    private const string OfEmail = Columns + " WHERE email = ?1 AND account = ?2";

    // Index snooze_until.
    private const string Due = Columns + " WHERE until <= ?1 ORDER BY until, email LIMIT ?2";

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
            DateTimeOffset? next = row.Step() ? DateTimeOffset.FromUnixTimeMilliseconds(row.Int64(0)) : null;
            row.Reset();
            return next;
        }));
    }

    /// <summary>A commit set one.</summary>
    internal void Announce() => RaiseChanged();

    private static SnoozeRecord Read(SqliteStatement row) => new(
        new AccountId(row.Int64(1)), new EmailId(row.Int64(0)), DateTimeOffset.FromUnixTimeMilliseconds(row.Int64(2)), row.Int64(3) != 0);
}
