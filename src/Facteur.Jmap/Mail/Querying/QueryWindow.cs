using System.Text.Json;

namespace Facteur.Jmap;

/// <summary>Which part of a result is asked for (RFC 8620 §5.5).</summary>
/// <param name="Limit">At most what the server gives at once.</param>
/// <param name="IsLimitOurs">The limit is not the one asked for: it is told.</param>
internal sealed record QueryWindow(long Position, string? Anchor, long AnchorOffset, int Limit, bool IsLimitOurs, bool CalculateTotal)
{
    /// <summary>Names of the arguments read here, with those that every query has.</summary>
    public static readonly string[] Arguments = ["accountId", "filter", "sort", "position", "anchor", "anchorOffset", "limit", "calculateTotal"];

    public static QueryWindow Read(JsonElement arguments, int maxLimit)
    {
        var limit = JmapArguments.UnsignedInt(arguments, "limit");
        return new QueryWindow(
            JmapArguments.Int(arguments, "position") ?? 0, JmapArguments.String(arguments, "anchor"), JmapArguments.Int(arguments, "anchorOffset") ?? 0,
            (int)Math.Min(limit ?? maxLimit, maxLimit), limit is null || limit > maxLimit, JmapArguments.Bool(arguments, "calculateTotal") ?? false);
    }

    /// <summary>The place of the first one asked for; it may lie behind the last.</summary>
    /// <param name="total">Length of the whole result.</param>
    /// <param name="indexOf">The place of an id in the result, or -1.</param>
    public long First(int total, Func<string, int> indexOf)
    {
        if (Anchor is null) return Position >= 0 ? Position : Math.Max(0, total + Position);
        var index = indexOf(Anchor);
        return index >= 0 ? Math.Max(0, index + AnchorOffset) : throw new JmapMethodException("anchorNotFound");
    }

    /// <summary>Writes the answer of a query.</summary>
    /// <param name="total">Null when it was not asked for.</param>
    public void WriteAnswer(Utf8JsonWriter json, JmapAccount account, QueryState state, long first, IEnumerable<string> ids, int? total) =>
        WriteAnswer(json, account, state.ToString(), canCalculateChanges: true, first, ids, total);

    /// <inheritdoc cref="WriteAnswer(Utf8JsonWriter, JmapAccount, QueryState, long, IEnumerable{string}, int?)"/>
    /// <param name="canCalculateChanges">There is a /queryChanges.</param>
    public void WriteAnswer(Utf8JsonWriter json, JmapAccount account, string state, bool canCalculateChanges, long first, IEnumerable<string> ids, int? total)
    {
        json.WriteStartObject();
        json.WriteString("accountId"u8, JmapIds.Of(account.Id));
        json.WriteString("queryState"u8, state);
        json.WriteBoolean("canCalculateChanges"u8, canCalculateChanges);
        json.WriteNumber("position"u8, first);
        json.WriteStartArray("ids"u8);
        foreach (var id in ids) json.WriteStringValue(id);
        json.WriteEndArray();
        if (CalculateTotal && total is { } count) json.WriteNumber("total"u8, count);
        if (IsLimitOurs) json.WriteNumber("limit"u8, Limit);
        json.WriteEndObject();
    }
}
