using System.Buffers;

namespace Facteur.Storage.Embedded.Reading;

/// <summary>Octets of the rows of a batch, one behind the other in one pooled buffer.</summary>
internal sealed class RowOctets
{
    private byte[] octets = [];

    /// <summary>Octets kept.</summary>
    public int Used { get; private set; }

    public Range Keep(ReadOnlySpan<byte> value)
    {
        if (octets.Length - Used < value.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(Used + value.Length, Math.Max(octets.Length * 2, 16 * 1024)));
            octets.AsSpan(0, Used).CopyTo(larger);
            if (octets.Length > 0) ArrayPool<byte>.Shared.Return(octets);
            octets = larger;
        }
        value.CopyTo(octets.AsSpan(Used));
        Used += value.Length;
        return (Used - value.Length)..Used;
    }

    public ReadOnlySpan<byte> Slice(Range range) => octets.AsSpan(range);

    /// <summary>For the next batch.</summary>
    public void Clear() => Used = 0;

    public void Return()
    {
        if (octets.Length > 0) ArrayPool<byte>.Shared.Return(octets);
        (octets, Used) = ([], 0);
    }
}
