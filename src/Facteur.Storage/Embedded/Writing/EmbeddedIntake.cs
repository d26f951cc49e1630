using System.Buffers;
using Facteur.Mail;
using Facteur.Storage.Embedded.Packs;

namespace Facteur.Storage.Embedded.Writing;

/// <summary>
/// Keeps a short message in a pooled buffer, and writes a long one into reserved extents as it comes: many intakes write at once,
/// the writer only commits. The writes go to the page cache; the flush comes with the commit.
/// </summary>
internal sealed class EmbeddedIntake(EmbeddedStore store, long? sizeHint) : MessageIntake
{
    private const int FirstBuffer = 8 * 1024;
    private const int LargestBuffer = 64 * 1024;

    // Without a hint extents grow with the message; a hint is believed up to the longest extent.
    private const int FirstExtent = 256 * 1024;
    private const int LongestExtent = 8 * 1024 * 1024;

    private readonly MimeParser parser = new(store.Options.MimeLimits);
    private byte[] buffer = ArrayPool<byte>.Shared.Rent(FirstBuffer);
    private int buffered;
    private long length;
    private long spilled;
    private ExtentWriter? extents;

    // The first octets, kept when they leave the buffer.
    private byte[] start = [];
    private MessageFacts? content;
    private bool delivered;
    private bool disposed;

    public override long Length => length;

    /// <summary>Id of the body, once completed.</summary>
    public long Blob { get; private set; }

    /// <summary>Set once completed.</summary>
    public MessageFacts? Facts { get; private set; }

    /// <summary>The whole body when it is kept in the database.</summary>
    public ReadOnlySpan<byte> Inline => buffer.AsSpan(0, buffered);

    public uint InlineChecksum { get; private set; }

    /// <summary>The extents when it is not; null otherwise.</summary>
    public IReadOnlyList<Extent>? Extents => extents?.Extents;

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        ObjectDisposedException.ThrowIf(disposed, this);
        if (content is not null) throw new InvalidOperationException("the message has ended");
        var octets = bytes.Span;
        parser.Write(octets);
        length += octets.Length;
        while (!octets.IsEmpty)
        {
            if (buffered == buffer.Length && !Grow()) Spill(Expected());
            var step = Math.Min(octets.Length, buffer.Length - buffered);
            octets[..step].CopyTo(buffer.AsSpan(buffered));
            buffered += step;
            octets = octets[step..];
        }
        return ValueTask.CompletedTask;
    }

    public override ValueTask<int> ReadAsync(long offset, Memory<byte> target, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        ObjectDisposedException.ThrowIf(disposed, this);
        // Once complete, all of it is in the extents, and a prefix stands at their front.
        if (extents is not null && (Facts is not null || offset < spilled)) return new(extents.Read(offset, target.Span));
        var start = offset - spilled;
        if (start >= buffered) return new(0);
        var part = Inline[(int)start..];
        part = part[..Math.Min(part.Length, target.Length)];
        part.CopyTo(target.Span);
        return new(part.Length);
    }

    public override ValueTask<MessageFacts> EndAsync(CancellationToken cancel)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        return new(content ??= parser.Complete());
    }

    public override ValueTask<MessageFacts> CompleteAsync(ReadOnlyMemory<byte> prefix, CancellationToken cancel)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(prefix.Length, MaxPrefixOctets);
        if (Facts is not null) return new(Facts);
        content ??= parser.Complete();
        var whole = PrefixedFacts.Of(prefix.Span, content, extents is null ? Inline : start, store.Options.MimeLimits);
        length += prefix.Length;
        if (TryPrepend(prefix.Span)) prefix = default;
        if (extents is null && length <= store.Options.InlineOctets) KeepInline();
        else KeepInPacks(prefix);
        Facts = whole ?? ParseAgain();
        return new(Facts);
    }

    /// <summary>Takes the message for a delivery; a message is delivered once.</summary>
    public void Claim()
    {
        if (Facts is null) throw new InvalidOperationException("the message has not ended");
        ObjectDisposedException.ThrowIf(disposed, this);
        if (delivered) throw new InvalidOperationException("the message was delivered already");
    }

    /// <summary>The commit refers to the body.</summary>
    public void Delivered()
    {
        delivered = true;
        extents?.Keep();
    }

    public override ValueTask DisposeAsync()
    {
        if (disposed) return ValueTask.CompletedTask;
        disposed = true;
        if (!delivered) extents?.Discard();
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = [];
        return ValueTask.CompletedTask;
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

    private void KeepInPacks(ReadOnlyMemory<byte> prefix)
    {
        Spill(buffered);
        Guard(() => extents!.Complete(prefix.Span));
    }

    // Rare: the prefix says what the facts hold, or the message is one whose header does not bear moving.
    private MessageFacts ParseAgain()
    {
        var again = new MimeParser(store.Options.MimeLimits);
        if (extents is null) again.Write(Inline);
        else extents.ReadBack(octets => again.Write(octets));
        return again.Complete();
    }

    private static void Guard(Action write)
    {
        try
        {
            write();
        }
        catch (IOException e) when (StoreFiles.IsFull(e))
        {
            throw new StoreFullException("there is no room for the message", e);
        }
    }

    // A SIZE parameter does not count the trace fields that are added: leave them room in the first extent.
    private long Expected() => Math.Min(LongestExtent, Math.Max(FirstExtent, sizeHint is { } hint && hint > spilled ? hint - spilled + 2048 : spilled));
}
