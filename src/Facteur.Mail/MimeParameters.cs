using System.Buffers;
using System.Globalization;
using System.Text;

namespace Facteur.Mail;

/// <summary>One parameter of Content-Type or Content-Disposition.</summary>
/// <param name="Name">Lower case, without the marks of RFC 2231.</param>
/// <param name="Value">Its octets, one character each, without quotes.</param>
/// <param name="IsExtended">The value is charset'language'percent-encoded (RFC 2231 §4).</param>
public readonly record struct MimeParameter(string Name, string Value, bool IsExtended);

/// <summary>
/// Parameters as senders write them: RFC 2045 §5.1 with comments, RFC 2231 continuations joined, missing quotes and
/// semicolons forgiven. Time is linear in the field.
/// </summary>
public static class MimeParameters
{
    private static readonly List<MimeParameter> None = [];
    private static readonly SearchValues<byte> WordEnd = SearchValues.Create("; \t\r\n("u8);

    /// <summary>Pieces looked at before continuations are joined, for each parameter that is kept.</summary>
    private const int PiecesPerParameter = 10;

    /// <summary>Reads what follows the type of a field.</summary>
    /// <param name="max">Parameters kept after joining.</param>
    public static List<MimeParameter> Parse(ReadOnlySpan<byte> value, int max)
    {
        List<MimeParameter>? plain = null;
        ParameterPieces? pieces = null;
        var at = 0;
        for (var read = 0; read < max * PiecesPerParameter && TryReadName(value, ref at, out var name); read++)
        {
            var star = name.IndexOf((byte)'*');
            var text = ReadValue(value, ref at, isFileName: star < 0 && IsFileName(name));
            if (star >= 0) (pieces ??= new ParameterPieces()).Add(name, star, text);
            else if (plain is null || plain.Count < max) (plain ??= []).Add(new MimeParameter(MimeToken.Lower(name), text, false));
        }
        if (pieces is null) return plain ?? None;
        plain ??= [];
        pieces.JoinInto(plain, max);
        return plain;
    }

    /// <summary>The octets of a parameter whose value is a word; null when it is absent.</summary>
    public static string? Find(List<MimeParameter> parameters, string name)
    {
        foreach (var parameter in parameters)
            if (parameter.Name == name)
                return parameter.IsExtended ? Encoding.Latin1.GetString(PercentDecoded(parameter.Value, out _)) : parameter.Value;
        return null;
    }

    /// <summary>
    /// A parameter's text for people. The RFC 2231 form counts before the plain one, which is then the fallback for old readers;
    /// encoded words and bare 8-bit octets, both against RFC 2047 §5 and RFC 2045 §5.1, are read as they are meant.
    /// </summary>
    public static string? Text(List<MimeParameter> parameters, string name)
    {
        string? text = null;
        foreach (var parameter in parameters)
        {
            if (parameter.Name != name) continue;
            if (parameter.IsExtended)
            {
                var octets = PercentDecoded(parameter.Value, out var charset);
                return Charsets.Get(charset).GetString(octets);
            }
            text ??= Plain(parameter.Value);
        }
        return text;
    }

    private static string Plain(string value)
    {
        if (Ascii.IsValid(value) && !value.Contains("=?", StringComparison.Ordinal)) return value;
        return EncodedWords.Decode(Encoding.Latin1.GetBytes(value));
    }

    private static byte[] PercentDecoded(string value, out string? charset)
    {
        charset = null;
        var start = 0;
        var quote = value.IndexOf('\'', StringComparison.Ordinal);
        var second = quote < 0 ? -1 : value.IndexOf('\'', quote + 1);
        if (second >= 0)
        {
            charset = quote == 0 ? null : value[..quote];
            start = second + 1;
        }
        var octets = new byte[value.Length - start];
        var length = 0;
        for (var i = start; i < value.Length; i++)
        {
            if (value[i] == '%' && i + 2 < value.Length
                && byte.TryParse(value.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var octet))
            {
                octets[length++] = octet;
                i += 2;
            }
            else octets[length++] = (byte)value[i];
        }
        return octets[..length];
    }

    /// <summary>Moves to the value of the next parameter that has one.</summary>
    private static bool TryReadName(ReadOnlySpan<byte> value, ref int at, out ReadOnlySpan<byte> name)
    {
        while ((at = MimeToken.SkipBlank(value, at)) < value.Length)
        {
            name = MimeToken.Read(value, ref at);
            if (name.IsEmpty)
            {
                at++;
                continue;
            }
            var next = MimeToken.SkipBlank(value, at);
            if (next >= value.Length || value[next] != (byte)'=') continue;
            at = next + 1;
            if (Ascii.IsValid(name)) return true;
        }
        name = default;
        return false;
    }

    private static string ReadValue(ReadOnlySpan<byte> value, ref int at, bool isFileName)
    {
        while (at < value.Length && value[at] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n') at++;
        if (at < value.Length && value[at] == (byte)'"') return ReadQuoted(value, ref at);
        var rest = value[at..];
        // File names come without quotes and with blanks, brackets or encoded words in them; they go on to the semicolon.
        var end = isFileName ? rest.IndexOf((byte)';') : rest.IndexOfAny(WordEnd);
        if (end < 0) end = rest.Length;
        at += end;
        var text = rest[..end].TrimEnd(" \t\r\n"u8);
        return text.ContainsAny((byte)'\r', (byte)'\n') ? Encoding.Latin1.GetString(HeaderFields.Unfold(text)) : Word(text);
    }

    private static bool IsFileName(ReadOnlySpan<byte> name) =>
        Ascii.EqualsIgnoreCase(name, "name"u8) || Ascii.EqualsIgnoreCase(name, "filename"u8);

    private static string ReadQuoted(ReadOnlySpan<byte> value, ref int at)
    {
        var start = ++at;
        var plain = value[start..].IndexOfAny("\"\\\r\n"u8);
        if (plain >= 0 && value[start + plain] == (byte)'"')
        {
            at = start + plain + 1;
            return Word(value.Slice(start, plain));
        }
        var text = new StringBuilder();
        for (; at < value.Length && value[at] != (byte)'"'; at++)
        {
            if (value[at] is (byte)'\r' or (byte)'\n') continue;
            if (value[at] == (byte)'\\' && at + 1 < value.Length) at++;
            text.Append((char)value[at]);
        }
        at = Math.Min(at + 1, value.Length);
        return text.ToString();
    }

    /// <summary>Values keep their case; the usual ones are not allocated again.</summary>
    private static string Word(ReadOnlySpan<byte> octets) =>
        octets.SequenceEqual("utf-8"u8) ? "utf-8" : octets.SequenceEqual("UTF-8"u8) ? "UTF-8"
        : octets.SequenceEqual("us-ascii"u8) ? "us-ascii" : Encoding.Latin1.GetString(octets);
}
