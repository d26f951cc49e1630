using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Facteur.IntegrationTests.Browser.Hostile;

/// <summary>A name server on a loopback address of its own, port 53: it knows no name at all, and remembers each that it was asked for.</summary>
internal sealed class NameListener : IAsyncDisposable
{
    private const int HeaderOctets = 12;

    private readonly UdpClient socket;
    private readonly ConcurrentQueue<string> asked = new();
    private readonly List<(string Name, TaskCompletionSource Seen)> awaited = [];
    private readonly Task serving;

    public NameListener()
    {
        // Test runs that go on beside this one have theirs.
        Address = IPAddress.Parse(string.Create(CultureInfo.InvariantCulture, $"127.77.{RandomNumberGenerator.GetInt32(256)}.{RandomNumberGenerator.GetInt32(1, 255)}"));
        socket = new UdpClient(new IPEndPoint(Address, 53));
        serving = ServeAsync();
    }

    public IPAddress Address { get; }

    /// <summary>All names so far, in lower case.</summary>
    public IReadOnlyCollection<string> Asked => asked;

    /// <summary>Waits until a name was asked for, or has been.</summary>
    public async Task WaitAsync(string name)
    {
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (awaited)
        {
            if (asked.Contains(name)) return;
            awaited.Add((name, seen));
        }
        try
        {
            await seen.Task.WaitAsync(TimeSpan.FromMinutes(3));
        }
        catch (TimeoutException e)
        {
            throw new InvalidOperationException($"{name} was not asked for, but {string.Join(' ', asked.Distinct())}", e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        socket.Dispose();
        await serving;
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            try
            {
                var query = await socket.ReceiveAsync();
                if (ReadName(query.Buffer, out var end) is not { } name) continue;
                Note(name);
                await socket.SendAsync(Refusal(query.Buffer, end), query.RemoteEndPoint);
            }
            catch (Exception e) when (e is ObjectDisposedException or SocketException { SocketErrorCode: SocketError.OperationAborted })
            {
                return;
            }
            catch (SocketException)
            {
                // Whoever asked does not wait for the answer any more.
            }
        }
    }

    private void Note(string name)
    {
        lock (awaited)
        {
            asked.Enqueue(name);
            foreach (var (one, seen) in awaited)
                if (one == name) seen.TrySetResult();
        }
    }

    /// <summary>The name of the first question (RFC 1035 §4.1.2); questions have no compressed names.</summary>
    private static string? ReadName(ReadOnlySpan<byte> query, out int end)
    {
        var name = new StringBuilder();
        for (end = HeaderOctets; end < query.Length && query[end] is > 0 and < 64 and var length; end += length + 1)
        {
            if (end + 1 + length > query.Length) return null;
            name.Append(name.Length == 0 ? "" : ".").Append(Encoding.ASCII.GetString(query.Slice(end + 1, length)).ToLowerInvariant());
        }
        end += 5;
        return end <= query.Length && name.Length > 0 ? name.ToString() : null;
    }

    /// <summary>NXDOMAIN (RFC 1035 §4.1.1): the question, and nothing else.</summary>
    private static byte[] Refusal(ReadOnlySpan<byte> query, int end)
    {
        var answer = new byte[end];
        query[..end].CopyTo(answer);
        BinaryPrimitives.WriteUInt16BigEndian(answer.AsSpan(2), 0x8183);
        answer.AsSpan(6, 6).Clear();
        return answer;
    }
}
