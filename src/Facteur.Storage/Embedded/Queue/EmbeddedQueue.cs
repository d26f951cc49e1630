using Facteur.Storage.Embedded.Sqlite;
using Facteur.Storage.Embedded.Submissions;
using Facteur.Storage.Embedded.Tracing;
using Facteur.Storage.Embedded.Writing;
using Facteur.Storage.Queue;

namespace Facteur.Storage.Embedded.Queue;

/// <summary>
/// The queue in the same database: rows say what is to be done and what came of it, the schedule in memory says when and who does it.
/// The schedule follows the commits in their order and is never ahead of them.
/// </summary>
internal sealed partial class EmbeddedQueue : QueueStore
{
    private readonly EmbeddedStore store;
    private readonly EmbeddedTrace trace;
    private readonly TimeProvider time;
    private readonly QueueSchedule schedule;

    // What was owed when a report was last asked for, until it went out.
    private readonly Dictionary<QueueRecipientId, QueueReport> told = [];
    private int announcing;

    public EmbeddedQueue(EmbeddedStore store, SqliteConnection database, EmbeddedTrace trace, TimeProvider time)
    {
        (this.store, this.trace, this.time) = (store, trace, time);
        schedule = new QueueSchedule(LongestStep, time);
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var row = database.Get("""
            SELECT r.id, r.message, r.destination, r.state, r.next_attempt, r.attempts = 0 AND m.not_before IS r.next_attempt
            FROM queue_recipient r INDEXED BY queue_recipient_open JOIN queue_message m ON m.id = r.message WHERE r.state <= 1
            """);
        while (row.Step())
        {
            var isPlanned = row.Int64(5) != 0;
            var due = row.Int32(3) == (int)QueueState.Held ? QueueBatch.Never : schedule.Bound(row.Int64(4), isPlanned, now);
            schedule.Add(row.Int64(0), new QueuePlace(row.Text(2), row.Int64(1), due, isPlanned && due != QueueBatch.Never));
        }
    }

    public override ValueTask<IReadOnlyList<DueDestination>> DueAsync(DateTimeOffset now, int max, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        return new(schedule.Due(now.ToUnixTimeMilliseconds(), max).ConvertAll(one => new DueDestination(one.Destination, one.Due, Time(one.Oldest))));
    }

    public override ValueTask<DateTimeOffset?> NextDueAsync(DateTimeOffset now, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        return new(schedule.NextDue(now.ToUnixTimeMilliseconds()) is { } next ? Time(next) : null);
    }

    public override ValueTask<QueueLease?> LeaseAsync(string destination, DateTimeOffset now, DateTimeOffset until, int maxRecipients, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        if (schedule.Lease(destination, now.ToUnixTimeMilliseconds(), (long)(until - now).TotalMilliseconds, maxRecipients) is not var (token, message, ids))
            return new((QueueLease?)null);
        try
        {
            return new(store.Read(database => new QueueLease(
                QueueRows.FindMessage(database, message)!, ids.ConvertAll(id => QueueRows.FindRecipient(database, id)! with { IsLeased = true }), token, until)));
        }
        catch
        {
            schedule.Release(token);
            throw;
        }
    }

    public override ValueTask<bool> ExtendAsync(QueueLease lease, DateTimeOffset until, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        return new(schedule.Extend(lease.Token, (long)(until - time.GetUtcNow()).TotalMilliseconds));
    }

    public override async ValueTask<IReadOnlyList<QueueRecipientId>> RecordAsync(
        QueueLease lease, IReadOnlyList<AttemptResult> results, IReadOnlyList<TraceEvent> events, CancellationToken cancel)
    {
        foreach (var result in results)
            if (result.State is QueueState.Held or QueueState.Cancelled) throw new ArgumentException("an attempt neither holds nor cancels", nameof(results));
        var claim = schedule.Claim(lease.Token, results.Select(result => result.Recipient.Value));
        if (claim.Recipients.Count == 0) return [];
        try
        {
            var rows = Concerning(lease, claim, events).Select(one => new TraceRow(one)).ToArray();
            return await store.WriteAsync(session => Record(session, claim, results, rows), grows: false, cancel);
        }
        catch
        {
            schedule.Abandon(claim);
            throw;
        }
    }

    public override ValueTask ReleaseAsync(QueueLease lease, CancellationToken cancel)
    {
        schedule.Release(lease.Token);
        AnnounceWork();
        return default;
    }

