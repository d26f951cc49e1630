using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Facteur.IntegrationTests.Support;

/// <summary>
/// Ports of the loopback network for servers that are started some time later. They lie below those that the system gives to connections by itself
/// (/proc/sys/net/ipv4/ip_local_port_range), which might be taken meanwhile, and none is given twice.
/// </summary>
internal static class FreePorts
{
    private const int First = 10_000, Count = 10_000;

    // Test runs that go on beside this one begin elsewhere.
    private static int next = RandomNumberGenerator.GetInt32(Count);

    public static int Take()
    {
        for (var turn = 0; turn < Count; turn++)
        {
            var port = First + (int)((uint)Interlocked.Increment(ref next) % Count);
            if (IsFree(port)) return port;
        }
        throw new InvalidOperationException("no port is free");
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var tcp = new TcpListener(IPAddress.Loopback, port);
            tcp.Start();
            using var udp = new UdpClient(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
