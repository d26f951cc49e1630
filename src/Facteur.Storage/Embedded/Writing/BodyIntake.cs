using System.Buffers;
using Facteur.Storage.Embedded.Packs;

namespace Facteur.Storage.Embedded.Writing;

/// <summary>
/// Octets of a body on their way in. A short one stays in a pooled buffer, a long one goes into reserved extents as it comes: many write
/// at once, the writer only commits. The writes go to the page cache; the flush comes with the commit.
/// </summary>
internal sealed class BodyIntake(EmbeddedStore store, long? sizeHint) : IDisposable
{
    private const int FirstBuffer = 8 * 1024;
    private const int LargestBuffer = 64 * 1024;

    // Without a hint extents grow with the body; a hint is believed up to the longest extent.
    private const int FirstExtent = 256 * 1024;
    private const int LongestExtent = 8 * 1024 * 1024;

    private byte[] buffer = ArrayPool<byte>.Shared.Rent(FirstBuffer);
    private int buffered;
    private long spilled;
    private ExtentWriter? extents;

    // The first octets, kept when they leave the buffer.
    private byte[] start = [];
    private bool complete;
    private bool kept;
    private bool disposed;

    public long Length { get; private set; }

    /// <summary>Id of the body, once completed.</summary>
    public long Blob { get; private set; }

    /// <summary>What is in memory: the whole body when it is kept in the database.</summary>
    public ReadOnlySpan<byte> Inline => buffer.AsSpan(0, buffered);

    public uint InlineChecksum { get; private set; }

    /// <summary>The first octets at least.</summary>
    public ReadOnlySpan<byte> Start => extents is null ? Inline : start;

    /// <summary>The extents when it is not kept in the database; null otherwise.</summary>
    public IReadOnlyList<Extent>? Extents => extents?.Extents;

    public void Write(ReadOnlySpan<byte> octets)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        Length += octets.Length;
        while (!octets.IsEmpty)
        {
            if (buffered == buffer.Length && !Grow()) Spill(Expected());
            var step = Math.Min(octets.Length, buffer.Length - buffered);
            octets[..step].CopyTo(buffer.AsSpan(buffered));
            buffered += step;
            octets = octets[step..];
        }
    }

    /// <summary>Reads back what was written; 0 at its end.</summary>
    public int Read(long offset, Span<byte> target)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        // Once complete, all of it is in the extents, and a prefix stands at their front.
        if (extents is not null && (complete || offset < spilled)) return extents.Read(offset, target);
        var from = offset - spilled;
        if (from >= buffered) return 0;
        var part = Inline[(int)from..];
        part = part[..Math.Min(part.Length, target.Length)];
        part.CopyTo(target);
        return part.Length;
    }

    /// <summary>Ends the body; no more octets may follow.</summary>
    /// <param name="prefix">Octets that stand before all others.</param>
    public void Complete(ReadOnlySpan<byte> prefix)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        Length += prefix.Length;
        if (TryPrepend(prefix)) prefix = default;
        if (extents is null && Length <= store.Options.InlineOctets) KeepInline();
        else KeepInPacks(prefix);
        complete = true;
    }

    /// <summary>Goes through the completed body, before anything refers to it.</summary>
    public void ReadBack(ReadBackStep take)
    {
        if (extents is null) take(Inline);
        else extents.ReadBack(take);
    }

    /// <summary>A commit refers to the body.</summary>
    public void Keep()
    {
        kept = true;
        extents?.Keep();
    }

    public void Dispose()
    {
        if (disposed) return;
        disposed = true;
        if (!kept) extents?.Discard();
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = [];
    }

    private bool Grow()
    {
        if (buffer.Length >= LargestBuffer) return false;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Min(buffer.Length * 4, LargestBuffer));
        buffer.AsSpan(0, buffered).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = larger;
        return true;
    }

    private void Spill(long expected)
    {
        if (extents is null) OpenExtents();
        Guard(() => extents!.Write(Inline, expected));
        spilled += buffered;
        buffered = 0;
    }

    private void OpenExtents()
    {
        start = Inline[..Math.Min(3, buffered)].ToArray();
        store.RequireRoom();
        Blob = store.NextBlob();
        extents = new ExtentWriter(store.Packs, Blob);
    }

    // What is still in memory as a whole takes the prefix there.
    private bool TryPrepend(ReadOnlySpan<byte> prefix)
    {
        if (extents is not null) return false;
        while (buffer.Length - buffered < prefix.Length)
            if (!Grow()) return false;
        buffer.AsSpan(0, buffered).CopyTo(buffer.AsSpan(prefix.Length));
        prefix.CopyTo(buffer);
        buffered += prefix.Length;
        return true;
    }

    private void KeepInline()
    {
        Blob = store.NextBlob();
        InlineChecksum = Crc32C.Compute(Inline);
    }

    private void KeepInPacks(ReadOnlySpan<byte> prefix)
    {
        Spill(buffered);
        try
        {
            extents!.Complete(prefix);
        }
        catch (IOException e) when (StoreFiles.IsFull(e))
        {
            throw Full(e);
        }
    }

    private static void Guard(Action write)
    {
        try
        {
            write();
        }
        catch (IOException e) when (StoreFiles.IsFull(e))
        {
            throw Full(e);
        }
    }

    private static StoreFullException Full(IOException e) => new("there is no room for the message", e);

    // A size told beforehand does not count the trace fields that are added: leave them room in the first extent.
    private long Expected() => Math.Min(LongestExtent, Math.Max(FirstExtent, sizeHint is { } hint && hint > spilled ? hint - spilled + 2048 : spilled));
}
