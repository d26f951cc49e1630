using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Facteur.Load;

/// <summary>Mail hosts that take everything: 127.0.1.1 and above, one port. They say when so many messages have come.</summary>
internal sealed class SmtpSink : IAsyncDisposable
{
    private static readonly byte[] ok = "250 2.0.0 ok\r\n"u8.ToArray();
    private static readonly byte[] hello = "250-sink.load.test\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 ENHANCEDSTATUSCODES\r\n"u8.ToArray();

    private readonly List<Socket> listeners = [];
    private readonly TaskCompletionSource enough = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource stop = new();
    private long expected = long.MaxValue;
    private long received;
    private int open;
    private int mostOpen;

    private SmtpSink()
    {
    }

    public long Received => Volatile.Read(ref received);
    public int MostOpen => Volatile.Read(ref mostOpen);

    public static SmtpSink Listen(int port, int hosts)
    {
        var sink = new SmtpSink();
        for (var host = 1; host <= hosts; host++)
        {
            var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            listener.Bind(new IPEndPoint(Address(host), port));
            listener.Listen(512);
            sink.listeners.Add(listener);
            _ = Task.Run(() => sink.AcceptAsync(listener));
        }
        return sink;
    }

    public static IPAddress Address(int host) => new([127, 0, (byte)(1 + host / 250), (byte)(host % 250)]);

    /// <summary>Until so many messages have come in all.</summary>
    public Task WaitAsync(long messages)
    {
        Volatile.Write(ref expected, messages);
        if (Received >= messages) enough.TrySetResult();
        return enough.Task;
    }

    private async Task AcceptAsync(Socket listener)
    {
        try
        {
            while (true)
            {
                var socket = await listener.AcceptAsync(stop.Token);
                _ = Task.Run(() => TalkAsync(socket));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task TalkAsync(Socket socket)
    {
        var now = Interlocked.Increment(ref open);
        for (var most = MostOpen; now > most; most = MostOpen) Interlocked.CompareExchange(ref mostOpen, now, most);
        try
        {
            await using var connection = LineConnection.Of(socket);
            await connection.WriteAsync("220 sink.load.test ESMTP\r\n");
            while (true)
            {
                var command = (await connection.ReadLineAsync()).Span is { Length: >= 4 } line ? Encoding.ASCII.GetString(line[..4]).ToUpperInvariant() : "";
                if (command == "QUIT") break;
                if (command == "EHLO") await connection.WriteAsync(hello);
                else if (command == "DATA") await TakeAsync(connection);
                else await connection.WriteAsync(ok);
            }
            await connection.WriteAsync("221 2.0.0 bye\r\n");
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            // The server closed: what it has not been told of it sends again.
        }
        finally
        {
            Interlocked.Decrement(ref open);
        }
    }

    private async Task TakeAsync(LineConnection connection)
    {
        await connection.WriteAsync("354 go on\r\n");
        while ((await connection.ReadLineAsync()).Span is not [(byte)'.'])
        {
        }
        await connection.WriteAsync(ok);
        if (Interlocked.Increment(ref received) >= Volatile.Read(ref expected)) enough.TrySetResult();
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        foreach (var listener in listeners) listener.Dispose();
        stop.Dispose();
    }
}
