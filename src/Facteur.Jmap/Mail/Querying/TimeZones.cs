using System.Buffers;

namespace Facteur.Jmap;

/// <summary>Time zones by their IANA names.</summary>
internal static class TimeZones
{
    private const int MaxName = 64;

    // A name is looked up as a file below the system's zones: it must not lead anywhere else.
    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/");

    /// <summary>UTC for none; invalidArguments for one that is not known.</summary>
    public static TimeZoneInfo Find(string? name)
    {
        if (name is null) return TimeZoneInfo.Utc;
        var isName = name.Length is > 0 and <= MaxName && char.IsAsciiLetter(name[0]) && !name.AsSpan().ContainsAnyExcept(NameCharacters);
        return isName && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : throw JmapMethodException.InvalidArguments("timeZone is not known");
    }
}
