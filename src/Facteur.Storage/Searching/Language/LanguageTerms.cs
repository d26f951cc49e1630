namespace Facteur.Storage.Searching;

/// <summary>Where something stands in a search.</summary>
internal readonly record struct SearchSpan(int Start, int Length);

/// <summary>Makes conditions of operators and their values.</summary>
internal sealed class LanguageTerms(DateTimeOffset now, TimeZoneInfo zone, Action<SearchHintKind, int, int, string?> hint)
{
    /// <summary>A place was named that is not left out.</summary>
    public bool NamesPlace { get; private set; }

    /// <summary>See <see cref="SearchQuery.CountsFrom"/>.</summary>
    public DateTimeOffset? CountsFrom { get; private set; }

    /// <summary>Null for what says nothing.</summary>
    /// <param name="of">Null for words.</param>
    /// <param name="isPhrase">It stood between quotation marks: it means itself.</param>
    /// <param name="negations">Minus signs before it and the groups it is in.</param>
    public SearchCondition? Make(SearchOperator? of, string value, SearchSpan span, bool isPhrase, int negations)
    {
        if (!isPhrase) value = value.TrimEnd('*').TrimStart('+');
        var needle = FoldedNeedle.Of(value);
        if (needle.IsEmpty || !isPhrase && needle.Text is "-" or "–" or "—") return null; // a dash between words is none
        return of switch
        {
            null => new TextCondition(needle, TextScope.Text),
            SearchOperator.From => Address(FoldedField.From, needle, isPhrase),
            SearchOperator.To => Address(FoldedField.To, needle, isPhrase),
            SearchOperator.Cc => Address(FoldedField.Cc, needle, isPhrase),
            SearchOperator.Bcc => Address(FoldedField.Bcc, needle, isPhrase),
            SearchOperator.Subject => new FieldCondition(FoldedField.Subject, needle),
            SearchOperator.Body => new TextCondition(needle, TextScope.Body),
            SearchOperator.DeliveredTo => HeaderCondition.Of("delivered-to", needle),
            SearchOperator.List => HeaderCondition.Of("list-id", needle), // RFC 2919 §3
            SearchOperator.MessageId => HeaderCondition.Of("message-id", needle),
            SearchOperator.FileName => new FileNameCondition(needle),
            SearchOperator.Keyword => KeywordCondition.OfJmap(value),
            SearchOperator.Label => Label(needle, negations),
            SearchOperator.In => Place(needle, negations),
            SearchOperator.Is or SearchOperator.Has => Named(of.Value, needle, span),
            SearchOperator.Larger or SearchOperator.Smaller => Size(of.Value, needle, span),
            SearchOperator.OlderThan or SearchOperator.NewerThan => Ago(of.Value, needle, span),
            _ => Day(of.Value, needle, span),
        };
    }

    private static SearchCondition Address(FoldedField field, FoldedNeedle needle, bool isPhrase) =>
        !isPhrase && needle.Text is ("me" or "moi") ? new OwnAddressCondition(field) : new FieldCondition(field, needle);

    private LabelCondition Label(FoldedNeedle needle, int negations)
    {
        NamesPlace |= negations % 2 == 0;
        return new LabelCondition(needle);
    }

    // Any mailbox is a place: a name that is not one of ours is a label's.
    private SearchCondition? Place(FoldedNeedle needle, int negations)
    {
        if (!SearchValueTable.TryParse(SearchOperator.In, needle.Written, out var value)) return Label(needle, negations);
        if (value == SearchValue.AllMail) return ConstantCondition.True;
        NamesPlace |= negations % 2 == 0;
        return SearchValueTable.Condition(value) ?? ConstantCondition.True;
    }

    private SearchCondition Named(SearchOperator of, FoldedNeedle needle, SearchSpan span) =>
        SearchValueTable.TryParse(of, needle.Written, out var value) ? SearchValueTable.Condition(value)! : Bad(needle, span, SearchValueTable.Nearest(of, needle.Written));

    private SearchCondition Size(SearchOperator of, FoldedNeedle needle, SearchSpan span)
    {
        if (!SearchSizes.TryParse(needle.Written, out var octets)) return Bad(needle, span, null);
        var atLeast = new SizeCondition(octets);
        return of == SearchOperator.Larger ? atLeast : NotCondition.Of(atLeast);
    }

    private SearchCondition Ago(SearchOperator of, FoldedNeedle needle, SearchSpan span)
    {
        if (!SearchDates.TryAgo(needle.Written, now, zone, out var moment, out var countsFrom)) return Bad(needle, span, null);
        NoteCount(countsFrom);
        var since = new ReceivedCondition(moment.ToUnixTimeMilliseconds());
        return of == SearchOperator.NewerThan ? since : NotCondition.Of(since);
    }

    private SearchCondition Day(SearchOperator of, FoldedNeedle needle, SearchSpan span)
    {
        if (!SearchDates.TryParse(needle.Written, now, zone, out var start, out var end, out var isRelative, out var ambiguous)) return Bad(needle, span, null);
        if (ambiguous) hint(SearchHintKind.AmbiguousDate, span.Start, span.Length, LanguageWriter.Day(start, zone));
        if (isRelative) NoteCount(SearchDates.StartOf(SearchDates.Today(now, zone), zone));
        var since = new ReceivedCondition(start.ToUnixTimeMilliseconds());
        return of switch
        {
            SearchOperator.After => since,
            SearchOperator.Before => NotCondition.Of(since),
            _ => AndCondition.Of([since, NotCondition.Of(new ReceivedCondition(end.ToUnixTimeMilliseconds()))]),
        };
    }

    private void NoteCount(DateTimeOffset from) => CountsFrom = CountsFrom is { } other && other > from ? other : from;

    private TextCondition Bad(FoldedNeedle needle, SearchSpan span, string? suggestion)
    {
        hint(SearchHintKind.BadValue, span.Start, span.Length, suggestion);
        return new TextCondition(needle, TextScope.Text);
    }
}
