using System.Buffers;

namespace Facteur.Mail;

/// <summary>A text folded (<see cref="FoldedText"/>) that remembers where each character came from: what is found in it can be shown as it was written.</summary>
public sealed class FoldedMap
{
    private readonly string text;
    private readonly string folded;
    private readonly int[]? origins; // null when every character folds to one

    private FoldedMap(string text, string folded, int[]? origins) => (this.text, this.folded, this.origins) = (text, folded, origins);

    public static FoldedMap Of(string text)
    {
        if (IsPlain(text)) return new FoldedMap(text, text.ToLowerInvariant(), null);
        var folder = new TextFolder();
        var output = new ArrayBufferWriter<char>(text.Length + 8);
        var origins = new int[text.Length + 8];
        for (var i = 0; i < text.Length; i++)
        {
            var before = output.WrittenCount;
            folder.Fold(text.AsSpan(i, 1), output);
            if (output.WrittenCount > origins.Length) Array.Resize(ref origins, Math.Max(output.WrittenCount, origins.Length * 2));
            origins.AsSpan(before, output.WrittenCount - before).Fill(i);
        }
        return new FoldedMap(text, output.WrittenSpan.ToString(), origins);
    }

    /// <summary>The next place that holds a needle, as a range of the text as written, with the marks that belong to its last character; false when there is none.</summary>
    /// <param name="foldedFrom">Where to look from; moved behind what was found.</param>
    public bool TryFind(string foldedNeedle, ref int foldedFrom, out Range range)
    {
        range = default;
        if (foldedNeedle.Length == 0 || foldedFrom > folded.Length) return false;
        var found = folded.AsSpan(foldedFrom).IndexOf(foldedNeedle, StringComparison.Ordinal);
        if (found < 0) return false;
        found += foldedFrom;
        foldedFrom = found + foldedNeedle.Length;
        if (origins is null)
        {
            range = found..foldedFrom;
            return true;
        }
        var start = origins[found];
        if (start > 0 && char.IsLowSurrogate(text[start])) start--;
        var end = origins[foldedFrom - 1] + 1;
        // What folds to nothing after it: a combining accent, a joiner.
        while (end < text.Length && !char.IsWhiteSpace(text[end]) && (foldedFrom == folded.Length || end < origins[foldedFrom]) && !char.IsHighSurrogate(text[end])) end++;
        range = start..end;
        return true;
    }

    // Blanks fold to one, and none is left at the start.
    private static bool IsPlain(string text) =>
        !text.AsSpan().ContainsAnyExceptInRange(' ', '~') && !text.StartsWith(' ') && !text.Contains("  ", StringComparison.Ordinal);
}
