using System.Globalization;

namespace Facteur.Server.Commands;

/// <summary>Reads a day ("2026-12-24") or a time ("2026-12-24T12:00", "2026-12-24T12:00+01:00") of this machine's time zone.</summary>
internal static class DayOrTime
{
    /// <param name="wholeDay">A day without a time means its end: "until the 24th" ends with the 24th.</param>
    /// <exception cref="UsageException">It is neither.</exception>
    public static DateTimeOffset Read(string text, bool wholeDay, TimeProvider time)
    {
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day < DateOnly.MaxValue)
        {
            var start = (wholeDay ? day.AddDays(1) : day).ToDateTime(TimeOnly.MinValue);
            return new DateTimeOffset(start, time.LocalTimeZone.GetUtcOffset(start));
        }
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out var at)
            ? at
            : throw new UsageException($"\"{text}\" is no date; write 2026-12-24 or 2026-12-24T12:00.");
    }
}
