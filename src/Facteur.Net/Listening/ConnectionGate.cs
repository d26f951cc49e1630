using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Facteur.Net;

/// <summary>How many connections are let in.</summary>
public sealed record ConnectionGateOptions
{
    /// <summary>Most connections in all. Default 20,000: about 1.2 GB when all are idle over TLS.</summary>
    public int MaxConnections { get; init; } = 20_000;

    /// <summary>Most connections of one IPv4 address or one IPv6 /64. Default 200: an office behind one address, five devices with ten connections each. Loopback is not counted: those are the machine's own programs.</summary>
    public int MaxConnectionsPerAddress { get; init; } = 200;
}

/// <summary>Counts connections in all and per address, over all listeners.</summary>
public sealed class ConnectionGate(ConnectionGateOptions options)
{
    private readonly Lock gate = new();
    private readonly Dictionary<UInt128, int> byNetwork = [];
    private int total;

    /// <summary>Lets a connection in; each true is answered by one <see cref="Leave"/>.</summary>
    public bool TryEnter(IPAddress address)
    {
        var network = Network(address);
        lock (gate)
        {
            if (total >= options.MaxConnections)
                return false;
            if (!IPAddress.IsLoopback(address))
            {
                var count = byNetwork.GetValueOrDefault(network);
                if (count >= options.MaxConnectionsPerAddress)
                    return false;
                byNetwork[network] = count + 1;
            }
            total++;
            return true;
        }
    }

    public void Leave(IPAddress address)
    {
        var network = Network(address);
        lock (gate)
        {
            total--;
            if (!byNetwork.TryGetValue(network, out var count))
                return;
            if (count == 1)
                byNetwork.Remove(network);
            else
                byNetwork[network] = count - 1;
        }
    }

    /// <summary>An IPv4 address, or the /64 of an IPv6 one: a subscriber has at least that much.</summary>
    private static UInt128 Network(IPAddress address)
    {
        Span<byte> octets = stackalloc byte[16];
        if (address.AddressFamily == AddressFamily.InterNetwork)
            address = address.MapToIPv6();
        address.TryWriteBytes(octets, out _);
        var number = BinaryPrimitives.ReadUInt128BigEndian(octets);
        return address.IsIPv4MappedToIPv6 ? number : number >> 64 << 64;
    }
}
