using System.Net;
using Facteur.Net.Dialing;
using Facteur.Net;
using Facteur.Smtp;

namespace Facteur.Delivery.Filtering.Connections;

/// <summary>Which host or network a client is counted as.</summary>
internal static class PeerNetwork
{
    /// <summary>One host: the IPv4 address, or the /64 that a site of IPv6 has to itself.</summary>
    public static IPNetwork Host(IPAddress address) => address.Network(32, 64);

    /// <summary>Hosts that send for one another: /24 and /64. A retry comes from a neighbour.</summary>
    public static IPNetwork Pool(IPAddress address) => address.Network(24, 64);

    /// <summary>
    /// A host of the Internet, which names, lists and rates say something about: not one of this machine, of a private network, of our own
    /// agents (LMTP), nor one that logged in.
    /// </summary>
    public static bool IsForeign(SmtpPeer peer) => peer.Mode == SmtpMode.Mx && peer.Account is null && PublicAddresses.Contains(peer.Remote.Address);
}

/// <summary>Addresses of a setting: "a@example.org", or "@example.org" for all of a domain.</summary>
internal static class AddressPatterns
{
    public static bool Matches(IReadOnlyList<string>? patterns, string address)
    {
        if (patterns is null || patterns.Count == 0) return false;
        var at = address.LastIndexOf('@');
        foreach (var pattern in patterns)
            if (pattern.Equals(address, StringComparison.OrdinalIgnoreCase)
                || (at >= 0 && pattern.StartsWith('@') && address.AsSpan(at).Equals(pattern, StringComparison.OrdinalIgnoreCase))) return true;
        return false;
    }
}