    public override ValueTask<IReadOnlyList<OwedReport>> OwedReportsAsync(DateTimeOffset now, TimeSpan patience, int max, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        var at = now.ToUnixTimeMilliseconds();
        var oldest = at - (long)patience.TotalMilliseconds;
        return new(store.Read(database =>
        {
            var ready = new List<long>();
            var row = database.Get("SELECT id, owed_since FROM queue_message WHERE owed_since IS NOT NULL ORDER BY owed_since");
            while (ready.Count < max && row.Step())
            {
                // Owed since a time that has not come: the clock was wrong then, and nobody knows how long it is.
                var isOld = row.Int64(1) <= oldest || row.Int64(1) > at;
                if (isOld || !schedule.IsBusy(row.Int64(0), at)) ready.Add(row.Int64(0));
            }
            row.Reset();
            return ready.ConvertAll(message => Owed(database, message));
        }));
    }

    /// <summary>Puts a message into the queue as part of a delivery.</summary>
    public QueueId Enqueue(WriteSession session, QueueSubmission submission, long blob, long size)
    {
        var (id, first, places) = QueueWrites.Enqueue(session, submission, blob, size);
        session.AfterCommit.Add(() =>
        {
            schedule.Add(first, places, id.Value, submission.Message.NotBefore is not null);
            AnnounceWork();
        });
        return id;
    }

    /// <summary>The delivery is the report that was owed.</summary>
    public void ClearOwed(WriteSession session, IReadOnlyList<QueueRecipientId> recipients)
    {
        QueueWrites.ClearOwed(session, recipients, id =>
        {
            lock (told) return told.TryGetValue(id, out var kind) ? kind : null;
        });
        session.AfterCommit.Add(() =>
        {
            lock (told)
                foreach (var recipient in recipients) told.Remove(recipient);
        });
    }

    private List<QueueRecipientId> Record(WriteSession session, QueueTaking claim, IReadOnlyList<AttemptResult> results, TraceRow[] rows)
    {
        var recorded = new List<QueueRecipientId>(results.Count);
        var placed = new Dictionary<long, QueuePlace>();
        var counts = new MessageCounts();
        AttemptResult? last = null;
        foreach (var result in results)
        {
            if (!claim.Recipients.TryGetValue(result.Recipient.Value, out var place)) continue;
            long? next = result.State == QueueState.Waiting ? Next(result.NextAttempt, session.Now) : null;
            if (QueueWrites.Record(session, result, claim.Message, counts, next) is null) continue;
            if (next is { } due) placed[result.Recipient.Value] = place with { Due = due, IsPlanned = false };
            recorded.Add(result.Recipient);
            last = result;
        }
        if (last is not null)
        {
            QueueWrites.Save(session, claim.Message, counts);
            QueueWrites.SaveAnswer(session, claim.Destination!.Name, last);
            QueueWrites.Trace(session, trace, rows);
            SubmissionRows.Move(session, claim.Message);
        }
        session.AfterCommit.Add(() => schedule.Finish(claim, placed));
        return recorded;
    }

    private static long Next(DateTimeOffset? asked, long now) =>
        Math.Min(asked?.ToUnixTimeMilliseconds() ?? now, now + (long)LongestStep.TotalMilliseconds);

    // What is told of recipients that another has by now is not told.
    private static IEnumerable<TraceEvent> Concerning(QueueLease lease, QueueTaking claim, IReadOnlyList<TraceEvent> events)
    {
        if (claim.Recipients.Count == lease.Recipients.Count) return events;
        var others = lease.Recipients.Where(recipient => !claim.Recipients.ContainsKey(recipient.Id.Value)).Select(recipient => recipient.Address).ToHashSet();
        return events.Where(one => !others.Contains(one.Recipient));
    }

    private OwedReport Owed(SqliteConnection database, long message)
    {
        var recipients = QueueRows.Recipients(database, message, onlyOwed: true);
        lock (told)
            foreach (var recipient in recipients) told[recipient.Id] = recipient.Owed;
        return new OwedReport(QueueRows.FindMessage(database, message)!, recipients.ConvertAll(WithLease));
    }

    private QueueRecipient WithLease(QueueRecipient recipient) => schedule.IsLeased(recipient.Id.Value) ? recipient with { IsLeased = true } : recipient;

    // Many commits in a row are told once.
    private void AnnounceWork()
    {
        if (Interlocked.Exchange(ref announcing, 1) != 0) return;
        store.Announcer.Post(() =>
        {
            Volatile.Write(ref announcing, 0);
            RaiseWorkAdded();
        });
    }

    private static DateTimeOffset Time(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
}
