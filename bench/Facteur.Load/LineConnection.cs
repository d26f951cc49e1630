using System.Buffers.Text;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;

namespace Facteur.Load;

/// <summary>A client connection that reads CRLF lines and counted octets; cheap, so that the server is what is measured.</summary>
internal sealed class LineConnection : IAsyncDisposable
{
    private readonly bool blocking;
    private Stream stream;
    private byte[] buffer = new byte[64 * 1024];
    private int start;
    private int end;

    private LineConnection(Socket socket, bool blocking)
    {
        this.blocking = blocking;
        stream = new NetworkStream(socket, ownsSocket: true);
    }

    public long BytesRead { get; private set; }

    /// <summary>The host's end of a connection that came in.</summary>
    public static LineConnection Of(Socket accepted)
    {
        accepted.NoDelay = true;
        return new LineConnection(accepted, blocking: false);
    }

    public static async Task<LineConnection> ConnectAsync(LoadOptions options, int? port = null)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        // A socket that has once been used asynchronously never waits in the system again.
        if (options.Blocking) socket.Connect(options.Host, port ?? options.Port);
        else await socket.ConnectAsync(options.Host, port ?? options.Port);
        var connection = new LineConnection(socket, options.Blocking);
        if (options.Tls == TlsMode.Implicit) await connection.StartTlsAsync(options.Host);
        return connection;
    }

    /// <summary>The server is one of ours under test: its name is not checked.</summary>
    public async Task StartTlsAsync(string host)
    {
        var tls = new SslStream(stream, leaveInnerStreamOpen: false);
        var client = new SslClientAuthenticationOptions
        {
            TargetHost = host,
            EnabledSslProtocols = SslProtocols.None,
            RemoteCertificateValidationCallback = (_, _, _, _) => true,
        };
        if (blocking) tls.AuthenticateAsClient(client);
        else await tls.AuthenticateAsClientAsync(client);
        stream = tls;
        start = end = 0;
    }

    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        if (!blocking) return stream.WriteAsync(bytes);
        stream.Write(bytes.Span);
        return ValueTask.CompletedTask;
    }

    public ValueTask WriteAsync(string text) => WriteAsync(Encoding.UTF8.GetBytes(text));

    /// <summary>The next line without CRLF; valid until the next read.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> ReadLineAsync()
    {
        var scanned = 0;
        while (true)
        {
            var at = buffer.AsSpan(start + scanned, end - start - scanned).IndexOf((byte)'\n');
            if (at >= 0)
            {
                var length = scanned + at;
                var line = buffer.AsMemory(start, length > 0 && buffer[start + length - 1] == '\r' ? length - 1 : length);
                start += length + 1;
                return line;
            }
            scanned = end - start;
            await FillAsync();
        }
    }

    public async ValueTask<string> ReadTextLineAsync() => Encoding.UTF8.GetString((await ReadLineAsync()).Span);

    /// <summary>Passes over <paramref name="count"/> octets.</summary>
    public async ValueTask SkipAsync(long count)
    {
        while (count > 0)
        {
            if (start == end) await FillAsync();
            var step = (int)Math.Min(count, end - start);
            start += step;
            count -= step;
        }
    }

    /// <summary>Copies <paramref name="count"/> octets.</summary>
    public async ValueTask ReadAsync(long count, MemoryStream to)
    {
        while (count > 0)
        {
            if (start == end) await FillAsync();
            var step = (int)Math.Min(count, end - start);
            to.Write(buffer, start, step);
            start += step;
            count -= step;
        }
    }

    /// <summary>Passes over lines up to and with the one that is "." alone (POP3); answers how many came before it. Looks for the end, not at the lines, so that the server is what is measured.</summary>
    public async ValueTask<int> SkipToDotAsync()
    {
        var (lines, atLineStart) = (0, true);
        while (true)
        {
            var (found, lineEnds) = SkipToDot(ref atLineStart);
            lines += lineEnds;
            if (found) return lines;
            await FillAsync();
        }
    }

    private (bool Found, int Lines) SkipToDot(ref bool atLineStart)
    {
        var rest = buffer.AsSpan(start, end - start);
        if (atLineStart && rest.StartsWith(".\r\n"u8))
        {
            start += 3;
            return (true, 0);
        }
        var dot = rest.IndexOf("\n.\r\n"u8);
        var passed = dot >= 0 ? rest[..(dot + 1)] : rest.Length > 3 ? rest[..^3] : [];
        var lines = passed.Count((byte)'\n');
        if (passed.Length > 0) atLineStart = passed[^1] == '\n';
        start += dot >= 0 ? dot + 4 : passed.Length;
        return (dot >= 0, lines);
    }

    private async ValueTask FillAsync()
    {
        if (start == end) start = end = 0;
        else if (end == buffer.Length)
        {
            if (start > 0) buffer.AsSpan(start, end - start).CopyTo(buffer);
            else Array.Resize(ref buffer, buffer.Length * 2);
            end -= start;
            start = 0;
        }
        var read = blocking ? stream.Read(buffer.AsSpan(end)) : await stream.ReadAsync(buffer.AsMemory(end));
        if (read == 0) throw new EndOfStreamException("the server closed the connection");
        BytesRead += read;
        end += read;
    }

    /// <summary>The octets of a literal announced at the end of <paramref name="line"/>; -1 when there is none.</summary>
    public static long LiteralLength(ReadOnlySpan<byte> line)
    {
        if (line.Length < 3 || line[^1] != '}') return -1;
        var open = line.LastIndexOf((byte)'{');
        return open >= 0 && Utf8Parser.TryParse(line[(open + 1)..^1], out long length, out var used) && used == line.Length - open - 2 ? length : -1;
    }

    public ValueTask DisposeAsync() => stream.DisposeAsync();
}
