namespace Facteur.Storage;

/// <summary>One message of a snapshot.</summary>
public readonly record struct MessageEntry(Uid Uid, EmailId Email, ModSeq ModSeq, MessageFlags Flags);

/// <summary>
/// The messages of a mailbox at one moment, ascending by UID: immutable, shared by all sessions that look at it.
/// Entries lie in chunks that successive snapshots share, so that a change costs one chunk and
/// a comparison passes over what is the same. Index 0 is message sequence number 1 for who looks at it.
/// </summary>
public sealed class MailboxSnapshot
{
    public MailboxId Mailbox { get; init; }
    public uint UidValidity { get; init; }
    public uint UidNext { get; init; }
    public ModSeq HighestModSeq { get; init; }
    public KeywordTable Keywords { get; init; } = KeywordTable.Empty;

    public int Count => throw new NotSupportedException();

    public MessageEntry this[int index] => throw new NotSupportedException();

    /// <summary>The index of a UID, or the complement of where it would stand.</summary>
    public int IndexOf(Uid uid) => throw new NotSupportedException();

    /// <summary>This snapshot with flags and MODSEQ of some entries replaced (those it does not hold are passed over).</summary>
    public MailboxSnapshot WithFlags(IReadOnlyList<MessageEntry> changed) => throw new NotSupportedException();

    /// <summary>What happened from this snapshot to <paramref name="newer"/>, by index and UID.</summary>
    /// <param name="expungedIndexes">Indexes in this snapshot of entries that are gone, ascending.</param>
    /// <param name="changedIndexes">Indexes in <paramref name="newer"/> of entries that were here with another MODSEQ, ascending.</param>
    /// <returns>The number of entries that are new; they stand at the end of <paramref name="newer"/>.</returns>
    public int Compare(MailboxSnapshot newer, List<int> expungedIndexes, List<int> changedIndexes) => throw new NotSupportedException();
}

/// <summary>A mailbox that somebody looks at: the latest snapshot, and a call when there is a newer one. Dispose it to stop looking.</summary>
public abstract class MailboxView : IDisposable
{
    /// <summary>The latest snapshot; at least as new as any change acknowledged before the call through this process.</summary>
    public abstract ValueTask<MailboxSnapshot> RefreshAsync(CancellationToken cancel);

    /// <summary>Raised, on any thread and without a lock held, after a commit that changed this mailbox; handlers only set a signal. Also when the mailbox is deleted.</summary>
    public event Action? Changed;

    /// <summary>The mailbox was deleted.</summary>
    public abstract bool IsDeleted { get; }

    protected void RaiseChanged() => Changed?.Invoke();

    protected abstract void Dispose(bool disposing);

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }
}
