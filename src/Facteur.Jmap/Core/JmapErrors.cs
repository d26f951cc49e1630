using System.Text.Json;

namespace Facteur.Jmap;

/// <summary>A method-level error (RFC 8620 §3.6.2): the answer to one call, the others of the request go on.</summary>
/// <param name="type">As on the wire: "invalidArguments".</param>
/// <param name="description">What the client's programmer reads; "" for none.</param>
public class JmapMethodException(string type, string description = "") : Exception(description.Length == 0 ? type : description)
{
    public string Type { get; } = type;

    public string Description { get; } = description;

    /// <summary>Further properties of the error object.</summary>
    public virtual void WriteMore(Utf8JsonWriter writer)
    {
    }

    public static JmapMethodException InvalidArguments(string description) => new("invalidArguments", description);
}

/// <summary>Why one object was not created, changed or destroyed (SetError, RFC 8620 §5.3).</summary>
/// <param name="Type">As on the wire: "notFound", "invalidProperties", "overQuota".</param>
/// <param name="Properties">Names of the properties it is about, for invalidProperties; null for none.</param>
public sealed record JmapSetError(string Type, string Description = "", IReadOnlyList<string>? Properties = null)
{
    /// <summary>Another property of the error ("existingId", "notFound" with blob ids), written after the rest.</summary>
    public Action<Utf8JsonWriter>? More { get; init; }

    public static JmapSetError Invalid(string property, string description) => new("invalidProperties", description, [property]);

    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, Type);
        if (Description.Length > 0) writer.WriteString("description"u8, Description);
        if (Properties is not null)
        {
            writer.WriteStartArray("properties"u8);
            foreach (var property in Properties) writer.WriteStringValue(property);
            writer.WriteEndArray();
        }
        More?.Invoke(writer);
        writer.WriteEndObject();
    }
}

/// <summary>An object of a /set is refused; caught per object.</summary>
public sealed class JmapSetException(JmapSetError error) : Exception(error.Type)
{
    public JmapSetError Error { get; } = error;
}
