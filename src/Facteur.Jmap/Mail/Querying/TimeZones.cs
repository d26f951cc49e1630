namespace Facteur.Jmap;

/// <summary>Time zones by their IANA names.</summary>
internal static class TimeZones
{
    private const int MaxName = 64;

    /// <summary>UTC for none; invalidArguments for one that is not known.</summary>
    public static TimeZoneInfo Find(string? name)
    {
        if (name is null) return TimeZoneInfo.Utc;
        return name.Length <= MaxName && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : throw JmapMethodException.InvalidArguments("timeZone is not known");
    }
}
