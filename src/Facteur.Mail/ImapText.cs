using System.Buffers;
using System.Text;

namespace Facteur.Mail;

/// <summary>Strings as IMAP writes them in ENVELOPE and BODYSTRUCTURE: ASCII, quoted when they can be (RFC 9051 §4.3).</summary>
internal static class ImapText
{
    /// <summary>Longer strings go as literals: readers of quoted strings hold them in small buffers.</summary>
    private const int MaxQuoted = 1024;

    private static readonly SearchValues<byte> NotQuotable = SearchValues.Create("\0\r\n"u8);

    public static void Nil(OctetBuffer output) => output.Append("NIL"u8);

    /// <summary>Writes ASCII octets. NUL is left out: no form of string may hold it (CHAR8, RFC 9051 §9).</summary>
    public static void String(OctetBuffer output, ReadOnlySpan<byte> ascii)
    {
        if (ascii.IndexOfAny(NotQuotable) < 0 && ascii.Length <= MaxQuoted) Quoted(output, ascii);
        else Literal(output, ascii);
    }

    public static void String(OctetBuffer output, ReadOnlySpan<char> ascii)
    {
        Span<byte> octets = ascii.Length <= 512 ? stackalloc byte[ascii.Length] : new byte[ascii.Length];
        for (var i = 0; i < ascii.Length; i++) octets[i] = (byte)ascii[i];
        String(output, octets);
    }

    public static void Upper(OctetBuffer output, ReadOnlySpan<char> ascii)
    {
        Span<char> upper = ascii.Length <= 256 ? stackalloc char[ascii.Length] : new char[ascii.Length];
        ascii.ToUpperInvariant(upper);
        Text(output, upper);
    }

    /// <summary>Text of any script: as it is when it is ASCII, else as encoded words (RFC 2047), so that no client meets 8-bit octets it did not ask for.</summary>
    public static void Text(OctetBuffer output, ReadOnlySpan<char> text)
    {
        if (Ascii.IsValid(text)) String(output, text);
        else String(output, AsciiOnly(EncodedWords.Encode(text.ToString())));
    }

    /// <summary>An unstructured field, unfolded.</summary>
    public static void Field(OctetBuffer output, ReadOnlySpan<byte> value)
    {
        value = value.Trim(" \t\r\n"u8);
        if (!Ascii.IsValid(value))
        {
            String(output, AsciiOnly(EncodedWords.Encode(EncodedWords.Decode(value))));
            return;
        }
        if (value.IndexOf((byte)'\n') < 0)
        {
            String(output, value);
            return;
        }
        var unfolded = ArrayPool<byte>.Shared.Rent(value.Length);
        String(output, unfolded.AsSpan(0, HeaderFields.Unfold(value, unfolded)));
        ArrayPool<byte>.Shared.Return(unfolded);
    }

    private static string AsciiOnly(string text) => Ascii.IsValid(text) ? text : string.Concat(text.Where(char.IsAscii));

    private static void Quoted(OctetBuffer output, ReadOnlySpan<byte> ascii)
    {
        output.Append((byte)'"');
        for (int special; (special = ascii.IndexOfAny((byte)'"', (byte)'\\')) >= 0; ascii = ascii[(special + 1)..])
        {
            output.Append(ascii[..special]);
            output.Append((byte)'\\');
            output.Append(ascii[special]);
        }
        output.Append(ascii);
        output.Append((byte)'"');
    }

    private static void Literal(OctetBuffer output, ReadOnlySpan<byte> ascii)
    {
        var nuls = ascii.Count((byte)0);
        output.Append((byte)'{');
        output.Append(ascii.Length - nuls);
        output.Append("}\r\n"u8);
        for (int nul; nuls > 0 && (nul = ascii.IndexOf((byte)0)) >= 0; ascii = ascii[(nul + 1)..]) output.Append(ascii[..nul]);
        output.Append(ascii);
    }
}
