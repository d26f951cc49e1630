using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace Facteur.IntegrationTests.Support;

/// <summary>A line client for conversations with the running server: plain words, no protocol knowledge but lines and literals.</summary>
internal sealed class TestClient : IAsyncDisposable
{
    private readonly TcpClient tcp = new();
    private Stream stream = Stream.Null;
    private readonly byte[] buffer = new byte[64 * 1024];
    private int start, end;
    private int tag;

    public static async Task<TestClient> ConnectAsync(int port, bool tls = false, string address = "127.0.0.1")
    {
        var client = new TestClient();
        await client.tcp.ConnectAsync(address, port);
        client.tcp.NoDelay = true;
        client.stream = client.tcp.GetStream();
        if (tls) await client.StartTlsAsync();
        return client;
    }

    public async Task StartTlsAsync()
    {
        var tls = new SslStream(stream);
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost", RemoteCertificateValidationCallback = (_, _, _, _) => true });
        stream = tls;
    }

    public Task WriteAsync(string text) => stream.WriteAsync(Encoding.UTF8.GetBytes(text)).AsTask();

    public Task WriteAsync(byte[] bytes) => stream.WriteAsync(bytes).AsTask();

    /// <summary>A line without CRLF; null at the end.</summary>
    public async Task<string?> ReadLineAsync() => await ReadLineBytesAsync() is { } line ? Encoding.UTF8.GetString(line) : null;

    public async Task<byte[]?> ReadLineBytesAsync()
    {
        using var line = new MemoryStream();
        while (true)
        {
            if (start == end && !await FillAsync()) return line.Length == 0 ? null : line.ToArray();
            var at = buffer.AsSpan(start, end - start).IndexOf((byte)'\n');
            var take = at < 0 ? end - start : at + 1;
            line.Write(buffer, start, take);
            start += take;
            if (at >= 0) return line.ToArray().AsSpan().TrimEnd("\r\n"u8).ToArray();
        }
    }

    public async Task<byte[]> ReadBytesAsync(int count)
    {
        var bytes = new byte[count];
        for (var have = 0; have < count;)
        {
            if (start == end && !await FillAsync()) throw new EndOfStreamException();
            var take = Math.Min(count - have, end - start);
            buffer.AsSpan(start, take).CopyTo(bytes.AsSpan(have));
            start += take;
            have += take;
        }
        return bytes;
    }

    /// <summary>Sends a line and reads an SMTP or POP3 answer (all its lines), which must begin as told.</summary>
    public async Task<string> CommandAsync(string command, string expected)
    {
        await WriteAsync(command + "\r\n");
        return await ExpectAsync(expected);
    }

    public async Task<string> ExpectAsync(string expected)
    {
        var all = new StringBuilder();
        while (await ReadLineAsync() is { } line)
        {
            all.AppendLine(line);
            if (line.Length > 3 && line[3] == '-' && char.IsAsciiDigit(line[0])) continue;
            Assert.StartsWith(expected, line, StringComparison.Ordinal);
            return all.ToString();
        }
        throw new EndOfStreamException($"closed before {expected}");
    }

    /// <summary>Runs an IMAP command to its tagged OK; answers the untagged lines, literals inline.</summary>
    public async Task<List<string>> ImapAsync(string command)
    {
        var mark = $"t{++tag}";
        await WriteAsync($"{mark} {command}\r\n");
        var lines = new List<string>();
        while (await ReadLineAsync() is { } line)
        {
            if (line.StartsWith(mark + " ", StringComparison.Ordinal))
            {
                Assert.StartsWith($"{mark} OK", line, StringComparison.Ordinal);
                lines.Add(line);
                return lines;
            }
            lines.Add(line);
        }
        throw new EndOfStreamException(command);
    }

    /// <summary>One section of the messages of a set, in order; the whole message unless told.</summary>
    public async IAsyncEnumerable<byte[]> ImapBodiesAsync(string set, string item = "BODY.PEEK[]")
    {
        var mark = $"t{++tag}";
        await WriteAsync($"{mark} FETCH {set} {item}\r\n");
        while (await ReadLineAsync() is { } line)
        {
            if (line.StartsWith(mark + " ", StringComparison.Ordinal))
            {
                Assert.StartsWith($"{mark} OK", line, StringComparison.Ordinal);
                yield break;
            }
            var open = line.LastIndexOf('{');
            if (open < 0) continue;
            yield return await ReadBytesAsync(int.Parse(line.AsSpan(open + 1, line.Length - open - 2)));
            await ReadLineAsync();
        }
    }

    private async Task<bool> FillAsync()
    {
        start = end = 0;
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        try { end = await stream.ReadAsync(buffer, limit.Token); }
        catch (IOException) { end = 0; }
        return end > 0;
    }

    public async ValueTask DisposeAsync()
    {
        await stream.DisposeAsync();
        tcp.Dispose();
    }
}
