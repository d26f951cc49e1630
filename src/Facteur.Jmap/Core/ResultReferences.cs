using System.Text.Json;
using System.Text.Json.Nodes;

namespace Facteur.Jmap;

/// <summary>Result references: "#ids": {resultOf, name, path} stands for what an earlier answer says at a JSON pointer, in which "*" goes through a list (RFC 8620 §3.7).</summary>
internal static class ResultReferences
{
    /// <summary>The arguments with what they refer to; null when they refer to nothing. Throws invalidResultReference or invalidArguments.</summary>
    public static JsonDocument? Resolve(JsonElement arguments, IReadOnlyList<JmapAnswer> answers)
    {
        if (arguments.ValueKind != JsonValueKind.Object || !arguments.EnumerateObject().Any(property => property.Name.StartsWith('#'))) return null;
        var resolved = new JsonObject();
        foreach (var property in arguments.EnumerateObject())
        {
            var name = property.Name.StartsWith('#') ? property.Name[1..] : property.Name;
            if (resolved.ContainsKey(name)) throw JmapMethodException.InvalidArguments($"{name} is given twice");
            resolved[name] = property.Name.StartsWith('#') ? Find(property.Value, answers) : JsonNode.Parse(property.Value.GetRawText());
        }
        return JsonDocument.Parse(resolved.ToJsonString());
    }

    private static JsonNode? Find(JsonElement reference, IReadOnlyList<JmapAnswer> answers)
    {
        var (of, name, path) = (JmapArguments.RequireString(reference, "resultOf"), JmapArguments.RequireString(reference, "name"), JmapArguments.RequireString(reference, "path"));
        foreach (var answer in answers)
        {
            if (answer.CallId != of) continue;
            if (answer.Name != name) break;
            using var document = JsonDocument.Parse(answer.Json);
            return Follow(document.RootElement, path.Split('/').AsSpan(1));
        }
        throw new JmapMethodException("invalidResultReference");
    }

    private static JsonNode? Follow(JsonElement at, ReadOnlySpan<string> tokens)
    {
        for (var i = 0; i < tokens.Length; i++)
        {
            var token = tokens[i].Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            if (at.ValueKind == JsonValueKind.Array && token == "*")
            {
                var all = new JsonArray();
                foreach (var element in at.EnumerateArray())
                {
                    var found = Follow(element, tokens[(i + 1)..]);
                    if (found is JsonArray list) foreach (var item in list) all.Add(item?.DeepClone());
                    else all.Add(found);
                }
                return all;
            }
            if (at.ValueKind == JsonValueKind.Array && int.TryParse(token, out var index) && index >= 0 && index < at.GetArrayLength()) at = at[index];
            else if (at.ValueKind == JsonValueKind.Object && at.TryGetProperty(token, out var value)) at = value;
            else throw new JmapMethodException("invalidResultReference");
        }
        return JsonNode.Parse(at.GetRawText());
    }
}
