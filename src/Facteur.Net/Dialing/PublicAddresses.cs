using System.Net;
using System.Net.Sockets;

namespace Facteur.Net.Dialing;

/// <summary>
/// Which addresses belong to the public Internet: all that the IANA registries of special-purpose addresses (RFC 6890) do not
/// keep for something else.
/// </summary>
public static class PublicAddresses
{
    private static readonly IPNetwork[] specialIPv4 = Parse(
        "0.0.0.0/8",          // this network
        "10.0.0.0/8",         // private
        "100.64.0.0/10",      // shared by customers of a provider
        "127.0.0.0/8",        // loopback
        "169.254.0.0/16",     // link-local, with the metadata services of clouds
        "172.16.0.0/12",      // private
        "192.0.0.0/24",       // protocol assignments
        "192.0.2.0/24",       // documentation
        "192.88.99.0/24",     // relays of 6to4
        "192.168.0.0/16",     // private
        "198.18.0.0/15",      // benchmarks
        "198.51.100.0/24",    // documentation
        "203.0.113.0/24",     // documentation
        "224.0.0.0/4",        // multicast
        "240.0.0.0/4");       // reserved, and broadcast

    // Global unicast; everything else (loopback, mapped, translated, unique local, link-local, multicast) lies outside.
    private static readonly IPNetwork globalUnicast = IPNetwork.Parse("2000::/3");

    private static readonly IPNetwork[] specialIPv6 = Parse(
        "2001::/23",          // protocol assignments: Teredo, ORCHID, benchmarks
        "2001:db8::/32",      // documentation
        "2002::/16",          // 6to4: an IPv4 address in disguise
        "3fff::/20");         // documentation

    private static readonly IPNetwork translator = IPNetwork.Parse("64:ff9b::/96");

    /// <summary>True for a unicast address of the public Internet. IPv4 inside IPv6 (::ffff:0:0/96) is judged as IPv4.</summary>
    public static bool Contains(IPAddress address)
    {
        address = address.Unmapped();
        return address.AddressFamily switch
        {
            AddressFamily.InterNetwork => !Array.Exists(specialIPv4, network => network.Contains(address)),
            AddressFamily.InterNetworkV6 => address.ScopeId == 0 && globalUnicast.Contains(address) && !Array.Exists(specialIPv6, network => network.Contains(address)),
            _ => false,
        };
    }

    /// <summary>The IPv4 address that a NAT64 translator reaches for this one (RFC 6052 §2.1), or null.</summary>
    internal static IPAddress? Translated(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 && translator.Contains(address) ? new IPAddress(address.GetAddressBytes().AsSpan(12)) : null;

    private static IPNetwork[] Parse(params string[] networks) => Array.ConvertAll(networks, text => IPNetwork.Parse(text));
}
