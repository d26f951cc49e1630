using System.Buffers;
using System.Text.Json;

namespace Facteur.Jmap;

/// <summary>One line of a PatchObject.</summary>
/// <param name="Path">Names from the object down, unescaped; at least one.</param>
/// <param name="Value">JSON null: the default, or nothing.</param>
public readonly record struct JmapPatchEntry(IReadOnlyList<string> Path, JsonElement Value)
{
    /// <summary>The property of the object that it changes, or changes something in.</summary>
    public string Property => Path[0];
}

/// <summary>A PatchObject: values at JSON pointers without their first slash (RFC 8620 §5.3, RFC 6901 §4). A whole object is one as well.</summary>
public sealed class JmapPatch
{
    /// <summary>No object of JMAP has properties as deep as this.</summary>
    private const int MaxDepth = 16;

    private JmapPatch(IReadOnlyList<JmapPatchEntry> entries) => Entries = entries;

    /// <summary>In the order sent; none lies within another.</summary>
    public IReadOnlyList<JmapPatchEntry> Entries { get; }

    /// <summary>Reads and checks it by itself; <see cref="JmapSetException"/> with invalidPatch.</summary>
    public static JmapPatch Read(JsonElement patch)
    {
        var entries = new List<JmapPatchEntry>();
        var pointers = new HashSet<string>(StringComparer.Ordinal);
        foreach (var property in patch.EnumerateObject())
        {
            if (!pointers.Add(property.Name)) throw Invalid($"\"{property.Name}\" is given twice");
            entries.Add(new JmapPatchEntry(Split(property.Name), property.Value));
        }
        var byText = pointers.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (var pointer in pointers)
            for (var slash = pointer.IndexOf('/', StringComparison.Ordinal); slash >= 0; slash = pointer.IndexOf('/', slash + 1))
                if (byText.Contains(pointer.AsSpan(0, slash))) throw Invalid($"\"{pointer}\" lies within another patch");
        return new JmapPatch(entries);
    }

    /// <summary>
    /// The object with the patch applied: null takes a property away, so that who reads the result gives it its default. invalidPatch for a path into an
    /// array or below what is not there.
    /// </summary>
    public JsonDocument ApplyTo(JsonElement current)
    {
        var root = new Node();
        foreach (var entry in Entries) root.Add(entry, 0);
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer)) root.Write(writer, current);
        return JsonDocument.Parse(buffer.WrittenMemory);
    }

    /// <summary>
    /// Names of properties among <paramref name="serverSet"/> that the patch would change: these may only be sent as they are (RFC 8620 §5.3).
    /// </summary>
    public List<string> Changed(JsonElement current, params ReadOnlySpan<string> serverSet)
    {
        var changed = new List<string>();
        foreach (var entry in Entries)
            if (serverSet.Contains(entry.Property) && !(Find(current, entry.Path) is { } value ? JsonElement.DeepEquals(value, entry.Value) : entry.Value.ValueKind == JsonValueKind.Null))
                changed.Add(entry.Property);
        return changed;
    }

    public static JmapSetException Invalid(string description) => new(new JmapSetError("invalidPatch", description));

    private static JsonElement? Find(JsonElement at, IReadOnlyList<string> path)
    {
        foreach (var name in path)
            if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(name, out at)) return null;
        return at;
    }

    private static string[] Split(string pointer)
    {
        if (pointer.AsSpan().IndexOfAny('/', '~') < 0) return [pointer];
        if (pointer.AsSpan().Count('/') >= MaxDepth) throw Invalid("a path leads to what is not there");
        var names = pointer.Split('/');
        for (var i = 0; i < names.Length; i++) names[i] = Unescape(names[i]);
        return names;
    }

    // RFC 6901 §4: "~1" first, so that "~01" is "~1".
    private static string Unescape(string name)
    {
        for (var tilde = name.IndexOf('~', StringComparison.Ordinal); tilde >= 0; tilde = name.IndexOf('~', tilde + 1))
            if (tilde + 1 == name.Length || name[tilde + 1] is not ('0' or '1')) throw Invalid("\"~\" in a path is written \"~0\"");
        return name.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
    }

    /// <summary>The patches below one place.</summary>
    private sealed class Node
    {
        private Dictionary<string, Node>? below;
        private JsonElement value;

        public void Add(JmapPatchEntry entry, int depth)
        {
            if (depth == entry.Path.Count)
            {
                value = entry.Value;
                return;
            }
            below ??= new Dictionary<string, Node>(StringComparer.Ordinal);
            if (!below.TryGetValue(entry.Path[depth], out var node)) below.Add(entry.Path[depth], node = new Node());
            node.Add(entry, depth + 1);
        }

        public void Write(Utf8JsonWriter writer, JsonElement current)
        {
            if (below is null && value.ValueKind != JsonValueKind.Undefined)
            {
                value.WriteTo(writer);
                return;
            }
            if (current.ValueKind != JsonValueKind.Object) throw Invalid("a path leads into what is not an object");
            writer.WriteStartObject();
            foreach (var property in current.EnumerateObject())
                if (below is null || !below.TryGetValue(property.Name, out var node)) property.WriteTo(writer);
                else node.WriteMember(writer, property.Name, property.Value);
            foreach (var (name, node) in below ?? [])
                if (!current.TryGetProperty(name, out _)) node.WriteMember(writer, name, default);
            writer.WriteEndObject();
        }

        private void WriteMember(Utf8JsonWriter writer, string name, JsonElement current)
        {
            if (below is null && value.ValueKind == JsonValueKind.Null) return;
            writer.WritePropertyName(name);
            Write(writer, current);
        }
    }
}
