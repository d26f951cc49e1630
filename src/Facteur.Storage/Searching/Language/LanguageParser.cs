using System.Buffers;

namespace Facteur.Storage.Searching;

/// <summary>Reads a search from left to right, once; what is open when it ends is closed.</summary>
internal sealed class LanguageParser
{
    private const int MaxDepth = 12;
    private const int MaxHints = 20;

    private static readonly SearchValues<char> Opening = SearchValues.Create("({");

    private readonly string text;
    private readonly LanguageTerms terms;
    private readonly List<SearchChip> chips = [];
    private readonly List<SearchHint> hints = [];
    private int at;
    private int depth;
    private int negations;
    private int count;

    public LanguageParser(string text, DateTimeOffset now, TimeZoneInfo zone)
    {
        this.text = text.Length <= SearchLanguage.MaxLength ? text : text[..SearchLanguage.MaxLength];
        terms = new LanguageTerms(now, zone, Hint);
        if (text.Length > this.text.Length) Hint(SearchHintKind.TooLong, this.text.Length, text.Length - this.text.Length);
    }

    private bool AtEnd => at >= text.Length;

    public SearchQuery Run()
    {
        var condition = List(null, any: false) ?? ConstantCondition.True;
        var leavesOut = !terms.NamesPlace;
        return new SearchQuery
        {
            Text = text,
            Condition = leavesOut ? AndCondition.Of([condition, new VisibleCondition()]) : condition,
            Chips = chips,
            Hints = hints,
            LeavesOutJunkAndTrash = leavesOut,
            CountsFrom = terms.CountsFrom,
        };
    }

    /// <summary>Terms up to the end of a group; null when there are none.</summary>
    /// <param name="field">What a bare word stands for.</param>
    private SearchCondition? List(SearchOperator? field, bool any)
    {
        var found = new List<SearchCondition>();
        var alternative = false;
        while (true)
        {
            SkipBlanks();
            if (AtEnd) break;
            if (text[at] is ')' or '}')
            {
                at++;
                if (depth > 0) break;
                continue;
            }
            if (TryConnective(out var isOr))
            {
                alternative |= isOr && found.Count > 0;
                continue;
            }
            if (Term(field, alternative) is not { } term) continue;
            if (alternative) found[^1] = OrCondition.Of([found[^1], term]);
            else found.Add(term);
            alternative = false;
        }
        return found.Count == 0 ? null : any ? OrCondition.Of(found) : AndCondition.Of(found);
    }

    private SearchCondition? Term(SearchOperator? field, bool alternative)
    {
        var start = at;
        if (++count > SearchLanguage.MaxTerms)
        {
            Hint(SearchHintKind.TooLong, at, text.Length - at);
            at = text.Length;
            return null;
        }
        var negated = text[at] == '-' && at + 1 < text.Length && !char.IsWhiteSpace(text[at + 1]);
        if (negated) at++;
        negations += negated ? 1 : 0;
        var (condition, of, value) = Unsigned(field);
        negations -= negated ? 1 : 0;
        if (condition is null) return null;
        if (negated) condition = NotCondition.Of(condition);
        if (depth == 0) chips.Add(new SearchChip(start, at - start, of, value, negated, alternative, condition));
        return condition;
    }

    private (SearchCondition? Condition, SearchOperator? Operator, string Value) Unsigned(SearchOperator? field)
    {
        var start = at;
        if (Opening.Contains(text[at])) return (Group(field), field, text[start..at]);
        if (text[at] == '"') return (terms.Make(field, Quoted(), new SearchSpan(start, at - start), isPhrase: true, negations), field, Inside(start));
        if (TryOperator(out var of, out var name)) return Operator(of, name, start);
        var word = Word();
        return (terms.Make(field, word, new SearchSpan(start, at - start), isPhrase: false, negations), field, word);
    }

    private SearchCondition? Group(SearchOperator? field)
    {
        var any = text[at++] == '{';
        if (depth == MaxDepth) return null; // what is in it is read as if it stood outside
        depth++;
        var group = List(field, any);
        depth--;
        return group;
    }

