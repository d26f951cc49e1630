using Facteur.Storage;

namespace Facteur.Imap;

/// <summary>Inclusive range of places in a snapshot (sequence number minus one).</summary>
internal readonly record struct IndexRange(int First, int Last)
{
    public int Count => Last - First + 1;
}

/// <summary>
/// A sequence-set as written (RFC 9051 §9 "sequence-set"): ranges, "*", or "$" for the saved search result (RFC 9051 §6.4.4.1).
/// It means nothing until it is resolved against what the client was told.
/// </summary>
internal sealed class SequenceSet
{
    /// <summary>Ranges one command may name. A command line of 64 KiB holds 32,768 of them at most; merged sets of clients have far fewer.</summary>
    public const int MaxRanges = 32 * 1024;

    /// <summary>Stands for "*" in <see cref="Ranges"/>; 0 is no valid number.</summary>
    public const uint Star = 0;

    /// <summary>"$".</summary>
    public static readonly SequenceSet Saved = new([]);

    public SequenceSet(IReadOnlyList<(uint First, uint Last)> ranges) => Ranges = ranges;

    /// <summary>As written: either end may be the smaller, or <see cref="Star"/>.</summary>
    public IReadOnlyList<(uint First, uint Last)> Ranges { get; }

    public bool IsSaved => ReferenceEquals(this, Saved);

    /// <summary>Places of the message numbers, merged and ascending. A number above <paramref name="count"/> is BAD.</summary>
    public IReadOnlyList<IndexRange> ResolveNumbers(int count)
    {
        var found = new List<IndexRange>(Ranges.Count);
        foreach (var (first, last) in Ranges)
        {
            // An empty mailbox has no "*": "1:*" is then nothing, as clients that open an empty mailbox expect.
            if (count == 0 && (first == Star || last == Star)) continue;
            var a = first == Star ? (uint)count : first;
            var b = last == Star ? (uint)count : last;
            if (a > b) (a, b) = (b, a);
            if (b > (uint)count) throw new ImapSyntaxException("no message of that number");
            found.Add(new IndexRange((int)a - 1, (int)b - 1));
        }
        return Merge(found);
    }

    /// <summary>Places of the UIDs that <paramref name="snapshot"/> holds, merged and ascending; others are passed over (RFC 9051 §6.4.9).</summary>
    public IReadOnlyList<IndexRange> ResolveUids(MailboxSnapshot snapshot)
    {
        if (snapshot.Count == 0) return [];
        var largest = snapshot[snapshot.Count - 1].Uid.Value;
        var found = new List<IndexRange>(Ranges.Count);
        foreach (var (first, last) in Ranges)
        {
            var a = first == Star ? largest : first;
            var b = last == Star ? largest : last;
            if (a > b) (a, b) = (b, a);
            var from = snapshot.IndexOf(new Uid(a));
            if (from < 0) from = ~from;
            var to = snapshot.IndexOf(new Uid(b));
            if (to < 0) to = ~to - 1;
            if (from <= to) found.Add(new IndexRange(from, to));
        }
        return Merge(found);
    }

    internal static IReadOnlyList<IndexRange> Merge(List<IndexRange> ranges)
    {
        if (ranges.Count < 2) return ranges;
        ranges.Sort((x, y) => x.First.CompareTo(y.First));
        var kept = 0;
        for (var i = 1; i < ranges.Count; i++)
        {
            if (ranges[i].First <= ranges[kept].Last + 1)
                ranges[kept] = new IndexRange(ranges[kept].First, Math.Max(ranges[kept].Last, ranges[i].Last));
            else
                ranges[++kept] = ranges[i];
        }
        ranges.RemoveRange(kept + 1, ranges.Count - kept - 1);
        return ranges;
    }
}
