namespace Facteur.Jmap;

/// <summary>The /queryChanges of a numbered type (RFC 8620 §5.6): what changed may be in the result or not any more, and stands where it does now.</summary>
internal abstract class NumberedQueryChanges(NumberedType type) : JmapMethod($"{type.Name}/queryChanges", type.Capability)
{
    public override async ValueTask RunAsync(JmapCall call, CancellationToken cancel)
    {
        JmapArguments.Only(call.Arguments, "accountId", "filter", "sort", "sinceQueryState", "maxChanges", "upToId", "calculateTotal");
        var account = await call.AccountAsync(write: false, cancel);
        var sinceState = JmapArguments.RequireString(call.Arguments, "sinceQueryState");
        var maxChanges = JmapArguments.UnsignedInt(call.Arguments, "maxChanges");
        if (!NumberedState.TryParse(sinceState, out var since) || await type.SinceAsync(call, account, since, cancel) is not { } delta)
            throw new JmapMethodException("cannotCalculateChanges");
        var result = await type.AnswerAsync(call, account, cancel);
        var change = new QueryChange(sinceState, NumberedState.Of(delta.State));
        var changed = new HashSet<string>(StringComparer.Ordinal);
        foreach (var one in delta.Changed)
        {
            changed.Add(one.Id);
            if (one.Created.CompareTo(since) <= 0) change.Removed.Add(one.Id);
        }
        change.Removed.AddRange(delta.Removed.Select(one => one.Id));
        for (var i = 0; i < result.Count; i++)
            if (changed.Contains(result[i])) change.Added.Add((result[i], i));
        change.WriteAnswer(call.Answer, account, maxChanges, JmapArguments.Bool(call.Arguments, "calculateTotal") == true ? result.Count : null);
    }
}
