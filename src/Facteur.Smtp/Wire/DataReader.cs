using System.Buffers;

namespace Facteur.Smtp.Wire;

/// <summary>What is wrong with the octets of a message, seen while they passed.</summary>
[Flags]
internal enum DataDefects : byte
{
    None = 0,
    /// <summary>A CR without LF: some software takes it for a line break, and could be made to see another end of data.</summary>
    BareCarriageReturn = 1,
    /// <summary>A LF without CR: likewise.</summary>
    BareLineFeed = 2,
    /// <summary>A zero octet: IMAP cannot show one in a literal (RFC 9051 §9 "CHAR8"), and software that drops it sees other lines.</summary>
    Nul = 4,
}

/// <summary>
/// Reads mail data, cut anywhere: finds its end, removes the stuffed dots, and notes what a message may not hold.
/// Data ends by CRLF "." CRLF and by nothing else (RFC 5321 §4.1.1.4); a line break is CRLF and nothing else (§2.3.8).
/// No octet is copied: the content is handed on as slices of the input.
/// </summary>
internal struct DataReader
{
    private static readonly SearchValues<byte> Remarkable = SearchValues.Create("\r\n\0"u8);

    private enum At : byte { LineStart, InLine, AfterCr, AfterDot, AfterDotCr, Ended }

    private readonly bool chunked;
    private At at;

    private DataReader(bool chunked) => this.chunked = chunked;

    /// <summary>A reader for DATA: dots are unstuffed and the end is looked for. The first octet starts a line.</summary>
    public static DataReader ForData() => new(chunked: false);

    /// <summary>A reader for BDAT: every octet is content and the peer has counted them (RFC 3030 §2).</summary>
    public static DataReader ForChunks() => new(chunked: true);

    /// <summary>The end of data was read.</summary>
    public readonly bool IsEnded => at == At.Ended;

    /// <summary>All defects so far.</summary>
    public DataDefects Defects { get; private set; }

    /// <summary>Ends chunked data: a CR that was last is a bare one.</summary>
    public void EndChunks()
    {
        if (at == At.AfterCr) Defects |= DataDefects.BareCarriageReturn;
        at = At.Ended;
    }

    /// <summary>
    /// Reads on in <paramref name="input"/> up to the next stuffed dot, the end of data, or the end of the input.
    /// </summary>
    /// <param name="start">Where in the input the next piece of content starts.</param>
    /// <param name="length">Its octets; may be 0.</param>
    /// <returns>Octets of the input used; call again with the rest unless <see cref="IsEnded"/>.</returns>
    public int Read(ReadOnlySpan<byte> input, out int start, out int length)
    {
        start = 0;
        length = 0;
        var i = 0;
        if (at is At.AfterDot or At.AfterDotCr)
        {
            if (EndAfterDot(input, ref i)) return i;
            start = i;
        }
        while (i < input.Length)
        {
            if (at == At.LineStart)
            {
                at = At.InLine;
                if (input[i] == '.' && !chunked)
                {
                    // The stuffed dot is no content; what was before it is handed out first (RFC 5321 §4.5.2).
                    length = i - start;
                    at = At.AfterDot;
                    return i + 1;
                }
            }
            if (at == At.AfterCr)
            {
                if (input[i] == '\n') { at = At.LineStart; i++; continue; }
                Defects |= DataDefects.BareCarriageReturn;
                at = At.InLine;
            }
            var next = input[i..].IndexOfAny(Remarkable);
            if (next < 0) { i = input.Length; break; }
            i += next;
            // The common case, both octets of a line break here, without a turn through the states.
            if (input[i] == '\r' && i + 1 < input.Length && input[i + 1] == '\n') { i += 2; at = At.LineStart; continue; }
            Note(input[i++]);
        }
        length = i - start;
        return i;
    }

    private void Note(byte octet)
    {
        if (octet == '\r') { at = At.AfterCr; return; }
        Defects |= octet == '\n' ? DataDefects.BareLineFeed : DataDefects.Nul;
    }

    /// <summary>After a dot at the start of a line: CRLF ends the data, anything else is content of the line.</summary>
    private bool EndAfterDot(ReadOnlySpan<byte> input, ref int i)
    {
        if (i < input.Length && at == At.AfterDot)
        {
            if (input[i] != '\r') { at = At.InLine; return false; }
            at = At.AfterDotCr;
            i++;
        }
        if (i >= input.Length) return true;
        if (input[i] == '\n')
        {
            at = At.Ended;
            i++;
            return true;
        }
        // "." CR and no LF: the CR is a bare one. The message is refused, so that its CR not being handed on does no harm.
        Defects |= DataDefects.BareCarriageReturn;
        at = At.InLine;
        return false;
    }
}
