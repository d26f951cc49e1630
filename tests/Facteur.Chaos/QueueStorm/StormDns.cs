using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Facteur.Chaos.QueueStorm;

/// <summary>A name server on loopback for storm.test: the exchanger of every domain is a name that says its address, "ip-127-9-0-3.storm.test".</summary>
internal sealed class StormDns : IAsyncDisposable
{
    private const int Mx = 15, A = 1;
    private readonly UdpClient udp = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly Func<string, IPAddress?> exchanger;
    private readonly Task serving;

    /// <param name="exchanger">The address of a domain's exchanger; null: no such name.</param>
    public StormDns(Func<string, IPAddress?> exchanger)
    {
        this.exchanger = exchanger;
        serving = Task.Run(ServeAsync);
    }

    public int Port => ((IPEndPoint)udp.Client.LocalEndPoint!).Port;

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                var query = await udp.ReceiveAsync();
                if (query.Buffer.Length > 16) await udp.SendAsync(Answer(query.Buffer), query.RemoteEndPoint);
            }
        }
        catch (Exception e) when (e is ObjectDisposedException or SocketException)
        {
        }
    }

    private byte[] Answer(byte[] query)
    {
        var (name, end) = ReadName(query);
        var type = BinaryPrimitives.ReadUInt16BigEndian(query.AsSpan(end));
        var (exists, data) = Find(name, type);
        var reply = new List<byte>(query.AsSpan(0, 2).ToArray());
        reply.AddRange([0x81, (byte)(exists ? 0x80 : 0x83), 0, 1, 0, (byte)(data is null ? 0 : 1), 0, 0, 0, 0]); // QR, RD, RA; NXDOMAIN is 3
        reply.AddRange(query.AsSpan(12, end + 4 - 12).ToArray());
        if (data is not null)
        {
            reply.AddRange([0xC0, 12, (byte)(type >> 8), (byte)type, 0, 1, 0, 0, 0, 60, (byte)(data.Length >> 8), (byte)data.Length]);
            reply.AddRange(data);
        }
        return [.. reply];
    }

    private (bool Exists, byte[]? Data) Find(string name, int type)
    {
        if (name.StartsWith("ip-", StringComparison.Ordinal))
            return (true, type == A ? IPAddress.Parse(name[3..name.IndexOf('.', StringComparison.Ordinal)].Replace('-', '.')).GetAddressBytes() : null);
        if (name.StartsWith('_') || exchanger(name) is not { } address) return (false, null);
        return (true, type == Mx ? [0, 10, .. Encode($"ip-{address.ToString().Replace('.', '-')}.storm.test")] : null);
    }

    private static (string Name, int End) ReadName(byte[] query)
    {
        var name = new StringBuilder();
        var at = 12;
        for (; query[at] != 0; at += query[at] + 1) name.Append(name.Length == 0 ? "" : ".").Append(Encoding.ASCII.GetString(query, at + 1, query[at]));
        return (name.ToString().ToLowerInvariant(), at + 1);
    }

    private static IEnumerable<byte> Encode(string name) => [.. name.Split('.').SelectMany(label => (byte[])[(byte)label.Length, .. Encoding.ASCII.GetBytes(label)]), 0];

    public async ValueTask DisposeAsync()
    {
        udp.Dispose();
        await serving;
    }
}
