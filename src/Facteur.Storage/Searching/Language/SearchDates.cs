using System.Globalization;

namespace Facteur.Storage.Searching;

/// <summary>Dates as people type them: a day, a month, a year, a moment, or so long ago; in a person's own time zone.</summary>
internal static class SearchDates
{
    private const int FirstYear = 1900, LastYear = 2999;

    /// <summary>From the first moment of what is named to the first after it.</summary>
    /// <param name="ambiguous">Day and month could be exchanged.</param>
    public static bool TryParse(string value, DateTimeOffset now, TimeZoneInfo zone, out DateTimeOffset start, out DateTimeOffset end, out bool isRelative, out bool ambiguous)
    {
        (start, end, isRelative, ambiguous) = (default, default, false, false);
        var today = Today(now, zone);
        switch (SearchOperators.Normal(value))
        {
            case "today" or "aujourdhui":
                isRelative = true;
                return Days(today, today.AddDays(1), zone, out start, out end);
            case "yesterday" or "hier":
                isRelative = true;
                return Days(today.AddDays(-1), today, zone, out start, out end);
        }
        if (value.Contains('T', StringComparison.OrdinalIgnoreCase)) return TryMoment(value, zone, out start, out end);
        return TryDay(value, out var first, out var after, out ambiguous) && Days(first, after, zone, out start, out end);
    }

    /// <summary>"7d", "2 months" without the blank: the moment so long before the start of today, or of this hour. Also the moment it counts from.</summary>
    public static bool TryAgo(string value, DateTimeOffset now, TimeZoneInfo zone, out DateTimeOffset moment, out DateTimeOffset countsFrom)
    {
        (moment, countsFrom) = (default, default);
        var digits = value.AsSpan().IndexOfAnyExceptInRange('0', '9');
        if (digits is <= 0 or > 5) return false;
        var count = int.Parse(value.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture);
        var unit = SearchOperators.Normal(value[digits..]);
        if (unit is "h" or "hour" or "hours" or "heure" or "heures")
        {
            countsFrom = new DateTimeOffset(now.UtcDateTime.Date.AddHours(now.UtcDateTime.Hour), TimeSpan.Zero);
            moment = countsFrom.AddHours(-count);
            return true;
        }
        var today = Today(now, zone);
        DateOnly? day = unit switch
        {
            "d" or "day" or "days" or "j" or "jour" or "jours" => Back(today, 0, count),
            "w" or "week" or "weeks" or "sem" or "semaine" or "semaines" => Back(today, 0, count * 7),
            "m" or "month" or "months" or "mois" => Back(today, count, 0),
            "y" or "year" or "years" or "a" or "an" or "ans" => Back(today, count * 12, 0),
            _ => null,
        };
        if (day is not { } from) return false;
        countsFrom = StartOf(today, zone);
        moment = StartOf(from, zone);
        return true;
    }

    /// <summary>The first moment of a day: midnight, or when clocks go past it, what comes next.</summary>
    public static DateTimeOffset StartOf(DateOnly day, TimeZoneInfo zone)
    {
        var midnight = day.ToDateTime(TimeOnly.MinValue);
        while (zone.IsInvalidTime(midnight)) midnight = midnight.AddMinutes(15);
        // Where clocks go back over midnight there are two of them: the day starts with the first.
        var offset = zone.IsAmbiguousTime(midnight) ? zone.GetAmbiguousTimeOffsets(midnight).Max() : zone.GetUtcOffset(midnight);
        return new DateTimeOffset(midnight, offset);
    }

