using System.Buffers;

namespace Facteur.Smtp.Wire;

/// <summary>xtext: printable ASCII where "+" and two hexadecimal digits stand for any octet (RFC 3461 §4).</summary>
internal static class Xtext
{
    private static readonly SearchValues<char> Hex = SearchValues.Create("0123456789ABCDEF");

    /// <summary>Decodes <paramref name="text"/>; null when it is not xtext or holds a control character, which no parameter may carry.</summary>
    public static string? Decode(ReadOnlySpan<char> text)
    {
        if (text.IndexOf('+') < 0) return IsPlain(text) ? text.ToString() : null;
        var decoded = new char[text.Length];
        var length = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '+')
            {
                if (i + 2 >= text.Length || !Hex.Contains(text[i + 1]) || !Hex.Contains(text[i + 2])) return null;
                c = (char)((Convert.ToInt32(text[i + 1].ToString(), 16) << 4) | Convert.ToInt32(text[i + 2].ToString(), 16));
                i += 2;
                if (c is < ' ' or '\x7f') return null;
            }
            else if (!IsPlain(c)) return null;
            decoded[length++] = c;
        }
        return new string(decoded, 0, length);
    }

    // RFC 6531 §3.4: with SMTPUTF8 a parameter value may also hold UTF-8.
    private static bool IsPlain(char c) => c is (> ' ' and < '\x7f' and not '=') or >= '\x80';

    private static bool IsPlain(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
            if (!IsPlain(c)) return false;
        return true;
    }
}
