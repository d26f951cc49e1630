namespace Facteur.Storage.Searching;

/// <summary>What a search in words means.</summary>
public sealed record SearchQuery
{
    /// <summary>As it was typed, as far as it was read.</summary>
    public required string Text { get; init; }

    /// <summary>To be bound to an account before it is asked.</summary>
    public required SearchCondition Condition { get; init; }

    /// <summary>Its parts, in order, none within another.</summary>
    public required IReadOnlyList<SearchChip> Chips { get; init; }

    /// <summary>What the person should know of how it was read.</summary>
    public required IReadOnlyList<SearchHint> Hints { get; init; }

    /// <summary>It names no place: what is only in Junk or Trash is left out.</summary>
    public required bool LeavesOutJunkAndTrash { get; init; }

    /// <summary>The moment that dates such as "7d" count from: while it is the same, the search means the same. Null without such dates.</summary>
    public DateTimeOffset? CountsFrom { get; init; }
}

/// <summary>One part of a search, for the search box to show.</summary>
/// <param name="Start">Place in the text, in UTF-16 units; where its minus sign stands when it has one.</param>
/// <param name="Operator">Null for words and for groups in parentheses.</param>
/// <param name="Value">As typed, without quotation marks; a group with its parentheses.</param>
/// <param name="IsNegated">What matches is left out.</param>
/// <param name="IsAlternative">It, or the part before it, has to match (OR).</param>
public sealed record SearchChip(int Start, int Length, SearchOperator? Operator, string Value, bool IsNegated, bool IsAlternative, SearchCondition Condition);

public enum SearchHintKind : byte
{
    /// <summary>No operator has this name: it was taken as text.</summary>
    UnknownOperator,
    /// <summary>An operator without a value, passed over.</summary>
    MissingValue,
    /// <summary>The operator has no such value: it was taken as text.</summary>
    BadValue,
    /// <summary>04/05/2024 was read as the 4th of May.</summary>
    AmbiguousDate,
    /// <summary>AROUND: both words are looked for at any distance.</summary>
    DistanceIgnored,
    /// <summary>The rest of the text was not read.</summary>
    TooLong,
}

/// <param name="Suggestion">What may have been meant: an operator with its colon, or a value; null for nothing near.</param>
public sealed record SearchHint(SearchHintKind Kind, int Start, int Length, string? Suggestion = null);
