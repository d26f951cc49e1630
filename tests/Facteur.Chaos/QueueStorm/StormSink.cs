using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Facteur.Chaos.QueueStorm;

/// <summary>How a host behaves until the storm is over.</summary>
internal enum SinkKind { Willing, Busy, Single, Silent }

/// <summary>
/// Mail hosts on loopback addresses, one port for all: they take mail, put it off (450), take one connection at a time, or never say a word.
/// Each recipient of a message whose end arrived counts as delivered, whether the 250 was still heard or not.
/// </summary>
internal sealed class StormSink : IAsyncDisposable
{
    private readonly List<TcpListener> listeners = [];
    private readonly ConcurrentDictionary<TcpClient, SinkKind> open = new();
    private readonly Lock gate = new();
    private readonly SemaphoreSlim turn = new(1);
    private readonly TimeSpan pace;
    private readonly List<(Func<bool> IsTrue, TaskCompletionSource Bell)> awaited = [];
    private int total;
    private volatile bool isCalm;

    /// <param name="pace">All hosts together take a message in this time, so that there is something left to break off.</param>
    public StormSink(IEnumerable<(IPAddress Address, SinkKind Kind)> hosts, TimeSpan pace)
    {
        this.pace = pace;
        foreach (var (address, kind) in hosts)
        {
            var listener = new TcpListener(address, listeners.Count == 0 ? 0 : Port);
            listener.Start(1024);
            listeners.Add(listener);
            _ = Task.Run(() => AcceptAsync(listener, kind));
        }
    }

    public int Port => ((IPEndPoint)listeners[0].LocalEndpoint).Port;

    /// <summary>How often each recipient was delivered to.</summary>
    public ConcurrentDictionary<string, int> Delivered { get; } = new();

    /// <summary>Messages that came once more.</summary>
    public int Repeated { get; private set; }
    /// <summary>Runs before a recipient is answered.</summary>
    public Func<string, Task> Offered { get; init; } = _ => Task.CompletedTask;
    public int OpenConnections => open.Count;
    public int MostOnSingle { get; private set; }
    public int Total => Volatile.Read(ref total);

    /// <summary>Until so many deliveries were made in all.</summary>
    public Task WaitAsync(int count) => UntilAsync(() => total >= count);

    /// <summary>Until deliveries have made it true.</summary>
    public Task UntilAsync(Func<bool> isTrue)
    {
        lock (gate)
        {
            var bell = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (isTrue()) bell.SetResult();
            else awaited.Add((isTrue, bell));
            return bell.Task;
        }
    }

    /// <summary>From now on all hosts take mail; who was kept waiting is hung up on.</summary>
    public void Calm()
    {
        isCalm = true;
        foreach (var (client, kind) in open)
            if (kind == SinkKind.Silent) client.Dispose();
    }

    private async Task AcceptAsync(TcpListener listener, SinkKind kind)
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync();
                _ = Task.Run(() => TalkAsync(client, kind));
            }
        }
        catch (Exception e) when (e is ObjectDisposedException or SocketException)
        {
        }
    }

    private async Task TalkAsync(TcpClient client, SinkKind kind)
    {
        open[client] = kind;
        try
        {
            client.NoDelay = true;
            using var reader = new StreamReader(client.GetStream(), Encoding.Latin1);
            var others = kind == SinkKind.Single ? open.Count(other => other.Value == SinkKind.Single) : 1;
            if (others > 1) await SayAsync(client, "421 4.7.0 one connection at a time");
            else if (kind == SinkKind.Silent && !isCalm) await reader.ReadLineAsync();
            else
            {
                if (kind == SinkKind.Single) MostOnSingle = Math.Max(MostOnSingle, others);
                await ServeAsync(client, reader, kind);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or SocketException)
        {
        }
        finally
        {
            open.TryRemove(client, out _);
            client.Dispose();
        }
    }

    private async Task ServeAsync(TcpClient client, StreamReader reader, SinkKind kind)
    {
        await SayAsync(client, "220 sink.storm.test ESMTP");
        var recipients = new List<string>();
        while (await reader.ReadLineAsync() is { } line)
        {
            var command = line.Split(' ', ':')[0].ToUpperInvariant();
            switch (command)
            {
                case "EHLO":
                    await SayAsync(client, "250-sink.storm.test\r\n250-PIPELINING\r\n250 ENHANCEDSTATUSCODES");
                    break;
                case "RCPT":
                    var address = line[(line.IndexOf('<', StringComparison.Ordinal) + 1)..line.IndexOf('>', StringComparison.Ordinal)];
                    await Offered(address);
                    var answer = kind == SinkKind.Busy && !isCalm ? "450 4.2.0 try later" : address.StartsWith("bad", StringComparison.Ordinal) ? "550 5.1.1 no such user" : "250 2.1.5 ok";
                    if (answer[0] == '2') recipients.Add(address);
                    await SayAsync(client, answer);
                    break;
                case "DATA" when recipients.Count > 0:
                    await SayAsync(client, "354 go on");
                    while (await reader.ReadLineAsync() is { } text && text != ".")
                    {
                    }
                    Take(recipients);
                    await WaitTurnAsync();
                    await SayAsync(client, "250 2.0.0 taken");
                    break;
                case "QUIT":
                    await SayAsync(client, "221 2.0.0 bye");
                    return;
                default:
                    if (command is "MAIL" or "RSET") recipients.Clear();
                    await SayAsync(client, command == "DATA" ? "503 5.5.1 no recipients" : "250 2.0.0 ok");
                    break;
            }
        }
    }

    private void Take(List<string> recipients)
    {
        var isRepeated = false;
        foreach (var recipient in recipients) isRepeated |= Delivered.AddOrUpdate(recipient, 1, (_, count) => count + 1) > 1;
        lock (gate)
        {
            if (isRepeated) Repeated++;
            total += recipients.Count;
            foreach (var (_, bell) in awaited.Where(one => one.IsTrue())) bell.TrySetResult();
        }
        recipients.Clear();
    }

    private async Task WaitTurnAsync()
    {
        if (pace == TimeSpan.Zero || isCalm) return;
        await turn.WaitAsync();
        try
        {
            await Task.Delay(pace, TimeProvider.System);
        }
        finally
        {
            turn.Release();
        }
    }

    private static Task SayAsync(TcpClient client, string line) => client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(line + "\r\n")).AsTask();

    public ValueTask DisposeAsync()
    {
        foreach (var listener in listeners) listener.Stop();
        foreach (var client in open.Keys) client.Dispose();
        return default;
    }
}
