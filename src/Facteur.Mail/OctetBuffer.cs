using System.Buffers;

namespace Facteur.Mail;

/// <summary>Octets gathered one after the other in rented memory. <see cref="Release"/> gives it back; after that the buffer is empty and usable.</summary>
internal sealed class OctetBuffer(int capacity) : IBufferWriter<byte>
{
    private byte[] octets = [];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => octets.AsSpan(0, Length);

    public ReadOnlySpan<byte> Slice(Range range) => octets.AsSpan(range);

    public void Append(ReadOnlySpan<byte> more)
    {
        if (more.Length > octets.Length - Length) Grow(more.Length);
        more.CopyTo(octets.AsSpan(Length));
        Length += more.Length;
    }

    public void Append(byte octet)
    {
        if (Length == octets.Length) Grow(1);
        octets[Length++] = octet;
    }

    public void Append(long number)
    {
        if (octets.Length - Length < 20) Grow(20);
        number.TryFormat(octets.AsSpan(Length), out var written, provider: System.Globalization.CultureInfo.InvariantCulture);
        Length += written;
    }

    /// <summary>Appends again what stands at <paramref name="range"/>.</summary>
    public void Repeat(Range range)
    {
        var (offset, length) = range.GetOffsetAndLength(Length);
        if (length > octets.Length - Length) Grow(length);
        octets.AsSpan(offset, length).CopyTo(octets.AsSpan(Length));
        Length += length;
    }

    public void Clear() => Length = 0;

    public void Release()
    {
        if (octets.Length > 0) ArrayPool<byte>.Shared.Return(octets);
        octets = [];
        Length = 0;
    }

    public void Advance(int count) => Length += count;

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        if (octets.Length - Length < Math.Max(sizeHint, 1)) Grow(Math.Max(sizeHint, 1));
        return octets.AsSpan(Length);
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (octets.Length - Length < Math.Max(sizeHint, 1)) Grow(Math.Max(sizeHint, 1));
        return octets.AsMemory(Length);
    }

    private void Grow(int more)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(Math.Max(Length + more, octets.Length * 2), capacity));
        Written.CopyTo(larger);
        if (octets.Length > 0) ArrayPool<byte>.Shared.Return(octets);
        octets = larger;
    }
}
