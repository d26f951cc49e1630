using System.Text;
using Facteur.Sieve.Syntax;

namespace Facteur.Sieve.Matching;

/// <summary>i;unicode-casemap: each character in title case, then decomposed.</summary>
// RFC 5051 §2. What is not UTF-8 is compared as it is.
internal sealed class UnicodeCasemap : Comparator
{
    public override string Name => "i;unicode-casemap";

    public override bool IgnoresCase => true;

    public override long FoldWork(string text) => System.Text.Ascii.IsValid(text) ? text.Length / 4 : text.Length * 8L;

    public override FoldedText Fold(string text)
    {
        if (!OctetText.IsText(text)) return new FoldedText(text, null);
        if (System.Text.Ascii.IsValid(text)) return AsciiCasemap.Fold(text);
        var folded = new StringBuilder(text.Length * 2);
        var origin = new List<int>(text.Length * 2);
        var at = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            folded.Append(Canonical(rune));
            while (origin.Count < folded.Length) origin.Add(at);
            at += rune.Utf16SequenceLength;
        }
        origin.Add(at);
        return new FoldedText(folded.ToString(), [.. origin]);
    }

    // Of the scripts with case, and what else stands before them: folding a rune costs hundreds of nanoseconds, reading it few.
    private static readonly string?[] known = new string?[0x2000];

    private static string Canonical(Rune rune)
    {
        // Ideographs have neither case nor parts.
        if (rune.Value is >= 0x3400 and <= 0x9FFF and not (>= 0x4DC0 and <= 0x4DFF)) return rune.ToString();
        return rune.Value < known.Length ? known[rune.Value] ??= Fold(rune) : Fold(rune);
    }

    private static string Fold(Rune rune)
    {
        if (rune.IsAscii) return Rune.ToUpperInvariant(rune).ToString();
        var title = Title(rune).ToString();
        // Noncharacters have no normal form, and .NET says so with an exception.
        return (rune.Value & 0xFFFE) == 0xFFFE || rune.Value is >= 0xFDD0 and <= 0xFDEF ? title : title.Normalize(NormalizationForm.FormKD);
    }

    // Title case is upper case but for digraphs, and for Georgian, which has none.
    private static Rune Title(Rune rune) => rune.Value switch
    {
        >= 0x01C4 and <= 0x01C6 => new Rune(0x01C5),
        >= 0x01C7 and <= 0x01C9 => new Rune(0x01C8),
        >= 0x01CA and <= 0x01CC => new Rune(0x01CB),
        >= 0x01F1 and <= 0x01F3 => new Rune(0x01F2),
        >= 0x10D0 and <= 0x10FF => rune,
        _ => Rune.ToUpperInvariant(rune),
    };
}
