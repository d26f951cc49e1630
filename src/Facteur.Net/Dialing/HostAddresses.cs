using System.Net;
using Facteur.Net.Dns;

namespace Facteur.Net.Dialing;

/// <summary>Addresses of a host that is to be dialled.</summary>
internal static class HostAddresses
{
    private static readonly IPAddress[] loopback = [IPAddress.Loopback, IPAddress.IPv6Loopback];

    /// <summary>IPv6 and IPv4 addresses in turns, IPv6 first, so that a host whose one family is lame is reached by the other at the second try.</summary>
    public static async Task<(IReadOnlyList<IPAddress> Addresses, DnsStatus Status)> FindAsync(DnsResolver resolver, string host, CancellationToken cancel)
    {
        var bare = host.StartsWith('[') && host.EndsWith(']') ? host[1..^1] : host;
        if (IPAddress.TryParse(bare, out var literal)) return ([literal], DnsStatus.Success);
        // Every way to write 127.0.0.1 without a name is a literal above; localhost never goes to DNS (RFC 6761 §6.3).
        if (IsLocalhost(bare)) return (loopback, DnsStatus.Success);
        var asking = resolver.AddressesAsync(bare, DnsType.Aaaa, cancel).AsTask();
        var ipv4 = await resolver.AddressesAsync(bare, DnsType.A, cancel);
        var ipv6 = await asking;
        var addresses = new List<IPAddress>();
        for (var i = 0; i < Math.Max(ipv6.Addresses.Count, ipv4.Addresses.Count); i++)
        {
            if (i < ipv6.Addresses.Count) addresses.Add(ipv6.Addresses[i]);
            if (i < ipv4.Addresses.Count) addresses.Add(ipv4.Addresses[i]);
        }
        // A family that could not be asked for is the reason to try again later, whatever the other said.
        var status = addresses.Count > 0 ? DnsStatus.Success : Worse(ipv6.Status, ipv4.Status);
        return (addresses, status);
    }

    public static string Explain(string host, DnsStatus status) => status switch
    {
        DnsStatus.NoSuchName => $"{host} does not exist",
        DnsStatus.NoData or DnsStatus.Success => $"{host} has no address",
        DnsStatus.Bogus => $"the addresses of {host} fail DNSSEC validation",
        DnsStatus.Timeout => $"no name server answered about {host}",
        _ => $"the addresses of {host} cannot be looked up now",
    };

    private static bool IsLocalhost(string host)
    {
        var name = host.AsSpan().TrimEnd('.');
        return name.Equals("localhost", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase);
    }

    private static DnsStatus Worse(DnsStatus one, DnsStatus other) => one > other ? one : other;
}
