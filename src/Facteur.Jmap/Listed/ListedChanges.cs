namespace Facteur.Jmap;

/// <summary>The /changes of a type with few objects: none since the present state, and unknown since any other (RFC 8620 §5.2).</summary>
internal abstract class ListedChanges(ListedType type) : JmapMethod($"{type.Name}/changes", type.Capability)
{
    public override async ValueTask RunAsync(JmapCall call, CancellationToken cancel)
    {
        var account = await call.AccountAsync(write: false, cancel);
        JmapArguments.Only(call.Arguments, "accountId", "sinceState", "maxChanges");
        var since = JmapArguments.RequireString(call.Arguments, "sinceState");
        if (JmapArguments.Int(call.Arguments, "maxChanges") is <= 0) throw JmapMethodException.InvalidArguments("maxChanges is not above 0");
        var state = await type.StateAsync(call, account, cancel);
        if (since != state) throw new JmapMethodException("cannotCalculateChanges");
        WriteNothing(call, account, state);
    }

    /// <summary>Nothing changed.</summary>
    public static void WriteNothing(JmapCall call, JmapAccount account, string state)
    {
        var writer = call.Answer;
        writer.WriteStartObject();
        writer.WriteString("accountId"u8, JmapIds.Of(account.Id));
        writer.WriteString("oldState"u8, state);
        writer.WriteString("newState"u8, state);
        writer.WriteBoolean("hasMoreChanges"u8, false);
        foreach (var list in (ReadOnlySpan<string>)["created", "updated", "destroyed"])
        {
            writer.WriteStartArray(list);
            writer.WriteEndArray();
        }
        writer.WriteEndObject();
    }
}
