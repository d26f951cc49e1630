using System.Globalization;

namespace Facteur.Smtp.Wire;

/// <summary>FUTURERELEASE: a client asks that its message be sent on later (RFC 4865).</summary>
/// <param name="Keyword">HOLDFOR or HOLDUNTIL.</param>
/// <param name="Value">As it was written.</param>
internal sealed record FutureRelease(string Keyword, string Value, TimeSpan? Interval, DateTimeOffset? Date)
{
    private const int MaxSeconds = 999_999_999; // RFC 4865 §3 future-release-integer

    // RFC 3339 §5.6 date-time in UTC; its "T" and "Z" may be in lower case.
    private static readonly string[] dateForms = ["yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'"];

    /// <summary>Only where people submit mail (RFC 4865 §4.2).</summary>
    public static bool IsOffered(SmtpSession session) => session.Mode == SmtpMode.Submission && session.Options.MaxFutureRelease > TimeSpan.Zero;

    /// <summary>The EHLO line, with how far ahead it goes as an interval and as a date.</summary>
    public static string Offer(SmtpSession session)
    {
        var max = session.Options.MaxFutureRelease;
        return string.Create(CultureInfo.InvariantCulture,
            $"FUTURERELEASE {Math.Min((long)max.TotalSeconds, MaxSeconds)} {session.Connection.Time.GetUtcNow() + max:yyyy-MM-dd'T'HH:mm:ss'Z'}");
    }

    /// <summary>HOLDFOR: seconds; null for anything else.</summary>
    public static FutureRelease? ReadInterval(string? value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and <= MaxSeconds && value![0] != '0'
            ? new FutureRelease("HOLDFOR", value, TimeSpan.FromSeconds(seconds), null)
            : null;

    /// <summary>HOLDUNTIL: a time in UTC; null for anything else.</summary>
    public static FutureRelease? ReadDate(string? value) =>
        value is { Length: <= 40 } && DateTimeOffset.TryParseExact(value.ToUpperInvariant(), dateForms, CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var date)
            ? new FutureRelease("HOLDUNTIL", value, null, date)
            : null;

    /// <summary>What it means for a message that is handed in now.</summary>
    public HoldRequest From(DateTimeOffset now) => new(Date ?? now + Interval!.Value, (Date is null ? "for;" : "until;") + Value);
}
