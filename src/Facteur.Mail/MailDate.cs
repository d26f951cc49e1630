using System.Globalization;

namespace Facteur.Mail;

/// <summary>The date of a Date field, in RFC 5322 §3.3, its obsolete forms (§4.3) and the forms met in the wild: asctime, ISO 8601, "GMT+0200", US order, AM and PM.</summary>
public static class MailDate
{
    // No date is longer; what follows is a comment at best.
    private const int MaxOctets = 512;

    /// <summary>Reads the body of a Date field. False when no date can be read, or a value is out of its range (30 February, 25:00, zone +9999).</summary>
    /// <param name="date">The instant with its zone; zones that are unknown, military or beyond 14 hours read as UTC (RFC 5322 §4.3: "-0000").</param>
    public static bool TryParse(ReadOnlySpan<byte> field, out DateTimeOffset date)
    {
        var reading = new MailDateReading(field.Length > MaxOctets ? field[..MaxOctets] : field);
        return reading.TryRead(out date);
    }

    /// <summary>Writes a date-time of RFC 5322 §3.3, without a comment.</summary>
    public static string Format(DateTimeOffset date)
    {
        var zone = date.Offset;
        return string.Create(CultureInfo.InvariantCulture,
            $"{date:ddd, d MMM yyyy HH:mm:ss} {(zone < TimeSpan.Zero ? '-' : '+')}{Math.Abs(zone.Hours):00}{Math.Abs(zone.Minutes):00}");
    }
}

