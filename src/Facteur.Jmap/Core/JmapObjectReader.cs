using System.Text.Json;

namespace Facteur.Jmap;

/// <summary>
/// Reads properties of an object that a client wants created or changed, and gathers what is wrong with it, so that one answer names all
/// invalid properties (SetError, RFC 8620 §5.3). A property that is absent or null reads as null.
/// </summary>
public sealed class JmapObjectReader(JsonElement value)
{
    private List<string>? invalid;
    private string? description;

    private readonly JmapObjectReader? parent;
    private readonly string path = "";

    private JmapObjectReader(JsonElement value, JmapObjectReader parent, string path) : this(value) => (this.parent, this.path) = (parent, path);

    public JsonElement Value { get; } = value;

    public bool IsValid => invalid is null;

    /// <summary>Reads an object within this one; what is wrong with it is noted here, by its path.</summary>
    public JmapObjectReader Child(JsonElement child, string childPath) => new(child, this, childPath);

    /// <summary>The reader of the object that all others are in.</summary>
    public JmapObjectReader Root() => parent?.Root() ?? this;

    /// <summary>Notes a property that is wrong; the first description is the one sent.</summary>
    public void Invalid(string property, string why)
    {
        if (parent is not null)
        {
            parent.Invalid($"{path}/{property}", why);
            return;
        }
        description ??= why;
        invalid ??= [];
        if (!invalid.Contains(property)) invalid.Add(property);
    }

    /// <summary>Notes all properties but these.</summary>
    public void Only(params ReadOnlySpan<string> names)
    {
        foreach (var property in Value.EnumerateObject())
            if (!names.Contains(property.Name)) Invalid(property.Name, $"{property.Name} cannot be set");
    }

    /// <summary>Throws invalidProperties when something was noted.</summary>
    public void Check()
    {
        if (invalid is not null) throw new JmapSetException(new JmapSetError("invalidProperties", description ?? "", invalid));
    }

    public bool Has(string name) => Find(name) is not null;

    public JsonElement? Find(string name) => Value.TryGetProperty(name, out var found) && found.ValueKind != JsonValueKind.Null ? found : null;

    public string? String(string name)
    {
        if (Find(name) is not { } found) return null;
        if (found.ValueKind == JsonValueKind.String) return found.GetString();
        Invalid(name, $"{name} is not a string");
        return null;
    }

    public bool? Bool(string name)
    {
        if (Find(name) is not { } found) return null;
        if (found.ValueKind is JsonValueKind.True or JsonValueKind.False) return found.GetBoolean();
        Invalid(name, $"{name} is not true or false");
        return null;
    }

    /// <summary>An UnsignedInt up to <paramref name="max"/> (RFC 8620 §1.3).</summary>
    public long? UnsignedInt(string name, long max = (1L << 53) - 1)
    {
        if (Find(name) is not { } found) return null;
        if (found.ValueKind == JsonValueKind.Number && found.TryGetInt64(out var number) && number >= 0 && number <= max) return number;
        Invalid(name, $"{name} is not an integer from 0 to {max}");
        return null;
    }

    public JsonElement? Object(string name) => Of(name, JsonValueKind.Object, "an object");

    public JsonElement? Array(string name) => Of(name, JsonValueKind.Array, "a list");

    /// <summary>A list of strings; null when it is absent or anything else.</summary>
    public List<string>? Strings(string name)
    {
        if (Array(name) is not { } list) return null;
        var strings = new List<string>(list.GetArrayLength());
        foreach (var element in list.EnumerateArray())
        {
            if (element.ValueKind != JsonValueKind.String)
            {
                Invalid(name, $"{name} is not a list of strings");
                return null;
            }
            strings.Add(element.GetString()!);
        }
        return strings;
    }

    /// <summary>The members of a set ("String[Boolean]"), each of which has the value true.</summary>
    public List<string>? Set(string name)
    {
        if (Object(name) is not { } map) return null;
        var members = new List<string>();
        foreach (var member in map.EnumerateObject())
        {
            if (member.Value.ValueKind != JsonValueKind.True)
            {
                Invalid(name, $"a member of {name} has another value than true");
                return null;
            }
            members.Add(member.Name);
        }
        return members;
    }

    private JsonElement? Of(string name, JsonValueKind kind, string wanted)
    {
        if (Find(name) is not { } found) return null;
        if (found.ValueKind == kind) return found;
        Invalid(name, $"{name} is not {wanted}");
        return null;
    }
}
