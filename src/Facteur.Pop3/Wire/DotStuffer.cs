using System.Buffers;

namespace Facteur.Pop3.Wire;

/// <summary>
/// Doubles each dot at the start of a line (RFC 1939 §3), across chunks. A line also starts after a bare LF: clients that
/// read lines up to LF (Python's poplib under getmail) would take "LF . LF" inside a message for its end, and lose their place.
/// </summary>
internal struct DotStuffer()
{
    private bool atLineStart = true;

    /// <summary>True when the chunk can be sent as it is; then it counts as sent.</summary>
    public bool TryPass(ReadOnlySpan<byte> chunk)
    {
        if (chunk.IsEmpty) return true;
        if ((atLineStart && chunk[0] == '.') || chunk.IndexOf("\n."u8) >= 0) return false;
        atLineStart = chunk[^1] == '\n';
        return true;
    }

    public void Write(ReadOnlySpan<byte> chunk, IBufferWriter<byte> output)
    {
        if (chunk.IsEmpty) return;
        if (atLineStart && chunk[0] == '.') output.Write("."u8);
        atLineStart = chunk[^1] == '\n';
        while (chunk.IndexOf("\n."u8) is >= 0 and var at)
        {
            output.Write(chunk[..(at + 1)]);
            output.Write("."u8);
            chunk = chunk[(at + 1)..];
        }
        output.Write(chunk);
    }
}
