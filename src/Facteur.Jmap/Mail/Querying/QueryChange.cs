using System.Text.Json;

namespace Facteur.Jmap;

/// <summary>What became of a result: splice out what is removed, splice in what is added, in order (RFC 8620 §5.6).</summary>
internal sealed class QueryChange(string since, string now)
{
    public List<string> Removed { get; } = [];

    /// <summary>Ascending by index.</summary>
    public List<(string Id, int Index)> Added { get; } = [];

    /// <summary>Writes the answer; tooManyChanges past <paramref name="maxChanges"/>.</summary>
    public void WriteAnswer(Utf8JsonWriter json, JmapAccount account, long? maxChanges, int? total)
    {
        if (maxChanges is { } most && Removed.Count + Added.Count > most) throw new JmapMethodException("tooManyChanges");
        json.WriteStartObject();
        json.WriteString("accountId"u8, JmapIds.Of(account.Id));
        json.WriteString("oldQueryState"u8, since);
        json.WriteString("newQueryState"u8, now);
        if (total is { } count) json.WriteNumber("total"u8, count);
        json.WriteStartArray("removed"u8);
        foreach (var id in Removed) json.WriteStringValue(id);
        json.WriteEndArray();
        json.WriteStartArray("added"u8);
        foreach (var (id, index) in Added)
        {
            json.WriteStartObject();
            json.WriteString("id"u8, id);
            json.WriteNumber("index"u8, index);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
