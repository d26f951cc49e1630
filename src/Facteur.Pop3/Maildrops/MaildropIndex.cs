using System.Runtime.InteropServices;
using Facteur.Storage;

namespace Facteur.Pop3.Maildrops;

/// <summary>
/// What POP3 lists of a mailbox at one moment, ascending by UID: immutable, 24 octets a message. Successive ones share their array as long
/// as messages only come, so that what a login costs is what is new.
/// </summary>
internal sealed class MaildropIndex
{
    private readonly Shelf shelf;

    private MaildropIndex(Shelf shelf, int count, long octets, bool anyKept, MaildropPosition position) =>
        (this.shelf, Count, Octets, AnyKept, Position) = (shelf, count, octets, anyKept, position);

    public int Count { get; }
    public long Octets { get; }

    /// <summary>Some keep a unique-id of their own.</summary>
    public bool AnyKept { get; }
    public MaildropPosition Position { get; }

    /// <summary>Messages there is room for.</summary>
    public int Capacity => shelf.Entries.Length;

    public ReadOnlySpan<MaildropEntry> Entries => shelf.Entries.AsSpan(0, Count);

    /// <param name="entries">Owned by the index from now on.</param>
    public static MaildropIndex Of(MaildropEntry[] entries, Mailbox mailbox)
    {
        var (octets, anyKept) = Sum(entries);
        return new MaildropIndex(new Shelf(entries) { Used = entries.Length }, entries.Length, octets, anyKept, PositionOf(mailbox));
    }

    public static MaildropPosition PositionOf(Mailbox mailbox) => new(mailbox.UidValidity, mailbox.UidNext, mailbox.HighestModSeq);

    /// <summary>This index with what happened since; the reading holds what was added.</summary>
    public MaildropIndex With(MaildropReading reading)
    {
        var added = reading.Added!;
        if (reading.Vanished is not { } vanished) return Of(added, reading.Mailbox);
        var kept = vanished.Count == 0 ? this : Without(vanished);
        var count = kept.Count + added.Length;
        var (octets, anyKept) = Sum(added);
        // Only one index may follow this one on the same shelf: the others find the place taken.
        var shared = kept.shelf;
        if (count > shared.Entries.Length || Interlocked.CompareExchange(ref shared.Used, count, kept.Count) != kept.Count)
        {
            shared = new Shelf(new MaildropEntry[count + count / 8 + 8]) { Used = count };
            kept.Entries.CopyTo(shared.Entries);
        }
        added.CopyTo(shared.Entries.AsSpan(kept.Count));
        return new MaildropIndex(shared, count, kept.Octets + octets, kept.AnyKept || anyKept, PositionOf(reading.Mailbox));
    }

    /// <param name="ranges">Ascending, without overlap.</param>
    private MaildropIndex Without(IReadOnlyList<UidRange> ranges)
    {
        var left = new List<MaildropEntry>(Count);
        var range = 0;
        foreach (var entry in Entries)
        {
            while (range < ranges.Count && ranges[range].Last < entry.Uid.Value) range++;
            if (range == ranges.Count || ranges[range].First > entry.Uid.Value) left.Add(entry);
        }
        if (left.Count == Count) return this;
        var (octets, anyKept) = Sum(CollectionsMarshal.AsSpan(left));
        return new MaildropIndex(new Shelf([.. left]) { Used = left.Count }, left.Count, octets, anyKept, Position);
    }

    private static (long Octets, bool AnyKept) Sum(ReadOnlySpan<MaildropEntry> entries)
    {
        var (octets, anyKept) = (0L, false);
        foreach (ref readonly var entry in entries)
        {
            octets += entry.Size;
            anyKept |= entry.HasPopUidl;
        }
        return (octets, anyKept);
    }

    private sealed class Shelf(MaildropEntry[] entries)
    {
        public readonly MaildropEntry[] Entries = entries;

        /// <summary>Places that some index counts as its own.</summary>
        public int Used;
    }
}
