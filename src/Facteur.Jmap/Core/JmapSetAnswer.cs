using System.Text.Json;

namespace Facteur.Jmap;

/// <summary>What became of each object of a /set, written as its response (RFC 8620 §5.3). An id has one outcome of its kind: the last noted.</summary>
public sealed class JmapSetAnswer
{
    private readonly Dictionary<string, (string Id, Action<Utf8JsonWriter>? More)> created = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Action<Utf8JsonWriter>?> updated = new(StringComparer.Ordinal);
    private readonly HashSet<string> destroyed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, JmapSetError> notCreated = new(StringComparer.Ordinal), notUpdated = new(StringComparer.Ordinal), notDestroyed = new(StringComparer.Ordinal);

    /// <summary>Something was changed.</summary>
    public bool HasChanges => created.Count + updated.Count + destroyed.Count > 0;

    /// <summary>Something was not done.</summary>
    public bool HasErrors => notCreated.Count + notUpdated.Count + notDestroyed.Count > 0;

    /// <param name="serverSet">Writes what the client did not send, beside the id; null for nothing.</param>
    public void Created(string creationId, string id, Action<Utf8JsonWriter>? serverSet) => created[creationId] = (id, serverSet);

    public void NotCreated(string creationId, JmapSetError error) => notCreated[creationId] = error;

    /// <param name="changed">Writes what changed without being asked for; null for nothing.</param>
    public void Updated(string id, Action<Utf8JsonWriter>? changed)
    {
        updated[id] = changed;
        notUpdated.Remove(id);
    }

    public void NotUpdated(string id, JmapSetError error) => notUpdated[id] = error;

    public void Destroyed(string id) => destroyed.Add(id);

    /// <summary>An update that was passed over because the object was to be destroyed is of no object, either, when there is none.</summary>
    public void NotDestroyed(string id, JmapSetError error)
    {
        notDestroyed[id] = error;
        if (error.Type == JmapSetError.NotFound.Type && notUpdated.ContainsKey(id)) notUpdated[id] = JmapSetError.NotFound;
    }

    public void Write(Utf8JsonWriter writer, string accountId, string? oldState, string newState)
    {
        writer.WriteStartObject();
        writer.WriteString("accountId"u8, accountId);
        writer.WriteString("oldState"u8, oldState);
        writer.WriteString("newState"u8, newState);
        WriteObjects(writer);
        writer.WriteEndObject();
    }

    /// <summary>What became of the objects, as members of the response; of a type without accounts and states that is all (RFC 8620 §7.2.2).</summary>
    public void WriteObjects(Utf8JsonWriter writer)
    {
        WriteCreated(writer);
        WriteUpdated(writer);
        WriteDestroyed(writer);
        WriteErrors(writer, "notCreated", notCreated);
        WriteErrors(writer, "notUpdated", notUpdated);
        WriteErrors(writer, "notDestroyed", notDestroyed);
    }

    private void WriteCreated(Utf8JsonWriter writer)
    {
        if (created.Count == 0)
        {
            writer.WriteNull("created"u8);
            return;
        }
        writer.WriteStartObject("created"u8);
        foreach (var (creationId, (id, more)) in created)
        {
            writer.WriteStartObject(creationId);
            writer.WriteString("id"u8, id);
            more?.Invoke(writer);
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
    }

    private void WriteUpdated(Utf8JsonWriter writer)
    {
        if (updated.Count == 0)
        {
            writer.WriteNull("updated"u8);
            return;
        }
        writer.WriteStartObject("updated"u8);
        foreach (var (id, changed) in updated)
            if (changed is null)
                writer.WriteNull(id);
            else
            {
                writer.WriteStartObject(id);
                changed(writer);
                writer.WriteEndObject();
            }
        writer.WriteEndObject();
    }

    private void WriteDestroyed(Utf8JsonWriter writer)
    {
        if (destroyed.Count == 0)
        {
            writer.WriteNull("destroyed"u8);
            return;
        }
        writer.WriteStartArray("destroyed"u8);
        foreach (var id in destroyed) writer.WriteStringValue(id);
        writer.WriteEndArray();
    }

    private static void WriteErrors(Utf8JsonWriter writer, string name, Dictionary<string, JmapSetError> errors)
    {
        if (errors.Count == 0)
        {
            writer.WriteNull(name);
            return;
        }
        writer.WriteStartObject(name);
        foreach (var (id, error) in errors)
        {
            writer.WritePropertyName(id);
            error.Write(writer);
        }
        writer.WriteEndObject();
    }
}
