using System.Text.Json;
using Facteur.Sieve.Scripts;
using Facteur.Storage.Searching;

namespace Facteur.Jmap;

/// <summary>SieveScript/query (RFC 9661 §2.4): by name and by being active. Without a /queryChanges: there are few.</summary>
internal sealed class SieveScriptQuery() : JmapMethod("SieveScript/query", JmapCapabilities.Sieve)
{
    public override async ValueTask RunAsync(JmapCall call, CancellationToken cancel)
    {
        JmapArguments.Only(call.Arguments, QueryWindow.Arguments);
        var account = await call.AccountAsync(write: false, cancel);
        var window = QueryWindow.Read(call.Arguments, call.Services.Limits.MaxQueryLimit);
        var folder = await SieveScriptType.FolderAsync(call, account, cancel);
        var matches = JmapArguments.Object(call.Arguments, "filter") is { } filter
            ? new FilterReader<Predicate<StoredScript>>(condition => Condition(condition, folder), Combine).Read(filter)
            : static _ => true;
        var found = folder.Scripts.Where(script => matches(script)).Order(Sort(call.Arguments, folder)).Select(SieveScriptType.IdOf).ToList();
        var first = window.First(found.Count, id => found.IndexOf(call.Request.ResolveId(id) ?? id));
        var asked = first < found.Count ? found.Skip((int)first).Take(window.Limit) : [];
        window.WriteAnswer(call.Answer, account, await SieveScriptType.Instance.StateAsync(call, account, cancel), false, first, asked, found.Count);
    }

    private static Predicate<StoredScript> Combine(FilterOperator kind, List<Predicate<StoredScript>> conditions) => kind switch
    {
        FilterOperator.And => script => conditions.TrueForAll(one => one(script)),
        FilterOperator.Or => script => conditions.Exists(one => one(script)),
        _ => script => !conditions.Exists(one => one(script)),
    };

    private static Predicate<StoredScript> Condition(JsonElement condition, ScriptFolder folder)
    {
        var all = new List<Predicate<StoredScript>>();
        foreach (var property in condition.EnumerateObject()) all.Add(Property(condition, property.Name, folder));
        return Combine(FilterOperator.And, all);
    }

    private static Predicate<StoredScript> Property(JsonElement of, string name, ScriptFolder folder)
    {
        switch (name)
        {
            case "name":
                var part = Collation.UnicodeCasemap.Key(JmapArguments.RequireString(of, name));
                return script => Collation.UnicodeCasemap.Key(script.Name).Contains(part, StringComparison.Ordinal);
            case "isActive":
                var active = JmapArguments.Bool(of, name) ?? throw JmapMethodException.InvalidArguments("isActive has no value");
                return script => script == folder.Active == active;
            default:
                throw FilterReader<Predicate<StoredScript>>.Unsupported($"{name} is not known");
        }
    }

    private static Comparer<StoredScript> Sort(JsonElement arguments, ScriptFolder folder)
    {
        var keys = new List<Comparison<StoredScript>>();
        foreach (var comparator in JmapArguments.Array(arguments, "sort")?.EnumerateArray() ?? default) keys.Add(Comparator(comparator, folder));
        return Comparer<StoredScript>.Create((a, b) =>
        {
            foreach (var key in keys)
                if (key(a, b) is var order and not 0) return order;
            return a.Id.CompareTo(b.Id);
        });
    }

    private static Comparison<StoredScript> Comparator(JsonElement comparator, ScriptFolder folder)
    {
        var (property, isAscending, collation) = EmailSorting.Common(comparator);
        Comparison<StoredScript> order = property switch
        {
            "name" => (a, b) => string.CompareOrdinal(collation.Key(a.Name), collation.Key(b.Name)),
            "isActive" => (a, b) => (a == folder.Active).CompareTo(b == folder.Active),
            _ => throw EmailSorting.Unsupported($"scripts are not sorted by {property}"),
        };
        return isAscending ? order : (a, b) => order(b, a);
    }
}
