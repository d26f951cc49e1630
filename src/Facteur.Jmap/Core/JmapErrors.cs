using System.Text.Json;
using Facteur.Storage;

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

    /// <summary>No object has the id (RFC 8620 §5.3).</summary>
    public static readonly JmapSetError NotFound = new("notFound");

    public static JmapSetError Invalid(string property, string description) => new("invalidProperties", description, [property]);

    /// <summary>What an exception says of one object; false when it is a fault of ours.</summary>
    public static bool TryOf(Exception exception, out JmapSetError error)
    {
        error = exception switch
        {
            JmapSetException refused => refused.Error,
            StoreRefusedException { Reason: StoreRefusal.OverQuota } => new JmapSetError("overQuota"),
            StoreRefusedException { Reason: StoreRefusal.TooManyMailboxes } => new JmapSetError("overQuota", "no more mailboxes"),
            StoreRefusedException { Reason: StoreRefusal.TooManyKeywords } => new JmapSetError("tooManyKeywords"),
            _ => null!,
        };
        return error is not null;
    }

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
