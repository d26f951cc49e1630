namespace Facteur.Jmap;

/// <summary>What every /get has in common (RFC 8620 §5.1).</summary>
internal static class JmapGet
{
    /// <summary>The ids asked for, each once, in order; null for all objects of the type. requestTooLarge when they are too many.</summary>
    public static List<string>? Ids(JmapCall call)
    {
        if (JmapArguments.Strings(call.Arguments, "ids") is not { } ids) return null;
        if (ids.Count > call.Services.Limits.MaxObjectsInGet) throw TooLarge();
        var seen = new HashSet<string>(ids.Count, StringComparer.Ordinal);
        ids.RemoveAll(id => !seen.Add(id));
        return ids;
    }

    /// <summary>The properties asked for; null for those that are told by default. invalidArguments for one that <paramref name="known"/> has not got.</summary>
    public static HashSet<string>? Properties(JmapCall call, params ReadOnlySpan<string> known)
    {
        if (JmapArguments.Strings(call.Arguments, "properties") is not { } names) return null;
        foreach (var name in names)
            if (!known.Contains(name)) throw JmapMethodException.InvalidArguments($"{name} is not a property of this type");
        return [.. names, "id"];
    }

    /// <summary>Starts the answer, up to and with the opening of its list.</summary>
    public static void Begin(JmapCall call, JmapAccount account, JmapState state) => Begin(call, account, state.ToString());

    public static void Begin(JmapCall call, JmapAccount account, string state)
    {
        call.Answer.WriteStartObject();
        call.Answer.WriteString("accountId"u8, JmapIds.Of(account.Id));
        call.Answer.WriteString("state"u8, state);
        call.Answer.WriteStartArray("list"u8);
    }

    /// <summary>Closes the list and ends the answer.</summary>
    public static void End(JmapCall call, List<string> notFound)
    {
        call.Answer.WriteEndArray();
        call.Answer.WriteStartArray("notFound"u8);
        foreach (var id in notFound) call.Answer.WriteStringValue(id);
        call.Answer.WriteEndArray();
        call.Answer.WriteEndObject();
    }

    public static JmapMethodException TooLarge() => new("requestTooLarge", "More objects than this server tells at once: ask for less.");
}
