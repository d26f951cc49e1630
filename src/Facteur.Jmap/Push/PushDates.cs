using System.Globalization;
using System.Text.Json;

namespace Facteur.Jmap.Push;

/// <summary>Values of subscriptions on the wire.</summary>
internal static class PushDates
{
    /// <summary>A UTCDate (RFC 8620 §1.4) to the second, or null.</summary>
    public static void Write(Utf8JsonWriter writer, string name, DateTimeOffset? date) =>
        writer.WriteString(name, date?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));

    public static bool TryRead(string text, out DateTimeOffset date) =>
        DateTimeOffset.TryParseExact(
            text, ["yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out date);

    public static void WriteTypes(Utf8JsonWriter writer, IReadOnlyList<string>? types)
    {
        if (types is null)
        {
            writer.WriteNull("types"u8);
            return;
        }
        writer.WriteStartArray("types"u8);
        foreach (var type in types) writer.WriteStringValue(type);
        writer.WriteEndArray();
    }
}
