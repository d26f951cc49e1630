using System.Globalization;

namespace Facteur.Net.Dialing;

/// <summary>Where a program of the operator listens: "unix:/run/clamav/clamd.ctl", "127.0.0.1:3310", "[::1]:3310" or "clamd.example.org:3310".</summary>
/// <param name="Path">Path of a local socket, or null.</param>
/// <param name="Host">Host name or address; "" with a path.</param>
public sealed record ServiceAddress(string? Path, string Host, int Port)
{
    public static bool TryParse(string text, out ServiceAddress address)
    {
        address = null!;
        var path = text.StartsWith("unix:", StringComparison.Ordinal) ? text[5..] : text.StartsWith('/') ? text : null;
        if (path is not null)
        {
            // sun_path has room for 107 octets and their end.
            if (!path.StartsWith('/') || System.Text.Encoding.UTF8.GetByteCount(path) > 107 || path.Contains('\0', StringComparison.Ordinal)) return false;
            address = new ServiceAddress(path, "", 0);
            return true;
        }
        var colon = text.LastIndexOf(':');
        if (colon <= 0 || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port == 0) return false;
        var host = text[..colon];
        if (host.StartsWith('[') != host.EndsWith(']') || (host.Contains(':', StringComparison.Ordinal) && !host.StartsWith('['))) return false;
        address = new ServiceAddress(null, host, port);
        return true;
    }

    public override string ToString() => Path is null ? string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}") : "unix:" + Path;
}
