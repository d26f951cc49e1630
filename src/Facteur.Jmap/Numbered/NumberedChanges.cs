using System.Text.Json;
using Facteur.Storage;

namespace Facteur.Jmap;

/// <summary>The /changes of a numbered type (RFC 8620 §5.2).</summary>
internal abstract class NumberedChanges(NumberedType type) : JmapMethod($"{type.Name}/changes", type.Capability)
{
    private readonly record struct Change(string Id, ModSeq At, string Kind);

    public override async ValueTask RunAsync(JmapCall call, CancellationToken cancel)
    {
        JmapArguments.Only(call.Arguments, "accountId", "sinceState", "maxChanges");
        var account = await call.AccountAsync(write: false, cancel);
        var sinceState = JmapArguments.RequireString(call.Arguments, "sinceState");
        var max = JmapArguments.UnsignedInt(call.Arguments, "maxChanges");
        if (max == 0) throw JmapMethodException.InvalidArguments("maxChanges is not greater than 0");
        if (!NumberedState.TryParse(sinceState, out var since) || await type.SinceAsync(call, account, since, cancel) is not { } delta)
            throw new JmapMethodException("cannotCalculateChanges");
        var all = delta.Changed.Select(one => new Change(one.Id, one.Changed, one.Created.CompareTo(since) > 0 ? "created" : "updated"))
            .Concat(delta.Removed.Select(one => new Change(one.Id, one.At, "destroyed"))).OrderBy(one => one.At.Value).ToList();
        var told = all.Take((int)Math.Min(max ?? long.MaxValue, call.Services.Limits.MaxObjectsInGet)).ToList();
        Write(call.Answer, account, sinceState, told.Count == all.Count ? delta.State : told[^1].At, told, told.Count < all.Count);
    }

    private static void Write(Utf8JsonWriter writer, JmapAccount account, string sinceState, ModSeq newState, List<Change> changes, bool hasMore)
    {
        writer.WriteStartObject();
        writer.WriteString("accountId"u8, JmapIds.Of(account.Id));
        writer.WriteString("oldState"u8, sinceState);
        writer.WriteString("newState"u8, NumberedState.Of(newState));
        writer.WriteBoolean("hasMoreChanges"u8, hasMore);
        foreach (var kind in (ReadOnlySpan<string>)["created", "updated", "destroyed"])
        {
            writer.WriteStartArray(kind);
            foreach (var change in changes)
                if (change.Kind == kind) writer.WriteStringValue(change.Id);
            writer.WriteEndArray();
        }
        writer.WriteEndObject();
    }
}
