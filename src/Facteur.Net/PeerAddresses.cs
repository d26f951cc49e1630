using System.Net;
using System.Net.Sockets;

namespace Facteur.Net;

/// <summary>Addresses of the other end, as they are shown, compared and counted.</summary>
public static class PeerAddresses
{
    /// <summary>The IPv4 address that a socket of both families shows as ::ffff:192.0.2.1 (RFC 4291 §2.5.5.2); any other as it is.</summary>
    public static IPAddress Unmapped(this IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    /// <summary>What counts as one host: the IPv4 address, or the /64 that a site of IPv6 has to itself.</summary>
    public static IPAddress OneHost(this IPAddress address) => address.Network(32, 64).BaseAddress;

    /// <summary>The network of an address.</summary>
    /// <param name="bits4">Length of the prefix for IPv4, in whole octets.</param>
    /// <param name="bits6">For IPv6, likewise.</param>
    public static IPNetwork Network(this IPAddress address, int bits4, int bits6)
    {
        address = address.Unmapped();
        var bits = address.AddressFamily == AddressFamily.InterNetwork ? bits4 : bits6;
        Span<byte> octets = stackalloc byte[16];
        address.TryWriteBytes(octets, out var length);
        octets[(bits / 8)..].Clear();
        return new IPNetwork(new IPAddress(octets[..length]), bits);
    }
}