    public static DateOnly Today(DateTimeOffset now, TimeZoneInfo zone) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, zone).DateTime);

    // Not before the first year, however long ago.
    private static DateOnly Back(DateOnly today, int months, int days)
    {
        var floor = new DateOnly(FirstYear, 1, 1);
        if (months > (today.Year - FirstYear) * 12 || days > today.DayNumber - floor.DayNumber) return floor;
        return today.AddMonths(-months).AddDays(-days);
    }

    private static bool Days(DateOnly first, DateOnly after, TimeZoneInfo zone, out DateTimeOffset start, out DateTimeOffset end)
    {
        (start, end) = (StartOf(first, zone), StartOf(after, zone));
        return true;
    }

    // 2024-05-04T10:00, with seconds and a zone or without.
    private static bool TryMoment(string value, TimeZoneInfo zone, out DateTimeOffset start, out DateTimeOffset end)
    {
        (start, end) = (default, default);
        if (DateTimeOffset.TryParseExact(value, ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mmK"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out start)
            && (value.EndsWith('Z') || value.LastIndexOfAny(['+', '-']) > 10))
        {
            end = start;
            return start.Year is >= FirstYear and <= LastYear;
        }
        if (!DateTime.TryParseExact(value, ["yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd'T'HH:mm"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var local)) return false;
        if (local.Year is < FirstYear or > LastYear) return false;
        while (zone.IsInvalidTime(local)) local = local.AddMinutes(15);
        start = end = new DateTimeOffset(local, zone.GetUtcOffset(local));
        return true;
    }

    private static bool TryDay(string value, out DateOnly first, out DateOnly after, out bool ambiguous)
    {
        (first, after, ambiguous) = (default, default, false);
        Span<int> numbers = stackalloc int[3];
        Span<int> lengths = stackalloc int[3];
        if (!TryNumbers(value, numbers, lengths, out var count)) return false;
        if (count == 1 && lengths[0] == 8) return OfDay(numbers[0] / 10_000, numbers[0] / 100 % 100, numbers[0] % 100, out first, out after);
        if (count == 1) return lengths[0] == 4 && OfMonths(numbers[0], 1, 12, out first, out after);
        if (count == 2) return lengths[0] == 4 ? OfMonths(numbers[0], numbers[1], 1, out first, out after) : lengths[1] == 4 && OfMonths(numbers[1], numbers[0], 1, out first, out after);
        if (lengths[0] == 4) return OfDay(numbers[0], numbers[1], numbers[2], out first, out after);
        var year = lengths[2] switch { 4 => numbers[2], 2 => 2000 + numbers[2], _ => 0 };
        // As in most of the world, the day first; when that cannot be, the month.
        if (OfDay(year, numbers[1], numbers[0], out first, out after))
        {
            ambiguous = numbers[0] <= 12 && numbers[0] != numbers[1];
            return true;
        }
        return OfDay(year, numbers[0], numbers[1], out first, out after);
    }

    private static bool TryNumbers(string value, Span<int> numbers, Span<int> lengths, out int count)
    {
        count = 0;
        if (value.Length is 0 or > 10) return false;
        char separator = default;
        foreach (var c in value)
        {
            if (char.IsAsciiDigit(c))
            {
                if (count == 0) count = 1;
                numbers[count - 1] = numbers[count - 1] * 10 + (c - '0');
                if (++lengths[count - 1] > 8) return false;
            }
            else if (c is '-' or '/' or '.' && count is > 0 and < 3 && lengths[count - 1] > 0 && (separator == default || c == separator))
            {
                separator = c;
                count++;
            }
            else return false;
        }
        return count > 0 && lengths[count - 1] > 0;
    }

    private static bool OfDay(int year, int month, int day, out DateOnly first, out DateOnly after)
    {
        (first, after) = (default, default);
        if (year is < FirstYear or > LastYear || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month)) return false;
        first = new DateOnly(year, month, day);
        after = first.AddDays(1);
        return true;
    }

    private static bool OfMonths(int year, int month, int months, out DateOnly first, out DateOnly after)
    {
        (first, after) = (default, default);
        if (year is < FirstYear or > LastYear || month is < 1 or > 12) return false;
        first = new DateOnly(year, month, 1);
        after = first.AddMonths(months);
        return true;
    }
}
