namespace Facteur.Storage.Embedded.Packs;

/// <summary>A pack segment. Its octets are written once and never again, so whoever holds it reads on even when it is no longer in the store.</summary>
internal sealed class Segment(int id, string path, long size, long head, ISegmentFile? file)
{
    private int holders = 1;

    public int Id { get; } = id;
    public string Path { get; } = path;
    public long Size { get; } = size;

    /// <summary>Where the next reservation begins; guarded by the store's lock.</summary>
    public long Head { get; set; } = head;

    /// <summary>Opened on first use.</summary>
    public ISegmentFile? File { get; set; } = file;

    /// <summary>Nobody but the store holds it; asked under the store's lock.</summary>
    public bool IsIdle => holders == 1;

    /// <summary>Called under the store's lock.</summary>
    public void Hold() => holders++;

    /// <summary>Called under the store's lock; the last one closes the file.</summary>
    public void LetGo()
    {
        if (--holders == 0) File?.Dispose();
    }
}

/// <summary>Room in a segment that nothing refers to yet.</summary>
/// <param name="Room">Octets from <paramref name="Offset"/>, header included.</param>
internal readonly record struct Reservation(Segment Segment, long Offset, long Room)
{
    public long Capacity => Room - Record.HeaderOctets;
}
