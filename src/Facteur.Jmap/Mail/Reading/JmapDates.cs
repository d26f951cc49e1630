using System.Globalization;
using System.Text.Json;

namespace Facteur.Jmap;

/// <summary>Dates on the wire (RFC 8620 §1.4): RFC 3339, capital letters, no fraction when it is zero.</summary>
internal static class JmapDates
{
    /// <summary>A Date, in its own zone.</summary>
    public static void Write(Utf8JsonWriter json, DateTimeOffset date)
    {
        Span<byte> text = stackalloc byte[40];
        var format = date.Millisecond == 0 ? "yyyy-MM-dd'T'HH:mm:ss" : "yyyy-MM-dd'T'HH:mm:ss.fff";
        date.DateTime.TryFormat(text, out var length, format, CultureInfo.InvariantCulture);
        if (date.Offset == TimeSpan.Zero) text[length++] = (byte)'Z';
        else
        {
            var zone = date.Offset.Duration();
            text[length++] = date.Offset < TimeSpan.Zero ? (byte)'-' : (byte)'+';
            Two(text, ref length, zone.Hours);
            text[length++] = (byte)':';
            Two(text, ref length, zone.Minutes);
        }
        json.WriteStringValue(text[..length]);
    }

    /// <summary>A UTCDate.</summary>
    /// <param name="milliseconds">Since 1970 UTC.</param>
    public static void WriteUtc(Utf8JsonWriter json, long milliseconds) => Write(json, DateTimeOffset.FromUnixTimeMilliseconds(milliseconds));

    private static void Two(Span<byte> text, ref int at, int number)
    {
        text[at++] = (byte)('0' + number / 10);
        text[at++] = (byte)('0' + number % 10);
    }
}
