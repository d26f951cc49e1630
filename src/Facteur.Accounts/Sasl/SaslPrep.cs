using System.Globalization;
using System.Text;

namespace Facteur.Accounts;

/// <summary>
/// SASLprep (RFC 4013), a profile of stringprep: what looks the same is compared as the same. Tables are those of RFC 3454; the
/// normalisation is NFKC of the runtime's Unicode, not of Unicode 3.2, so unassigned code points of then are taken as they are
/// now (both sides of an exchange with newer characters agree on that in practice).
/// </summary>
internal static class SaslPrep
{
    /// <summary>The prepared text; null when it holds what may not be in a name or password, mixes directions, or is empty.</summary>
    public static string? Prepare(string text)
    {
        if (IsPlainAscii(text)) return text.Length > 0 ? text : null;
        var mapped = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune == Rune.ReplacementChar) return null; // C.6, or a lone surrogate (C.5)
            if (IsMappedToNothing(rune.Value)) continue;
            if (rune.Value > 0x7f && Rune.GetUnicodeCategory(rune) == UnicodeCategory.SpaceSeparator || rune.Value == 0x200b) mapped.Append(' ');
            else mapped.Append(rune);
        }
        var normal = mapped.ToString().Normalize(NormalizationForm.FormKC);
        return normal.Length > 0 && !normal.EnumerateRunes().Any(IsProhibited) && IsOneDirection(normal) ? normal : null;
    }

    private static bool IsPlainAscii(string text)
    {
        foreach (var c in text)
            if (c is < ' ' or >= '\x7f') return false;
        return true;
    }

    // Table B.1.
    private static bool IsMappedToNothing(int c) =>
        c is 0x00ad or 0x034f or 0x1806 or 0x180b or 0x180c or 0x180d or 0x200c or 0x200d or 0x2060 or (>= 0xfe00 and <= 0xfe0f) or 0xfeff;

    // Tables C.1.2 to C.9; C.5 are no runes.
    private static bool IsProhibited(Rune rune) => rune.Value switch
    {
        < 0x20 or 0x7f or (>= 0x80 and <= 0x9f) or 0x06dd or 0x070f or 0x180e or 0x200c or 0x200d or 0x2028 or 0x2029
            or (>= 0x2060 and <= 0x2063) or (>= 0x206a and <= 0x206f) or 0xfeff or (>= 0xfff9 and <= 0xfffd) or (>= 0x1d173 and <= 0x1d17a) => true, // C.2, C.6
        (>= 0xe000 and <= 0xf8ff) or (>= 0xf0000 and <= 0xffffd) or (>= 0x100000 and <= 0x10fffd) => true, // C.3
        (>= 0xfdd0 and <= 0xfdef) => true, // C.4
        (>= 0x2ff0 and <= 0x2ffb) => true, // C.7
        0x0340 or 0x0341 or 0x200e or 0x200f or (>= 0x202a and <= 0x202e) => true, // C.8
        0xe0001 or (>= 0xe0020 and <= 0xe007f) => true, // C.9
        var c => (c & 0xfffe) == 0xfffe // C.4
            || c > 0x7f && Rune.GetUnicodeCategory(rune) == UnicodeCategory.SpaceSeparator, // C.1.2
    };

    /// <summary>RFC 3454 §6: with a letter that is written from the right, all are, and the text begins and ends with one.</summary>
    private static bool IsOneDirection(string text)
    {
        var runes = text.EnumerateRunes().ToList();
        if (!runes.Any(IsFromTheRight)) return true;
        return IsFromTheRight(runes[0]) && IsFromTheRight(runes[^1]) && !runes.Any(rune => Rune.IsLetter(rune) && !IsFromTheRight(rune));
    }

    // Table D.1, as the ranges of its scripts.
    private static bool IsFromTheRight(Rune rune) => rune.Value switch
    {
        0x05be or 0x05c0 or 0x05c3 or 0x061b or 0x061f or 0x06dd or 0x0710 or 0x07b1 or 0x200f or 0xfb1d or 0xfb3e => true,
        (>= 0x05d0 and <= 0x05ea) or (>= 0x05f0 and <= 0x05f4) or (>= 0x0621 and <= 0x063a) or (>= 0x0640 and <= 0x064a) or (>= 0x066d and <= 0x066f)
            or (>= 0x0671 and <= 0x06d5) or (>= 0x06e5 and <= 0x06e6) or (>= 0x06fa and <= 0x06fe) or (>= 0x0700 and <= 0x070d) => true,
        (>= 0x0712 and <= 0x072c) or (>= 0x0780 and <= 0x07a5) or (>= 0xfb1f and <= 0xfb28) or (>= 0xfb2a and <= 0xfb4f) or (>= 0xfb50 and <= 0xfbb1)
            or (>= 0xfbd3 and <= 0xfd3d) or (>= 0xfd50 and <= 0xfdfc) or (>= 0xfe70 and <= 0xfefc) => true,
        _ => false,
    };
}
