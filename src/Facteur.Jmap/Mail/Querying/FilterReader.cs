using System.Text.Json;

namespace Facteur.Jmap;

/// <summary>How conditions of a filter are put together (FilterOperator, RFC 8620 §5.5).</summary>
internal enum FilterOperator : byte { And, Or, Not }

/// <summary>Reads filters (RFC 8620 §5.5): operators over conditions, as deep and as many as anyone needs.</summary>
/// <param name="condition">Reads a FilterCondition, an object.</param>
internal sealed class FilterReader<T>(Func<JsonElement, T> condition, Func<FilterOperator, List<T>, T> combine)
{
    /// <summary>Operators within each other. Search boxes make two or three.</summary>
    private const int MaxDepth = 20;

    /// <summary>Operators and conditions together: each is asked of every email.</summary>
    private const int MaxConditions = 1_000;

    private int count;

    public T Read(JsonElement filter, int depth = 0)
    {
        if (filter.ValueKind != JsonValueKind.Object) throw JmapMethodException.InvalidArguments("a filter is an object");
        if (++count > MaxConditions || depth > MaxDepth) throw Unsupported("the filter has too many conditions");
        if (!filter.TryGetProperty("operator"u8, out var name)) return condition(filter);
        JmapArguments.Only(filter, "operator", "conditions");
        var kind = (name.ValueKind == JsonValueKind.String ? name.GetString() : null) switch
        {
            "AND" => FilterOperator.And,
            "OR" => FilterOperator.Or,
            "NOT" => FilterOperator.Not,
            _ => throw JmapMethodException.InvalidArguments("operator is not AND, OR or NOT"),
        };
        var list = JmapArguments.Array(filter, "conditions") ?? throw JmapMethodException.InvalidArguments("conditions is missing");
        var below = new List<T>();
        foreach (var one in list.EnumerateArray()) below.Add(Read(one, depth + 1));
        return combine(kind, below);
    }

    public static JmapMethodException Unsupported(string description) => new("unsupportedFilter", description);
}
