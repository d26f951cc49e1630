using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Facteur.Accounts;
using Facteur.Server.Configuration;

namespace Facteur.Server.Control.Settings;

/// <summary>
/// Holds a document against the type that reads it. Readers pass over names that they do not know (a newer version may have written
/// them); a person who writes one has mistyped it, and is told which was meant.
/// </summary>
internal static class DocumentShape
{
    /// <summary>The document with its names as the readers want them.</summary>
    /// <exception cref="AccountRuleException">A name is unknown or a value is not allowed; the message says where and what is.</exception>
    public static JsonNode? Normalize(JsonNode? document, Type type) => Normalize(document, SettingJson.TypeOf(type), "");

    /// <summary>The property of that name in any case.</summary>
    /// <param name="path">Where the object is, for the message.</param>
    public static JsonPropertyInfo Property(JsonTypeInfo type, string name, string path)
    {
        var properties = type.Properties.Where(property => property.Set is not null).ToList();
        if (properties.Find(property => property.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } found) return found;
        var names = properties.Select(property => property.Name).ToList();
        var near = names.Find(known => known.Equals(Spelling.Nearest(name, names.Select(one => one.ToLowerInvariant())), StringComparison.OrdinalIgnoreCase));
        throw new AccountRuleException($"There is no \"{Join(path, name)}\"{(near is null ? "" : $" (did you mean {Join(path, near)}?)")}; there {(names.Count == 1 ? "is" : "are")} {string.Join(", ", names)}.");
    }

    /// <summary>"a.b", or "b" at the top.</summary>
    public static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    /// <summary>What values of a type may be, in words.</summary>
    public static string Allowed(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type.IsEnum) return string.Join(", ", Enum.GetNames(type).Select(JsonNamingPolicy.CamelCase.ConvertName));
        if (type == typeof(bool)) return "true or false";
        if (type == typeof(string)) return "a text";
        if (type == typeof(TimeSpan)) return "a time such as 00:05:00";
        if (type == typeof(DateTimeOffset)) return "a time such as 2026-12-24T12:00:00+01:00";
        if (type == typeof(double)) return "a number";
        if (type == typeof(int) || type == typeof(long)) return "a whole number";
        return SettingJson.TypeOf(type).Kind switch
        {
            JsonTypeInfoKind.Enumerable => "a list",
            _ => "an object",
        };
    }

    private static JsonNode? Normalize(JsonNode? node, JsonTypeInfo type, string path)
    {
        if (node is null) return null;
        switch (type.Kind)
        {
            case JsonTypeInfoKind.Object:
                return Object(node as JsonObject ?? throw Wrong(node, type.Type, path), type, path);
            case JsonTypeInfoKind.Enumerable:
                var list = node as JsonArray ?? throw Wrong(node, type.Type, path);
                var element = SettingJson.TypeOf(type.ElementType!);
                return new JsonArray([.. list.Select((one, i) => Normalize(Required(one, $"{path}[{i}]"), element, $"{path}[{i}]"))]);
            case JsonTypeInfoKind.Dictionary:
                var entries = node as JsonObject ?? throw Wrong(node, type.Type, path);
                var value = SettingJson.TypeOf(type.ElementType!);
                return new JsonObject(entries.Select(one => KeyValuePair.Create(one.Key, Normalize(Required(one.Value, Join(path, one.Key)), value, Join(path, one.Key)))));
            default:
                return Leaf(node, type.Type, path);
        }
    }

    private static JsonObject Object(JsonObject node, JsonTypeInfo type, string path)
    {
        var made = new JsonObject();
        foreach (var (name, value) in node)
        {
            var property = Property(type, name, path);
            var at = Join(path, property.Name);
            if (value is null && !property.IsSetNullable) throw new AccountRuleException($"\"{at}\" cannot be null; leave it out.");
            if (made.ContainsKey(property.Name)) throw new AccountRuleException($"\"{at}\" is there twice.");
            made[property.Name] = InRange(Normalize(value, SettingJson.TypeOf(property.PropertyType), at), property, at);
        }
        return made;
    }

    private static JsonNode? InRange(JsonNode? value, JsonPropertyInfo property, string path)
    {
        foreach (var range in property.AttributeProvider?.GetCustomAttributes(typeof(RangeAttribute), inherit: true).OfType<RangeAttribute>() ?? [])
            if (value is not null && !range.IsValid(value.Deserialize(property.PropertyType, SettingJson.Options)))
                throw new AccountRuleException($"\"{path}\" is {value.ToJsonString(ControlJson.Options)}; allowed is {range.Minimum} to {range.Maximum}.");
        return value;
    }

    private static JsonNode Leaf(JsonNode node, Type type, string path)
    {
        try
        {
            _ = node.Deserialize(type, SettingJson.Options);
            return node.DeepClone();
        }
        catch (JsonException)
        {
            throw Wrong(node, type, path);
        }
    }

    private static JsonNode Required(JsonNode? node, string path) => node ?? throw new AccountRuleException($"\"{path}\" cannot be null.");

    private static AccountRuleException Wrong(JsonNode node, Type type, string path)
    {
        var shown = node.ToJsonString(ControlJson.Options);
        return new AccountRuleException($"{(path.Length == 0 ? "The document" : $"\"{path}\"")} is {(shown.Length > 100 ? shown[..100] + "…" : shown)}; allowed is {Allowed(type)}.");
    }
}
