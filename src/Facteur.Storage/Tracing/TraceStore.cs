using Facteur.Storage.Queue;

namespace Facteur.Storage;

/// <summary>What happened to a message (stored as a number: never renumber).</summary>
public enum TraceKind : byte
{
    /// <summary>Taken from a client or host. Detail: remote, hello, tls, account, spf, dkim, dmarc, arc, score.</summary>
    Accepted = 1,
    /// <summary>Refused in the session. Detail: remote, code, reason.</summary>
    Refused = 2,
    /// <summary>Put into a mailbox. Detail: mailbox, filter.</summary>
    Stored = 3,
    /// <summary>Put into the queue. Detail: notBefore.</summary>
    Queued = 4,
    /// <summary>One attempt to deliver to another host. Detail: host, answer, code, security, next.</summary>
    Attempt = 5,
    /// <summary>The other host took it.</summary>
    Sent = 6,
    /// <summary>Given up.</summary>
    Failed = 7,
    /// <summary>A report went to the sender. Detail: kind.</summary>
    Reported = 8,
    /// <summary>Fetched by a program. Detail: protocol, program, remote.</summary>
    Fetched = 9,
    /// <summary>Deleted. Detail: protocol, program, remote.</summary>
    Deleted = 10,
    /// <summary>Moved. Detail: from, to, protocol.</summary>
    Moved = 11,
    /// <summary>Changed by hand in the queue. Detail: action, by.</summary>
    QueueChanged = 12,
    /// <summary>Forwarded elsewhere by a rule of the account. Detail: to.</summary>
    Forwarded = 13,
    /// <summary>A report about it came back from elsewhere (late bounce, complaint). Detail: action, status, answer.</summary>
    ReportReceived = 14,
    /// <summary>An automatic reply went out.</summary>
    Replied = 15,
    /// <summary>A filter script of the account did something that no other row tells. Detail: action, script, line, column, to, reason.</summary>
    Scripted = 16,
}

/// <summary>One line in the life of a message.</summary>
/// <param name="Account">Whose it is: only this account (and administrators) may read it. Null: administrators alone.</param>
/// <param name="Transaction">Id of the SMTP transaction, or "".</param>
/// <param name="MessageId">Message-ID without brackets, or "".</param>
/// <param name="Recipient">"" when it concerns all of them.</param>
/// <param name="Detail">Names and values that the kind lists; values are printable and at most 1,000 characters.</param>
public sealed record TraceEvent(
    DateTimeOffset At, TraceKind Kind, AccountId? Account, string Transaction, string MessageId, string Sender, string Recipient,
    IReadOnlyList<KeyValuePair<string, string>> Detail)
{
    public QueueId? Queue { get; init; }
    public EmailId? Email { get; init; }
}

/// <summary>What to look for; null fields do not restrict.</summary>
public sealed record TraceQuery
{
    /// <summary>Only what this account may see: rows of its own.</summary>
    public AccountId? Account { get; init; }
    /// <summary>Sender or recipient, compared without case.</summary>
    public string? Address { get; init; }
    public string? MessageId { get; init; }
    public string? Transaction { get; init; }
    public QueueId? Queue { get; init; }
    public EmailId? Email { get; init; }
    public DateTimeOffset? Since { get; init; }
    public DateTimeOffset? Until { get; init; }
}

/// <summary>The lives of messages, kept for 30 days, readable when a message itself is gone.</summary>
public abstract class TraceStore
{
    /// <summary>Adds rows. Those of deliveries and attempts go with their commit instead (<see cref="Delivery.Trace"/>).</summary>
    public abstract ValueTask AppendAsync(IReadOnlyList<TraceEvent> events, CancellationToken cancel);

    /// <summary>
    /// Notes that a program read or deleted messages, without making the client wait: written in the background within a second, the first
    /// time for each (email, kind, protocol, program) of a process.
    /// </summary>
    public abstract void Note(TraceKind kind, AccountId account, MailboxId mailbox, IReadOnlyList<EmailId> emails, string protocol, string program, string remote);

    /// <summary>Rows that match, oldest first, grouped by nothing: the reader tells the lives apart by transaction and message id.</summary>
    public abstract ValueTask<IReadOnlyList<TraceEvent>> FindAsync(TraceQuery query, int max, CancellationToken cancel);

    /// <summary>Removes rows older than this, in small steps; returns how many went.</summary>
    public abstract ValueTask<int> PurgeAsync(DateTimeOffset before, int max, CancellationToken cancel);
}
