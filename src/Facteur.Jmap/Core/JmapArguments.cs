using System.Text.Json;

namespace Facteur.Jmap;

/// <summary>Reads arguments of methods strictly: a wrong type is invalidArguments with the name of the argument, an absent or null one is null.</summary>
public static class JmapArguments
{
    public static string RequireString(JsonElement arguments, string name) =>
        String(arguments, name) ?? throw JmapMethodException.InvalidArguments($"{name} is missing");

    public static string? String(JsonElement arguments, string name) => Find(arguments, name, JsonValueKind.String) is { } value ? value.GetString() : null;

    public static bool? Bool(JsonElement arguments, string name)
    {
        if (Find(arguments, name) is not { } value) return null;
        return value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw Wrong(name, "true or false"),
        };
    }

    /// <summary>An Int (RFC 8620 §1.3).</summary>
    public static long? Int(JsonElement arguments, string name)
    {
        const long Largest = (1L << 53) - 1;
        if (Find(arguments, name, JsonValueKind.Number) is not { } value) return null;
        return value.TryGetInt64(out var number) && number is >= -Largest and <= Largest ? number : throw Wrong(name, "an integer");
    }

    /// <summary>An UnsignedInt (RFC 8620 §1.3).</summary>
    public static long? UnsignedInt(JsonElement arguments, string name) =>
        Int(arguments, name) is not { } value ? null : value >= 0 ? value : throw Wrong(name, "not negative");

    /// <summary>A list of strings; null when absent or null.</summary>
    public static List<string>? Strings(JsonElement arguments, string name)
    {
        if (Find(arguments, name, JsonValueKind.Array) is not { } value) return null;
        var strings = new List<string>(value.GetArrayLength());
        foreach (var element in value.EnumerateArray())
            strings.Add(element.ValueKind == JsonValueKind.String ? element.GetString()! : throw Wrong(name, "a list of strings"));
        return strings;
    }

    public static JsonElement? Object(JsonElement arguments, string name) => Find(arguments, name, JsonValueKind.Object);

    public static JsonElement? Array(JsonElement arguments, string name) => Find(arguments, name, JsonValueKind.Array);

    /// <summary>Refuses arguments of other names than these.</summary>
    public static void Only(JsonElement arguments, params ReadOnlySpan<string> names)
    {
        foreach (var property in arguments.EnumerateObject())
            if (!names.Contains(property.Name)) throw JmapMethodException.InvalidArguments($"{property.Name} is not an argument of this method");
    }

    private static JsonElement? Find(JsonElement arguments, string name) =>
        arguments.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static JsonElement? Find(JsonElement arguments, string name, JsonValueKind kind) =>
        Find(arguments, name) is not { } value ? null : value.ValueKind == kind ? value : throw Wrong(name, $"a JSON {kind.ToString().ToLowerInvariant()}");

    private static JmapMethodException Wrong(string name, string wanted) => JmapMethodException.InvalidArguments($"{name} is not {wanted}");
}
