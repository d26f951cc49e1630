using System.Globalization;
using System.Text.Json;

namespace Facteur.Jmap;

/// <summary>Reads a Date (RFC 8620 §1.4, RFC 3339 §5.6): with its zone, capital letters.</summary>
internal static class DraftDates
{
    private static readonly string[] Formats = ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'"];

    public static bool TryRead(JsonElement value, out DateTimeOffset date)
    {
        date = default;
        return value.ValueKind == JsonValueKind.String
            && DateTimeOffset.TryParseExact(value.GetString(), Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out date);
    }
}
