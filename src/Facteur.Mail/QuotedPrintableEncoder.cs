using System.Buffers;

namespace Facteur.Mail;

/// <summary>Writes quoted-printable text (RFC 2045 §6.7): lines of at most 76 characters, line breaks of the text kept as CRLF.</summary>
internal static class QuotedPrintableEncoder
{
    private const int MaxLine = 76;

    /// <param name="text">Octets of a text whose line breaks are CRLF.</param>
    public static void Encode(ReadOnlySpan<byte> text, IBufferWriter<byte> output)
    {
        while (true)
        {
            var end = text.IndexOf("\r\n"u8);
            Line(end < 0 ? text : text[..end], output);
            if (end < 0)
                return;
            output.Write("\r\n"u8);
            text = text[(end + 2)..];
        }
    }

    private static void Line(ReadOnlySpan<byte> line, IBufferWriter<byte> output)
    {
        Span<byte> written = stackalloc byte[MaxLine + 2];
        var column = 0;
        for (var i = 0; i < line.Length; i++)
        {
            var c = line[i];
            var last = i == line.Length - 1;
            var escape = c is < 0x20 and not (byte)'\t' or >= 0x7F or (byte)'='
                || last && (c is (byte)' ' or (byte)'\t') // rule 3: no blank ends a line
                || i == 0 && (c == '.' || line.StartsWith("From "u8)); // spares it from careless SMTP and mbox writers
            var width = escape ? 3 : 1;
            if (column + width > (last ? MaxLine : MaxLine - 1))
            {
                "=\r\n"u8.CopyTo(written[column..]);
                output.Write(written[..(column + 3)]);
                column = 0;
            }
            if (escape)
            {
                written[column++] = (byte)'=';
                written[column++] = (byte)"0123456789ABCDEF"[c >> 4];
                written[column++] = (byte)"0123456789ABCDEF"[c & 15];
            }
            else
                written[column++] = c;
        }
        output.Write(written[..column]);
    }
}
