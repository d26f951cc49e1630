using Facteur.Mail;

namespace Facteur.Sieve.Messages;

/// <summary>A piece of a composed message: octets in memory, or a range of a source.</summary>
internal readonly struct Segment
{
    private readonly ReadOnlyMemory<byte> octets;
    private readonly IMessageSource? source;
    private readonly long offset;

    public Segment(ReadOnlyMemory<byte> octets)
    {
        this.octets = octets;
        Length = octets.Length;
    }

    public Segment(IMessageSource source, long offset, long length)
    {
        this.source = source;
        this.offset = offset;
        Length = length;
    }

    public long Length { get; }

    /// <summary>Part of this segment. Segments of composed messages are taken out of them: nothing stands more than one deep.</summary>
    public IEnumerable<Segment> Slice(long start, long length)
    {
        if (length <= 0) return [];
        return source switch
        {
            null => [new Segment(octets.Slice((int)start, (int)length))],
            ComposedMessage composed => composed.Slice(offset + start, length),
            _ => [new Segment(source, offset + start, length)],
        };
    }

    public ValueTask<int> ReadAsync(long at, Memory<byte> buffer, CancellationToken cancel)
    {
        if (buffer.Length > Length - at) buffer = buffer[..(int)(Length - at)];
        if (source is not null) return source.ReadAsync(offset + at, buffer, cancel);
        octets.Slice((int)at, buffer.Length).CopyTo(buffer);
        return new(buffer.Length);
    }
}

/// <summary>A message made of pieces of another and of new octets; nothing is copied until it is read.</summary>
internal sealed class ComposedMessage : IMessageSource
{
    private readonly Segment[] segments;

    public ComposedMessage(IEnumerable<Segment> segments)
    {
        this.segments = [.. segments.SelectMany(segment => segment.Slice(0, segment.Length))];
        Length = this.segments.Sum(segment => segment.Length);
    }

    public long Length { get; }

    public IEnumerable<Segment> Slice(long start, long length)
    {
        var slices = new List<Segment>();
        foreach (var segment in segments)
        {
            if (length <= 0) break;
            if (start < segment.Length)
            {
                var taken = Math.Min(length, segment.Length - start);
                slices.AddRange(segment.Slice(start, taken));
                length -= taken;
                start = 0;
            }
            else start -= segment.Length;
        }
        return slices;
    }

    public async ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancel)
    {
        var read = 0;
        foreach (var segment in segments)
        {
            if (read == buffer.Length) break;
            for (int count; offset < segment.Length && read < buffer.Length; offset += count, read += count)
            {
                count = await segment.ReadAsync(offset, buffer[read..], cancel);
                // A source that ends early: what follows would stand in the wrong place.
                if (count == 0) return read;
            }
            offset = Math.Max(offset - segment.Length, 0);
        }
        return read;
    }
}
