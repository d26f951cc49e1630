using System.Globalization;
using System.Text.Json;
using Facteur.Storage;
using Facteur.Storage.Searching;

namespace Facteur.Jmap;

/// <summary>Reads filters of emails (RFC 8621 §4.4.1) into conditions. Those of our own ("query", a search in words, and "isSnoozed") are in docs/jmap.md.</summary>
internal sealed class EmailFilter(DateTimeOffset now, JmapRequest request)
{
    private const int MaxMailboxes = 1_000;

    /// <summary>Words that are looked for in the text: each is a scan of all of it.</summary>
    private const int MaxTexts = 200;

    private readonly bool withQuery = request.Uses(JmapCapabilities.FacteurMail);
    private readonly bool withSnooze = request.Uses(JmapCapabilities.FacteurSnooze);

    /// <summary>See <see cref="SearchQuery.CountsFrom"/>; the latest of all.</summary>
    public DateTimeOffset? CountsFrom { get; private set; }

    /// <summary>Null is every email.</summary>
    public SearchCondition Read(JsonElement? filter)
    {
        if (filter is not { } given) return ConstantCondition.True;
        var condition = new FilterReader<SearchCondition>(Condition, Combine).Read(given);
        if (condition.All().Count(one => one is TextCondition) > MaxTexts) throw FilterReader<SearchCondition>.Unsupported("there are too many words to look for");
        return condition;
    }

    private static SearchCondition Combine(FilterOperator kind, List<SearchCondition> conditions) => kind switch
    {
        FilterOperator.And => AndCondition.Of(conditions),
        FilterOperator.Or => OrCondition.Of(conditions),
        _ => NotCondition.Of(OrCondition.Of(conditions)),
    };

    private SearchCondition Condition(JsonElement condition)
    {
        var all = new List<SearchCondition>();
        foreach (var property in condition.EnumerateObject()) all.Add(Property(condition, property.Name));
        return AndCondition.Of(all);
    }

    private SearchCondition Property(JsonElement of, string name) => name switch
    {
        "inMailbox" => JmapIds.TryRead(Text(of, name), out MailboxId mailbox) ? new MailboxCondition(mailbox) : ConstantCondition.False,
        "inMailboxOtherThan" => OtherThan(of, name),
        "before" => NotCondition.Of(new ReceivedCondition(Date(of, name))),
        "after" => new ReceivedCondition(Date(of, name)),
        "minSize" => new SizeCondition(Size(of, name)),
        "maxSize" => NotCondition.Of(new SizeCondition(Size(of, name))),
        "allInThreadHaveKeyword" => new ThreadKeywordCondition(Keyword(of, name), OnAll: true),
        "someInThreadHaveKeyword" => new ThreadKeywordCondition(Keyword(of, name), OnAll: false),
        "noneInThreadHaveKeyword" => NotCondition.Of(new ThreadKeywordCondition(Keyword(of, name), OnAll: false)),
        "hasKeyword" => KeywordCondition.OfJmap(Text(of, name)),
        "notKeyword" => NotCondition.Of(KeywordCondition.OfJmap(Text(of, name))),
        "hasAttachment" => JmapArguments.Bool(of, name) ?? throw Missing(name) ? new AttachmentCondition() : NotCondition.Of(new AttachmentCondition()),
        "text" => Words(of, name, needle => new TextCondition(needle, TextScope.Text)),
        "body" => Words(of, name, needle => new TextCondition(needle, TextScope.Body)),
        "from" => Words(of, name, needle => new FieldCondition(FoldedField.From, needle)),
        "to" => Words(of, name, needle => new FieldCondition(FoldedField.To, needle)),
        "cc" => Words(of, name, needle => new FieldCondition(FoldedField.Cc, needle)),
        "bcc" => Words(of, name, needle => new FieldCondition(FoldedField.Bcc, needle)),
        "subject" => Words(of, name, needle => new FieldCondition(FoldedField.Subject, needle)),
        "header" => Header(of, name),
        "isSnoozed" when withSnooze => JmapArguments.Bool(of, name) ?? throw Missing(name) ? new SnoozedCondition() : NotCondition.Of(new SnoozedCondition()),
        "query" when withQuery => Query(of, name),
        "timeZone" when withQuery => ConstantCondition.True, // of "query"
        _ => throw FilterReader<SearchCondition>.Unsupported($"{name} is not known"),
    };

    private static MailboxOtherThanCondition OtherThan(JsonElement of, string name)
    {
        var ids = JmapArguments.Strings(of, name) ?? throw Missing(name);
        if (ids.Count > MaxMailboxes) throw FilterReader<SearchCondition>.Unsupported($"{name} has too many ids");
        // An id that no mailbox has leaves nothing out.
        return new MailboxOtherThanCondition(ids.Select(id => JmapIds.TryRead(id, out MailboxId mailbox) ? mailbox : default).Where(id => id != default));
    }

    private static SearchCondition Words(JsonElement of, string name, Func<FoldedNeedle, SearchCondition> make) =>
        AndCondition.Of(SearchStrings.Tokens(Text(of, name)).Select(token => make(FoldedNeedle.Of(token))));

    private static SearchCondition Header(JsonElement of, string name)
    {
        var pair = JmapArguments.Strings(of, name) ?? throw Missing(name);
        if (pair.Count is 0 or > 2) throw JmapMethodException.InvalidArguments("header has one or two elements");
        if (pair.Count == 1) return HeaderCondition.Of(pair[0], FoldedNeedle.Empty);
        var tokens = SearchStrings.Tokens(pair[1]);
        return tokens.Count == 0
            ? HeaderCondition.Of(pair[0], FoldedNeedle.Empty)
            : AndCondition.Of(tokens.Select(token => HeaderCondition.Of(pair[0], FoldedNeedle.Of(token))));
    }

    private SearchCondition Query(JsonElement of, string name)
    {
        var query = SearchLanguage.Parse(Text(of, name), now, TimeZones.Find(JmapArguments.String(of, "timeZone")));
        if (query.CountsFrom is { } from && (CountsFrom is not { } other || other < from)) CountsFrom = from;
        return query.Condition;
    }

    private static string Text(JsonElement of, string name) => JmapArguments.String(of, name) ?? throw Missing(name);

    private static string Keyword(JsonElement of, string name) => Text(of, name).ToLowerInvariant();

    private static long Size(JsonElement of, string name) => JmapArguments.UnsignedInt(of, name) ?? throw Missing(name);

    // A UTCDate (RFC 8620 §1.4); the fraction counts.
    private static long Date(JsonElement of, string name) =>
        DateTimeOffset.TryParseExact(
            Text(of, name), ["yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'"], CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var date)
            ? date.ToUnixTimeMilliseconds() + (date.Ticks % TimeSpan.TicksPerMillisecond > 0 ? 1 : 0)
            : throw JmapMethodException.InvalidArguments($"{name} is not a UTCDate");

    private static JmapMethodException Missing(string name) => JmapMethodException.InvalidArguments($"{name} has no value");
}
