namespace Facteur.Storage.Queue;

/// <summary>
/// Messages on their way out, as rows of the store: a message enters with the same commit as its local delivery
/// (<see cref="Delivery.Queued"/>), and leaves only when each recipient was delivered, failed or was cancelled.
/// Work is taken by leases, so that several processes may share a queue: a lease has a token, and what is recorded with
/// a token that is no longer the row's is refused (fencing), so that a process that slept cannot undo what another did.
/// Invariants: nothing is in two leases at once; a final state never changes; an attempt is durable before its task completes.
/// </summary>
public abstract class QueueStore
{
    /// <summary>
    /// Longest time from one attempt to the next: a later <see cref="AttemptResult.NextAttempt"/> is brought to it. A time further ahead than
    /// this, but for messages that were to be sent later, tells of a clock that was wrong, and is due at once.
    /// </summary>
    public static readonly TimeSpan LongestStep = TimeSpan.FromHours(6);

    /// <summary>Raised after a commit that made work due or may have (new rows, retry, release): the scheduler looks again.</summary>
    public event Action? WorkAdded;

    protected void RaiseWorkAdded() => WorkAdded?.Invoke();

    // ---- for the scheduler

    /// <summary>Destinations with recipients that are due, the longest waiting first. Recipients in a live lease do not count.</summary>
    public abstract ValueTask<IReadOnlyList<DueDestination>> DueAsync(DateTimeOffset now, int max, CancellationToken cancel);

    /// <summary>When the next recipient that is not due yet falls due (or a lease expires); null when nothing waits.</summary>
    public abstract ValueTask<DateTimeOffset?> NextDueAsync(DateTimeOffset now, CancellationToken cancel);

    /// <summary>
    /// Takes due recipients of ONE message for a destination, the longest waiting message first. Null when there are none.
    /// Recipients that became due at the same moment are taken together; others of the message may come with a later lease.
    /// </summary>
    /// <param name="until">The lease ends by itself then: a process that died gives its work back.</param>
    public abstract ValueTask<QueueLease?> LeaseAsync(string destination, DateTimeOffset now, DateTimeOffset until, int maxRecipients, CancellationToken cancel);

    /// <summary>Prolongs a lease. False: it is lost (expired and taken by another); the work must stop without recording.</summary>
    public abstract ValueTask<bool> ExtendAsync(QueueLease lease, DateTimeOffset until, CancellationToken cancel);

    /// <summary>
    /// Records what an attempt brought for recipients of a lease and ends the lease for them, in one commit with the trace rows.
    /// Recipients that are no longer in this lease are left alone; the result names those that were recorded.
    /// </summary>
    public abstract ValueTask<IReadOnlyList<QueueRecipientId>> RecordAsync(QueueLease lease, IReadOnlyList<AttemptResult> results, IReadOnlyList<TraceEvent> trace, CancellationToken cancel);

    /// <summary>Gives recipients of a lease back untouched (shutdown, no connection slot): no attempt is counted.</summary>
    public abstract ValueTask ReleaseAsync(QueueLease lease, CancellationToken cancel);

    /// <summary>
    /// Messages with reports owed to their sender (<see cref="AttemptResult.Report"/>) and none of whose recipients is due or leased
    /// now, or whose oldest owed report is older than <paramref name="patience"/>; with all recipients of which a report is owed.
    /// </summary>
    public abstract ValueTask<IReadOnlyList<OwedReport>> OwedReportsAsync(DateTimeOffset now, TimeSpan patience, int max, CancellationToken cancel);

    // ---- for people

    public abstract ValueTask<QueueMessage?> FindAsync(QueueId id, CancellationToken cancel);

    /// <summary>The recipients of a message, in the order of their ids.</summary>
    public abstract ValueTask<IReadOnlyList<QueueRecipient>> RecipientsAsync(QueueId id, CancellationToken cancel);

    /// <summary>Every attempt of a message, oldest first, with the answers verbatim.</summary>
    public abstract ValueTask<IReadOnlyList<AttemptRecord>> AttemptsAsync(QueueId id, CancellationToken cancel);

    /// <summary>Recipients that match, by id of the message; a page ends after <paramref name="max"/> rows.</summary>
    public abstract ValueTask<IReadOnlyList<QueueListItem>> ListAsync(QueueFilter filter, QueueRecipientId? after, int max, CancellationToken cancel);

    /// <summary>Per destination: how many wait, since when, the last answer, the next attempt.</summary>
    public abstract ValueTask<IReadOnlyList<DestinationStats>> StatsAsync(int max, CancellationToken cancel);

    /// <summary>
    /// Does something by hand to every recipient that matches and is neither leased nor final; returns how many. Retry: due now.
    /// Hold: out of the schedule. Release: back into it, due now. Fail: ends as failed, with a report owed as its NOTIFY asks.
    /// Cancel: ends without any report. Redirect: to <paramref name="target"/> (address, destination), due now unless held.
    /// Quarantine: held, with the reason kept, because the server ended while it was at work on them.
    /// Retry, Hold and Quarantine concern those that wait, Release those held: it forgets reason and crashes. A row of the trace (QueueChanged) goes with each change.
    /// </summary>
    /// <param name="by">Who does it, for the trace.</param>
    public abstract ValueTask<int> ChangeAsync(
        QueueFilter filter, QueueChange change, (string Address, string Destination)? target, string? reason, string by, CancellationToken cancel);

