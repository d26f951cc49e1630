using System.Text.Json;
using Facteur.Storage.Searching;

namespace Facteur.Jmap;

/// <summary>A filter and an order over objects of which an account has few (RFC 8620 §5.5): all are looked at, and those that match are sorted.</summary>
/// <param name="idOf">The id on the wire; where all comparators find two equal, they stay in the order given.</param>
/// <param name="condition">What one property of a FilterCondition asks: the condition's object and the name. Throws unsupportedFilter for a name that it does not know.</param>
/// <param name="key">The order by a property; null for one that cannot be sorted by.</param>
internal sealed class ListedQuestion<T>(Func<T, string> idOf, Func<JsonElement, string, Predicate<T>> condition, Func<string, Collation, Comparison<T>?> key)
{
    private const int MaxComparators = 16;

    /// <summary>The ids that the arguments ask for, in order.</summary>
    public List<string> Answer(JsonElement arguments, IEnumerable<T> all)
    {
        var (matches, order) = Read(arguments);
        var found = all.Where(one => matches(one));
        return [.. (order is null ? found : found.Order(order)).Select(idOf)];
    }

    /// <summary>What the arguments ask of each object, and the order of those that match; null for the order that they have.</summary>
    public (Predicate<T> Matches, Comparer<T>? Order) Read(JsonElement arguments) =>
        (JmapArguments.Object(arguments, "filter") is { } filter ? new FilterReader<Predicate<T>>(Condition, Combine).Read(filter) : static _ => true, Sort(arguments));

    /// <summary>True for what holds every one of some words, in any case.</summary>
    public static bool Contains(string text, string part) => Collation.UnicodeCasemap.Key(text).Contains(Collation.UnicodeCasemap.Key(part), StringComparison.Ordinal);

    public static Comparison<T> ByText(Func<T, string> text, Collation collation) => (a, b) => string.CompareOrdinal(collation.Key(text(a)), collation.Key(text(b)));

    private static Predicate<T> Combine(FilterOperator kind, List<Predicate<T>> conditions) => kind switch
    {
        FilterOperator.And => one => conditions.TrueForAll(matches => matches(one)),
        FilterOperator.Or => one => conditions.Exists(matches => matches(one)),
        _ => one => !conditions.Exists(matches => matches(one)),
    };

    private Predicate<T> Condition(JsonElement of)
    {
        var all = new List<Predicate<T>>();
        foreach (var property in of.EnumerateObject()) all.Add(condition(of, property.Name));
        return Combine(FilterOperator.And, all);
    }

    private Comparer<T>? Sort(JsonElement arguments)
    {
        if (JmapArguments.Array(arguments, "sort") is not { } list || list.GetArrayLength() == 0) return null;
        if (list.GetArrayLength() > MaxComparators) throw EmailSorting.Unsupported("there are too many comparators");
        var keys = new List<Comparison<T>>();
        foreach (var comparator in list.EnumerateArray())
        {
            var (property, isAscending, collation) = EmailSorting.Common(comparator);
            var order = key(property, collation) ?? throw EmailSorting.Unsupported($"{property} cannot be sorted by");
            keys.Add(isAscending ? order : (a, b) => order(b, a));
        }
        return Comparer<T>.Create((a, b) =>
        {
            foreach (var order in keys)
                if (order(a, b) is var difference and not 0) return difference;
            return 0;
        });
    }
}

/// <summary>The objects that a query is over, and the state at which they are so.</summary>
internal sealed record ListedAll<T>(IReadOnlyList<T> Objects, string State);

/// <summary>The /query of a type of which an account has few objects (RFC 8620 §5.5).</summary>
/// <param name="canCalculateChanges">There is a /queryChanges that can do more than say that nothing changed.</param>
internal abstract class ListedQuery<T>(string name, string capability, ListedQuestion<T> question, bool canCalculateChanges) : JmapMethod(name, capability)
{
    protected abstract ValueTask<ListedAll<T>> AllAsync(JmapCall call, JmapAccount account, CancellationToken cancel);

    public sealed override async ValueTask RunAsync(JmapCall call, CancellationToken cancel)
    {
        JmapArguments.Only(call.Arguments, QueryWindow.Arguments);
        var account = await call.AccountAsync(write: false, cancel);
        var window = QueryWindow.Read(call.Arguments, call.Services.Limits.MaxQueryLimit);
        var all = await AllAsync(call, account, cancel);
        var found = question.Answer(call.Arguments, all.Objects);
        var first = window.First(found.Count, id => found.IndexOf(call.Request.ResolveId(id) ?? id));
        var asked = first < found.Count ? found.Skip((int)first).Take(window.Limit) : [];
        window.WriteAnswer(call.Answer, account, all.State, canCalculateChanges, first, asked, found.Count);
    }
}

/// <summary>The /queryChanges of such a type (RFC 8620 §5.6): nothing since the present state; what is known since another.</summary>
internal abstract class ListedQueryChanges<T>(string name, string capability, ListedQuestion<T> question) : JmapMethod(name, capability)
{
    protected abstract ValueTask<ListedAll<T>> AllAsync(JmapCall call, JmapAccount account, CancellationToken cancel);

    /// <summary>Ids of all objects that changed, came or went since a state that is not the present one; null when that cannot be told.</summary>
    protected virtual IReadOnlyCollection<string>? ChangedSince(string since) => null;

    public sealed override async ValueTask RunAsync(JmapCall call, CancellationToken cancel)
    {
        JmapArguments.Only(call.Arguments, "accountId", "filter", "sort", "sinceQueryState", "maxChanges", "upToId", "calculateTotal");
        var account = await call.AccountAsync(write: false, cancel);
        var since = JmapArguments.RequireString(call.Arguments, "sinceQueryState");
        var maxChanges = JmapArguments.UnsignedInt(call.Arguments, "maxChanges");
        var withTotal = JmapArguments.Bool(call.Arguments, "calculateTotal") == true;
        var all = await AllAsync(call, account, cancel);
        var found = question.Answer(call.Arguments, all.Objects);
        var changed = since == all.State ? [] : ChangedSince(since) ?? throw new JmapMethodException("cannotCalculateChanges");
        var change = new QueryChange(since, all.State);
        change.Removed.AddRange(changed);
        for (var i = 0; i < found.Count; i++)
            if (changed.Contains(found[i])) change.Added.Add((found[i], i));
        change.WriteAnswer(call.Answer, account, maxChanges, withTotal ? found.Count : null);
    }
}
