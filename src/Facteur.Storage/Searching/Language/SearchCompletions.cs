namespace Facteur.Storage.Searching;

/// <summary>What Tab may put in place of the word at the cursor.</summary>
/// <param name="Start">Place of what is replaced, in UTF-16 units.</param>
/// <param name="Text">What replaces it: "from:", "is:unread".</param>
public sealed record SearchCompletion(int Start, int Length, string Text);

/// <summary>Completes operators, their values and names of labels.</summary>
public static class SearchCompletions
{
    private const int Most = 20;

    /// <summary>Letters after which a value is also found by its other names, which may be another language's.</summary>
    private const int ByAnyName = 3;

    /// <param name="labels">Full names of mailboxes.</param>
    public static IReadOnlyList<SearchCompletion> At(string text, int cursor, SearchWords words, IReadOnlyList<string> labels)
    {
        if (text.Length > SearchLanguage.MaxLength || cursor < 0 || cursor > text.Length) return [];
        var start = WordStart(text, cursor);
        var typed = text[start..cursor];
        var colon = typed.IndexOf(':', StringComparison.Ordinal);
        var found = colon < 0 ? Operators(typed, words)
            : colon <= SearchOperators.MaxName && SearchOperators.TryParse(typed[..colon], out var of) ? Values(typed[..(colon + 1)], of, typed[(colon + 1)..], words, labels)
            : [];
        return [.. found.Distinct().Take(Most).Select(one => new SearchCompletion(start, cursor - start, one))];
    }

    private static int WordStart(string text, int cursor)
    {
        var start = 0;
        var quoted = false;
        for (var i = 0; i < cursor; i++)
        {
            if (text[i] == '"') quoted = !quoted;
            else if (!quoted && (char.IsWhiteSpace(text[i]) || text[i] is '(' or '{' or ')' or '}')) start = i + 1;
        }
        return start < cursor && text[start] is '-' or '+' ? start + 1 : start;
    }

    // In the language asked for, unless what was typed begins a name of the other only.
    private static IEnumerable<string> Operators(string typed, SearchWords words)
    {
        var begin = SearchOperators.Normal(typed);
        if (begin.Length is 0 or > SearchOperators.MaxName) return [];
        return SearchOperators.All.Select(of => SearchOperators.NamesOf(of, words).FirstOrDefault(name => IsBegun(name, begin)))
            .OfType<string>().Select(name => name + ":");
    }

    private static IEnumerable<string> Values(string name, SearchOperator of, string typed, SearchWords words, IReadOnlyList<string> labels)
    {
        var begin = SearchOperators.Normal(typed.Trim('"'));
        if (of is SearchOperator.Is or SearchOperator.Has or SearchOperator.In)
            foreach (var (value, known) in SearchValueTable.NamesOf(of, words))
                if (IsBegun(value, begin) || begin.Length >= ByAnyName && known.Any(one => IsBegun(one, begin))) yield return name + value;
        if (of is not (SearchOperator.In or SearchOperator.Label)) yield break;
        foreach (var label in labels)
        {
            if (of == SearchOperator.In && SearchValueTable.TryParse(of, label, out _)) continue; // it would mean the place of that name
            if (IsBegun(label, begin) || IsBegun(label[(label.LastIndexOf(MailboxName.Separator) + 1)..], begin)) yield return name + LanguageWriter.Quote(label);
        }
    }

    private static bool IsBegun(string name, string begin) => SearchOperators.Normal(name).StartsWith(begin, StringComparison.Ordinal);
}
