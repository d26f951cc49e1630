namespace Facteur.Storage;

/// <summary>Makes the next snapshot of a mailbox from one before; chunks that no change touches are shared.</summary>
internal sealed class MailboxSnapshotBuilder
{
    private readonly MailboxSnapshot origin;
    private readonly List<MessageEntry[]> chunks;
    private readonly List<MessageEntry> tail = [];
    private MailboxSnapshot lookup;

    public MailboxSnapshotBuilder(MailboxSnapshot origin)
    {
        this.origin = lookup = origin;
        chunks = [.. origin.Chunks];
        (UidNext, HighestModSeq, Keywords) = (origin.UidNext, origin.HighestModSeq, origin.Keywords);
    }

    public uint UidNext { get; set; }
    public ModSeq HighestModSeq { get; set; }
    public KeywordTable Keywords { get; set; }

    /// <summary>Adds an entry above all others.</summary>
    public void Add(MessageEntry entry) => tail.Add(entry);

    /// <summary>Replaces entries by those of the same UID; others are passed over.</summary>
    public void Change(IReadOnlyList<MessageEntry> changed)
    {
        Settle();
        var touched = -1;
        for (var n = 0; n < changed.Count; n++)
        {
            if (!Find(changed[n].Uid, out var chunk, out var within)) continue;
            if (chunk != touched)
            {
                // One copy for a run of changes in one chunk; an unsorted list only costs more copies.
                chunks[chunk] = [.. chunks[chunk]];
                touched = chunk;
            }
            chunks[chunk][within] = changed[n];
        }
    }

    /// <summary>Takes entries out.</summary>
    /// <param name="removed">Ascending.</param>
    public void Remove(IReadOnlyList<Uid> removed)
    {
        Settle();
        var kept = new List<MessageEntry[]>(chunks.Count);
        var next = 0;
        foreach (var chunk in chunks)
        {
            while (next < removed.Count && removed[next].CompareTo(chunk[0].Uid) < 0) next++;
            if (next == removed.Count || removed[next].CompareTo(chunk[^1].Uid) > 0)
            {
                kept.Add(chunk);
                continue;
            }
            var rest = new List<MessageEntry>(chunk.Length);
            foreach (var entry in chunk)
            {
                while (next < removed.Count && removed[next].CompareTo(entry.Uid) < 0) next++;
                if (next == removed.Count || removed[next] != entry.Uid) rest.Add(entry);
            }
            if (rest.Count == 0) continue;
            if (kept.Count > 0 && kept[^1].Length + rest.Count <= MailboxSnapshot.ChunkSize / 2) kept[^1] = [.. kept[^1], .. rest];
            else kept.Add([.. rest]);
        }
        chunks.Clear();
        chunks.AddRange(kept);
        lookup = Snapshot();
    }

    /// <summary>The snapshot with these entries and no others.</summary>
    public MailboxSnapshot Fill(ReadOnlySpan<MessageEntry> entries)
    {
        chunks.Clear();
        for (; entries.Length > MailboxSnapshot.ChunkSize; entries = entries[MailboxSnapshot.ChunkSize..])
            chunks.Add(entries[..MailboxSnapshot.ChunkSize].ToArray());
        if (!entries.IsEmpty) chunks.Add(entries.ToArray());
        return Snapshot();
    }

    public MailboxSnapshot Build()
    {
        FlushTail();
        return Snapshot();
    }

    // Changes and removals may concern entries added before them.
    private void Settle()
    {
        if (tail.Count > 0)
        {
            FlushTail();
            lookup = Snapshot();
        }
        else if (ReferenceEquals(lookup, origin))
        {
            lookup = Snapshot();
        }
    }

    private void FlushTail()
    {
        var at = 0;
        if (chunks.Count > 0 && tail.Count > 0 && chunks[^1].Length < MailboxSnapshot.ChunkSize)
        {
            at = Math.Min(tail.Count, MailboxSnapshot.ChunkSize - chunks[^1].Length);
            chunks[^1] = [.. chunks[^1], .. tail[..at]];
        }
        while (at < tail.Count)
        {
            var length = Math.Min(MailboxSnapshot.ChunkSize, tail.Count - at);
            chunks.Add([.. tail.GetRange(at, length)]);
            at += length;
        }
        tail.Clear();
    }

    private bool Find(Uid uid, out int chunk, out int within)
    {
        (chunk, within) = (0, -1);
        if (chunks.Count == 0) return false;
        chunk = lookup.ChunkOfUid(uid);
        within = MailboxSnapshot.IndexInChunk(chunks[chunk], uid);
        return within >= 0;
    }

    private MailboxSnapshot Snapshot()
    {
        var starts = new int[chunks.Count + 1];
        for (var i = 0; i < chunks.Count; i++) starts[i + 1] = starts[i] + chunks[i].Length;
        return new MailboxSnapshot([.. chunks], starts)
        {
            Mailbox = origin.Mailbox, UidValidity = origin.UidValidity, UidNext = UidNext, HighestModSeq = HighestModSeq, Keywords = Keywords,
        };
    }
}
