using Facteur.Mail;
using Facteur.Storage.Crashes;
using Facteur.Storage.Embedded.Sqlite;
using Facteur.Storage.Embedded.Tracing;
using Facteur.Storage.Embedded.Writing;
using Facteur.Storage.Queue;

namespace Facteur.Storage.Embedded.Queue;

// What people ask and do.
internal sealed partial class EmbeddedQueue
{
    /// <summary>Recipients changed or removed in one commit.</summary>
    private const int Step = 1000;

    private const int OpenStates = (1 << (int)QueueState.Waiting) | (1 << (int)QueueState.Held);

    public override ValueTask<QueueMessage?> FindAsync(QueueId id, CancellationToken cancel) =>
        new(store.Read(database => QueueRows.FindMessage(database, id.Value)));

    public override ValueTask<IReadOnlyList<QueueRecipient>> RecipientsAsync(QueueId id, CancellationToken cancel) =>
        new(store.Read(database => QueueRows.Recipients(database, id.Value, onlyOwed: false)).ConvertAll(WithLease));

    public override ValueTask<IReadOnlyList<AttemptRecord>> AttemptsAsync(QueueId id, CancellationToken cancel) =>
        new(store.Read(database => QueueRows.Attempts(database, id.Value)));

    public override ValueTask<IReadOnlyList<QueueListItem>> ListAsync(QueueFilter filter, QueueRecipientId? after, int max, CancellationToken cancel) =>
        new(store.Read(database =>
        {
            var messages = new Dictionary<QueueId, QueueMessage>();
            var items = new List<QueueListItem>();
            foreach (var recipient in QueueRows.List(database, filter, States(filter), after?.Value ?? 0, max))
            {
                if (!messages.TryGetValue(recipient.Message, out var message))
                {
                    if (QueueRows.FindMessage(database, recipient.Message.Value) is not { } found) continue;
                    messages.Add(recipient.Message, message = found);
                }
                items.Add(new QueueListItem(message, WithLease(recipient)));
            }
            return items;
        }));

    public override ValueTask<IReadOnlyList<DestinationStats>> StatsAsync(int max, CancellationToken cancel) =>
        new(store.Read(database => schedule.Stats(max).ConvertAll(one => new DestinationStats(
            one.Name, one.Waiting, one.Held, Time(Number(database.Get("SELECT created FROM queue_message WHERE id = ?1").Bind(1, one.Oldest))),
            one.Due == QueueBatch.Never ? null : Time(one.Due), Answer(database, one.Name)))));

    public override async ValueTask<int> ChangeAsync(
        QueueFilter filter, QueueChange change, (string Address, string Destination)? target, string? reason, string by, CancellationToken cancel)
    {
        if (change == QueueChange.Redirect && target is null) throw new ArgumentException("a redirection has a target", nameof(target));
        var states = States(filter) & change switch
        {
            QueueChange.Retry or QueueChange.Hold or QueueChange.Quarantine => 1 << (int)QueueState.Waiting,
            QueueChange.Release => 1 << (int)QueueState.Held,
            _ => OpenStates,
        };
        var changed = 0;
        for (var after = 0L; states != 0;)
        {
            var page = store.Read(database => QueueRows.List(database, filter, states, after, Step));
            foreach (var message in page.GroupBy(recipient => recipient.Message))
                changed += await ChangeAsync(message.Key, message.ToList(), new QueueAction(change, target, reason, by), cancel);
            if (page.Count < Step) break;
            after = page[^1].Id.Value;
        }
        if (changed > 0) AnnounceWork();
        return changed;
    }

    public override ValueTask<(int Messages, int Recipients)> CountSinceAsync(AccountId account, DateTimeOffset since, CancellationToken cancel) =>
        new(store.Read(database =>
        {
            // Index queue_message_account.
            var row = database.Get("SELECT count(*), ifnull(sum(recipients), 0) FROM queue_message WHERE account = ?1 AND created >= ?2 AND kind = 'mail'")
                .Bind(1, account.Value).Bind(2, since.ToUnixTimeMilliseconds());
            row.Step();
            var count = (row.Int32(0), row.Int32(1));
            row.Reset();
            return count;
        }));

    public override ValueTask<QueueMessage?> FindByMessageIdAsync(string messageIdOrEnvelopeId, CancellationToken cancel) =>
        new(store.Read(database => QueueRows.FindByMessageId(database, messageIdOrEnvelopeId)));

    public override async ValueTask<int> PurgeAsync(DateTimeOffset finishedBefore, int max, CancellationToken cancel)
    {
        var before = finishedBefore.ToUnixTimeMilliseconds();
        var purged = 0;
        while (purged < max)
        {
            var (messages, recipients) = await store.WriteAsync(session => QueuePurge.Run(session, before, Step, max - purged), grows: false, cancel);
            purged += messages;
            if (recipients == 0) break;
        }
        return purged;
    }

    /// <summary>Recipients in memory that have no row that waits, or the other way round.</summary>
    public async ValueTask<IReadOnlyList<string>> CheckAsync(CancellationToken cancel)
    {
        var suspects = Differences();
        if (suspects.Count == 0) return [];

        // A commit may have come between the rows and the memory: what differs after another one differs indeed.
        await store.WriteAsync(_ => true, grows: false, cancel);
        suspects.IntersectWith(Differences());
        return [.. suspects.Select(id => $"recipient {id} of the queue is not in the schedule as its row says")];
    }

    private HashSet<long> Differences()
    {
        var rows = store.Read(database =>
        {
            var all = new HashSet<long>();
            var row = database.Get("SELECT id FROM queue_recipient INDEXED BY queue_recipient_open WHERE state <= 1");
            while (row.Step()) all.Add(row.Int64(0));
            return all;
        });
        rows.SymmetricExceptWith(schedule.All());
        return rows;
    }

    private async Task<int> ChangeAsync(QueueId message, List<QueueRecipient> recipients, QueueAction action, CancellationToken cancel)
    {
        var claim = schedule.Withdraw(message.Value, [.. recipients.Select(recipient => recipient.Id.Value)]);
        if (claim.Recipients.Count == 0) return 0;
        try
        {
            return await store.WriteAsync(
                session =>
                {
                    var (changed, placed) = action.Run(session, claim, recipients, trace);
                    if (changed > 0 && action.Change == QueueChange.Release) store.CrashNotes.Forget(session, RiskyWork.Queue, message.Value);
                    session.AfterCommit.Add(() => schedule.Finish(claim, placed));
                    return changed;
                },
                grows: false, cancel);
        }
        catch
        {
            schedule.Abandon(claim);
            throw;
        }
    }

    private static int States(QueueFilter filter) => filter.States?.Aggregate(0, (mask, state) => mask | (1 << (int)state)) ?? OpenStates;

    private static long Number(SqliteStatement row)
    {
        if (!row.Step()) return 0;
        var number = row.Int64(0);
        row.Reset();
        return number;
    }

    private static string Answer(SqliteConnection database, string destination)
    {
        var row = database.Get("SELECT answer FROM queue_destination WHERE name = ?1").Bind(1, destination);
        if (!row.Step()) return "";
        var answer = row.Text(0);
        row.Reset();
        return answer;
    }
}