    /// <summary>
    /// Takes a message back as a whole: all its recipients are cancelled when each of them waits or is held and none is in a lease; else nothing
    /// is changed and the answer is false (undo send).
    /// </summary>
    /// <param name="by">Who does it, for the trace.</param>
    public abstract ValueTask<bool> WithdrawAsync(QueueId id, string by, CancellationToken cancel);

    public ValueTask<int> ChangeAsync(QueueFilter filter, QueueChange change, (string Address, string Destination)? target, string? reason, CancellationToken cancel) =>
        ChangeAsync(filter, change, target, reason, "", cancel);

    /// <summary>Recipients and messages of kind "mail" that an account put into the queue since <paramref name="since"/>, for its daily limits.</summary>
    public abstract ValueTask<(int Messages, int Recipients)> CountSinceAsync(AccountId account, DateTimeOffset since, CancellationToken cancel);

    /// <summary>The message in the queue (or finished within the retention) that had this Message-ID (without brackets) or envelope id; for late bounces.</summary>
    public abstract ValueTask<QueueMessage?> FindByMessageIdAsync(string messageIdOrEnvelopeId, CancellationToken cancel);

    /// <summary>Removes finished messages older than the retention, in small steps; returns how many went. Those with a report owed stay.</summary>
    public abstract ValueTask<int> PurgeAsync(DateTimeOffset finishedBefore, int max, CancellationToken cancel);
}

/// <param name="Due">Recipients due; of very many at least this many.</param>
/// <param name="Oldest">Since when the longest waiting one is due.</param>
public sealed record DueDestination(string Destination, int Due, DateTimeOffset Oldest);

/// <summary>Recipients of one message taken for an attempt.</summary>
/// <param name="Token">Differs for each lease ever given.</param>
public sealed record QueueLease(QueueMessage Message, IReadOnlyList<QueueRecipient> Recipients, long Token, DateTimeOffset Until);

/// <summary>What one attempt brought for one recipient.</summary>
/// <param name="State">Waiting (again, at <paramref name="NextAttempt"/>), Delivered or Failed.</param>
/// <param name="NextAttempt">Give recipients of one attempt the same time: they are leased together again.</param>
/// <param name="Report">What the sender is owed for it; None for most.</param>
/// <param name="Host">Host that answered, or "".</param>
/// <param name="Answer">Its answer verbatim (made printable), or what happened in words.</param>
/// <param name="Code">SMTP code, 0 without one.</param>
/// <param name="EnhancedCode">As 5.1.1; "" without one.</param>
/// <param name="Security">TLS version and how it was verified, or "".</param>
public sealed record AttemptResult(
    QueueRecipientId Recipient, QueueState State, DateTimeOffset? NextAttempt, QueueReport Report,
    DateTimeOffset At, TimeSpan Took, string Host, string Answer, int Code, string EnhancedCode, string Security);

/// <summary>What becomes of recipients that waited for the time of their message, by the commit that delivers it (<see cref="Delivery.Released"/>).</summary>
/// <param name="Lease">It ends for these recipients; others of it stay in it.</param>
/// <param name="Prefix">Of the message from now on: header fields sent before the stored octets, each with its CRLF.</param>
/// <param name="Onward">Recipients on other hosts: where each waits from now on, due at once, with no attempt made.</param>
/// <param name="Settled">Those that end here: delivered to mailboxes of this server, sent on by an alias, or failed. None of them waits.</param>
public sealed record QueueRelease(
    QueueLease Lease, ReadOnlyMemory<byte> Prefix, IReadOnlyList<(QueueRecipientId Recipient, string Destination)> Onward, IReadOnlyList<AttemptResult> Settled);

/// <summary>One attempt, as kept.</summary>
public sealed record AttemptRecord(
    QueueRecipientId Recipient, string Address, DateTimeOffset At, TimeSpan Took, QueueState State, string Host, string Answer, int Code, string EnhancedCode, string Security);

/// <summary>A message and those of its recipients of which a report is owed.</summary>
public sealed record OwedReport(QueueMessage Message, IReadOnlyList<QueueRecipient> Recipients);

public sealed record QueueListItem(QueueMessage Message, QueueRecipient Recipient);

public sealed record DestinationStats(string Destination, int Waiting, int Held, DateTimeOffset Oldest, DateTimeOffset? NextAttempt, string LastAnswer);

/// <summary>Which recipients; null fields do not restrict, all given ones must match.</summary>
public sealed record QueueFilter
{
    public QueueId? Message { get; init; }
    public QueueRecipientId? Recipient { get; init; }
    public string? Destination { get; init; }
    public string? Sender { get; init; }
    public string? Address { get; init; }
    public AccountId? Account { get; init; }
    /// <summary>Null: those that are not finished.</summary>
    public IReadOnlyList<QueueState>? States { get; init; }
}

public enum QueueChange : byte { Retry, Hold, Release, Fail, Cancel, Redirect, Quarantine }
