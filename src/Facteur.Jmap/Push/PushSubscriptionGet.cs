namespace Facteur.Jmap.Push;

/// <summary>PushSubscription/get: those that the same credentials made (RFC 8620 §7.2.1). Of no account, and without a state.</summary>
internal sealed class PushSubscriptionGet() : JmapMethod("PushSubscription/get", JmapCapabilities.Core)
{
    private static readonly string[] known = ["id", "deviceClientId", "verificationCode", "expires", "types"];

    public override ValueTask RunAsync(JmapCall call, CancellationToken cancel)
    {
        JmapArguments.Only(call.Arguments, "ids", "properties");
        var push = call.Services.Push ?? throw new JmapMethodException("serverUnavailable");
        var properties = JmapArguments.Strings(call.Arguments, "properties")?.ToHashSet(StringComparer.Ordinal);
        foreach (var property in properties ?? [])
            if (property is "url" or "keys") throw new JmapMethodException("forbidden", $"{property} is never told");
            else if (!known.Contains(property)) throw JmapMethodException.InvalidArguments($"{property} is not a property of this type");
        var ids = JmapGet.Ids(call);
        var all = push.OfUser(call.Request.User);
        var writer = call.Answer;
        writer.WriteStartObject();
        writer.WriteStartArray("list"u8);
        foreach (var one in all)
            if (ids is null || ids.Exists(id => (call.Request.ResolveId(id) ?? id) == one.Id)) Write(call, one, properties);
        JmapGet.End(call, ids?.FindAll(id => !all.Exists(one => one.Id == (call.Request.ResolveId(id) ?? id))) ?? []);
        return ValueTask.CompletedTask;
    }

    private static void Write(JmapCall call, PushSubscription one, HashSet<string>? properties)
    {
        var writer = call.Answer;
        bool Has(string name) => properties?.Contains(name) ?? true;
        writer.WriteStartObject();
        writer.WriteString("id"u8, one.Id);
        if (Has("deviceClientId")) writer.WriteString("deviceClientId"u8, one.DeviceClientId);
        // What the client showed; before that, it is for who gets the message alone.
        if (Has("verificationCode")) writer.WriteString("verificationCode"u8, one.IsVerified ? one.Code : null);
        if (Has("expires")) PushDates.Write(writer, "expires", one.Expires);
        if (Has("types")) PushDates.WriteTypes(writer, one.Types);
        writer.WriteEndObject();
    }
}
