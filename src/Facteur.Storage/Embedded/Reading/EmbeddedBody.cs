using System.Buffers;
using Facteur.Storage.Embedded.Packs;

namespace Facteur.Storage.Embedded.Reading;

/// <summary>A short body, whole in memory.</summary>
internal sealed class InlineBody(byte[] octets, int length) : MessageBody
{
    private byte[] octets = octets;

    public override long Length => length;

    public override ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancel)
    {
        if (offset >= length) return new(0);
        var step = (int)Math.Min(buffer.Length, length - offset);
        octets.AsSpan((int)offset, step).CopyTo(buffer.Span);
        return new(step);
    }

    public override ValueTask DisposeAsync()
    {
        if (octets.Length > 0) ArrayPool<byte>.Shared.Return(octets);
        octets = [];
        length = 0;
        return ValueTask.CompletedTask;
    }
}

/// <summary>A body in extents. Blocks are read whole and checked; octets that do not match their checksum are never handed out.</summary>
internal sealed class PackedBody(PackStore packs, long length, IReadOnlyList<Extent> extents, Segment[] segments) : MessageBody
{
    private byte[] block = [];
    private long blockStart = -1;
    private int blockLength;

    public override long Length => length;

    public override ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        var total = 0;
        while (total < buffer.Length && offset + total < length)
        {
            var at = offset + total;
            if (at < blockStart || at >= blockStart + blockLength || blockStart < 0)
            {
                var step = Load(at, buffer.Span[total..]);
                total += step;
                if (step > 0) continue;
            }
            var within = (int)(at - blockStart);
            var copied = Math.Min(buffer.Length - total, blockLength - within);
            block.AsSpan(within, copied).CopyTo(buffer.Span[total..]);
            total += copied;
        }
        return new(total);
    }

    public override ValueTask DisposeAsync()
    {
        foreach (var segment in segments) packs.LetGo(segment);
        segments = [];
        if (block.Length > 0) ArrayPool<byte>.Shared.Return(block);
        (block, blockLength, length) = ([], 0, 0);
        return ValueTask.CompletedTask;
    }

    /// <summary>Reads the block around an offset: into <paramref name="direct"/> when it begins there and fits, else into the buffer.</summary>
    /// <returns>Octets that went directly to the caller.</returns>
    private int Load(long offset, Span<byte> direct)
    {
        var start = 0L;
        for (var i = 0; i < extents.Count; start += extents[i++].Length)
        {
            var extent = extents[i];
            if (offset >= start + extent.Length) continue;
            var number = (int)((offset - start) / Record.BlockOctets);
            var from = number * (long)Record.BlockOctets;
            var size = (int)Math.Min(Record.BlockOctets, extent.Length - from);
            if (start + from == offset && direct.Length >= size)
            {
                Read(segments[i], extent, number, from, direct[..size]);
                return size;
            }
            if (block.Length < size)
            {
                if (block.Length > 0) ArrayPool<byte>.Shared.Return(block);
                block = ArrayPool<byte>.Shared.Rent(Record.BlockOctets);
            }
            blockStart = -1;
            Read(segments[i], extent, number, from, block.AsSpan(0, size));
            (blockStart, blockLength) = (start + from, size);
            return 0;
        }
        throw new DamagedMessageException("the message is shorter than its row says");
    }

    private static void Read(Segment segment, Extent extent, int number, long from, Span<byte> target)
    {
        try
        {
            if (segment.File!.Read(extent.DataOffset + from, target) == target.Length && Crc32C.Compute(target) == extent.Checksums[number]) return;
        }
        catch (IOException e)
        {
            throw new DamagedMessageException("the message cannot be read", e);
        }
        target.Clear();
        throw new DamagedMessageException("the message does not match its checksum");
    }
}
