using System.Buffers;
using System.Globalization;
using System.Text;

namespace Facteur.Sieve.Syntax;

/// <summary>encoded-character: "${hex:…}" and "${unicode:…}" in strings.</summary>
// RFC 5228 §2.4.2.4.
internal static class EncodedCharacters
{
    private static readonly SearchValues<char> DigitsAndBlanks = SearchValues.Create(" \t\r\n0123456789abcdefABCDEF");

    /// <exception cref="SieveSyntaxException">A well-formed sequence names no Unicode character.</exception>
    public static string Decode(string text, SievePosition at)
    {
        if (!text.Contains("${", StringComparison.Ordinal)) return text;
        var octets = new List<byte>(text.Length);
        var start = 0;
        for (var open = text.IndexOf("${", StringComparison.Ordinal); open >= 0;)
        {
            var decoded = Sequence(text, open, at, out var end);
            if (decoded is not null)
            {
                octets.AddRange(OctetText.ToOctets(text[start..open]));
                octets.AddRange(decoded);
                start = end;
            }
            open = text.IndexOf("${", decoded is null ? open + 2 : end, StringComparison.Ordinal);
        }
        if (start == 0) return text;
        octets.AddRange(OctetText.ToOctets(text[start..]));
        return OctetText.FromOctets([.. octets]);
    }

    /// <summary>What the sequence at <paramref name="open"/> stands for; null when it is not well formed, then it stays as it is.</summary>
    private static List<byte>? Sequence(string text, int open, SievePosition at, out int end)
    {
        end = 0;
        var rest = text.AsSpan(open + 2);
        var isHex = rest.StartsWith("hex:", StringComparison.OrdinalIgnoreCase);
        if (!isHex && !rest.StartsWith("unicode:", StringComparison.OrdinalIgnoreCase)) return null;
        var digits = rest[(isHex ? 4 : 8)..];
        var close = digits.IndexOfAnyExcept(DigitsAndBlanks);
        if (close < 0 || digits[close] != '}') return null;
        end = open + 2 + (isHex ? 4 : 8) + close + 1;
        var octets = new List<byte>();
        foreach (var range in digits[..close].SplitAny(" \t\r\n"))
        {
            var word = digits[..close][range];
            if (word.IsEmpty) continue;
            if (isHex && word.Length > 2) return null;
            if (isHex) octets.Add(byte.Parse(word, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
            else octets.AddRange(Character(word, at));
        }
        return octets.Count == 0 ? null : octets;
    }

    private static byte[] Character(ReadOnlySpan<char> word, SievePosition at)
    {
        var number = word.TrimStart('0');
        if (number.Length > 6 || !Rune.TryCreate(number.IsEmpty ? 0 : int.Parse(number, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture), out var rune))
            throw new SieveSyntaxException(at, ScriptText.NoSuchCharacter.With(word.ToString()));
        var octets = new byte[rune.Utf8SequenceLength];
        rune.EncodeToUtf8(octets);
        return octets;
    }
}
