using System.Globalization;
using System.Text;
using Facteur.Mail;

namespace Facteur.Storage.Searching;

/// <summary>How texts are ordered (RFC 4790 registry). Each makes a key of a text; keys compare by ordinal.</summary>
public enum Collation : byte { UnicodeCasemap, AsciiCasemap, AsciiNumeric }

public static class Collations
{
    /// <summary>Names that comparators of JMAP may give (collationAlgorithms, RFC 8620 §2).</summary>
    public static IReadOnlyList<string> Names { get; } = ["i;unicode-casemap", "i;ascii-casemap", "i;ascii-numeric"];

    public static bool TryParse(string name, out Collation collation)
    {
        for (var i = 0; i < Names.Count; i++)
        {
            collation = (Collation)i;
            if (Names[i] == name) return true;
        }
        collation = default;
        return false;
    }

    public static string Key(this Collation collation, string text) => collation switch
    {
        Collation.AsciiCasemap => AsciiCasemap(text),
        Collation.AsciiNumeric => AsciiNumeric(text),
        _ => UnicodeCasemap(text),
    };

    /// <summary>Upper case, decomposed: i;unicode-casemap (RFC 5051 §2), which RFC 5256 §2 asks for.</summary>
    public static string UnicodeCasemap(string text)
    {
        var upper = text.ToUpperInvariant();
        if (Ascii.IsValid(upper)) return upper;
        return Sound(upper).Normalize(NormalizationForm.FormKD);
    }

    // Normalize refuses halves of surrogate pairs and what is no character, and headers may hold them once they are decoded.
    private static string Sound(string text) => string.Concat(text.EnumerateRunes().Where(rune => rune.Value is not (0xFFFE or 0xFFFF)).Select(rune => rune.ToString()));

    // RFC 4790 §9.2.1: only ASCII letters change.
    private static string AsciiCasemap(string text) => string.Create(text.Length, text, (to, from) =>
    {
        for (var i = 0; i < to.Length; i++) to[i] = from[i] is >= 'a' and <= 'z' ? (char)(from[i] & ~0x20) : from[i];
    });

    // RFC 4790 §9.1.1: the number the text starts with; a text that starts with none is more than any number.
    private static string AsciiNumeric(string text)
    {
        var end = text.AsSpan().IndexOfAnyExceptInRange('0', '9');
        var digits = (end < 0 ? text.AsSpan() : text.AsSpan(0, end));
        if (digits.IsEmpty) return "\uFFFF";
        digits = digits.TrimStart('0');
        return string.Create(CultureInfo.InvariantCulture, $"{(char)Math.Min(digits.Length, 0xFFFE)}{digits}");
    }
}
