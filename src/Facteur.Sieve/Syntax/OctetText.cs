using System.Text;

namespace Facteur.Sieve.Syntax;

/// <summary>
/// Strings of scripts hold any octets (RFC 5228 §2.4.2). Here they are text: what is UTF-8 as its characters, each other octet
/// as the lone surrogate U+DC00 + octet, which stands in no text. Nothing is lost both ways.
/// </summary>
internal static class OctetText
{
    private const char FirstOctet = '\uDC80';
    private const char LastOctet = '\uDCFF';

    public static string FromOctets(ReadOnlySpan<byte> octets)
    {
        if (Ascii.IsValid(octets)) return Encoding.ASCII.GetString(octets);
        var text = new StringBuilder(octets.Length);
        Span<char> pair = stackalloc char[2];
        while (!octets.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(octets, out var rune, out var taken) == System.Buffers.OperationStatus.Done)
                text.Append(pair[..rune.EncodeToUtf16(pair)]);
            else
                for (var i = 0; i < taken; i++) text.Append((char)(0xDC00 + octets[i]));
            octets = octets[taken..];
        }
        return text.ToString();
    }

    public static byte[] ToOctets(string text)
    {
        if (IsText(text)) return Encoding.UTF8.GetBytes(text);
        var octets = new List<byte>(text.Length + 16);
        Span<byte> utf8 = stackalloc byte[4];
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is >= FirstOctet and <= LastOctet && (i == 0 || !char.IsHighSurrogate(text[i - 1])))
            {
                octets.Add((byte)text[i]);
                continue;
            }
            if (Rune.DecodeFromUtf16(text.AsSpan(i), out var rune, out var taken) != System.Buffers.OperationStatus.Done) rune = Rune.ReplacementChar;
            octets.AddRange(utf8[..rune.EncodeToUtf8(utf8)]);
            i += taken - 1;
        }
        return [.. octets];
    }

    /// <summary>True when no octet outside UTF-8 is in it.</summary>
    public static bool IsText(ReadOnlySpan<char> text)
    {
        for (var at = text.IndexOfAnyInRange('\uD800', '\uDFFF'); at >= 0 && at < text.Length; at++)
        {
            if (!char.IsSurrogate(text[at])) continue;
            if (at + 1 >= text.Length || !char.IsSurrogatePair(text[at], text[at + 1])) return false;
            at++;
        }
        return true;
    }

    /// <summary>The same for those who can only take text: octets outside UTF-8 become U+FFFD.</summary>
    public static string ToText(string text)
    {
        if (IsText(text)) return text;
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes()) clean.Append(rune);
        return clean.ToString();
    }
}
