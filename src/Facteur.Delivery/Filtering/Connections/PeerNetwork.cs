using System.Net;
using System.Net.Sockets;
using Facteur.Net.Dialing;
using Facteur.Smtp;

namespace Facteur.Delivery.Filtering.Connections;

/// <summary>Which host or network a client is counted as.</summary>
internal static class PeerNetwork
{
    /// <summary>One host: the IPv4 address, or the /64 that a site of IPv6 has to itself.</summary>
    public static IPNetwork Host(IPAddress address) => Prefix(address, 32, 64);

    /// <summary>Hosts that send for one another: /24 and /64. A retry comes from a neighbour.</summary>
    public static IPNetwork Pool(IPAddress address) => Prefix(address, 24, 64);

    /// <summary>
    /// A host of the Internet, which names, lists and rates say something about: not one of this machine, of a private network, of our own
    /// agents (LMTP), nor one that logged in.
    /// </summary>
    public static bool IsForeign(SmtpPeer peer) => peer.Mode == SmtpMode.Mx && peer.Account is null && PublicAddresses.Contains(peer.Remote.Address);

    private static IPNetwork Prefix(IPAddress address, int bits4, int bits6)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        var octets = address.GetAddressBytes();
        var bits = address.AddressFamily == AddressFamily.InterNetwork ? bits4 : bits6;
        octets.AsSpan(bits / 8).Clear(); // both are whole octets
        return new IPNetwork(new IPAddress(octets), bits);
    }
}

/// <summary>Networks of a setting, in prefix notation or as single addresses. What cannot be read matches nothing.</summary>
internal sealed class NetworkSet
{
    public static readonly NetworkSet Empty = new([]);

    private readonly List<IPNetwork> networks = [];

    public NetworkSet(IEnumerable<string> texts)
    {
        foreach (var text in texts)
        {
            if (IPNetwork.TryParse(text, out var network)) networks.Add(network);
            else if (IPAddress.TryParse(text, out var address)) networks.Add(new IPNetwork(address, address.GetAddressBytes().Length * 8));
        }
    }

    public bool Contains(IPAddress address)
    {
        if (networks.Count == 0) return false;
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        foreach (var network in networks)
            if (network.BaseAddress.AddressFamily == address.AddressFamily && network.Contains(address)) return true;
        return false;
    }
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
