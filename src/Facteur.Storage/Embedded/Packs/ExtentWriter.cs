using System.Buffers;

namespace Facteur.Storage.Embedded.Packs;

/// <summary>Takes the next octets of a body.</summary>
internal delegate void ReadBackStep(ReadOnlySpan<byte> octets);

/// <summary>Writes one body into extents, in steps of any size.</summary>
internal sealed class ExtentWriter(PackStore packs, long blob)
{
    private readonly List<Extent> extents = [];
    private readonly List<Reservation> reservations = [];
    private readonly List<uint> checksums = [];
    private Reservation open;
    private bool isOpen;
    private int length;
    private uint checksum;

    /// <summary>The extents written, once <see cref="Complete"/> was called.</summary>
    public IReadOnlyList<Extent> Extents => extents;

    /// <param name="expected">Octets to come, these included, as far as known: the size of the next extent.</param>
    public void Write(ReadOnlySpan<byte> octets, long expected)
    {
        while (!octets.IsEmpty)
        {
            if (!isOpen) Open(Math.Max(octets.Length, expected));
            var step = (int)Math.Min(octets.Length, open.Capacity - length);
            open.Segment.File!.Write(open.Offset + Record.HeaderOctets + length, octets[..step]);
            Sum(octets[..step]);
            octets = octets[step..];
            expected -= step;
            if (length == open.Capacity) Close(extents.Count, last: false);
        }
    }

    /// <summary>Reads octets that were written, before the body is complete; 0 at their end.</summary>
    public int Read(long offset, Span<byte> octets)
    {
        for (var i = 0; i < extents.Count; i++)
        {
            if (offset < extents[i].Length) return Read(reservations[i].Segment, extents[i].DataOffset, extents[i].Length, offset, octets);
            offset -= extents[i].Length;
        }
        return isOpen ? Read(open.Segment, open.Offset + Record.HeaderOctets, length, offset, octets) : 0;
    }

    /// <summary>Ends the body.</summary>
    /// <param name="prefix">Octets that stand before all others, in an extent of their own with the number -1; empty for none.</param>
    public void Complete(ReadOnlySpan<byte> prefix)
    {
        if (isOpen) Close(extents.Count, last: true);
        if (prefix.IsEmpty) return;
        Open(prefix.Length);
        open.Segment.File!.Write(open.Offset + Record.HeaderOctets, prefix);
        Sum(prefix);
        Close(Record.PrefixNumber, last: false);
        extents.Insert(0, extents[^1]);
        reservations.Insert(0, reservations[^1]);
        extents.RemoveAt(extents.Count - 1);
        reservations.RemoveAt(reservations.Count - 1);
    }

    /// <summary>Reads the completed body, before anything refers to it.</summary>
    public void ReadBack(ReadBackStep take)
    {
        var block = ArrayPool<byte>.Shared.Rent(Record.BlockOctets);
        for (var i = 0; i < extents.Count; i++)
        {
            for (var at = 0; at < extents[i].Length; at += Record.BlockOctets)
            {
                var octets = block.AsSpan(0, Math.Min(Record.BlockOctets, extents[i].Length - at));
                if (reservations[i].Segment.File!.Read(extents[i].DataOffset + at, octets) != octets.Length)
                    throw new DamagedMessageException("the message cannot be read back");
                take(octets);
            }
        }
        ArrayPool<byte>.Shared.Return(block);
    }

    /// <summary>A commit refers to the extents now.</summary>
    public void Keep()
    {
        foreach (var reservation in reservations) packs.GiveBack(reservation, reservation.Offset + reservation.Room);
        reservations.Clear();
    }

    /// <summary>Nothing refers to the extents, nor will.</summary>
    public void Discard()
    {
        if (isOpen) packs.GiveBack(open, open.Offset);
        isOpen = false;
        for (var i = reservations.Count - 1; i >= 0; i--) packs.GiveBack(reservations[i], reservations[i].Offset);
        reservations.Clear();
    }

    private static int Read(Segment segment, long data, int length, long offset, Span<byte> octets)
    {
        var part = octets[..(int)Math.Clamp(length - offset, 0, octets.Length)];
        if (segment.File!.Read(data + offset, part) != part.Length) throw new DamagedMessageException("the message cannot be read back");
        return part.Length;
    }

    private void Open(long octets)
    {
        open = packs.Reserve(octets);
        isOpen = true;
        length = 0;
        checksum = 0;
        checksums.Clear();
    }

    private void Sum(ReadOnlySpan<byte> octets)
    {
        while (!octets.IsEmpty)
        {
            var filled = length % Record.BlockOctets;
            var step = Math.Min(octets.Length, Record.BlockOctets - filled);
            checksum = Crc32C.Append(checksum, octets[..step]);
            length += step;
            octets = octets[step..];
            if (length % Record.BlockOctets != 0) continue;
            checksums.Add(checksum);
            checksum = 0;
        }
    }

    private void Close(int number, bool last)
    {
        if (length % Record.BlockOctets != 0) checksums.Add(checksum);
        var extent = new Extent(open.Segment.Id, open.Offset, length, [.. checksums]);
        Span<byte> header = stackalloc byte[Record.HeaderOctets];
        Record.WriteHeader(header, extent, blob, number, last);
        open.Segment.File!.Write(open.Offset, header);
        extents.Add(extent);

        // What is left goes back now; the segment stays held until the commit or the end of the intake.
        var used = Record.Room(length);
        var kept = open with { Room = used };
        if (used < open.Room)
        {
            packs.HoldMore(open.Segment);
            packs.GiveBack(open, open.Offset + used);
        }
        reservations.Add(kept);
        isOpen = false;
    }
}
