using System.Text.Json;

namespace Facteur.Jmap;

/// <summary>A PatchObject applied to an object of a <see cref="ListedType"/>, to be read as what the client wants it to be (RFC 8620 §5.3).</summary>
internal sealed class ListedPatch : IDisposable
{
    private readonly JsonDocument current, patched;

    /// <param name="now">The object as /get writes it.</param>
    /// <param name="serverSet">Properties beside the id that may be sent only as they are.</param>
    public ListedPatch(ListedType type, ListedObject now, JmapPatch patch, params ReadOnlySpan<string> serverSet)
    {
        current = JsonDocument.Parse(now.Json);
        try
        {
            patched = patch.ApplyTo(current.RootElement);
        }
        catch
        {
            current.Dispose();
            throw;
        }
        Wanted = new JmapObjectReader(patched.RootElement);
        foreach (var property in patch.Changed(current.RootElement, ["id", .. serverSet])) Wanted.Invalid(property, $"{property} cannot be changed");
        Wanted.Only(["id", .. type.Properties]);
    }

    /// <summary>The object as it was.</summary>
    public JmapObjectReader Before => new(current.RootElement);

    /// <summary>The object as it is to be, with what is wrong about the patch noted.</summary>
    public JmapObjectReader Wanted { get; }

    public void Dispose()
    {
        patched.Dispose();
        current.Dispose();
    }

    /// <summary>Writes what an object has otherwise than the client sent it, which it has to be told (RFC 8620 §5.3); null for nothing.</summary>
    public static Action<Utf8JsonWriter>? Differences(ListedObject now, JsonElement sent)
    {
        using var document = JsonDocument.Parse(now.Json);
        var others = document.RootElement.EnumerateObject()
            .Where(property => property.Name != "id" && !IsAsSent(property, sent))
            .Select(property => (property.Name, Value: property.Value.Clone())).ToList();
        if (others.Count == 0) return null;
        return writer =>
        {
            foreach (var (name, value) in others)
            {
                writer.WritePropertyName(name);
                value.WriteTo(writer);
            }
        };
    }

    // What was left out and is null is as the client thinks it is.
    private static bool IsAsSent(JsonProperty property, JsonElement sent) =>
        sent.TryGetProperty(property.Name, out var value) ? JsonElement.DeepEquals(value, property.Value) : property.Value.ValueKind == JsonValueKind.Null;
}