/// <summary>One reading of a date, left to right, each token put where its shape and what is still missing say.</summary>
internal ref struct MailDateReading(ReadOnlySpan<byte> text)
{
    private static readonly string[] Months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

    private readonly ReadOnlySpan<byte> text = text;
    private int at;
    private int day = -1, month = -1, year = -1;
    private int hour = -1, minute, second, millisecond;
    private bool? afternoon;
    private int? zoneMinutes;
    private bool bad;

    public bool TryRead(out DateTimeOffset date)
    {
        date = default;
        while (at < text.Length && !bad)
        {
            var c = text[at];
            if (c == '(')
                SkipComment();
            else if (char.IsAsciiDigit((char)c))
                ReadNumber();
            else if (char.IsAsciiLetter((char)c))
                ReadWord();
            else if (c is (byte)'+' or (byte)'-' && hour >= 0 && zoneMinutes is null)
                ReadOffset();
            else
                at++;
        }
        return !bad && Assemble(out date);
    }

    private void SkipComment()
    {
        var depth = 0;
        for (; at < text.Length; at++)
        {
            if (text[at] == '\\')
                at++;
            else if (text[at] == '(')
                depth++;
            else if (text[at] == ')' && --depth == 0)
            {
                at++;
                return;
            }
        }
    }

    private void ReadNumber()
    {
        var value = Digits(out var count);
        if (count > 4)
            bad = hour < 0;
        else if (hour < 0 && count <= 2 && BeforeColon())
            ReadTime(value, ':');
        else if (hour < 0 && day >= 0 && month >= 0 && year >= 0 && Peek(0) == '.' && count <= 2)
            ReadTime(value, '.'); // "12.34.56", Finnish and Italian mailers
        else if (count == 4 && year < 0 && month < 0 && day < 0 && Peek(0) is '-' or '/' or '.' && char.IsAsciiDigit(Peek(1)))
            ReadIsoDate(value);
        else if (count <= 2 && day < 0)
            day = value;
        else if (year < 0 && (month >= 0 || count == 4))
            year = FullYear(value, count);
        else
            bad = hour < 0; // a number too many before the time is no date; after it, noise
    }

    // Two and three digits: RFC 5322 §4.3.
    private static int FullYear(int value, int digits) => digits switch
    {
        4 => value,
        3 => value + 1900,
        _ => value < 50 ? value + 2000 : value + 1900,
    };

    private void ReadIsoDate(int first)
    {
        year = first;
        at++;
        month = Digits(out var monthDigits) - 1;
        if (monthDigits is 0 or > 2 || Peek(0) is not ('-' or '/' or '.'))
        {
            bad = true;
            return;
        }
        at++;
        day = Digits(out var dayDigits);
        bad = dayDigits is 0 or > 2;
    }

    private void ReadTime(int first, char separator)
    {
        hour = first;
        at++;
        SkipSpace();
        minute = Digits(out var count);
        if (count is 0 or > 2)
        {
            bad = true;
            return;
        }
        if (separator == ':' ? !BeforeColon() : Peek(0) != separator || !char.IsAsciiDigit(Peek(1)))
            return;
        at++;
        SkipSpace();
        second = Digits(out count);
        bad = count > 2;
        if (Peek(0) is '.' or ',' && char.IsAsciiDigit(Peek(1)))
        {
            at++;
            var fraction = Digits(out count);
            millisecond = count switch { 1 => fraction * 100, 2 => fraction * 10, 3 => fraction, _ => fraction / (int)Math.Pow(10, Math.Min(count, 9) - 3) };
        }
    }

    // Obsolete: CFWS round the colons of a time (RFC 5322 §4.3).
    private bool BeforeColon()
    {
        var back = at;
        SkipSpace();
        if (Peek(0) == ':')
            return true;
        at = back;
        return false;
    }

    private void SkipSpace()
    {
        while (Peek(0) is ' ' or '\t' or '\r' or '\n' or '(')
            if (Peek(0) == '(')
                SkipComment();
            else
                at++;
    }

    private void ReadWord()
    {
        var start = at;
        while (at < text.Length && char.IsAsciiLetter((char)text[at]))
            at++;
        Span<char> word = stackalloc char[9];
        var length = Math.Min(at - start, word.Length);
        for (var i = 0; i < length; i++)
            word[i] = (char)(text[start + i] | 0x20);
        word = word[..length];
        if (word is "am" or "pm" && hour >= 0)
            afternoon = word is "pm";
        else if (month < 0 && length >= 3 && MonthOf(word[..3]) is var found and >= 0)
            month = found;
        else if (hour >= 0 && zoneMinutes is null)
            ReadZoneName(word);
    }

    private static int MonthOf(scoped ReadOnlySpan<char> word)
    {
        for (var i = 0; i < Months.Length; i++)
            if (word.SequenceEqual(Months[i]))
                return i;
        return -1;
    }

    private void ReadZoneName(scoped ReadOnlySpan<char> word)
    {
        var sign = Peek(0);
        if (word is "gmt" or "utc" or "ut" or "z" && sign is '+' or '-' && char.IsAsciiDigit(Peek(1)))
            return; // "GMT+0200": the offset follows
        zoneMinutes = word switch
        {
            "edt" => -4 * 60,
            "est" or "cdt" => -5 * 60,
            "cst" or "mdt" => -6 * 60,
            "mst" or "pdt" => -7 * 60,
            "pst" => -8 * 60,
            "cet" or "met" or "mez" or "west" => 60,
            "cest" or "mest" or "mesz" or "eet" => 2 * 60,
            "eest" or "msk" => 3 * 60,
            "jst" or "kst" => 9 * 60,
            "gmt" or "utc" or "ut" or "z" or "wet" => 0,
            _ => null, // unknown and military: "-0000" unless a numeric offset follows
        };
    }

    private void ReadOffset()
    {
        var sign = text[at] == '-' ? -1 : 1;
        at++;
        while (Peek(0) == ' ')
            at++;
        var value = Digits(out var count);
        if (count == 0)
            return;
        int hours = value, minutes = 0;
        if (count is 3 or 4)
        {
            hours = value / 100;
            minutes = value % 100;
        }
        else if (count <= 2 && Peek(0) == ':' && char.IsAsciiDigit(Peek(1)))
        {
            at++;
            minutes = Digits(out _);
        }
        bad = count > 4 || hours > 24 || minutes > 59;
        zoneMinutes = sign * (hours * 60 + minutes);
    }

    private bool Assemble(out DateTimeOffset date)
    {
        date = default;
        if (day < 1 || month is < 0 or > 11 || year is < 1900 or > 9998 || day > DateTime.DaysInMonth(year, month + 1))
            return false;
        if (afternoon is { } pm && hour is >= 1 and <= 12)
            hour = hour % 12 + (pm ? 12 : 0);
        return Compose(out date);
    }

    private readonly bool Compose(out DateTimeOffset date)
    {
        date = default;
        // A leap second (60, RFC 5322 §3.3) reads as the next second. A date alone reads as midnight.
        if (hour > 23 || minute > 59 || second > 60)
            return false;
        var local = new DateTime(year, month + 1, day, Math.Max(hour, 0), minute, 0).AddSeconds(second).AddMilliseconds(millisecond);
        var zone = TimeSpan.FromMinutes(zoneMinutes ?? 0);
        date = zone.Duration() <= TimeSpan.FromHours(14)
            ? new DateTimeOffset(local, zone)
            : new DateTimeOffset(local - zone, TimeSpan.Zero);
        return true;
    }

    private int Digits(out int count)
    {
        var value = 0;
        count = 0;
        for (; at < text.Length && char.IsAsciiDigit((char)text[at]); at++, count++)
            if (count < 9)
                value = value * 10 + (text[at] - '0');
        return value;
    }

    private readonly char Peek(int ahead) => at + ahead < text.Length ? (char)text[at + ahead] : '\0';
}
