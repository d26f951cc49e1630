namespace Facteur.Storage.Searching;

/// <summary>
/// The search language (UX.md §4.6): words, "phrases", -left out, OR, { one of }, ( groups ), and operators by their English and French names.
/// One parser for the search box, for JMAP, and for rules made of a search.
/// </summary>
public static class SearchLanguage
{
    /// <summary>Characters that are read.</summary>
    public const int MaxLength = 4_096;

    /// <summary>Words and operators that are read.</summary>
    public const int MaxTerms = 200;

    /// <summary>Reads a search. Whatever was typed means something: what cannot be read as meant is text, with a hint. In linear time.</summary>
    /// <param name="zone">In which days begin.</param>
    public static SearchQuery Parse(string text, DateTimeOffset now, TimeZoneInfo zone) => new LanguageParser(text, now, zone).Run();

    /// <summary>
    /// A search that means the condition, in its shortest words; null for one the language has no words for. Relative dates are written as the days they mean.
    /// </summary>
    public static string? Write(SearchCondition condition, SearchWords words, TimeZoneInfo zone) => new LanguageWriter(words, zone).Write(condition);

    /// <summary>The name of an operator, without its colon.</summary>
    public static string Name(SearchOperator of, SearchWords words) => SearchOperators.Name(of, words);
}
