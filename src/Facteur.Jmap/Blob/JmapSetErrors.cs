using System.Text.Json;

namespace Facteur.Jmap;

/// <summary>Maps of what was not done, for methods that are no /set.</summary>
internal static class JmapSetErrors
{
    /// <summary>Writes them by id; null for none.</summary>
    public static void Write(Utf8JsonWriter writer, string name, IReadOnlyDictionary<string, JmapSetError> errors)
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
