using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Facteur.Net;

namespace Facteur.Server.Demo;

/// <summary>A client of line protocols as small as can be: enough for one message to go in and come out, over TLS that is checked.</summary>
internal sealed class WireClient : IAsyncDisposable
{
    private readonly X509Certificate2 authority;
    private readonly byte[] buffer = new byte[16 * 1024];
    private Stream stream;
    private int start;
    private int end;

    private WireClient(Stream stream, X509Certificate2 authority) => (this.stream, this.authority) = (stream, authority);

    /// <param name="authority">The one authority the server's certificate may come from.</param>
    /// <param name="implicitTls">TLS from the first octet; else <see cref="StartTlsAsync"/> when it is time.</param>
    public static async Task<WireClient> ConnectAsync(int port, X509Certificate2 authority, bool implicitTls, CancellationToken cancel)
    {
        var client = new WireClient(await LoopbackDialer.ConnectAsync(port, cancel), authority);
        if (implicitTls) await client.StartTlsAsync(cancel);
        return client;
    }

    public async Task StartTlsAsync(CancellationToken cancel)
    {
        if (start != end) throw new IOException("octets in clear follow the answer to STARTTLS");
        var tls = new SslStream(stream);
        stream = tls;
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck, // a local authority has no list of revocations
                CustomTrustStore = { authority },
            },
        }, cancel);
    }

    public async Task SendAsync(string line, CancellationToken cancel)
    {
        await stream.WriteAsync(Encoding.UTF8.GetBytes(line + "\r\n"), cancel);
        await stream.FlushAsync(cancel);
    }

    /// <summary>The next line without its CRLF.</summary>
    public async Task<string> ReadLineAsync(CancellationToken cancel)
    {
        var line = new List<byte>();
        while (true)
        {
            var found = buffer.AsSpan(start, end - start).IndexOf((byte)'\n');
            line.AddRange(buffer.AsSpan(start, found < 0 ? end - start : found + 1));
            start = found < 0 ? end : start + found + 1;
            if (found >= 0) return Encoding.UTF8.GetString([.. line]).TrimEnd('\r', '\n');
            (start, end) = (0, await stream.ReadAsync(buffer, cancel));
            if (end == 0) throw new IOException("the server closed the connection");
        }
    }

    /// <summary>Reads on to a line that <paramref name="last"/> accepts; all lines, that one included.</summary>
    public async Task<List<string>> ReadUntilAsync(Func<string, bool> last, CancellationToken cancel)
    {
        var lines = new List<string>();
        do lines.Add(await ReadLineAsync(cancel));
        while (!last(lines[^1]));
        return lines;
    }

    public ValueTask DisposeAsync() => stream.DisposeAsync();
}
