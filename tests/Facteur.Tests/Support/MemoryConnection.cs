using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Facteur.Net;

namespace Facteur.Tests.Support;

/// <summary>A server's connection and its client, joined by pipes in memory.</summary>
internal sealed record MemoryConnection(MailConnection Server, MemoryClient Client)
{
    /// <param name="options">Listener, limits, clock, certificates; by default listener "test" without TLS.</param>
    public static MemoryConnection Create(MailConnectionOptions? options = null, IPEndPoint? remote = null)
    {
        var toServer = new Pipe(new PipeOptions(useSynchronizationContext: false));
        var toClient = new Pipe(new PipeOptions(useSynchronizationContext: false));
        var server = MailConnection.ForPipes(new Ends(toServer.Reader, toClient.Writer), options ?? new MailConnectionOptions(), remote);
        return new MemoryConnection(server, new MemoryClient(new DuplexPipeStream(toClient.Reader, toServer.Writer), toServer.Writer, toClient.Reader));
    }

    private sealed record Ends(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}

/// <summary>The client's end: writes octets, reads lines.</summary>
internal sealed class MemoryClient(Stream stream, PipeWriter output, PipeReader input)
{
    private readonly byte[] chunk = new byte[4096];
    private readonly List<byte> unread = [];
    private Stream stream = stream;

    /// <summary>Octets written, before encryption.</summary>
    public long OctetsSent { get; private set; }

    /// <summary>As over TCP, octets written to a server that closes meanwhile are no error here: the next read tells.</summary>
    public async Task WriteAsync(ReadOnlyMemory<byte> octets, CancellationToken cancel)
    {
        OctetsSent += octets.Length;
        try
        {
            await stream.WriteAsync(octets, cancel);
            await stream.FlushAsync(cancel);
        }
        catch (IOException)
        {
            // The server has closed.
        }
    }

    public Task WriteAsync(string text, CancellationToken cancel) => WriteAsync(Encoding.UTF8.GetBytes(text), cancel);

    /// <summary>The next line without its CRLF (a bare LF ends no line); null when the server closed.</summary>
    public async Task<string?> ReadLineAsync(CancellationToken cancel)
    {
        var looked = 0;
        while (true)
        {
            for (; looked + 1 < unread.Count; looked++)
                if (unread[looked] == '\r' && unread[looked + 1] == '\n')
                    return Encoding.UTF8.GetString(Take(looked + 2).AsSpan(0, looked));
            if (!await ReadMoreAsync(cancel))
                return unread.Count == 0 ? null : Encoding.UTF8.GetString(Take(unread.Count));
        }
    }

    /// <summary>Exactly so many octets, or fewer when the server closed.</summary>
    public async Task<byte[]> ReadOctetsAsync(int count, CancellationToken cancel)
    {
        while (unread.Count < count && await ReadMoreAsync(cancel))
        {
        }
        return Take(Math.Min(count, unread.Count));
    }

    /// <summary>The handshake as a client that trusts any certificate.</summary>
    /// <param name="certificate">What it shows when it is asked for one.</param>
    public async Task StartTlsAsync(CancellationToken cancel, X509Certificate2? certificate = null)
    {
        if (unread.Count > 0)
            throw new InvalidOperationException("octets in clear follow the answer to STARTTLS: " + Encoding.UTF8.GetString([.. unread]));
        var tls = new SslStream(stream, leaveInnerStreamOpen: true);
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            RemoteCertificateValidationCallback = (_, shown, _, _) => shown is not null, // any will do
            ClientCertificateContext = certificate is null ? null : SslStreamCertificateContext.Create(certificate, [], offline: true),
        }, cancel);
        stream = tls;
    }

    /// <summary>Closes the client's sending side; what the server still sends can be read. Under TLS with close_notify.</summary>
    public async Task CloseAsync()
    {
        try
        {
            if (stream is SslStream tls)
                await tls.ShutdownAsync();
        }
        catch (IOException)
        {
            // The server is gone already.
        }
        await output.CompleteAsync();
    }

    /// <summary>Goes away without a word, reading nothing more.</summary>
    public async Task AbortAsync()
    {
        await output.CompleteAsync(new IOException("reset"));
        await input.CompleteAsync();
    }

    private async Task<bool> ReadMoreAsync(CancellationToken cancel)
    {
        try
        {
            var count = await stream.ReadAsync(chunk, cancel);
            unread.AddRange(chunk.AsSpan(0, count));
            return count > 0;
        }
        catch (IOException)
        {
            return false; // reset by the server, or without close_notify
        }
    }

    private byte[] Take(int count)
    {
        var octets = unread.GetRange(0, count).ToArray();
        unread.RemoveRange(0, count);
        return octets;
    }
}
