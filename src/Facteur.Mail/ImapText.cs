using System.Buffers;
using System.Text;

namespace Facteur.Mail;

/// <summary>
/// Strings as IMAP writes them in ENVELOPE and BODYSTRUCTURE: ASCII and always quoted (RFC 9051 §4.3), so that a stored text is one
/// line without literals, which whoever passes it on can read and cut.
/// </summary>
internal static class ImapText
{
    private static readonly SearchValues<byte> Special = SearchValues.Create("\0\r\n\"\\"u8);

    public static void Nil(OctetBuffer output) => output.Append("NIL"u8);

    /// <summary>Writes ASCII octets. What no quoted string may hold becomes a blank; it means nothing in a field (RFC 5322 §2.2).</summary>
    public static void String(OctetBuffer output, ReadOnlySpan<byte> ascii)
    {
        output.Append((byte)'"');
        for (int at; (at = ascii.IndexOfAny(Special)) >= 0; ascii = ascii[(at + 1)..])
        {
            output.Append(ascii[..at]);
            var isQuotable = ascii[at] is (byte)'"' or (byte)'\\';
            if (isQuotable) output.Append((byte)'\\');
            output.Append(isQuotable ? ascii[at] : (byte)' ');
        }
        output.Append(ascii);
        output.Append((byte)'"');
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
}
