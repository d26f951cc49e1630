using System.Buffers;

namespace Facteur.Smtp.Client.Wire;

/// <summary>
/// The only way that octets of a message leave: whatever is stored, what goes out has no CR and no LF but in CRLF, no NUL, a second
/// dot before each dot that starts a line, and ends by CRLF. A lone CR or LF becomes a line end, a NUL is left out; all this is
/// decided on what is written, so that no form of the input can make a line that another host takes for the end (RFC 5321 §2.3.8,
/// §4.1.1.4, §4.5.2). Lines are not folded: that would break signatures, and a host that refuses a line of more than 998 octets says so.
/// </summary>
internal struct ContentEncoder(bool stuffsDots)
{
    private static readonly SearchValues<byte> Remarkable = SearchValues.Create("\r\n\0"u8);

    private readonly bool stuffsDots = stuffsDots;
    private bool inLine;      // something was written since the last CRLF
    private bool afterCr;     // a CR was read and not yet written: LF may follow

    /// <summary>An octet beyond ASCII has passed.</summary>
    public bool HasEightBit { get; private set; }

    /// <summary>Octets that <paramref name="length"/> octets of input can become at most.</summary>
    public static int MaxLength(int length) => length * 2 + 4;

    /// <summary>Encodes a piece.</summary>
    /// <returns>Octets written; <paramref name="output"/> must hold <see cref="MaxLength"/>.</returns>
    public int Encode(ReadOnlySpan<byte> input, Span<byte> output)
    {
        HasEightBit |= !System.Text.Ascii.IsValid(input);
        var written = 0;
        while (!input.IsEmpty)
        {
            if (afterCr)
            {
                afterCr = false;
                EndLine(output, ref written);
                if (input[0] == '\n')
                {
                    input = input[1..];
                    continue;
                }
            }
            var run = input.IndexOfAny(Remarkable);
            if (run < 0) run = input.Length;
            if (run > 0)
            {
                if (!inLine && stuffsDots && input[0] == '.') output[written++] = (byte)'.';
                input[..run].CopyTo(output[written..]);
                written += run;
                inLine = true;
                input = input[run..];
                continue;
            }
            if (input[0] == '\r') afterCr = true;
            else if (input[0] == '\n') EndLine(output, ref written);
            input = input[1..];
        }
        return written;
    }

    /// <summary>Ends the content: its last line gets its CRLF; with dots comes the terminator, once.</summary>
    /// <returns>Octets written, at most 5.</returns>
    public int End(Span<byte> output)
    {
        var written = 0;
        if (afterCr || inLine) EndLine(output, ref written);
        afterCr = false;
        if (stuffsDots)
        {
            ".\r\n"u8.CopyTo(output[written..]);
            written += 3;
        }
        return written;
    }

    private void EndLine(Span<byte> output, ref int written)
    {
        "\r\n"u8.CopyTo(output[written..]);
        written += 2;
        inLine = false;
    }
}
