using System.Globalization;
using Facteur.Mail;

namespace Facteur.Sieve.Tests;

/// <summary>The parts of a date that tests look at.</summary>
// RFC 5260 §4.2.
internal static class DatePart
{
    private static readonly DateOnly modifiedJulianStart = new(1858, 11, 17);

    /// <summary>The part as text; null when there is none of that name.</summary>
    public static string? Of(DateTimeOffset date, string part) => part.ToLowerInvariant() switch
    {
        "year" => Format(date, "yyyy"),
        "month" => Format(date, "MM"),
        "day" => Format(date, "dd"),
        "date" => Format(date, "yyyy-MM-dd"),
        "julian" => (DateOnly.FromDateTime(date.DateTime).DayNumber - modifiedJulianStart.DayNumber).ToString(CultureInfo.InvariantCulture),
        "hour" => Format(date, "HH"),
        "minute" => Format(date, "mm"),
        "second" => Format(date, "ss"),
        "time" => Format(date, "HH:mm:ss"),
        "iso8601" => Format(date, "yyyy-MM-ddTHH:mm:ss") + (date.Offset == TimeSpan.Zero ? "Z" : Zone(date).Insert(3, ":")),
        "std11" => MailDate.Format(date),
        "zone" => Zone(date),
        "weekday" => ((int)date.DayOfWeek).ToString(CultureInfo.InvariantCulture),
        _ => null,
    };

    /// <summary>"+0200" (RFC 5260 §4.1); null when it is none.</summary>
    public static TimeSpan? ReadZone(string zone)
    {
        if (zone.Length != 5 || zone[0] is not ('+' or '-') || zone.AsSpan(1).ContainsAnyExceptInRange('0', '9')) return null;
        var offset = new TimeSpan(int.Parse(zone.AsSpan(1, 2), CultureInfo.InvariantCulture), int.Parse(zone.AsSpan(3, 2), CultureInfo.InvariantCulture), 0);
        if (offset > TimeSpan.FromHours(14)) return null;
        return zone[0] == '-' ? -offset : offset;
    }

    private static string Zone(DateTimeOffset date) =>
        string.Create(CultureInfo.InvariantCulture, $"{(date.Offset < TimeSpan.Zero ? '-' : '+')}{date.Offset:hhmm}");

    private static string Format(DateTimeOffset date, string format) => date.ToString(format, CultureInfo.InvariantCulture);
}
