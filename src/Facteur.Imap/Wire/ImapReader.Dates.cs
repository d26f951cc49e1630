using System.Text;

namespace Facteur.Imap;

internal ref partial struct ImapReader
{
    private static ReadOnlySpan<byte> Months => "janfebmaraprmayjunjulaugsepoctnovdec"u8;

    /// <summary>date: d-Mon-yyyy, with or without quotes (RFC 9051 §9).</summary>
    public DateOnly Date()
    {
        var quoted = TryByte((byte)'"');
        var day = Digits(1, 2);
        var date = DateAfterDay(day);
        if (quoted) Expect((byte)'"');
        return date;
    }

    /// <summary>date-time: "dd-Mon-yyyy hh:mm:ss +zzzz" in quotes, the first digit of the day may be a blank (RFC 9051 §9).</summary>
    public DateTimeOffset DateTime()
    {
        Expect((byte)'"');
        var day = TrySpace() ? Digits(1, 1) : Digits(1, 2);
        var date = DateAfterDay(day);
        Space();
        var hour = Digits(2, 2);
        Expect((byte)':');
        var minute = Digits(2, 2);
        Expect((byte)':');
        var second = Digits(2, 2);
        Space();
        var west = TryByte((byte)'-');
        if (!west) Expect((byte)'+');
        var zone = Digits(4, 4);
        Expect((byte)'"');
        var offset = new TimeSpan(zone / 100, zone % 100, 0);
        if (hour > 23 || minute > 59 || second > 60 || zone % 100 > 59 || offset > TimeSpan.FromHours(14))
            throw new ImapSyntaxException("no such time");
        var local = date.ToDateTime(new TimeOnly(hour, minute, Math.Min(second, 59)));
        return new DateTimeOffset(local, west ? -offset : offset);
    }

    private DateOnly DateAfterDay(int day)
    {
        Expect((byte)'-');
        var month = Month();
        Expect((byte)'-');
        var year = Digits(4, 4);
        // The years at both ends leave no room for a zone.
        if (year is < 2 or > 9998 || day < 1 || day > System.DateTime.DaysInMonth(year, month)) throw new ImapSyntaxException("no such date");
        return new DateOnly(year, month, day);
    }

    private int Month()
    {
        if (command.Length - at >= 3)
            for (var m = 0; m < 12; m++)
                if (Ascii.EqualsIgnoreCase(command.Slice(at, 3), Months.Slice(m * 3, 3)))
                {
                    at += 3;
                    return m + 1;
                }
        throw new ImapSyntaxException("month expected");
    }

    private int Digits(int least, int most)
    {
        int value = 0, count = 0;
        while (count < most && Peek() is >= (byte)'0' and <= (byte)'9')
        {
            value = value * 10 + (command[at++] - '0');
            count++;
        }
        return count >= least ? value : throw new ImapSyntaxException("date expected");
    }
}
