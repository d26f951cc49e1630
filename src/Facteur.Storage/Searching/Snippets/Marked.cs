using System.Text;
using Facteur.Mail;

namespace Facteur.Storage.Searching;

/// <summary>Writes text as HTML with what was looked for between mark tags. Everything else that HTML could take for its own is escaped.</summary>
internal static class Marked
{
    private const string Open = "<mark>", Close = "</mark>";
    private const char Gap = '…';
    private const int GapOctets = 3;

    /// <summary>Characters before the first match that a preview begins with.</summary>
    private const int Lead = 40;

    /// <summary>Characters of a word that a preview goes back to begin with it.</summary>
    private const int LongestWord = 20;

    /// <summary>Matches marked in one text.</summary>
    private const int MaxRanges = 1_000;

    /// <summary>The whole text; null without a match.</summary>
    public static string? Whole(string text, List<string> needles)
    {
        var ranges = Find(text, needles);
        if (ranges.Count == 0) return null;
        var html = new StringBuilder(text.Length + 32);
        var at = 0;
        foreach (var (start, end) in ranges)
        {
            Escape(html, text.AsSpan(at, start - at));
            html.Append(Open);
            Escape(html, text.AsSpan(start, end - start));
            html.Append(Close);
            at = end;
        }
        Escape(html, text.AsSpan(at));
        return html.ToString();
    }

    /// <summary>The text near the first match, in at most so many octets of UTF-8; null without a match.</summary>
    public static string? Preview(string text, List<string> needles, int maxOctets)
    {
        if (First(text, needles) is not { } first) return null;
        var start = Start(text, first);
        text = text.Substring(start, Math.Min(text.Length - start, maxOctets * 2));
        var ranges = Find(text, needles);
        var html = new StringBuilder();
        var left = maxOctets - GapOctets * 2;
        if (start > 0) html.Append(Gap);
        var (at, next, isOpen) = (0, 0, false);
        while (at < text.Length)
        {
            while (next < ranges.Count && ranges[next].End <= at) next++;
            var isMarked = next < ranges.Count && ranges[next].Start <= at;
            Rune.DecodeFromUtf16(text.AsSpan(at), out var rune, out var length);
            var piece = Escaped(rune);
            var cost = Encoding.UTF8.GetByteCount(piece) + (isMarked && !isOpen ? Open.Length + Close.Length : 0);
            if (cost > left) break;
            if (isMarked != isOpen) html.Append(isMarked ? Open : Close);
            html.Append(piece);
            (left, at, isOpen) = (left - cost, at + length, isMarked);
        }
        if (isOpen) html.Append(Close);
        if (at < text.Length) html.Append(Gap);
        return html.ToString();
    }

    /// <summary>Where a preview begins: some words before the match, at the start of one.</summary>
    private static int Start(string text, int match)
    {
        var start = Math.Max(0, match - Lead);
        for (var i = start; i > 0 && i > start - LongestWord; i--)
            if (text[i - 1] == ' ') return i;
        return start > 0 && char.IsLowSurrogate(text[start]) ? start - 1 : start;
    }

    /// <summary>Where the first of the needles is; null without one.</summary>
    private static int? First(string text, List<string> needles)
    {
        var map = FoldedMap.Of(text);
        int? first = null;
        foreach (var needle in needles)
        {
            var from = 0;
            if (map.TryFind(needle, ref from, out var range) && !(first <= range.Start.Value)) first = range.Start.Value;
        }
        return first;
    }

    /// <summary>Where the needles are, ascending, those that touch as one.</summary>
    private static List<(int Start, int End)> Find(string text, List<string> needles)
    {
        var map = FoldedMap.Of(text);
        var found = new List<(int Start, int End)>();
        foreach (var needle in needles)
            for (var from = 0; found.Count < MaxRanges && map.TryFind(needle, ref from, out var range);) found.Add((range.Start.Value, range.End.Value));
        found.Sort();
        var kept = 0;
        for (var i = 1; i < found.Count; i++)
            if (found[i].Start <= found[kept].End) found[kept] = (found[kept].Start, Math.Max(found[kept].End, found[i].End));
            else found[++kept] = found[i];
        if (found.Count > 0) found.RemoveRange(kept + 1, found.Count - kept - 1);
        return found;
    }

    private static void Escape(StringBuilder html, ReadOnlySpan<char> text)
    {
        foreach (var rune in text.EnumerateRunes()) html.Append(Escaped(rune));
    }

    private static string Escaped(Rune rune) => rune.Value switch
    {
        '&' => "&amp;",
        '<' => "&lt;",
        '>' => "&gt;",
        '"' => "&quot;",
        '\'' => "&#39;",
        _ => rune.ToString(),
    };
}
