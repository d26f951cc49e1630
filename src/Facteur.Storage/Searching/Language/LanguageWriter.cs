using System.Buffers;
using System.Globalization;

namespace Facteur.Storage.Searching;

/// <summary>Writes a condition in the words of the search language.</summary>
internal sealed class LanguageWriter(SearchWords words, TimeZoneInfo zone)
{
    // What a word cannot hold without quotation marks.
    private static readonly SearchValues<char> Meaningful = SearchValues.Create("(){}\":\\");

    public string? Write(SearchCondition condition)
    {
        var parts = condition is AndCondition and ? and.Children : [condition];
        var written = new List<string>();
        foreach (var part in parts)
        {
            if (part is VisibleCondition || part is ConstantCondition { Value: true }) continue;
            if (Term(part) is not { } term) return null;
            written.Add(term);
        }
        var text = string.Join(' ', written);
        // A search that names no place leaves Junk and Trash out: this one may not.
        if (!parts.Any(part => part is VisibleCondition) && Read(text).LeavesOutJunkAndTrash) text = $"{text} {Pair(SearchOperator.In, Value(SearchOperator.In, SearchValue.Anywhere))}".TrimStart();
        return Read(text).Condition.Equals(condition) ? text : null;
    }

    /// <summary>A moment: the day that starts with it, or date and time.</summary>
    public static string Day(DateTimeOffset moment, TimeZoneInfo zone)
    {
        var local = TimeZoneInfo.ConvertTime(moment, zone);
        if (SearchDates.StartOf(DateOnly.FromDateTime(local.DateTime), zone) == moment) return local.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        return moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
    }

    private SearchQuery Read(string text) => SearchLanguage.Parse(text, DateTimeOffset.UnixEpoch, zone);

    private string? Term(SearchCondition condition) => condition switch
    {
        AndCondition and => Join(and.Children) is { } all ? $"({all})" : null,
        OrCondition or => Join(or.Children) is { } any ? $"{{{any}}}" : null,
        NotCondition not => Not(not.Inner),
        TextCondition { Needle.IsEmpty: false, Scope: TextScope.Text } text => Quote(text.Needle.Written),
        TextCondition { Needle.IsEmpty: false, Scope: TextScope.Body } text => Pair(SearchOperator.Body, Quote(text.Needle.Written)),
        FieldCondition { Needle.IsEmpty: false } field => Pair(Of(field.Field), field.Needle.Text is "me" or "moi" ? $"\"{field.Needle.Written}\"" : Quote(field.Needle.Written)),
        OwnAddressCondition own => Pair(Of(own.Field), words == SearchWords.French ? "moi" : "me"),
        HeaderCondition { Needle.IsEmpty: false, Name: "list-id" } header => Pair(SearchOperator.List, Quote(header.Needle.Written)),
        HeaderCondition { Needle.IsEmpty: false, Name: "message-id" } header => Pair(SearchOperator.MessageId, Quote(header.Needle.Written)),
        HeaderCondition { Needle.IsEmpty: false, Name: "delivered-to" } header => Pair(SearchOperator.DeliveredTo, Quote(header.Needle.Written)),
        FileNameCondition { Needle.IsEmpty: false } file => Pair(SearchOperator.FileName, Quote(file.Needle.Written)),
        LabelCondition { Name.IsEmpty: false } label => Pair(SearchOperator.Label, Quote(label.Name.Written)),
        SizeCondition size => Pair(SearchOperator.Larger, SearchSizes.Write(size.LeastOctets)),
        ReceivedCondition received => Pair(SearchOperator.After, Day(received.Since)),
        _ => Named(condition),
    };

    private string? Not(SearchCondition inner) => inner switch
    {
        FlagCondition { Flag: var flag } when flag == MessageFlags.Seen => Pair(SearchOperator.Is, Value(SearchOperator.Is, SearchValue.Unread)),
        SizeCondition size => Pair(SearchOperator.Smaller, SearchSizes.Write(size.LeastOctets)),
        ReceivedCondition received => Pair(SearchOperator.Before, Day(received.Since)),
        _ => Term(inner) is { } term ? "-" + term : null,
    };

    // Flags, places, keywords: what is: and its like have a word for.
    private string? Named(SearchCondition condition)
    {
        foreach (var of in (SearchOperator[])[SearchOperator.Is, SearchOperator.Has, SearchOperator.In])
            foreach (var value in Enum.GetValues<SearchValue>())
                if (SearchValueTable.Has(of, value) && condition.Equals(SearchValueTable.Condition(value))) return Pair(of, Value(of, value));
        return condition is KeywordCondition { Keyword.Length: > 0 } keyword ? Pair(SearchOperator.Keyword, Quote(keyword.Keyword)) : null;
    }

    private string? Join(IReadOnlyList<SearchCondition> conditions)
    {
        var terms = new List<string>(conditions.Count);
        foreach (var condition in conditions)
            if (Term(condition) is { } term) terms.Add(term);
            else return null;
        return string.Join(' ', terms);
    }

    private static SearchOperator Of(FoldedField field) => field switch
    {
        FoldedField.From => SearchOperator.From,
        FoldedField.To => SearchOperator.To,
        FoldedField.Cc => SearchOperator.Cc,
        FoldedField.Bcc => SearchOperator.Bcc,
        _ => SearchOperator.Subject,
    };

    private string Pair(SearchOperator of, string value) => $"{SearchOperators.Name(of, words)}:{value}";

    private string Value(SearchOperator of, SearchValue value) => SearchValueTable.Name(of, value, words);

    private string Day(long milliseconds) => milliseconds is > -62_000_000_000_000 and < 250_000_000_000_000 ? Day(DateTimeOffset.FromUnixTimeMilliseconds(milliseconds), zone) : "";

    /// <summary>A word as it is, or between quotation marks when it would be read as something else.</summary>
    internal static string Quote(string written)
    {
        var isPlain = written.Length > 0 && !written.AsSpan().ContainsAny(Meaningful) && written[0] is not ('-' or '+') && written[^1] != '*'
            && !written.Any(char.IsWhiteSpace) && written is not ("OR" or "OU" or "AND" or "ET" or "AROUND");
        return isPlain ? written : $"\"{written.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
    }
}
