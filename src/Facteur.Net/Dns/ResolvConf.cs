using System.Globalization;
using System.Net;

namespace Facteur.Net.Dns;

/// <summary>What the system's resolv.conf says. The search list is left alone: a mail domain is always complete.</summary>
internal sealed record ResolvConf(IReadOnlyList<IPEndPoint> Servers, TimeSpan QueryTimeout, int Attempts)
{
    private const int MaxServers = 8;
    private const int MaxOctets = 64 * 1024;

    // resolv.conf(5): without any, the one on this machine; 5 seconds; 2 attempts.
    private static readonly ResolvConf none = new([new IPEndPoint(IPAddress.Loopback, 53)], TimeSpan.FromSeconds(5), 2);

    /// <summary>A file that is missing or cannot be read says nothing.</summary>
    public static ResolvConf Read(string path)
    {
        try
        {
            return new FileInfo(path).Length <= MaxOctets ? Parse(File.ReadAllText(path)) : none;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return none;
        }
    }

    public static ResolvConf Parse(string text)
    {
        var servers = new List<IPEndPoint>();
        var settings = none;
        foreach (var line in text.Split('\n'))
        {
            if (line.StartsWith('#') || line.StartsWith(';')) continue;
            var words = line.Split((char[])[' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries);
            if (words is ["nameserver", var address, ..] && IPAddress.TryParse(address, out var server))
            {
                if (servers.Count < MaxServers) servers.Add(new IPEndPoint(server, 53));
            }
            else if (words is ["options", ..])
                settings = words.Skip(1).Aggregate(settings, Apply);
        }
        return settings with { Servers = servers.Count > 0 ? servers : none.Servers };
    }

    private static ResolvConf Apply(ResolvConf settings, string option) => option.Split(':') switch
    {
        ["timeout", var seconds] when TryNumber(seconds, out var value) => settings with { QueryTimeout = TimeSpan.FromSeconds(Math.Clamp(value, 1, 30)) },
        ["attempts", var times] when TryNumber(times, out var value) => settings with { Attempts = Math.Clamp(value, 1, 5) },
        _ => settings,
    };

    private static bool TryNumber(string text, out int value) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}
