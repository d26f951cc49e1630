using System.Globalization;
using System.Text;

namespace Facteur.Delivery.Filtering.Bayes;

/// <summary>Cuts folded text into words; scripts without blanks into pairs of characters.</summary>
internal static class Words
{
    private const int Shortest = 3;
    private const int Longest = 24;

    public static void Split(ReadOnlySpan<char> text, string prefix, TokenSet tokens)
    {
        var start = -1;
        var previous = default(Rune);
        for (var i = 0; i < text.Length && !tokens.IsFull;)
        {
            if (Rune.DecodeFromUtf16(text[i..], out var rune, out var used) != System.Buffers.OperationStatus.Done) (rune, used) = (new Rune(' '), Math.Max(used, 1));
            if (IsIdeograph(rune))
            {
                EndWord(text, ref start, i, prefix, tokens);
                if (previous.Value != 0) tokens.Add($"{prefix}{previous}{rune}");
                previous = rune;
            }
            else
            {
                previous = default;
                if (!IsWord(rune)) EndWord(text, ref start, i, prefix, tokens);
                else if (start < 0) start = i;
            }
            i += used;
        }
        EndWord(text, ref start, text.Length, prefix, tokens);
    }

    private static void EndWord(ReadOnlySpan<char> text, ref int start, int end, string prefix, TokenSet tokens)
    {
        if (start < 0) return;
        var word = text[start..end].Trim("'-_.");
        start = -1;
        // Longer ones are codes that never come again.
        if (word.Length is >= Shortest and <= Longest) tokens.Add($"{prefix}{word}");
    }

    private static bool IsWord(Rune rune) =>
        Rune.IsLetterOrDigit(rune) || rune.Value is '\'' or '-' or '_' or '$' or '%' || Rune.GetUnicodeCategory(rune) is UnicodeCategory.CurrencySymbol or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    // Han, kana, Thai, Lao, Khmer, Myanmar: written without blanks between words. Hangul has them.
    private static bool IsIdeograph(Rune rune) =>
        rune.Value is >= 0x0E00 and <= 0x0EFF or >= 0x1000 and <= 0x109F or >= 0x1780 and <= 0x17FF or >= 0x3040 and <= 0x30FF
            or >= 0x3400 and <= 0x4DBF or >= 0x4E00 and <= 0x9FFF or >= 0xF900 and <= 0xFAFF or >= 0x20000 and <= 0x3FFFF;
}
