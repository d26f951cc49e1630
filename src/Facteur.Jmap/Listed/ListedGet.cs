namespace Facteur.Jmap;

/// <summary>The /get of a type with few objects (RFC 8620 §5.1).</summary>
internal abstract class ListedGet(ListedType type) : JmapMethod($"{type.Name}/get", type.Capability)
{
    public override async ValueTask RunAsync(JmapCall call, CancellationToken cancel)
    {
        JmapArguments.Only(call.Arguments, "accountId", "ids", "properties");
        var account = await call.AccountAsync(write: false, cancel);
        var properties = JmapGet.Properties(call, ["id", .. type.Properties]);
        var ids = JmapGet.Ids(call);
        var all = await type.ListAsync(call, account, cancel);
        if (ids is null && all.Count > call.Services.Limits.MaxObjectsInGet) throw JmapGet.TooLarge();
        var byId = all.ToDictionary(one => one.Id, StringComparer.Ordinal);
        var notFound = new List<string>();
        JmapGet.Begin(call, account, type.StateOf(all));
        foreach (var id in ids ?? [.. byId.Keys])
            if (byId.TryGetValue(call.Request.ResolveId(id) ?? id, out var found)) found.Write(call.Answer, properties);
            else notFound.Add(id);
        JmapGet.End(call, notFound);
    }
}
