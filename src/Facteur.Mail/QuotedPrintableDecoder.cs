using System.Buffers;

namespace Facteur.Mail;

/// <summary>
/// quoted-printable (RFC 2045 §6.7). White space before a line end is deleted (rule 3), a soft line break may have some
/// after its "=" (rule 5), lower case digits are read, and an "=" that starts neither is kept as it stands.
/// </summary>
internal sealed class QuotedPrintableDecoder : ContentDecoder
{
    /// <summary>More white space than this before a line end is passed on, so that a hostile line holds no memory.</summary>
    private const int MaxHeld = 1024;

    private static readonly SearchValues<byte> Special = SearchValues.Create("= \t\r\n"u8);

    // What was read and cannot be written yet: white space and a CR that may end a line, or an "=" with what followed.
    private readonly byte[] held = new byte[MaxHeld + 2];
    private int heldLength;
    private bool escape;

    public override void Decode(ReadOnlySpan<byte> input, IBufferWriter<byte> output)
    {
        while (!input.IsEmpty)
        {
            if (heldLength == 0)
            {
                var plain = input.IndexOfAny(Special);
                if (plain < 0) plain = input.Length;
                output.Write(input[..plain]);
                input = input[plain..];
                if (input.IsEmpty) return;
            }
            if (Take(input[0], output)) input = input[1..];
        }
    }

    public override void Complete(IBufferWriter<byte> output)
    {
        // White space at the end of the body is deleted as before a line end; a soft break without its line end is dropped.
        if (escape && IsBlank(held.AsSpan(1, heldLength - 1))) heldLength = 0;
        if (!escape) heldLength = held.AsSpan(0, heldLength).TrimEnd(" \t"u8).Length;
        Release(output);
    }

    /// <summary>Takes one octet into account; false when it has to be looked at again.</summary>
    private bool Take(byte octet, IBufferWriter<byte> output) => escape ? TakeEscaped(octet, output) : TakeBlank(octet, output);

    private bool TakeBlank(byte octet, IBufferWriter<byte> output)
    {
        var afterCr = heldLength > 0 && held[heldLength - 1] == (byte)'\r';
        switch (octet)
        {
            case (byte)'\n':
                heldLength = 0;
                output.Write(afterCr ? "\r\n"u8 : "\n"u8);
                return true;
            case (byte)' ' or (byte)'\t' or (byte)'\r' when !afterCr && heldLength < MaxHeld:
                held[heldLength++] = octet;
                return true;
            default:
                var wasHeld = heldLength > 0;
                Release(output);
                if (octet != (byte)'=') return !wasHeld;
                escape = true;
                held[heldLength++] = octet;
                return true;
        }
    }

    private bool TakeEscaped(byte octet, IBufferWriter<byte> output)
    {
        var last = held[heldLength - 1];
        if (octet == (byte)'\n' && last != (byte)'\n')
        {
            // A soft line break: "=", perhaps white space, a line end.
            if (heldLength == 1 || IsBlank(held.AsSpan(1, heldLength - 1)))
            {
                heldLength = 0;
                escape = false;
                return true;
            }
        }
        else if (heldLength == 2 && char.IsAsciiHexDigit((char)last) && char.IsAsciiHexDigit((char)octet))
        {
            var target = output.GetSpan(1);
            target[0] = (byte)(Hex(last) << 4 | Hex(octet));
            output.Advance(1);
            heldLength = 0;
            escape = false;
            return true;
        }
        var continues = heldLength == 1
            ? octet is (byte)' ' or (byte)'\t' or (byte)'\r' || char.IsAsciiHexDigit((char)octet)
            : octet is (byte)' ' or (byte)'\t' or (byte)'\r' && last is (byte)' ' or (byte)'\t' && heldLength < MaxHeld;
        if (continues)
        {
            held[heldLength++] = octet;
            return true;
        }
        // Not an escape: all of it stands for itself.
        Release(output);
        return false;
    }

    private void Release(IBufferWriter<byte> output)
    {
        output.Write(held.AsSpan(0, heldLength));
        heldLength = 0;
        escape = false;
    }

    private static bool IsBlank(ReadOnlySpan<byte> octets) => !octets.ContainsAnyExcept(" \t\r"u8);

    private static int Hex(byte digit) => digit <= (byte)'9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
