using System.Buffers;
using System.Text.Json;

namespace Facteur.Jmap;

/// <summary>The arguments of a /set, of the right types and not too many (RFC 8620 §5.3).</summary>
public sealed class JmapSetArguments
{
    // An Id: RFC 8620 §1.2
    private static readonly SearchValues<char> IdCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");
    private const int MaxId = 255;

    private JmapSetArguments(
        string? ifInState, IReadOnlyList<KeyValuePair<string, JsonElement>> create, IReadOnlyList<KeyValuePair<string, JsonElement>> update, IReadOnlyList<string> destroy) =>
        (IfInState, Create, Update, Destroy) = (ifInState, create, update, destroy);

    public string? IfInState { get; }

    /// <summary>Objects by creation id, in the order sent.</summary>
    public IReadOnlyList<KeyValuePair<string, JsonElement>> Create { get; }

    /// <summary>Patches by id as sent, which may be "#creationId".</summary>
    public IReadOnlyList<KeyValuePair<string, JsonElement>> Update { get; }

    /// <summary>Ids as sent, which may be "#creationId".</summary>
    public IReadOnlyList<string> Destroy { get; }

    /// <summary>Reads them; invalidArguments or requestTooLarge.</summary>
    /// <param name="more">Names of arguments beside those of every /set.</param>
    public static JmapSetArguments Read(JmapCall call, params ReadOnlySpan<string> more)
    {
        JmapArguments.Only(call.Arguments, ["accountId", "ifInState", "create", "update", "destroy", .. more]);
        var create = Objects(call.Arguments, "create");
        foreach (var (creationId, _) in create)
            if (!IsId(creationId)) throw JmapMethodException.InvalidArguments("create has a creation id that is not an Id");
        var read = new JmapSetArguments(
            JmapArguments.String(call.Arguments, "ifInState"), create, Objects(call.Arguments, "update"), JmapArguments.Strings(call.Arguments, "destroy") ?? []);
        return (long)read.Create.Count + read.Update.Count + read.Destroy.Count <= call.Services.Limits.MaxObjectsInSet
            ? read
            : throw new JmapMethodException("requestTooLarge", "more objects than maxObjectsInSet");
    }

    public static bool IsId(string text) => text.Length is > 0 and <= MaxId && !text.AsSpan().ContainsAnyExcept(IdCharacters);

    /// <summary>
    /// The creates such that those that another refers to by "#creationId" come before it; a circle stays in the order sent, since whoever
    /// begins it finds no such id (RFC 8620 §5.3). A reference is any string of an object's properties or of a list in them, or the name of a member.
    /// </summary>
    public IReadOnlyList<KeyValuePair<string, JsonElement>> CreateInOrder()
    {
        if (Create.Count < 2) return Create;
        var byId = Create.ToDictionary(create => create.Key, StringComparer.Ordinal);
        var ordered = new List<KeyValuePair<string, JsonElement>>(Create.Count);
        var entered = new HashSet<string>(StringComparer.Ordinal);
        // A stack of our own: a chain of parents is as long as the client makes it.
        var stack = new Stack<(KeyValuePair<string, JsonElement> Create, Queue<string> Before)>();
        foreach (var start in Create)
        {
            Enter(start);
            while (stack.TryPeek(out var top))
                if (top.Before.TryDequeue(out var reference))
                    Enter(byId[reference]);
                else
                    ordered.Add(stack.Pop().Create);
        }
        return ordered;

        void Enter(KeyValuePair<string, JsonElement> create)
        {
            if (entered.Add(create.Key)) stack.Push((create, new Queue<string>(References(create.Value).Where(byId.ContainsKey))));
        }
    }

    private static IEnumerable<string> References(JsonElement created)
    {
        foreach (var property in created.EnumerateObject())
            switch (property.Value.ValueKind)
            {
                case JsonValueKind.String when IsReference(property.Value, out var id):
                    yield return id;
                    break;
                case JsonValueKind.Array:
                    foreach (var element in property.Value.EnumerateArray())
                        if (element.ValueKind == JsonValueKind.String && IsReference(element, out var listed)) yield return listed;
                    break;
                case JsonValueKind.Object:
                    foreach (var member in property.Value.EnumerateObject())
                        if (member.Name.StartsWith('#')) yield return member.Name[1..];
                    break;
            }
    }

    private static bool IsReference(JsonElement text, out string id)
    {
        id = "";
        if (text.GetString() is not { Length: > 1 and <= MaxId + 1 } value || value[0] != '#') return false;
        id = value[1..];
        return true;
    }

    private static List<KeyValuePair<string, JsonElement>> Objects(JsonElement arguments, string name)
    {
        var objects = new List<KeyValuePair<string, JsonElement>>();
        if (JmapArguments.Object(arguments, name) is not { } map) return objects;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in map.EnumerateObject())
            if (entry.Value.ValueKind == JsonValueKind.Object && seen.Add(entry.Name)) objects.Add(new(entry.Name, entry.Value));
            else throw JmapMethodException.InvalidArguments($"{name} is not a map of one object for each id");
        return objects;
    }
}
