using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Facteur.Delivery.Filtering.Connections;

/// <summary>What a DNS list is asked about.</summary>
public enum DnsListKind : byte
{
    /// <summary>The address of the client.</summary>
    Address,
    /// <summary>Domains of the sender, of the authors and of the client's own name.</summary>
    Domain,
}

/// <summary>A DNS blacklist or whitelist (RFC 5782). None is asked unless an operator names it: each has terms of its own.</summary>
public sealed record DnsListSettings
{
    /// <summary>Such as "bl.example.org".</summary>
    public string Zone { get; init; } = "";
    public DnsListKind Kind { get; init; }

    /// <summary>Points of a listing whose code <see cref="Codes"/> does not name; below 0 for a whitelist. 0 ignores other codes.</summary>
    public double Score { get; init; } = 3;

    /// <summary>Points by code: "127.0.0.2", "127.0.0.4-7", "127.0.*.3". The first that matches counts.</summary>
    public IReadOnlyDictionary<string, double> Codes { get; init; } = new Dictionary<string, double>();

    /// <summary>Who is listed with points above 0 is refused at MAIL (addresses and sender domains).</summary>
    public bool Reject { get; init; }

    /// <summary>Points of one answer; null when it says nothing.</summary>
    internal double? ScoreOf(IPAddress code)
    {
        if (code.AddressFamily != AddressFamily.InterNetwork) return null;
        var octets = code.GetAddressBytes();
        // A listing is in 127/8; anything else is a domain that was sold. 127.255.255.x tells of a fault of the question: a public resolver, too many questions.
        if (octets[0] != 127 || (octets[1] == 255 && octets[2] == 255)) return null;
        foreach (var (pattern, points) in Codes)
            if (Matches(pattern, octets)) return points;
        return Score == 0 ? null : Score;
    }

    private static bool Matches(string pattern, byte[] code)
    {
        var parts = pattern.Split('.');
        if (parts.Length != code.Length) return false;
        for (var i = 0; i < code.Length; i++)
            if (!Matches(parts[i], code[i])) return false;
        return true;
    }

    private static bool Matches(string part, byte octet)
    {
        if (part == "*") return true;
        var dash = part.IndexOf('-', StringComparison.Ordinal);
        var low = dash < 0 ? part : part[..dash];
        var high = dash < 0 ? part : part[(dash + 1)..];
        return byte.TryParse(low, NumberStyles.None, CultureInfo.InvariantCulture, out var first)
            && byte.TryParse(high, NumberStyles.None, CultureInfo.InvariantCulture, out var last) && octet >= first && octet <= last;
    }
}

/// <summary>A listing that was found.</summary>
/// <param name="What">The address or domain that is listed.</param>
internal sealed record DnsListing(DnsListSettings List, string What, double Score);
