using System.Text;

namespace Facteur.Jmap;

/// <summary>
/// Strings of a filter (RFC 8621 §4.4.1): what stands between quotation marks, single or double, is a phrase, in which a backslash keeps the
/// next mark or backslash; elsewhere white space parts words, all of which must be there. A mark inside a word is part of it: "l'été".
/// </summary>
internal static class SearchStrings
{
    /// <summary>Words and phrases of one string.</summary>
    private const int MaxTokens = 100;

    /// <summary>Characters of one string.</summary>
    private const int MaxLength = 4_096;

    public static List<string> Tokens(string text)
    {
        if (text.Length > MaxLength) throw new JmapMethodException("unsupportedFilter", "a text to look for is too long");
        var tokens = new List<string>();
        for (var at = 0; at < text.Length;)
        {
            if (char.IsWhiteSpace(text[at]))
            {
                at++;
                continue;
            }
            if (tokens.Count == MaxTokens) throw new JmapMethodException("unsupportedFilter", "there are too many words to look for");
            if (text[at] is '"' or '\'' && TryPhrase(text, ref at) is { } phrase)
            {
                tokens.Add(phrase);
                continue;
            }
            var start = at;
            while (at < text.Length && !char.IsWhiteSpace(text[at])) at++;
            tokens.Add(text[start..at]);
        }
        return tokens;
    }

    /// <summary>The phrase that starts with a mark; null when no mark ends it.</summary>
    private static string? TryPhrase(string text, ref int at)
    {
        var phrase = new StringBuilder();
        for (var i = at + 1; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 1 < text.Length && text[i + 1] is '"' or '\'' or '\\') i++;
            else if (text[i] == text[at])
            {
                at = i + 1;
                return phrase.ToString();
            }
            phrase.Append(text[i]);
        }
        return null;
    }
}
