using Facteur.Storage.Queue;

namespace Facteur.Storage.Emails;

public readonly record struct SubmissionId(long Value);

/// <summary>What an account sent through JMAP (EmailSubmission, RFC 8621 §7); kept as long as its queue entry is remembered.</summary>
/// <param name="Queue">Entry of the queue that carries it, the first of several; null when every recipient was delivered here at once.</param>
/// <param name="Identity">Id of the identity it was sent as.</param>
/// <param name="SendAt">When it leaves, or left.</param>
/// <param name="Document">JSON object of Facteur.Jmap (envelope as asked for).</param>
/// <param name="Created">On the counter of the account's submissions, which is not its MODSEQ; each change has a number of its own.</param>
public sealed record SubmissionRecord(
    SubmissionId Id, AccountId Account, QueueId? Queue, EmailId Email, ThreadId Thread, int Identity, DateTimeOffset SendAt, string Document, ModSeq Created, ModSeq Changed);

/// <summary>Those changed, ascending by when, those removed, ascending likewise, and the state after them.</summary>
public sealed record SubmissionChanges(IReadOnlyList<SubmissionRecord> Changed, IReadOnlyList<(SubmissionId Id, ModSeq At)> Removed, ModSeq State);

/// <summary>
/// Submissions of accounts. A row is made by the commit that queues and delivers the message (<see cref="Delivery.Submission"/>). It counts as changed
/// whenever something becomes of a recipient of its queue entry, or a report about it goes out or comes in, by that commit; it goes with the entry.
/// </summary>
public abstract class SubmissionStore
{
    /// <summary>Raised after a commit that changed submissions of an account.</summary>
    public event Action<AccountId>? Changed;

    protected void RaiseChanged(AccountId account) => Changed?.Invoke(account);

    /// <summary>The state of an account's submissions; it moves with each change of one.</summary>
    public abstract ValueTask<ModSeq> StateAsync(AccountId account, CancellationToken cancel);

    public abstract ValueTask<SubmissionRecord?> FindAsync(AccountId account, SubmissionId id, CancellationToken cancel);

    /// <summary>By id, those after <paramref name="after"/>.</summary>
    public abstract ValueTask<IReadOnlyList<SubmissionRecord>> ListAsync(AccountId account, SubmissionId after, int max, CancellationToken cancel);

    /// <summary>Says that something of it changed that the store cannot see, so that its state moves; false when it is gone.</summary>
    public abstract ValueTask<bool> TouchAsync(AccountId account, SubmissionId id, CancellationToken cancel);

    /// <summary>Removes a record; what is on its way stays on its way.</summary>
    public abstract ValueTask<bool> RemoveAsync(AccountId account, SubmissionId id, CancellationToken cancel);

    /// <summary>What changed after <paramref name="since"/>; null when that is not known any more, or lies in the future.</summary>
    public abstract ValueTask<SubmissionChanges?> ChangesSinceAsync(AccountId account, ModSeq since, CancellationToken cancel);
}

/// <summary>A submission to note with the commit that takes its message.</summary>
public sealed record SubmissionDraft(AccountId Account, EmailId Email, ThreadId Thread, int Identity, DateTimeOffset SendAt, string Document);
