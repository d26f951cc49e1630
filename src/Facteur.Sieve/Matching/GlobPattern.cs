using Facteur.Sieve.Running;

namespace Facteur.Sieve.Matching;

/// <summary>
/// A pattern of :matches: "*" any number of characters, "?" one, a backslash takes their meaning away. Between stars each piece is
/// taken where it first stands, which is what the shortest match of each star comes to: no way is tried twice, however many stars there are.
/// </summary>
// RFC 5228 §2.7.1, RFC 5229 §3.2.
internal sealed class GlobPattern
{
    private const int MaxCaptures = 100;

    private readonly List<Piece> pieces = [];

    /// <param name="pattern">As written.</param>
    public GlobPattern(string pattern, Comparator comparator)
    {
        var literal = new System.Text.StringBuilder();
        var units = new List<Unit>();
        for (var i = 0; i < pattern.Length; i++)
        {
            if (pattern[i] is '*' or '?')
            {
                AddLiteral(literal, units, comparator);
                if (pattern[i] == '?') units.Add(new Unit(null));
                else
                {
                    pieces.Add(new Piece([.. units]));
                    units.Clear();
                }
                continue;
            }
            if (pattern[i] == '\\' && i + 1 < pattern.Length) i++;
            literal.Append(pattern[i]);
        }
        AddLiteral(literal, units, comparator);
        pieces.Add(new Piece([.. units]));
    }

    /// <summary>What the whole and each wildcard stand for; null when the text does not match.</summary>
    public IReadOnlyList<string>? Match(string original, FoldedText text, WorkMeter work)
    {
        var marks = new List<(int Start, int End)> { (0, text.Text.Length) };
        var at = pieces[0].End(text, 0, marks);
        if (at < 0) return null;
        if (pieces.Count == 1) return at == text.Text.Length ? Captured(original, text, marks) : null;
        for (var i = 1; i < pieces.Count; i++)
        {
            var end = pieces[i].Find(text, at, isLast: i == pieces.Count - 1, marks, work);
            if (end < 0) return null;
            at = end;
        }
        return Captured(original, text, marks);
    }

    private static List<string> Captured(string original, FoldedText text, List<(int Start, int End)> marks)
    {
        var captured = new List<string>(Math.Min(marks.Count, MaxCaptures));
        foreach (var (start, end) in marks)
        {
            if (captured.Count == MaxCaptures) break;
            captured.Add(text.Original(original, start, end));
        }
        return captured;
    }

    private static void AddLiteral(System.Text.StringBuilder literal, List<Unit> units, Comparator comparator)
    {
        if (literal.Length == 0) return;
        units.Add(new Unit(comparator.Fold(literal.ToString()).Text));
        literal.Clear();
    }

    /// <summary>Text, or null for one character.</summary>
    private readonly record struct Unit(string? Literal);

    /// <summary>What stands between two stars.</summary>
    private sealed class Piece(Unit[] units)
    {
        private readonly int literals = units.Sum(unit => unit.Literal?.Length ?? 1);

        /// <summary>The end of the piece when it stands at <paramref name="at"/>; -1 when it does not. Each "?" is marked.</summary>
        public int End(FoldedText text, int at, List<(int Start, int End)> marks)
        {
            var first = marks.Count;
            foreach (var unit in units)
            {
                var start = at;
                if (unit.Literal is null && at < text.Text.Length) marks.Add((start, at = text.CharacterEnd(at)));
                else if (unit.Literal is not null && text.Text.AsSpan(at).StartsWith(unit.Literal, StringComparison.Ordinal)) at += unit.Literal.Length;
                else
                {
                    marks.RemoveRange(first, marks.Count - first);
                    return -1;
                }
            }
            return at;
        }

        /// <summary>The end of the piece where it stands first from <paramref name="from"/> on; as the last, where it ends the text.</summary>
        public int Find(FoldedText text, int from, bool isLast, List<(int Start, int End)> marks, WorkMeter work)
        {
            var star = marks.Count;
            marks.Add((from, from));
            work.Spend(4 + (long)(text.Text.Length - from) * literals / 512);
            for (var at = from; at <= text.Text.Length; at++)
            {
                at = Next(text.Text, at, isLast);
                if (at < 0) break;
                work.Spend(1 + literals / 16);
                var end = End(text, at, marks);
                if (end < 0 || isLast && end != text.Text.Length)
                {
                    marks.RemoveRange(star + 1, marks.Count - star - 1);
                    continue;
                }
                marks[star] = (from, at);
                return end;
            }
            return -1;
        }

        /// <summary>The next place where the piece can stand.</summary>
        private int Next(string text, int at, bool isLast)
        {
            if (units.Length == 0) return isLast ? text.Length : at;
            if (units[0].Literal is not { } literal) return at;
            if (units.Length == 1 && isLast) return text.Length - literal.Length is var end && end >= at ? end : -1;
            var found = text.AsSpan(at).IndexOf(literal, StringComparison.Ordinal);
            return found < 0 ? -1 : at + found;
        }
    }
}
