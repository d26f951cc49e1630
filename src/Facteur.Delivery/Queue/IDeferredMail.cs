using Facteur.Storage.Queue;

namespace Facteur.Delivery.Queue;

/// <summary>
/// Messages that are to be sent later (undo send, RFC 4865) wait in the queue as a whole: one entry has all recipients, those with mailboxes here too,
/// under a destination that is no host. When their time has come, who implements this sends each recipient its way.
/// </summary>
public interface IDeferredMail
{
    /// <summary>The destination of what waits; no domain and no smarthost is written so.</summary>
    const string Destination = "(later)";

    /// <summary>
    /// Delivers the message of a lease, by one commit with what becomes of its recipients. What is not possible now is tried again by the schedule.
    /// Throws what the store throws: nothing was done then.
    /// </summary>
    ValueTask ReleaseAsync(QueueLease lease, RetrySchedule schedule, DateTimeOffset now, CancellationToken cancel);
}
