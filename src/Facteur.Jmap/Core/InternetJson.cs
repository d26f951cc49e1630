using System.Text.Json;
using System.Text.Unicode;

namespace Facteur.Jmap;

/// <summary>
/// JSON as RFC 8620 §1.5 allows it: UTF-8, no member twice, no half of a surrogate pair (RFC 7493 §2). Noncharacters are let through: a person
/// may paste one into a draft, and nothing of ours minds.
/// </summary>
internal static class InternetJson
{
    /// <summary>Objects and lists within one another; filters of 45 nested operators fit.</summary>
    public const int MaxDepth = 100;

    /// <summary>Values and names in a request: each costs 12 octets of a table.</summary>
    private const int MaxTokens = 1_000_000;

    private static readonly JsonDocumentOptions strict = new() { AllowDuplicateProperties = false, MaxDepth = MaxDepth };
    private static readonly JsonReaderOptions reading = new() { MaxDepth = MaxDepth };

    /// <summary>The text as a document over it: <paramref name="json"/> stays as it is until the document is disposed of.</summary>
    /// <exception cref="JmapRequestException">notJSON; limit for one with too many values.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> json)
    {
        var text = json.Span;
        if (!Utf8.IsValid(text)) throw JmapRequestException.NotJson("The request is not UTF-8.");
        try
        {
            // Each value has an octet and something between it and the next.
            if (text.Length > 2 * MaxTokens || text.IndexOf("\\u"u8) >= 0) Check(text);
            return JsonDocument.Parse(json, strict);
        }
        catch (JsonException e)
        {
            throw JmapRequestException.NotJson(
                e.LineNumber is { } line ? $"The request is not I-JSON: see line {line + 1}, octet {e.BytePositionInLine + 1}." : "The request is not I-JSON: a member is there twice.");
        }
    }

    private static void Check(ReadOnlySpan<byte> text)
    {
        var reader = new Utf8JsonReader(text, reading);
        var tokens = 0;
        while (reader.Read())
        {
            if (++tokens > MaxTokens) throw JmapRequestException.OverLimit("maxSizeRequest", $"The request has more than {MaxTokens} values.");
            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped && HasHalfPair(reader.ValueSpan))
                throw JmapRequestException.NotJson("The request is not I-JSON: a string has half of a surrogate pair.");
        }
    }

    /// <summary>Whether escapes make a surrogate that is not part of a pair. The escapes were found well formed.</summary>
    private static bool HasHalfPair(ReadOnlySpan<byte> escaped)
    {
        var isHighOpen = false;
        for (var i = 0; i < escaped.Length; i++)
        {
            var isUnicode = escaped[i] == '\\' && escaped[i + 1] == 'u';
            var unit = isUnicode ? Unit(escaped.Slice(i + 2, 4)) : 0;
            if (isHighOpen != char.IsLowSurrogate((char)unit)) return true;
            isHighOpen = char.IsHighSurrogate((char)unit);
            if (escaped[i] == '\\') i += isUnicode ? 5 : 1;
        }
        return isHighOpen;
    }

    private static int Unit(ReadOnlySpan<byte> digits)
    {
        var unit = 0;
        foreach (var digit in digits) unit = unit << 4 | (digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10);
        return unit;
    }
}
