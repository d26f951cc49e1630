using System.Buffers;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Facteur.Net;
using Facteur.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Facteur.Tests.Net;

/// <summary>Listeners on loopback sockets.</summary>
public sealed class MailListenerTests : IDisposable
{
    private readonly ConnectionMetrics metrics = new();
    private readonly TaskCompletionSource<EndReason> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Dispose() => metrics.Dispose();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Draining_tells_the_client_and_frees_the_port()
    {
        var listener = await StartAsync();
        using var client = await ConnectAsync(listener);
        var lines = new StreamReader(client.GetStream());
        Assert.StartsWith("hello 127.0.0.1", await lines.ReadLineAsync(Cancel), StringComparison.Ordinal);
        await listener.DrainAsync(Cancel);
        Assert.Equal("bye", await lines.ReadLineAsync(Cancel));
        Assert.Null(await lines.ReadLineAsync(Cancel));
        Assert.Equal(EndReason.Draining, await ended.Task.WaitAsync(Cancel));
        await Assert.ThrowsAsync<SocketException>(() => ConnectAsync(listener));
    }

    [Fact]
    public async Task A_session_that_does_not_end_is_broken_off()
    {
        var listener = await StartAsync(stubborn: true);
        using var client = await ConnectAsync(listener);
        var lines = new StreamReader(client.GetStream());
        await lines.ReadLineAsync(Cancel);
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await listener.DrainAsync(now.Token);
        Assert.Equal(EndReason.ClientClosed, await ended.Task.WaitAsync(Cancel));
        Assert.Equal(0, listener.OpenConnections);
    }

    [Fact]
    public async Task Too_many_connections_are_refused_in_the_words_of_the_protocol()
    {
        var listener = await StartAsync(gate: new ConnectionGateOptions { MaxConnections = 1 });
        using var first = await ConnectAsync(listener);
        await new StreamReader(first.GetStream()).ReadLineAsync(Cancel);
        using var second = await ConnectAsync(listener);
        Assert.Equal("too many\r\n", await new StreamReader(second.GetStream()).ReadToEndAsync(Cancel));
        await listener.DrainAsync(Cancel);
    }

    [Fact]
    public async Task A_trusted_proxy_tells_the_clients_address()
    {
        var listener = await StartAsync(proxies: ["127.0.0.0/8"]);
        using var client = await ConnectAsync(listener);
        await client.GetStream().WriteAsync("PROXY TCP4 192.0.2.7 198.51.100.1 40000 25\r\n"u8.ToArray(), Cancel);
        Assert.Equal("hello 192.0.2.7", await new StreamReader(client.GetStream()).ReadLineAsync(Cancel));
        using var liar = await ConnectAsync(listener);
        await liar.GetStream().WriteAsync("EHLO me\r\n"u8.ToArray(), Cancel);
        Assert.Equal("", await ReadToEndAsync(liar));
        await listener.DrainAsync(Cancel);
    }

    [Fact]
    public async Task Implicit_tls_serves_a_client_that_offers_imap_by_alpn_and_closes_cleanly()
    {
        var listener = await StartAsync(tls: true);
        using var client = await ConnectAsync(listener);
        await using var tls = await AuthenticateAsync(client, SslProtocols.Tls13);
        var lines = new StreamReader(tls);
        Assert.StartsWith("hello", await lines.ReadLineAsync(Cancel), StringComparison.Ordinal);
        await tls.WriteAsync("quit\r\n"u8.ToArray(), Cancel);
        Assert.Equal("", await lines.ReadToEndAsync(Cancel)); // without close_notify this would throw
        Assert.Equal(EndReason.ClientQuit, await ended.Task.WaitAsync(Cancel));
        await listener.DrainAsync(Cancel);
    }

    [Fact]
    public async Task Old_tls_and_clear_text_fail_the_handshake()
    {
        var listener = await StartAsync(tls: true);
        using var old = await ConnectAsync(listener);
#pragma warning disable CA5397, SYSLIB0039, CA5398 // what must be refused
        await Assert.ThrowsAnyAsync<Exception>(() => AuthenticateAsync(old, SslProtocols.Tls11));
#pragma warning restore CA5397, SYSLIB0039, CA5398
        using var clear = await ConnectAsync(listener);
        await clear.GetStream().WriteAsync("EHLO me\r\n"u8.ToArray(), Cancel);
        Assert.DoesNotContain("hello", await ReadToEndAsync(clear), StringComparison.Ordinal);
        await listener.DrainAsync(Cancel);
        Assert.False(ended.Task.IsCompleted);
    }

    private Task<MailListener> StartAsync(bool stubborn = false, bool tls = false, ConnectionGateOptions? gate = null, string[]? proxies = null) =>
        MailListener.StartAsync(new MailListenerOptions
        {
            EndPoint = new IPEndPoint(IPAddress.Loopback, 0),
            Handler = new Greeter(stubborn, ended),
            ImplicitTls = tls,
            Proxies = [.. (proxies ?? []).Select(IPNetwork.Parse)],
            Connection = new MailConnectionOptions { Certificates = TestCertificate.Store },
        }, ListenerServices.ForSockets(gate ?? new ConnectionGateOptions(), metrics, NullLoggerFactory.Instance), Cancel);

    private static async Task<TcpClient> ConnectAsync(MailListener listener)
    {
        var client = new TcpClient();
        await client.ConnectAsync(listener.EndPoint, Cancel);
        return client;
    }

    private static async Task<SslStream> AuthenticateAsync(TcpClient client, SslProtocols protocols)
    {
        var tls = new SslStream(client.GetStream());
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            EnabledSslProtocols = protocols,
            ApplicationProtocols = [new SslApplicationProtocol("imap")],
            RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is X509Certificate2 { SubjectName.Name: "CN=localhost" },
        }, Cancel);
        return tls;
    }

    private static async Task<string> ReadToEndAsync(TcpClient client)
    {
        try
        {
            return await new StreamReader(client.GetStream()).ReadToEndAsync(Cancel);
        }
        catch (IOException)
        {
            return ""; // reset
        }
    }

    /// <summary>Says hello and waits for "quit" or the end.</summary>
    private sealed class Greeter(bool stubborn, TaskCompletionSource<EndReason> ended) : IConnectionHandler
    {
        public string Protocol => "greeter";

        public ReadOnlyMemory<byte> Refusal => "too many\r\n"u8.ToArray();

        public async Task<EndReason> RunAsync(MailConnection connection, CancellationToken cancel)
        {
            await SayAsync(connection, "hello " + connection.Remote.Address);
            var reason = await WaitAsync(connection);
            ended.TrySetResult(reason);
            return reason;
        }

        private async Task<EndReason> WaitAsync(MailConnection connection)
        {
            while (true)
            {
                switch (await connection.ReadAsync(TimeSpan.FromMinutes(1)))
                {
                    case ReadOutcome.Closed:
                        return EndReason.ClientClosed;
                    case ReadOutcome.Ended when !stubborn:
                        await SayAsync(connection, "bye");
                        return connection.Ending!.Value;
                    case ReadOutcome.Data when Encoding.ASCII.GetString(connection.Buffer) == "quit\r\n":
                        return EndReason.ClientQuit;
                }
            }
        }

        private static async Task SayAsync(MailConnection connection, string line)
        {
            connection.Output.Write(Encoding.ASCII.GetBytes(line + "\r\n"));
            await connection.FlushAsync();
        }
    }
}
