using System.Buffers;

namespace Facteur.Imap.Messages;

/// <summary>Counts what is written to it and passes on what lies in a window: so a filtered section is measured, then sent in part.</summary>
/// <param name="output">Where the window goes; null to count only.</param>
/// <param name="first">Octets passed over.</param>
/// <param name="octets">Octets passed on.</param>
internal sealed class OctetWindow(IBufferWriter<byte>? output, long first, long octets) : IBufferWriter<byte>
{
    private byte[] scratch = new byte[4096];

    /// <summary>Octets written so far.</summary>
    public long Written { get; private set; }

    public void Advance(int count)
    {
        var start = Math.Clamp(first - Written, 0, count);
        var end = Math.Clamp(first + octets - Written, start, count);
        output?.Write(scratch.AsSpan((int)start, (int)(end - start)));
        Written += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (sizeHint > scratch.Length) scratch = new byte[Math.Max(sizeHint, scratch.Length * 2)];
        return scratch;
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;
}
