using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Facteur.Load;

/// <summary>A name server on loopback that leads d1.load.test to the first host of <see cref="SmtpSink"/>, and so on.</summary>
internal sealed class SinkDns : IDisposable
{
    private const int A = 1, Mx = 15;
    private readonly UdpClient udp;

    public SinkDns(int port)
    {
        udp = new UdpClient(new IPEndPoint(IPAddress.Loopback, port));
        _ = Task.Run(ServeAsync);
    }

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

    private static byte[] Answer(byte[] query)
    {
        var labels = new List<string>();
        var at = 12;
        for (; query[at] != 0; at += query[at] + 1) labels.Add(Encoding.ASCII.GetString(query, at + 1, query[at]).ToLowerInvariant());
        var type = BinaryPrimitives.ReadUInt16BigEndian(query.AsSpan(at + 1));
        var isKnown = int.TryParse(labels[0].TrimStart('m', 'x', 'd'), out var host) && labels is [_, "load", "test"];
        byte[]? data = !isKnown ? null
            : labels[0][0] == 'd' && type == Mx ? [0, 10, .. Name($"mx{host}.load.test")]
            : labels[0][0] == 'm' && type == A ? SmtpSink.Address(host).GetAddressBytes()
            : null;
        var head = (byte[])[query[0], query[1], 0x81, (byte)(isKnown ? 0x80 : 0x83), 0, 1, 0, (byte)(data is null ? 0 : 1), 0, 0, 0, 0];
        var question = query.AsSpan(12, at + 5 - 12);
        return data is null ? [.. head, .. question] : [.. head, .. question, 0xC0, 12, 0, (byte)type, 0, 1, 0, 0, 14, 16, 0, (byte)data.Length, .. data];
    }

    private static IEnumerable<byte> Name(string name) => [.. name.Split('.').SelectMany(label => (byte[])[(byte)label.Length, .. Encoding.ASCII.GetBytes(label)]), 0];

    public void Dispose() => udp.Dispose();
}
