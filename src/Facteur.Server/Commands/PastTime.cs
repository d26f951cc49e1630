using System.Globalization;

namespace Facteur.Server.Commands;

/// <summary>Reads how far back: "90s", "30m", "2h", "7d", or a date with or without a time.</summary>
internal static class PastTime
{
    /// <exception cref="UsageException">It is neither.</exception>
    public static DateTimeOffset Read(string text, TimeProvider time)
    {
        var now = time.GetUtcNow();
        if (text.Length > 1 && int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count))
        {
            var unit = char.ToLowerInvariant(text[^1]) switch { 's' => 1, 'm' => 60, 'h' => 3_600, 'd' => 86_400, 'w' => 604_800, _ => 0 };
            var seconds = (long)count * unit;
            if (unit > 0) return seconds < now.ToUnixTimeSeconds() ? now.AddSeconds(-seconds) : DateTimeOffset.UnixEpoch;
        }
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out var at)
            ? at
            : throw new UsageException($"\"{text}\" is no time; write 30m, 2h, 7d or a date such as 2026-11-21T10:00.");
    }
}
