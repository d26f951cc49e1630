using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Facteur.Tests.Net.Dns;

/// <summary>A name server on one loopback port, UDP and TCP, that answers as a test tells it to: truth, lies or nothing.</summary>
internal sealed class TestDnsServer : IAsyncDisposable
{
    private readonly Socket udp;
    private readonly TcpListener? tcp;
    private readonly CancellationTokenSource stop = new();
    private readonly Func<DnsRequest, IEnumerable<byte[]>> answer;
    private readonly Channel<DnsRequest> seen = Channel.CreateUnbounded<DnsRequest>();
    private readonly ConcurrentQueue<DnsRequest> requests = new();
    private readonly Task[] loops;

    /// <param name="answer">Messages to send, none for silence. Over TCP each goes behind its length.</param>
    public TestDnsServer(Func<DnsRequest, IEnumerable<byte[]>> answer, bool withTcp = true, string address = "127.0.0.1")
    {
        this.answer = answer;
        (udp, tcp) = Bind(withTcp, IPAddress.Parse(address));
        loops = [UdpAsync(), TcpAsync()];
    }

    /// <summary>One reply to every query.</summary>
    public TestDnsServer(Func<DnsRequest, DnsTestReply?> answer, bool withTcp = true, string address = "127.0.0.1")
        : this(request => answer(request) is { } reply ? [reply.Build()] : (IEnumerable<byte[]>)[], withTcp, address)
    {
    }

    public IPEndPoint EndPoint => (IPEndPoint)udp.LocalEndPoint!;

    /// <summary>Queries so far.</summary>
    public IReadOnlyList<DnsRequest> Requests => [.. requests];

    /// <summary>Waits for the next query that was not yet waited for; it has been answered, or not, by then.</summary>
    public ValueTask<DnsRequest> NextAsync() => seen.Reader.ReadAsync(TestContext.Current.CancellationToken);

    /// <summary>Sends from another port than the one that was asked.</summary>
    public static void SendFromElsewhere(DnsRequest request, byte[] message)
    {
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        other.SendTo(message, request.Source);
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        udp.Dispose();
        tcp?.Stop();
        await Task.WhenAll(loops);
        stop.Dispose();
    }

    private static (Socket Udp, TcpListener? Tcp) Bind(bool withTcp, IPAddress address)
    {
        while (true)
        {
            var udp = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            udp.Bind(new IPEndPoint(address, 0));
            if (!withTcp) return (udp, null);
            try
            {
                var tcp = new TcpListener((IPEndPoint)udp.LocalEndPoint!);
                tcp.Start();
                return (udp, tcp);
            }
            catch (SocketException)
            {
                udp.Dispose(); // the port is taken for TCP: another
            }
        }
    }

    private async Task UdpAsync()
    {
        var buffer = new byte[4096];
        try
        {
            while (true)
            {
                var received = await udp.ReceiveFromAsync(buffer, SocketFlags.None, new IPEndPoint(IPAddress.Any, 0), stop.Token);
                var request = new DnsRequest(buffer[..received.ReceivedBytes], false, (IPEndPoint)received.RemoteEndPoint);
                requests.Enqueue(request);
                foreach (var message in answer(request)) await udp.SendToAsync(message, SocketFlags.None, received.RemoteEndPoint, stop.Token);
                seen.Writer.TryWrite(request);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task TcpAsync()
    {
        if (tcp is null) return;
        try
        {
            while (true)
            {
                using var client = await tcp.AcceptTcpClientAsync(stop.Token);
                await ServeAsync(client);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException or InvalidOperationException) // the last: stopped between two accepts
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        try
        {
            var stream = client.GetStream();
            var head = new byte[2];
            await stream.ReadExactlyAsync(head, stop.Token);
            var message = new byte[BinaryPrimitives.ReadUInt16BigEndian(head)];
            await stream.ReadExactlyAsync(message, stop.Token);
            var request = new DnsRequest(message, true, (IPEndPoint)client.Client.RemoteEndPoint!);
            requests.Enqueue(request);
            var replies = answer(request).ToList();
            foreach (var reply in replies) await stream.WriteAsync((byte[])[.. Rdata.Short((ushort)reply.Length), .. reply], stop.Token);
            seen.Writer.TryWrite(request);
            if (replies.Count == 0) await stream.CopyToAsync(Stream.Null, stop.Token); // silent until the client goes
        }
        catch (IOException)
        {
            // The client went away.
        }
    }
}
