using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Facteur.Tests.Support;

/// <summary>A client that may show a certificate and believes every server's.</summary>
internal sealed class TlsClient : IAsyncDisposable
{
    private readonly TcpClient socket = new();
    private SslStream? tls;
    private StreamReader lines = StreamReader.Null;

    public static Task<TlsClient> ConnectAsync(int port, CancellationToken cancel) => ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), cancel);

    public static async Task<TlsClient> ConnectAsync(IPEndPoint server, CancellationToken cancel)
    {
        var client = new TlsClient();
        await client.socket.ConnectAsync(server, cancel);
        client.lines = new StreamReader(client.socket.GetStream());
        return client;
    }

    /// <summary>Connected, and under TLS.</summary>
    public static Task<TlsClient> ConnectAsync(int port, X509Certificate2? certificate, CancellationToken cancel, params X509Certificate2[] intermediates) =>
        ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), certificate, cancel, intermediates);

    public static async Task<TlsClient> ConnectAsync(IPEndPoint server, X509Certificate2? certificate, CancellationToken cancel, params X509Certificate2[] intermediates)
    {
        var client = await ConnectAsync(server, cancel);
        await client.StartTlsAsync(certificate, cancel, intermediates);
        return client;
    }

    /// <summary>Authorities that the server asked for certificates of.</summary>
    public IReadOnlyList<string> AcceptedIssuers { get; private set; } = [];

    public X509Certificate2? ServerCertificate => tls?.RemoteCertificate as X509Certificate2;

    public async Task StartTlsAsync(X509Certificate2? certificate, CancellationToken cancel, params X509Certificate2[] intermediates)
    {
        tls = new SslStream(socket.GetStream());
        var options = new SslClientAuthenticationOptions { TargetHost = "localhost", RemoteCertificateValidationCallback = (_, _, _, _) => true };
        if (certificate is not null) options.ClientCertificateContext = SslStreamCertificateContext.Create(certificate, [.. intermediates], offline: true);
        else
            options.LocalCertificateSelectionCallback = (_, _, _, _, issuers) =>
            {
                AcceptedIssuers = issuers;
                return null!;
            };
        await tls.AuthenticateAsClientAsync(options, cancel);
        lines = new StreamReader(tls);
    }

    public ValueTask<string?> ReadLineAsync(CancellationToken cancel) => lines.ReadLineAsync(cancel);

    public Task<string> ReadToEndAsync(CancellationToken cancel) => lines.ReadToEndAsync(cancel);

    public async Task SendAsync(string line, CancellationToken cancel)
    {
        var stream = tls is null ? (Stream)socket.GetStream() : tls;
        await stream.WriteAsync(Encoding.UTF8.GetBytes(line + "\r\n"), cancel);
    }

    /// <summary>Sends a line and reads one.</summary>
    public async Task<string?> AskAsync(string line, CancellationToken cancel)
    {
        await SendAsync(line, cancel);
        return await ReadLineAsync(cancel);
    }

    public async ValueTask DisposeAsync()
    {
        if (tls is not null) await tls.DisposeAsync();
        socket.Dispose();
    }
}
