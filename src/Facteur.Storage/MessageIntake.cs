using System.Buffers;
using Facteur.Mail;
using Facteur.Storage.Emails;
using Facteur.Storage.MailboxEvents;
using Facteur.Storage.Queue;

namespace Facteur.Storage;

/// <summary>
/// A message on its way in: takes its bytes as they stream, parses them as they pass, and keeps them in a place of
/// the store that nothing refers to yet. Disposed without a delivery, it leaves no trace.
/// </summary>
public abstract class MessageIntake : IMessageSource, IAsyncDisposable
{
    /// <summary>Longest prefix in octets: 64 KiB.</summary>
    public const int MaxPrefixOctets = 64 * 1024;

    /// <summary>Octets taken so far; once completed, those of the whole message.</summary>
    public abstract long Length { get; }

    /// <summary>Takes the next octets. Throws <see cref="StoreFullException"/> when there is no room.</summary>
    public abstract ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel);

    /// <summary>Takes the next octets of a sequence.</summary>
    public async ValueTask WriteAsync(ReadOnlySequence<byte> bytes, CancellationToken cancel)
    {
        foreach (var segment in bytes) await WriteAsync(segment, cancel);
    }

    /// <summary>Reads back what was written, and once complete the whole, before anything refers to it: for whoever judges or signs a message before it is taken.</summary>
    public abstract ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancel);

    /// <summary>Ends the content; no more octets may follow. Facts are those of the content as written: <see cref="CompleteAsync(ReadOnlyMemory{byte}, CancellationToken)"/> may put fields before it.</summary>
    public abstract ValueTask<MessageFacts> EndAsync(CancellationToken cancel);

    /// <summary>Ends the message; no more octets may follow.</summary>
    public ValueTask<MessageFacts> CompleteAsync(CancellationToken cancel) => CompleteAsync(default, cancel);

    /// <summary>
    /// Ends the message and puts header fields before what was written: what is known at the end only (Return-Path, Received,
    /// Authentication-Results). Facts, length and body are those of the whole.
    /// </summary>
    /// <param name="prefix">Whole header fields, each with its CRLF; at most <see cref="MaxPrefixOctets"/>. Copied.</param>
    public abstract ValueTask<MessageFacts> CompleteAsync(ReadOnlyMemory<byte> prefix, CancellationToken cancel);

    public abstract ValueTask DisposeAsync();
}

/// <summary>One message and the mailboxes it goes to. The first target of each account makes the email; further ones share it.</summary>
/// <param name="Message">A completed intake of the same store.</param>
/// <param name="Targets">At least one, unless it is queued or released, or thrown away by a rule of its owner: then its trace tells that and nothing else stays.</param>
public sealed record Delivery(MessageIntake Message, IReadOnlyList<DeliveryTarget> Targets)
{
    /// <summary>Entries of the queue that send this message out, made durable by the same commit. With some, <see cref="Targets"/> may be empty.</summary>
    public IReadOnlyList<QueueSubmission> Queued { get; init; } = [];

    /// <summary>Refused with <see cref="StoreRefusal.StateMismatch"/> when the account of a target is not at this state any more (ifInState, RFC 8620 §5.3). Null: at any.</summary>
    public ModSeq? IfState { get; init; }

    /// <summary>Notes the message as a submission of JMAP by the same commit, with its first queue entry.</summary>
    public SubmissionDraft? Submission { get; init; }

    /// <summary>
    /// Recipients of the message's queue entry that waited for their time and go their ways by the same commit; <see cref="Targets"/> may be empty then. StateMismatch
    /// when the lease is lost. The message is the entry's own (<see cref="MailStore.ReopenAsync"/>).
    /// </summary>
    public QueueRelease? Released { get; init; }

    /// <summary>Who puts it there by APPEND or JMAP: scripts of its mailboxes run for it (<see cref="MailStore.Events"/>). Null: it is delivered.</summary>
    public AccountId? Person { get; init; }

    /// <summary>
    /// It came from somebody: emails of its conversation that are put off are in the inbox again, as they were, by the same commit, unless it goes to Junk or
    /// Trash alone. False for what is put there by its owner, filed, imported or restored.
    /// </summary>
    public bool EndsSnoozes { get; init; }

    /// <summary>A script at an event of a mailbox decided it: that the script ran is noted by the same commit. StateMismatch when that was noted before.</summary>
    public MailboxEventStep? Step { get; init; }

    /// <summary>What the trace says of it. Rows of kind Stored, Reported and ReportReceived get the EmailId of their account, rows of kind Queued the id of the queue entry with their recipient.</summary>
    public IReadOnlyList<TraceEvent> Trace { get; init; } = [];

    /// <summary>The message is the report that these recipients' sender was owed: nothing is owed any more after the commit.</summary>
    public IReadOnlyList<QueueRecipientId> Reported { get; init; } = [];
}

/// <summary>A mailbox a message goes to.</summary>
public sealed record DeliveryTarget(MailboxId Mailbox, FlagSet Flags, DateTimeOffset InternalDate)
{
    /// <summary>UIDL kept from a former host; null: the email id serves.</summary>
    public string? PopUidl { get; init; }
}
