using System.Globalization;
using Facteur.Storage.Embedded.Sqlite;
using Facteur.Storage.Embedded.Writing;
using Facteur.Storage.MailboxEvents;

namespace Facteur.Storage.Embedded.MailboxEvents;

/// <inheritdoc/>
internal sealed class EmbeddedMailboxEvents(EmbeddedStore store) : MailboxEventStore
{
    // Index mailbox_event_account.
    private const string Oldest = """
        SELECT id, account, mailbox, cause, person, flags, uids, done FROM mailbox_event
        WHERE id IN (SELECT min(id) FROM mailbox_event GROUP BY account) ORDER BY id LIMIT ?1
        """;

    public override ValueTask<IReadOnlyList<MailboxEvent>> NextAsync(int max, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        return new(store.Read<IReadOnlyList<MailboxEvent>>(database =>
        {
            var next = new List<MailboxEvent>();
            var rows = database.Get(Oldest).Bind(1, max);
            while (rows.Step()) next.Add(Read(rows));
            return next;
        }));
    }

    public override async ValueTask FinishAsync(MailboxEventStep step, CancellationToken cancel) =>
        await store.WriteAsync(
            session =>
            {
                EventRows.Take(session, step);
                return true;
            },
            grows: false, cancel);

    /// <summary>A commit wrote some.</summary>
    internal void Announce() => RaiseAdded();

    private static MailboxEvent Read(SqliteStatement row) => new(
        new MailboxEventId(row.Int64(0)), new AccountId(row.Int64(1)), new MailboxId(row.Int64(2)), (MailboxCause)row.Int32(3), new AccountId(row.Int64(4)),
        row.Text(5).Split(' ', StringSplitOptions.RemoveEmptyEntries), Ranges(row.Text(6), (uint)row.Int64(7)));

    /// <summary>Those above the last that is done.</summary>
    private static List<UidRange> Ranges(string text, uint done)
    {
        var ranges = new List<UidRange>();
        foreach (var part in text.AsSpan().Split(','))
        {
            var range = text.AsSpan(part);
            var colon = range.IndexOf(':');
            var first = uint.Parse(colon < 0 ? range : range[..colon], CultureInfo.InvariantCulture);
            var last = colon < 0 ? first : uint.Parse(range[(colon + 1)..], CultureInfo.InvariantCulture);
            if (last > done) ranges.Add(new UidRange(Math.Max(first, done + 1), last));
        }
        return ranges;
    }
}