    private (SearchCondition? Condition, SearchOperator? Operator, string Value) Operator(SearchOperator of, string name, int start)
    {
        var value = at;
        if (of == SearchOperator.FileName && (AtEnd || char.IsWhiteSpace(text[at])) && SearchOperators.MeansAttachment(name))
            return (new AttachmentCondition(), SearchOperator.Has, text[start..at]);
        SkipBlanks();
        if (AtEnd || text[at] is ')' or '}' || at > value && (IsOperatorNext() || IsConnectiveNext()))
        {
            Hint(SearchHintKind.MissingValue, start, value - start);
            at = value;
            return (null, of, "");
        }
        value = at;
        if (Opening.Contains(text[at])) return (Group(of), of, text[value..at]);
        var isPhrase = text[at] == '"';
        var written = isPhrase ? Quoted() : Word();
        return (terms.Make(of, written, new SearchSpan(start, at - start), isPhrase, negations), of, written);
    }

    private bool IsOperatorNext()
    {
        var back = at;
        var next = TryOperator(out _, out _, quiet: true);
        at = back;
        return next;
    }

    private bool IsConnectiveNext()
    {
        var back = at;
        var next = TryConnective(out _, quiet: true);
        at = back;
        return next;
    }

    /// <summary>Passes over "name:" when it names an operator; a name that none has gets a hint.</summary>
    private bool TryOperator(out SearchOperator of, out string name, bool quiet = false)
    {
        (of, name) = (default, "");
        var end = at;
        while (end < text.Length && end - at < SearchOperators.MaxName && (char.IsLetterOrDigit(text[end]) || text[end] is '_' or '-' or '\'' or '\u2019' || IsMark(text[end]))) end++;
        if (end == at || end >= text.Length || text[end] != ':') return false;
        name = text[at..end];
        if (SearchOperators.TryParse(name, out of))
        {
            at = end + 1;
            return true;
        }
        var isUnknown = !quiet && end + 1 < text.Length && !char.IsWhiteSpace(text[end + 1]) && text[end + 1] != '/' && char.IsLetter(name[0]);
        if (isUnknown) Hint(SearchHintKind.UnknownOperator, at, end + 1 - at, SearchOperators.Nearest(name));
        return false;
    }

    // Letters typed with their accent apart.
    private static bool IsMark(char c) => c is >= '\u0300' and <= '\u036F';

    /// <summary>OR and AND in capitals, in both languages; AROUND with its number is passed over with a hint.</summary>
    private bool TryConnective(out bool isOr, bool quiet = false)
    {
        isOr = false;
        var end = at;
        while (end < text.Length && end - at < 7 && text[end] is >= 'A' and <= 'Z') end++;
        if (end < text.Length && !char.IsWhiteSpace(text[end])) return false;
        switch (text.AsSpan(at, end - at))
        {
            case "OR" or "OU":
                isOr = true;
                break;
            case "AND" or "ET":
                break;
            case "AROUND" when end < text.Length:
                if (!quiet) Hint(SearchHintKind.DistanceIgnored, at, end - at);
                while (end < text.Length && char.IsWhiteSpace(text[end])) end++;
                while (end < text.Length && char.IsAsciiDigit(text[end])) end++;
                break;
            default:
                return false;
        }
        at = end;
        return true;
    }

    /// <summary>Up to a blank, a quotation mark, or the end of the group it is in.</summary>
    private string Word()
    {
        var start = at;
        while (!AtEnd && !char.IsWhiteSpace(text[at]) && text[at] != '"' && (depth == 0 || text[at] is not (')' or '}'))) at++;
        return text[start..at];
    }

    /// <summary>Up to the closing quotation mark; a backslash takes the next one in.</summary>
    private string Quoted()
    {
        var start = ++at;
        var escaped = false;
        for (; !AtEnd && text[at] != '"'; at++)
        {
            if (text[at] != '\\' || at + 1 >= text.Length || text[at + 1] is not ('"' or '\\')) continue;
            escaped = true;
            at++;
        }
        var inside = text[start..Math.Min(at, text.Length)];
        if (!AtEnd) at++;
        return escaped ? Unescaped(inside) : inside;
    }

    private string Inside(int start)
    {
        var back = at;
        at = start;
        var inside = Quoted();
        at = back;
        return inside;
    }

    private static string Unescaped(string inside)
    {
        var plain = new System.Text.StringBuilder(inside.Length);
        for (var i = 0; i < inside.Length; i++)
        {
            if (inside[i] == '\\' && i + 1 < inside.Length && inside[i + 1] is '"' or '\\') i++;
            plain.Append(inside[i]);
        }
        return plain.ToString();
    }

    private void SkipBlanks()
    {
        while (!AtEnd && char.IsWhiteSpace(text[at])) at++;
    }

    private void Hint(SearchHintKind kind, int start, int length, string? suggestion = null)
    {
        if (hints.Count < MaxHints) hints.Add(new SearchHint(kind, start, length, suggestion));
    }
}
