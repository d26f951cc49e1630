using Facteur.Storage.Queue;

namespace Facteur.Storage.Emails;

public readonly record struct SubmissionId(long Value);

/// <summary>What an account sent through JMAP (EmailSubmission, RFC 8621 §7); kept as long as its queue entry is remembered.</summary>
/// <param name="Queue">Entry of the queue that carries it; null when every recipient was delivered here at once.</param>
/// <param name="Identity">Id of the identity it was sent as.</param>
/// <param name="SendAt">When it leaves, or left.</param>
/// <param name="Document">JSON object of Facteur.Jmap (envelope as asked for).</param>
public sealed record SubmissionRecord(
    SubmissionId Id, AccountId Account, QueueId? Queue, EmailId Email, ThreadId Thread, int Identity, DateTimeOffset SendAt, string Document, ModSeq Created, ModSeq Changed);

/// <summary>Submissions of accounts. Rows are made by the commit that queues and delivers the message (<see cref="Delivery.Submission"/>).</summary>
public abstract class SubmissionStore
{
    public abstract ValueTask<SubmissionRecord?> FindAsync(AccountId account, SubmissionId id, CancellationToken cancel);

    /// <summary>By id, those after <paramref name="after"/>.</summary>
    public abstract ValueTask<IReadOnlyList<SubmissionRecord>> ListAsync(AccountId account, SubmissionId after, int max, CancellationToken cancel);

    /// <summary>Says that something of it changed (undone, delivered, a report came in), so that its state moves; false when it is gone.</summary>
    public abstract ValueTask<bool> TouchAsync(AccountId account, SubmissionId id, CancellationToken cancel);

    /// <summary>Removes a record; what is on its way stays on its way.</summary>
    public abstract ValueTask<bool> RemoveAsync(AccountId account, SubmissionId id, CancellationToken cancel);

    /// <summary>Changed and removed after <paramref name="since"/>; null when that is not known any more.</summary>
    public abstract ValueTask<(IReadOnlyList<SubmissionRecord> Changed, IReadOnlyList<SubmissionId> Removed, ModSeq State)?> ChangesSinceAsync(AccountId account, ModSeq since, CancellationToken cancel);
}

/// <summary>A submission to note with the commit that takes its message.</summary>
public sealed record SubmissionDraft(AccountId Account, EmailId Email, ThreadId Thread, int Identity, DateTimeOffset SendAt, string Document);
