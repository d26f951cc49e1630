using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Facteur.Accounts;

namespace Facteur.Server.Control.Settings;

/// <summary>Changes one value of a document, named by its path ("greylist.delay"); what is typed is read by the type that stands there.</summary>
internal static class DocumentEditor
{
    /// <summary>Puts a value in place of the one before.</summary>
    public static void Set(JsonObject document, Type type, string key, IReadOnlyList<string> values)
    {
        var place = Find(document, type, key, make: true);
        place.Parent![place.Name] = Read(values, place.Type, key);
    }

    /// <summary>Adds to a list: texts one by one, or one object made of name=value pairs.</summary>
    public static void Add(JsonObject document, Type type, string key, IReadOnlyList<string> values)
    {
        var place = Find(document, type, key, make: true);
        if (place.Type.Kind != JsonTypeInfoKind.Enumerable) throw new AccountRuleException($"\"{key}\" is no list; use set.");
        var list = place.Parent![place.Name] as JsonArray;
        if (list is null) place.Parent[place.Name] = list = [];
        var element = SettingJson.TypeOf(place.Type.ElementType!);
        if (element.Kind == JsonTypeInfoKind.Object) list.Add(Pairs(values, element, key));
        else
            foreach (var value in Split(values))
                if (!list.Any(one => Same(one, value))) list.Add(Read([value], element, key));
    }

    /// <summary>Without values the default holds again; with values these go from the list: texts, or objects one of whose texts it is.</summary>
    public static void Remove(JsonObject document, Type type, string key, IReadOnlyList<string> values)
    {
        var place = Find(document, type, key, make: false);
        if (place.Parent is null || !place.Parent.ContainsKey(place.Name)) throw new AccountRuleException($"\"{key}\" is not set.");
        if (values.Count == 0)
        {
            place.Parent.Remove(place.Name);
            return;
        }
        if (place.Parent[place.Name] is not JsonArray list) throw new AccountRuleException($"\"{key}\" is no list; rm without a value sets it back.");
        foreach (var value in Split(values))
            if (list.RemoveAll(one => Same(one, value) || one is JsonObject item && item.Any(pair => Same(pair.Value, value))) == 0)
                throw new AccountRuleException($"\"{value}\" is not in \"{key}\".");
        if (list.Count == 0) place.Parent.Remove(place.Name);
    }

    private sealed record Place(JsonObject? Parent, string Name, JsonTypeInfo Type);

    private static Place Find(JsonObject document, Type type, string key, bool make)
    {
        var parent = (JsonObject?)document;
        var at = SettingJson.TypeOf(type);
        var path = "";
        var names = key.Split('.');
        for (var i = 0; ; i++)
        {
            if (at.Kind != JsonTypeInfoKind.Object) throw new AccountRuleException($"\"{path}\" has no parts.");
            var property = DocumentShape.Property(at, names[i], path);
            at = SettingJson.TypeOf(property.PropertyType);
            path = DocumentShape.Join(path, property.Name);
            if (i == names.Length - 1) return new Place(parent, property.Name, at);
            if (parent is null) continue;
            if (parent[property.Name] is not JsonObject inner && make) parent[property.Name] = inner = [];
            else inner = (parent[property.Name] as JsonObject)!;
            parent = inner;
        }
    }

    private static JsonNode? Read(IReadOnlyList<string> values, JsonTypeInfo type, string key)
    {
        var text = string.Join(' ', values);
        var target = Nullable.GetUnderlyingType(type.Type) ?? type.Type;
        if (target == typeof(string)) return text;
        if (type.Kind == JsonTypeInfoKind.Enumerable && type.ElementType == typeof(string) && !text.StartsWith('[')) return new JsonArray([.. Split(values).Select(one => (JsonNode)one)]);
        if (type.Kind != JsonTypeInfoKind.None) return SettingJson.Parse(text);
        if (target == typeof(bool)) return text.ToLowerInvariant() switch { "true" or "on" or "yes" => true, "false" or "off" or "no" => false, _ => throw Wrong(text, target, key) };
        if (target == typeof(TimeSpan)) return (Span(text) ?? throw Wrong(text, target, key)).ToString("c", CultureInfo.InvariantCulture);
        if (target.IsEnum || target == typeof(DateTimeOffset)) return Typed(JsonValue.Create(text), text, target, key);
        try
        {
            return Typed(JsonNode.Parse(text)!, text, target, key);
        }
        catch (JsonException)
        {
            throw Wrong(text, target, key);
        }
    }

    private static JsonNode Typed(JsonNode node, string text, Type target, string key)
    {
        try
        {
            _ = node.Deserialize(target, SettingJson.Options);
            return node;
        }
        catch (JsonException)
        {
            throw Wrong(text, target, key);
        }
    }

    private static JsonObject Pairs(IReadOnlyList<string> values, JsonTypeInfo type, string key)
    {
        if (values is [['{', ..] json]) return SettingJson.Parse(json)!.AsObject();
        var made = new JsonObject();
        foreach (var value in values)
        {
            var equals = value.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0) throw new AccountRuleException($"\"{value}\" is no name=value; an entry of \"{key}\" has {string.Join(", ", type.Properties.Select(property => property.Name))}.");
            var property = DocumentShape.Property(type, value[..equals], key);
            made[property.Name] = Read([value[(equals + 1)..]], SettingJson.TypeOf(property.PropertyType), DocumentShape.Join(key, property.Name));
        }
        return made;
    }

    /// <summary>"90s", "5m", "2h", "7d", or as "00:05:00".</summary>
    private static TimeSpan? Span(string text)
    {
        if (text.Length > 1 && double.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count) && count < 100_000)
            switch (char.ToLowerInvariant(text[^1]))
            {
                case 's': return TimeSpan.FromSeconds(count);
                case 'm': return TimeSpan.FromMinutes(count);
                case 'h': return TimeSpan.FromHours(count);
                case 'd': return TimeSpan.FromDays(count);
            }
        return text.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var span) ? span : null;
    }

    private static IEnumerable<string> Split(IReadOnlyList<string> values) =>
        values.SelectMany(value => value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    private static bool Same(JsonNode? node, string text) => node is JsonValue value && value.TryGetValue(out string? known) && known.Equals(text, StringComparison.OrdinalIgnoreCase);

    private static AccountRuleException Wrong(string text, Type type, string key) => new($"\"{key}\" is \"{text}\"; allowed is {DocumentShape.Allowed(type)}.");
}
