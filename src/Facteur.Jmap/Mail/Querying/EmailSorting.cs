using System.Text.Json;
using Facteur.Storage.Searching;

namespace Facteur.Jmap;

/// <summary>Reads how emails are to be sorted (RFC 8621 §4.4.2).</summary>
internal static class EmailSorting
{
    private const int MaxComparators = 16;

    /// <summary>Those of our own (docs/jmap.md).</summary>
    public static readonly string[] OfSnooze = ["listedAt", "snoozedUntil"];

    /// <param name="withSnooze">The request uses <see cref="JmapCapabilities.FacteurSnooze"/>.</param>
    public static EmailOrder Read(JsonElement? sort, bool withSnooze)
    {
        if (sort is not { } list) return EmailOrder.NewestFirst;
        if (list.GetArrayLength() > MaxComparators) throw Unsupported("there are too many comparators");
        var comparators = new List<EmailComparator>();
        foreach (var one in list.EnumerateArray()) comparators.Add(Comparator(one, withSnooze));
        return new EmailOrder(comparators);
    }

    /// <summary>What comparators of all types have: whether it ascends, and the collation (RFC 8620 §5.5).</summary>
    public static (string Property, bool IsAscending, Collation Collation) Common(JsonElement comparator)
    {
        if (comparator.ValueKind != JsonValueKind.Object) throw JmapMethodException.InvalidArguments("a comparator is an object");
        JmapArguments.Only(comparator, "property", "isAscending", "collation", "keyword");
        var collation = Collation.UnicodeCasemap;
        if (JmapArguments.String(comparator, "collation") is { } name && !Collations.TryParse(name, out collation)) throw Unsupported($"collation {name} is not known");
        return (JmapArguments.RequireString(comparator, "property"), JmapArguments.Bool(comparator, "isAscending") ?? true, collation);
    }

    public static JmapMethodException Unsupported(string description) => new("unsupportedSort", description);

    private static EmailComparator Comparator(JsonElement comparator, bool withSnooze)
    {
        var (name, isAscending, collation) = Common(comparator);
        var property = name switch
        {
            "receivedAt" => EmailSortProperty.ReceivedAt,
            "size" => EmailSortProperty.Size,
            "sentAt" => EmailSortProperty.SentAt,
            "from" => EmailSortProperty.From,
            "to" => EmailSortProperty.To,
            "subject" => EmailSortProperty.Subject,
            "hasKeyword" => EmailSortProperty.HasKeyword,
            "allInThreadHaveKeyword" => EmailSortProperty.AllInThreadHaveKeyword,
            "someInThreadHaveKeyword" => EmailSortProperty.SomeInThreadHaveKeyword,
            "listedAt" when withSnooze => EmailSortProperty.ListedAt,
            "snoozedUntil" when withSnooze => EmailSortProperty.SnoozedUntil,
            _ => throw Unsupported($"emails are not sorted by {name}"),
        };
        var keyword = property >= EmailSortProperty.HasKeyword ? JmapArguments.RequireString(comparator, "keyword").ToLowerInvariant() : null;
        return new EmailComparator(property, isAscending, keyword, collation);
    }
}
