using System.Buffers;
using System.Text.Json;

namespace Facteur.Jmap;

/// <summary>An object of a type of which an account has few.</summary>
/// <param name="Json">The whole object, its id first.</param>
internal sealed record ListedObject(string Id, ReadOnlyMemory<byte> Json)
{
    /// <param name="write">Writes the properties beside the id.</param>
    public static ListedObject Of(string id, Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer, JmapJson.Writing))
        {
            writer.WriteStartObject();
            writer.WriteString("id"u8, id);
            write(writer);
            writer.WriteEndObject();
        }
        return new ListedObject(id, buffer.WrittenMemory);
    }

    /// <summary>Writes the object with these properties, the id always.</summary>
    /// <param name="properties">Null: all.</param>
    public void Write(Utf8JsonWriter writer, IReadOnlyCollection<string>? properties)
    {
        if (properties is null)
        {
            writer.WriteRawValue(Json.Span, skipInputValidation: true);
            return;
        }
        using var document = JsonDocument.Parse(Json);
        writer.WriteStartObject();
        foreach (var property in document.RootElement.EnumerateObject())
            if (property.NameEquals("id"u8) || properties.Contains(property.Name)) property.WriteTo(writer);
        writer.WriteEndObject();
    }
}

/// <summary>
/// A type of which an account has few objects, so that all are read together: /get answers from that, the state is a hash of it, and what
/// changed since another state nobody knows (RFC 8620 §5.2 allows to say so).
/// </summary>
/// <param name="name">"Identity".</param>
/// <param name="properties">All but the id, as /get writes them.</param>
internal abstract class ListedType(string name, string capability, params string[] properties)
{
    public string Name { get; } = name;

    public string Capability { get; } = capability;

    public IReadOnlyList<string> Properties { get; } = properties;

    /// <summary>All objects of the account that the user may see, in an order that stays while nothing changes.</summary>
    public abstract ValueTask<IReadOnlyList<ListedObject>> ListAsync(JmapCall call, JmapAccount account, CancellationToken cancel);

    /// <summary>The state of these objects, which are all that the account has: a hash of them, unless the type knows better.</summary>
    public virtual string StateOf(IReadOnlyList<ListedObject> objects)
    {
        var content = new ArrayBufferWriter<byte>(1024);
        foreach (var one in objects)
        {
            content.Write(one.Json.Span);
            content.Write("\n"u8);
        }
        return JmapState.OfContent(content.WrittenSpan);
    }

    public async ValueTask<string> StateAsync(JmapCall call, JmapAccount account, CancellationToken cancel) => StateOf(await ListAsync(call, account, cancel));
}
