using Facteur.Storage.Emails;
using Facteur.Storage.Queue;

namespace Facteur.Storage;

/// <summary>
/// Proof that a message is durable: only the commit of a store makes one, after its fsync. A protocol cannot
/// answer success for a message without holding it.
/// </summary>
public sealed class DeliveryReceipt
{
    internal DeliveryReceipt(IReadOnlyList<StoredEntry> entries, IReadOnlyList<QueueId>? queued = null, IReadOnlyList<SubmissionId>? submissions = null) =>
        (Entries, Queued, Submissions) = (entries, queued ?? [], submissions ?? []);

    /// <summary>One entry per target, in the order of the deliveries and their targets.</summary>
    public IReadOnlyList<StoredEntry> Entries { get; }

    /// <summary>One id per submission to the queue, in the order of the deliveries.</summary>
    public IReadOnlyList<QueueId> Queued { get; }

    /// <summary>One id per submission that was noted, in the order of the deliveries.</summary>
    public IReadOnlyList<SubmissionId> Submissions { get; }
}

/// <summary>A message in a mailbox, as the commit placed it.</summary>
public readonly record struct StoredEntry(MailboxId Mailbox, uint UidValidity, Uid Uid, EmailId Email, ModSeq ModSeq);
