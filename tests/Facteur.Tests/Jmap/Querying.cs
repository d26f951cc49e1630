using System.Text.Json;
using Facteur.Jmap;
using Facteur.Storage;

namespace Facteur.Tests.Jmap;

/// <summary>Calls of queries, short.</summary>
internal static class Querying
{
    /// <summary>Ids that Email/query answers.</summary>
    /// <param name="more">Further arguments: "\"limit\": 5".</param>
    public static async Task<List<string>> QueryAsync(this JmapHarness jmap, string filter, string? sort = null, string? more = null) =>
        Ids(await jmap.CallAsync("Email/query", Arguments(filter, sort, more)));

    /// <summary>The same by the names under which a test keeps its emails, in order.</summary>
    public static async Task<string> NamesAsync(this JmapHarness jmap, IReadOnlyDictionary<string, EmailId> emails, string filter, string? sort = null, string? more = null) =>
        string.Join(' ', (await jmap.QueryAsync(filter, sort, more)).Select(id => emails.Single(one => JmapIds.Of(one.Value) == id).Key));

    /// <summary>Names of the emails found, in the order of their names: for filters.</summary>
    public static async Task<string> FoundAsync(this JmapHarness jmap, IReadOnlyDictionary<string, EmailId> emails, string filter) =>
        string.Join(' ', (await jmap.NamesAsync(emails, filter)).Split(' ').Order(StringComparer.Ordinal));

    public static string Arguments(string filter, string? sort = null, string? more = null) =>
        $$"""{"filter": {{filter}}{{(sort is null ? "" : $", \"sort\": {sort}")}}{{(more is null ? "" : ", " + more)}}}""";

    public static List<string> Ids(JsonElement answer) => [.. answer.GetProperty("ids").EnumerateArray().Select(one => one.GetString()!)];

    /// <summary>Splices an answer of queryChanges into a list as RFC 8620 §5.6 tells clients to.</summary>
    public static List<string> Splice(IEnumerable<string> old, JsonElement changes)
    {
        var removed = changes.GetProperty("removed").EnumerateArray().Select(one => one.GetString()!).ToHashSet();
        var list = old.Where(id => !removed.Contains(id)).ToList();
        foreach (var added in changes.GetProperty("added").EnumerateArray()) list.Insert(Math.Min(added.GetProperty("index").GetInt32(), list.Count), added.GetProperty("id").GetString()!);
        return list;
    }
}
