using System.Buffers;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Facteur.Net;
using Facteur.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Facteur.Tests.Net;

/// <summary>Certificates of clients: what a listener believes, and what it says to those it does not.</summary>
public sealed class ClientCertificateTests : IDisposable
{
    private readonly ConnectionMetrics metrics = new();
    private readonly TestIssuer root = new("Root of clients");
    private readonly TestIssuer stranger = new("Another root");
    private readonly TaskCompletionSource<EndReason> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Dispose()
    {
        metrics.Dispose();
        root.Dispose();
        stranger.Dispose();
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_certificate_of_the_listeners_authority_is_known_by_its_hash()
    {
        var certificate = root.Issue("claire");
        Assert.Equal($"hash {Convert.ToHexStringLower(SHA256.HashData(certificate.RawData))}", await GreetingAsync(ClientCertificateMode.Optional, certificate));
        Assert.Equal($"hash {ClientCertificateRules.HashOf(certificate)}", await GreetingAsync(ClientCertificateMode.Required, certificate));
    }

    [Fact]
    public async Task A_certificate_without_purposes_serves_for_all() => Assert.StartsWith("hash ", await GreetingAsync(ClientCertificateMode.Required, root.Issue("claire", purpose: null)), StringComparison.Ordinal);

    [Fact]
    public async Task A_chain_is_completed_by_what_the_client_sends()
    {
        using var intermediate = new TestIssuer("Of the office", root);
        var certificate = intermediate.Issue("claire");
        var listener = await StartAsync(ClientCertificateMode.Required);
        await using (var whole = await TlsClient.ConnectAsync(listener.EndPoint.Port, certificate, Cancel, intermediate.Certificate))
            Assert.StartsWith("hash ", await whole.ReadLineAsync(Cancel), StringComparison.Ordinal);
        await using (var part = await TlsClient.ConnectAsync(listener.EndPoint.Port, certificate, Cancel))
            Assert.StartsWith("sorry, ", await part.ReadLineAsync(Cancel), StringComparison.Ordinal);
        await listener.DrainAsync(Cancel);
    }

    [Theory]
    [InlineData("stranger")]
    [InlineData("expired")]
    [InlineData("server")]
    [InlineData("none")]
    public async Task What_is_not_believed_counts_as_none_and_is_sent_away_where_one_is_required(string which)
    {
        var certificate = which switch
        {
            "stranger" => stranger.Issue("claire"),
            "expired" => root.Issue("claire", days: -0.5),
            "server" => root.Issue("claire", TestIssuer.ForServers),
            _ => null,
        };
        Assert.Equal("hash -", await GreetingAsync(ClientCertificateMode.Optional, certificate));
        var listener = await StartAsync(ClientCertificateMode.Required);
        await using var client = await TlsClient.ConnectAsync(listener.EndPoint.Port, certificate, Cancel);
        Assert.Equal("sorry, this server wants a client certificate here, and you showed none that it believes (FCT-3104)\r\n", await client.ReadToEndAsync(Cancel));
        await listener.DrainAsync(Cancel);
    }

    [Fact]
    public async Task After_starttls_the_reason_answers_the_next_command()
    {
        var listener = await StartAsync(ClientCertificateMode.Required, implicitTls: false);
        await using var client = await TlsClient.ConnectAsync(listener.EndPoint.Port, Cancel);
        Assert.Equal("hash -", await client.ReadLineAsync(Cancel));
        Assert.Equal("go", await client.AskAsync("starttls", Cancel));
        await client.StartTlsAsync(null, Cancel);
        Assert.StartsWith("sorry, ", await client.AskAsync("hello again", Cancel), StringComparison.Ordinal);
        Assert.Equal(EndReason.CertificateRequired, await ended.Task.WaitAsync(Cancel));
        await listener.DrainAsync(Cancel);
    }

    [Fact]
    public async Task Clients_are_told_which_authorities_count_and_are_asked_only_where_it_is_said()
    {
        var asking = await StartAsync(ClientCertificateMode.Optional);
        await using (var client = await TlsClient.ConnectAsync(asking.EndPoint.Port, null, Cancel))
            Assert.Equal(["CN=Root of clients"], client.AcceptedIssuers);
        await asking.DrainAsync(Cancel);
        Assert.Equal("hash -", await GreetingAsync(ClientCertificateMode.None, root.Issue("claire")));
    }

    [Fact]
    public async Task A_session_is_not_resumed_by_who_showed_a_certificate_elsewhere()
    {
        // One context of the client for both: it offers what it keeps of the first session.
        var (open, strict) = (await StartAsync(ClientCertificateMode.None), await StartAsync(ClientCertificateMode.Required));
        for (var i = 0; i < 2; i++)
            await using (var client = await TlsClient.ConnectAsync(open.EndPoint.Port, null, Cancel))
                Assert.Equal("hash -", await client.ReadLineAsync(Cancel));
        await using (var client = await TlsClient.ConnectAsync(strict.EndPoint.Port, null, Cancel))
            Assert.StartsWith("sorry", await client.ReadLineAsync(Cancel), StringComparison.Ordinal);
        await open.DrainAsync(Cancel);
        await strict.DrainAsync(Cancel);
    }

    [Fact]
    public void A_list_of_authorities_is_read_again_and_stays_when_it_is_wrong()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["ca.pem"], root.Pem);
        var authorities = ClientAuthorities.Load(folder["ca.pem"], TimeProvider.System);
        File.WriteAllText(folder["ca.pem"], root.Pem + "\n" + stranger.Pem);
        authorities.Reload();
        Assert.Equal(2, authorities.Certificates.Count);
        File.WriteAllText(folder["ca.pem"], "nothing");
        Assert.Throws<CertificateException>(authorities.Reload);
        Assert.Equal(2, authorities.Certificates.Count);
        using var intermediate = new TestIssuer("Of the office", root);
        File.WriteAllText(folder["ca.pem"], intermediate.Pem);
        Assert.EndsWith("holds no root authority (a certificate that is its own issuer)", Assert.Throws<CertificateException>(authorities.Reload).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SHA256", "SHA256")]
    [InlineData("SHA384", "SHA384")]
    [InlineData("SHA512", "SHA512")]
    public async Task The_end_point_binding_is_a_hash_of_the_certificate_by_its_own_function(string signature, string binding)
    {
        using var key = RSA.Create(2048);
        foreach (var padding in (RSASignaturePadding[])[RSASignaturePadding.Pkcs1, RSASignaturePadding.Pss])
        {
            var certificate = new CertificateRequest("CN=localhost", key, new HashAlgorithmName(signature), padding)
                .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
            Assert.Equal(Convert.ToHexStringLower(CryptographicOperations.HashData(new HashAlgorithmName(binding), certificate.RawData)), await BindingAsync(certificate));
        }
    }

    private async Task<string?> BindingAsync(X509Certificate2 server)
    {
        var listener = await StartAsync(ClientCertificateMode.None, certificates: CertificateStore.For(server));
        await using var client = await TlsClient.ConnectAsync(listener.EndPoint.Port, null, Cancel);
        await client.ReadLineAsync(Cancel);
        var said = await client.AskAsync("binding", Cancel);
        await listener.DrainAsync(Cancel);
        return said;
    }

    private async Task<string?> GreetingAsync(ClientCertificateMode mode, X509Certificate2? certificate)
    {
        var listener = await StartAsync(mode);
        await using var client = await TlsClient.ConnectAsync(listener.EndPoint.Port, certificate, Cancel);
        var greeting = await client.ReadLineAsync(Cancel);
        await listener.DrainAsync(Cancel);
        return greeting;
    }

    private Task<MailListener> StartAsync(ClientCertificateMode mode, bool implicitTls = true, CertificateStore? certificates = null) =>
        MailListener.StartAsync(new MailListenerOptions
        {
            EndPoint = new IPEndPoint(IPAddress.Loopback, 0),
            Handler = new HashTeller(ended),
            ImplicitTls = implicitTls,
            Connection = new MailConnectionOptions
            {
                Certificates = certificates ?? TestCertificate.Store,
                ClientCertificates = new ClientCertificateRules(mode, ClientAuthorities.Of([root.Certificate], TimeProvider.System)),
            },
        }, ListenerServices.ForSockets(new ConnectionGateOptions(), metrics, NullLoggerFactory.Instance), Cancel);

    /// <summary>Greets with the hash of the client's certificate; knows "starttls" and "binding".</summary>
    private sealed class HashTeller(TaskCompletionSource<EndReason> ended) : IConnectionHandler
    {
        public string Protocol => "teller";

        public ReadOnlyMemory<byte> RefusalFor(string why) => Encoding.ASCII.GetBytes($"sorry, {why}\r\n");

        public async Task<EndReason> RunAsync(MailConnection connection, CancellationToken cancel)
        {
            var reason = await TalkAsync(connection);
            ended.TrySetResult(reason);
            return reason;
        }

        private static async Task<EndReason> TalkAsync(MailConnection connection)
        {
            await SayAsync(connection, $"hash {connection.ClientCertificateHash ?? "-"}");
            while (await connection.ReadAsync(TimeSpan.FromMinutes(1)) == ReadOutcome.Data)
            {
                var line = Encoding.ASCII.GetString(connection.Buffer);
                connection.Advance(connection.Buffer.End, connection.Buffer.End);
                if (line == "binding\r\n") await SayAsync(connection, Convert.ToHexStringLower(connection.ServerEndPoint.Span));
                if (line != "starttls\r\n") continue;
                connection.Output.Write("go\r\n"u8);
                if (await connection.StartTlsAsync(connection.Aborted) is { } failed) return failed;
            }
            return EndReason.ClientClosed;
        }

        private static async Task SayAsync(MailConnection connection, string line)
        {
            connection.Output.Write(Encoding.ASCII.GetBytes(line + "\r\n"));
            await connection.FlushAsync();
        }
    }
}
