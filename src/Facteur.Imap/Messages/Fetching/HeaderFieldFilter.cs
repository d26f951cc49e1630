using System.Buffers;

namespace Facteur.Imap.Messages;

/// <summary>
/// Keeps some fields of a header as it streams by, cut anywhere; what it keeps goes to a sink octet for octet, the
/// empty line at the end included (RFC 9051 §6.4.5.1).
/// </summary>
/// <param name="names">Names asked for.</param>
/// <param name="keepNamed">True for HEADER.FIELDS, false for HEADER.FIELDS.NOT.</param>
internal sealed class HeaderFieldFilter(HeaderFieldNames names, bool keepNamed) : OctetFilter
{
    private const int MaxBlanksBeforeColon = 16;

    private enum At : byte { LineStart, Name, Line, End }

    private byte[]? cutName; // a name that began in the octets before
    private int cutLength;
    private At at;
    private bool keep;
    private bool inField;

    public override void Write(ReadOnlySpan<byte> bytes, IBufferWriter<byte> output)
    {
        while (bytes.Length > 0)
        {
            if (at == At.LineStart) BeginLine(bytes);
            if (at == At.End)
            {
                output.Write(bytes);
                return;
            }
            if (at == At.Name)
            {
                TakeName(ref bytes, output);
                continue;
            }
            var end = bytes.IndexOf((byte)'\n') + 1;
            var line = end == 0 ? bytes : bytes[..end];
            if (keep) output.Write(line);
            bytes = bytes[line.Length..];
            if (end > 0) at = At.LineStart;
        }
    }

    /// <summary>A name that the end cut off belongs to what is not named.</summary>
    public override void Complete(IBufferWriter<byte> output)
    {
        if (at == At.Name && !keepNamed) output.Write(cutName.AsSpan(0, cutLength));
        at = At.End;
    }

    private void BeginLine(ReadOnlySpan<byte> line)
    {
        if (inField && line[0] is (byte)' ' or (byte)'\t') at = At.Line; // folded: goes with its field
        else if (line[0] == '\n' || line[0] == '\r' && (line.Length == 1 || line[1] == '\n')) at = At.End;
        else
        {
            at = At.Name;
            inField = true;
            cutLength = 0;
        }
    }

    /// <summary>Reads as far as the colon, decides, and leaves the octets to be kept or passed over as a line.</summary>
    private void TakeName(ref ReadOnlySpan<byte> bytes, IBufferWriter<byte> output)
    {
        var end = bytes.IndexOfAny((byte)':', (byte)'\n');
        var room = names.MaxOctets + MaxBlanksBeforeColon - cutLength;
        if (end < 0 && bytes.Length <= room)
        {
            cutName ??= new byte[names.MaxOctets + MaxBlanksBeforeColon];
            bytes.CopyTo(cutName.AsSpan(cutLength));
            cutLength += bytes.Length;
            bytes = [];
            return;
        }
        keep = !keepNamed;
        if (end >= 0 && end <= room && bytes[end] == ':' && IsNamed(bytes[..end])) keep = keepNamed;
        at = At.Line;
        if (keep) output.Write(cutName.AsSpan(0, cutLength));
    }

    private bool IsNamed(ReadOnlySpan<byte> rest)
    {
        // White space before the colon is obsolete syntax that still arrives (RFC 5322 §4.5).
        if (cutLength == 0) return names.Contains(rest.TrimEnd(" \t"u8));
        Span<byte> whole = stackalloc byte[cutLength + rest.Length];
        cutName.AsSpan(0, cutLength).CopyTo(whole);
        rest.CopyTo(whole[cutLength..]);
        return names.Contains(whole.TrimEnd(" \t"u8));
    }
}
