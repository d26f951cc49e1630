namespace Facteur.Jmap;

/// <summary>The /get of a type with few objects (RFC 8620 §5.1).</summary>
internal abstract class ListedGet(ListedType type) : JmapMethod($"{type.Name}/get", type.Capability)
{
    public override async ValueTask RunAsync(JmapCall call, CancellationToken cancel)
    {
        var account = await call.AccountAsync(write: false, cancel);
        JmapArguments.Only(call.Arguments, "accountId", "ids", "properties");
        var ids = JmapArguments.Strings(call.Arguments, "ids");
        if (ids?.Count > call.Services.Limits.MaxObjectsInGet) throw new JmapMethodException("requestTooLarge", "more ids than maxObjectsInGet");
        var properties = JmapArguments.Strings(call.Arguments, "properties")?.ToHashSet(StringComparer.Ordinal);
        if (properties?.FirstOrDefault(property => property != "id" && !type.Properties.Contains(property)) is { } unknown)
            throw JmapMethodException.InvalidArguments($"{unknown} is not a property of {type.Name}");
        var all = await type.ListAsync(call, account, cancel);
        Write(call, account, all, ids, properties);
    }

    private static void Write(JmapCall call, JmapAccount account, IReadOnlyList<ListedObject> all, List<string>? ids, HashSet<string>? properties)
    {
        var byId = all.ToDictionary(one => one.Id, StringComparer.Ordinal);
        var asked = ids?.Select(id => call.Request.ResolveId(id) ?? id).Distinct(StringComparer.Ordinal).ToList() ?? [.. byId.Keys];
        var writer = call.Answer;
        writer.WriteStartObject();
        writer.WriteString("accountId"u8, JmapIds.Of(account.Id));
        writer.WriteString("state"u8, ListedType.StateOf(all));
        writer.WriteStartArray("list"u8);
        foreach (var id in asked)
            if (byId.TryGetValue(id, out var found)) found.Write(writer, properties);
        writer.WriteEndArray();
        writer.WriteStartArray("notFound"u8);
        foreach (var id in asked)
            if (!byId.ContainsKey(id)) writer.WriteStringValue(id);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
