using Facteur.Mail;

namespace Facteur.Storage.Queue;

public readonly record struct QueueId(long Value);
public readonly record struct QueueRecipientId(long Value);

/// <summary>Where a recipient stands.</summary>
public enum QueueState : byte
{
    /// <summary>Waits for its time.</summary>
    Waiting = 0,
    /// <summary>Kept out of the schedule by hand.</summary>
    Held = 1,
    /// <summary>The remote host took it.</summary>
    Delivered = 2,
    /// <summary>Given up; the sender is told as NOTIFY asks.</summary>
    Failed = 3,
    /// <summary>Taken back by hand or by undo send.</summary>
    Cancelled = 4,
}

/// <summary>What the sender is owed for a recipient (RFC 3461 §4.1, §6). Expanded: it is an alias of several, each of which goes its own way (§5.2.7.3).</summary>
public enum QueueReport : byte { None = 0, Failure = 1, Delay = 2, Success = 3, Relayed = 4, Expanded = 5 }

/// <summary>A message to be sent out: what to say at MAIL, and which octets to send.</summary>
/// <remarks>Sent is <see cref="Prefix"/>, then the stored body from <see cref="SkipOctets"/> on.</remarks>
public sealed record QueueMessage
{
    public QueueId Id { get; init; }

    /// <summary>Who sent it, or whose forward it is; null for the server's own (reports).</summary>
    public AccountId? Account { get; init; }

    /// <summary>Id of the transaction it came by: in its Received field, the log and the trace.</summary>
    public required string Transaction { get; init; }

    /// <summary>Reverse-path; "" is the empty one.</summary>
    public required string Sender { get; init; }

    /// <summary>ENVID, decoded, or null.</summary>
    public string? EnvelopeId { get; init; }
    public DsnReturn Return { get; init; }
    public BodyType Body { get; init; }
    public bool SmtpUtf8 { get; init; }

    /// <summary>REQUIRETLS was asked for (RFC 8689 §4).</summary>
    public bool RequireTls { get; init; }

    /// <summary>The message says TLS-Required: No (RFC 8689 §5).</summary>
    public bool TlsOptional { get; init; }

    /// <summary>MT-PRIORITY is not offered; reports and forwards go like any message.</summary>
    public BodyReference Content { get; init; }

    /// <summary>Header fields sent before the stored octets (DKIM-Signature, Delivered-To, ARC set), each with its CRLF.</summary>
    public ReadOnlyMemory<byte> Prefix { get; init; }

    /// <summary>Octets at the start of the stored message that are not sent (our Return-Path).</summary>
    public int SkipOctets { get; init; }

    /// <summary>Message-ID without brackets, or "".</summary>
    public string MessageId { get; init; } = "";
    public string Subject { get; init; } = "";

    /// <summary>"fr" or "en": the language reports to the sender are written in.</summary>
    public string Locale { get; init; } = "en";
    public DateTimeOffset Created { get; init; }

    /// <summary>First attempt not before (undo send, send later, FUTURERELEASE); null is at once.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>Given up after; null: as the schedule says (BY of RFC 2852 is not offered).</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>"mail", "report", "forward", "vacation": what reports and limits look at.</summary>
    public string Kind { get; init; } = "mail";
}

/// <summary>A recipient as it enters the queue.</summary>
/// <param name="Address">Where RCPT goes.</param>
/// <param name="Destination">Domain in A-labels, lower case, or "[smarthost]:port": recipients of one destination share connections.</param>
/// <param name="OriginalRecipient">ORCPT as "rfc822;address", or null.</param>
public sealed record NewQueueRecipient(string Address, string Destination, DsnNotify Notify, string? OriginalRecipient)
{
    /// <summary>Failed: on the suppression list or refused by routing; it enters only to be reported. Waiting otherwise; Held at wish.</summary>
    public QueueState State { get; init; } = QueueState.Waiting;

    /// <summary>Why, when it is Failed from the start.</summary>
    public string Answer { get; init; } = "";
    public QueueReport Report { get; init; }
}

/// <summary>A message entering the queue.</summary>
/// <param name="Message">Id, Content are set by the store.</param>
public sealed record QueueSubmission(QueueMessage Message, IReadOnlyList<NewQueueRecipient> Recipients);

/// <summary>A recipient as it stands.</summary>
public sealed record QueueRecipient
{
    public required QueueRecipientId Id { get; init; }
    public required QueueId Message { get; init; }
    public required string Address { get; init; }
    public required string Destination { get; init; }
    public DsnNotify Notify { get; init; }
    public string? OriginalRecipient { get; init; }
    public QueueState State { get; init; }

    /// <summary>In a lease now.</summary>
    public bool IsLeased { get; init; }
    public int Attempts { get; init; }
    public DateTimeOffset NextAttempt { get; init; }
    public DateTimeOffset? LastAttempt { get; init; }
    public string LastHost { get; init; } = "";
    public string LastAnswer { get; init; } = "";
    public int LastCode { get; init; }
    public string LastEnhancedCode { get; init; } = "";

    /// <summary>A delay was reported already.</summary>
    public bool DelayReported { get; init; }

    /// <summary>Report owed and not yet sent.</summary>
    public QueueReport Owed { get; init; }
    public DateTimeOffset? Finished { get; init; }
}
