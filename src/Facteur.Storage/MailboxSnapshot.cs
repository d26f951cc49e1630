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
    /// <summary>Entries of one chunk: what a change copies.</summary>
    internal const int ChunkSize = 512;

    private readonly MessageEntry[][] chunks;

    // starts[i]: index of the first entry of chunk i; one more element holds the count.
    private readonly int[] starts;

    public MailboxSnapshot() : this([], [0])
    {
    }

    internal MailboxSnapshot(MessageEntry[][] chunks, int[] starts) => (this.chunks, this.starts) = (chunks, starts);

    public MailboxId Mailbox { get; init; }
    public uint UidValidity { get; init; }
    public uint UidNext { get; init; }
    public ModSeq HighestModSeq { get; init; }
    public KeywordTable Keywords { get; init; } = KeywordTable.Empty;

    public int Count => starts[^1];

    internal ReadOnlySpan<MessageEntry[]> Chunks => chunks;

    public MessageEntry this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
            var chunk = ChunkOfIndex(index);
            return chunks[chunk][index - starts[chunk]];
        }
    }

    /// <summary>The index of a UID, or the complement of where it would stand.</summary>
    public int IndexOf(Uid uid)
    {
        if (chunks.Length == 0) return ~0;
        var chunk = ChunkOfUid(uid);
        var within = IndexInChunk(chunks[chunk], uid);
        return within >= 0 ? starts[chunk] + within : ~(starts[chunk] + ~within);
    }

    /// <summary>This snapshot without the messages before a UID; chunks behind it are shared.</summary>
    public MailboxSnapshot From(Uid first)
    {
        var at = IndexOf(first);
        if (at < 0) at = ~at;
        if (at == 0) return this;
        var kept = new List<MessageEntry[]>();
        if (at < Count)
        {
            var chunk = ChunkOfIndex(at);
            kept.Add(chunks[chunk].AsSpan(at - starts[chunk]).ToArray());
            kept.AddRange(chunks.AsSpan(chunk + 1));
        }
        var newStarts = new int[kept.Count + 1];
        for (var i = 0; i < kept.Count; i++) newStarts[i + 1] = newStarts[i] + kept[i].Length;
        return new MailboxSnapshot([.. kept], newStarts) { Mailbox = Mailbox, UidValidity = UidValidity, UidNext = UidNext, HighestModSeq = HighestModSeq, Keywords = Keywords };
    }

    /// <summary>This snapshot with flags and MODSEQ of some entries replaced (those it does not hold are passed over).</summary>
    /// <param name="changed">Ascending by UID or not.</param>
    public MailboxSnapshot WithFlags(IReadOnlyList<MessageEntry> changed)
    {
        var builder = new MailboxSnapshotBuilder(this);
        builder.Change(changed);
        return builder.Build();
    }

    /// <summary>What happened from this snapshot to <paramref name="newer"/>, by index and UID.</summary>
    /// <param name="expungedIndexes">Indexes in this snapshot of entries that are gone, ascending.</param>
    /// <param name="changedIndexes">Indexes in <paramref name="newer"/> of entries that were here with another MODSEQ, ascending.</param>
    /// <returns>The number of entries that are new; they stand at the end of <paramref name="newer"/>.</returns>
    public int Compare(MailboxSnapshot newer, List<int> expungedIndexes, List<int> changedIndexes)
    {
        expungedIndexes.Clear();
        changedIndexes.Clear();
        int mine = 0, theirs = 0, myChunk = 0, theirChunk = 0;
        while (mine < Count && theirs < newer.Count)
        {
            while (mine >= starts[myChunk + 1]) myChunk++;
            while (theirs >= newer.starts[theirChunk + 1]) theirChunk++;
            var a = chunks[myChunk];
            var b = newer.chunks[theirChunk];
            int i = mine - starts[myChunk], j = theirs - newer.starts[theirChunk];
            if (ReferenceEquals(a, b) && i == j)
            {
                mine += a.Length - i;
                theirs += b.Length - j;
                continue;
            }
            for (; i < a.Length && j < b.Length; i++, mine++)
            {
                if (a[i].Uid != b[j].Uid)
                {
                    expungedIndexes.Add(mine);
                    continue;
                }
                if (a[i].ModSeq != b[j].ModSeq) changedIndexes.Add(theirs);
                j++;
                theirs++;
            }
        }
        for (; mine < Count; mine++) expungedIndexes.Add(mine);
        return newer.Count - theirs;
    }

    internal int ChunkOfUid(Uid uid)
    {
        int low = 0, high = chunks.Length - 1;
        while (low < high)
        {
            var middle = (low + high + 1) >> 1;
            if (chunks[middle][0].Uid.Value <= uid.Value) low = middle;
            else high = middle - 1;
        }
        return low;
    }

    internal static int IndexInChunk(MessageEntry[] chunk, Uid uid)
    {
        int low = 0, high = chunk.Length - 1;
        while (low <= high)
        {
            var middle = (low + high) >> 1;
            var value = chunk[middle].Uid.Value;
            if (value == uid.Value) return middle;
            if (value < uid.Value) low = middle + 1;
            else high = middle - 1;
        }
        return ~low;
    }

    private int ChunkOfIndex(int index)
    {
        var at = Array.BinarySearch(starts, index);
        return at >= 0 ? at : ~at - 1;
    }
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
