using System.Net;
using System.Net.Http;
using System.Net.Sockets;
using Facteur.Net;
using Facteur.Server.Configuration;
using Facteur.Server.Running;
using Facteur.Storage.Embedded;
using Facteur.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Facteur.Tests.Server;

/// <summary>The whole server on loopback, with ports that the system gives.</summary>
public sealed class FacteurServerTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_listens_makes_its_certificate_and_tells_its_health()
    {
        await using var server = await StartAsync(("smtp", 0), ("pop3", 0), ("http", 0));
        Assert.True(server.IsReady);
        Assert.Equal(["smtp", "pop3", "http"], server.Listeners.Select(l => l.Kind.Name));
        Assert.True(File.Exists(folder["data/tls/ca.pem"]));
        Assert.StartsWith("220 mail.example.org", await GreetingAsync(PortOf(server, "smtp")), StringComparison.Ordinal);
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{PortOf(server, "http")}") };
        Assert.Equal("live\n", await http.GetStringAsync("/health/live", Cancel));
        Assert.Equal("ready\n", await http.GetStringAsync("/health/ready", Cancel));
    }

    [Fact]
    public async Task A_reload_moves_a_listener_and_leaves_the_connections_of_others_alone()
    {
        await using var server = await StartAsync(("smtp", 0), ("pop3", 0));
        var smtp = PortOf(server, "smtp");
        var oldPop3 = PortOf(server, "pop3");
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, smtp, Cancel);
        var lines = new StreamReader(client.GetStream());
        await lines.ReadLineAsync(Cancel);
        await server.ReloadAsync(Configure(("smtp", 0), ("pop3", FreePort()), ("lmtp", FreePort())), Cancel);
        Assert.Equal(smtp, PortOf(server, "smtp"));
        Assert.NotEqual(oldPop3, PortOf(server, "pop3"));
        Assert.StartsWith("220 ", await GreetingAsync(PortOf(server, "lmtp")), StringComparison.Ordinal);
        await Assert.ThrowsAsync<SocketException>(() => GreetingAsync(oldPop3));
        await client.GetStream().WriteAsync("NOOP\r\n"u8.ToArray(), Cancel);
        Assert.StartsWith("250 ", await lines.ReadLineAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reload_that_cannot_bind_keeps_the_listeners()
    {
        await using var server = await StartAsync(("smtp", 0));
        var smtp = PortOf(server, "smtp");
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var taken = ((IPEndPoint)other.LocalEndpoint).Port;
        await server.ReloadAsync(Configure(("pop3", FreePort()), ("lmtp", taken)), Cancel);
        Assert.Equal(["smtp"], server.Listeners.Select(l => l.Kind.Name));
        Assert.StartsWith("220 ", await GreetingAsync(smtp), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_listener_moves_from_one_address_to_all_on_the_same_port()
    {
        var port = FreePort();
        await using var server = await StartAsync(("smtp", port));
        await server.ReloadAsync(Configure(("smtp", port)) with { Listen = [new ListenAddress(Kind("smtp"), new IPEndPoint(MailListener.AllAddresses, port))] }, Cancel);
        Assert.Equal(MailListener.AllAddresses, Assert.Single(server.Listeners).EndPoint.Address);
        Assert.StartsWith("220 ", await GreetingAsync(port), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_in_use_is_told_in_one_sentence()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var taken = ((IPEndPoint)other.LocalEndpoint).Port;
        var e = await Assert.ThrowsAsync<StartException>(() => StartAsync(("smtp", taken)));
        Assert.StartsWith($"Listening for smtp on 127.0.0.1:{taken} failed: ", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_that_is_missing_is_told_in_one_sentence()
    {
        var e = await Assert.ThrowsAsync<StartException>(() => StartAsync(Configure(("smtp", 0)) with { Tls = [new CertificateFiles(folder["none.pem"], folder["none.key"])] }));
        Assert.Equal($"TLS cannot be set up: the file {folder["none.pem"]} does not exist", e.Message);
    }

    [Fact]
    public async Task A_stop_says_goodbye_to_the_idle_and_closes_the_store()
    {
        var server = await StartAsync(("lmtp", 0), ("pop3", 0));
        using var idle = new TcpClient();
        await idle.ConnectAsync(IPAddress.Loopback, PortOf(server, "lmtp"), Cancel);
        var idleLines = new StreamReader(idle.GetStream());
        await idleLines.ReadLineAsync(Cancel);
        var stopping = server.StopAsync(Cancel);
        Assert.StartsWith("421 ", await idleLines.ReadLineAsync(Cancel), StringComparison.Ordinal);
        await stopping;
        Assert.False(server.IsReady);
        await using var again = await StartAsync(("lmtp", 0)); // the store was closed
    }

    private Task<FacteurServer> StartAsync(params (string Name, int Port)[] listen) => StartAsync(Configure(listen));

    private static Task<FacteurServer> StartAsync(FacteurConfiguration configuration) => FacteurServer.StartAsync(
        configuration,
        async (data, cancel) => await EmbeddedStore.OpenAsync(new EmbeddedStoreOptions { Folder = data, SegmentOctets = 1024 * 1024 }, TimeProvider.System, NullLogger<EmbeddedStore>.Instance, cancel),
        TimeProvider.System, NullLoggerFactory.Instance, Cancel);

    private FacteurConfiguration Configure(params (string Name, int Port)[] listen) => new()
    {
        Hostname = "mail.example.org",
        Data = folder["data"],
        Listen = [.. listen.Select(l => new ListenAddress(Kind(l.Name), new IPEndPoint(IPAddress.Loopback, l.Port)))],
    };

    private static ListenerKind Kind(string name) => ListenerKind.All.Single(k => k.Name == name);

    private static int PortOf(FacteurServer server, string name) => server.Listeners.Single(l => l.Kind.Name == name).EndPoint.Port;

    private static async Task<string?> GreetingAsync(int port)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port, Cancel);
        return await new StreamReader(client.GetStream()).ReadLineAsync(Cancel);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
