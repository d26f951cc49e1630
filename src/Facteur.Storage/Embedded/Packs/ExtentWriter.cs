namespace Facteur.Storage.Embedded.Packs;

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
            if (length == open.Capacity) Close(last: false);
        }
    }

    /// <summary>Ends the body.</summary>
    public void Complete()
    {
        if (isOpen) Close(last: true);
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

    private void Close(bool last)
    {
        if (length % Record.BlockOctets != 0) checksums.Add(checksum);
        var extent = new Extent(open.Segment.Id, open.Offset, length, [.. checksums]);
        Span<byte> header = stackalloc byte[Record.HeaderOctets];
        Record.WriteHeader(header, extent, blob, extents.Count, last);
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
