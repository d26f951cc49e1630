using System.Net;
using System.Net.Http;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Facteur.Accounts;
using Facteur.Net;
using Facteur.Server.Configuration;
using Facteur.Server.Control;
using Facteur.Server.Running;
using Facteur.Storage.Embedded;
using Facteur.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Facteur.Tests.Server;

/// <summary>Listeners of the whole server: moved, added, switched off, and what they ask of clients.</summary>
public sealed class ListenerTests : IDisposable
{
    private static readonly IPAddress other = IPAddress.Parse("127.0.0.2");

    private readonly TemporaryFolder folder = new();
    private readonly TestIssuer office = new("The office");
    private readonly TestIssuer guests = new("The guests");

    public void Dispose()
    {
        folder.Dispose();
        office.Dispose();
        guests.Dispose();
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static readonly string[] mailKinds = [.. ListenerKind.All.Where(kind => kind.Protocol != ListenerProtocol.Http).Select(kind => kind.Name)];

    [Fact]
    public async Task Each_kind_is_moved_and_switched_off_and_the_open_connections_of_the_others_go_on()
    {
        await using var server = await StartAsync([.. mailKinds.Select(name => At(name))]);
        var clients = new Dictionary<string, TlsClient>();
        foreach (var name in mailKinds)
        {
            clients[name] = await ConnectAsync(server, name);
            Assert.NotNull(await clients[name].ReadLineAsync(Cancel));
        }
        var listen = server.Configuration.Listen.ToList();
        foreach (var name in mailKinds)
        {
            var former = Port(server, name);
            listen[listen.FindIndex(one => one.Kind.Name == name)] = At(name, IPAddress.Loopback, FreePort());
            await server.ReloadAsync(Configure(listen), Cancel);
            Assert.NotEqual(former, Port(server, name));
            await using var moved = await ConnectAsync(server, name);
            Assert.NotNull(await moved.ReadLineAsync(Cancel));
            await Assert.ThrowsAsync<SocketException>(() => TlsClient.ConnectAsync(former, Cancel));
            var goodbye = await clients[name].ReadLineAsync(Cancel); // POP3 has none
            Assert.Equal(name.StartsWith("pop3", StringComparison.Ordinal), goodbye is null);
            await clients[name].DisposeAsync();
            clients.Remove(name);
            foreach (var (kind, client) in clients) Assert.NotNull(await client.AskAsync(kind.StartsWith("imap", StringComparison.Ordinal) ? "a NOOP" : "NOOP", Cancel));
        }
        listen.RemoveAll(one => one.Kind.Name != "imaps");
        await server.ReloadAsync(Configure(listen), Cancel);
        Assert.Equal(["imaps"], server.Listeners.Select(one => one.Kind.Name));
    }

    [Fact]
    public async Task A_kind_has_several_addresses_each_with_its_own_rules()
    {
        await using var server = await StartAsync(
            At("imaps"), Asking("imaps", other, ClientCertificateMode.Required, office), Asking("pop3s", other, ClientCertificateMode.Optional, guests));
        await using (var open = await ConnectAsync(server, "imaps"))
            Assert.StartsWith("* OK ", await open.ReadLineAsync(Cancel), StringComparison.Ordinal);
        Assert.StartsWith("* OK ", await GreetingAsync(server, "imaps", office.Issue("claire")), StringComparison.Ordinal);
        Assert.StartsWith("* BYE [CONTACTADMIN] this server wants a client certificate", await GreetingAsync(server, "imaps", guests.Issue("claire")), StringComparison.Ordinal);
        Assert.StartsWith("+OK ", await GreetingAsync(server, "pop3s", guests.Issue("claire")), StringComparison.Ordinal);
        Assert.StartsWith("+OK ", await GreetingAsync(server, "pop3s", null), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("submissions", "421 4.7.0 ")]
    [InlineData("pop3s", "-ERR [AUTH] ")]
    [InlineData("imaps", "* BYE [CONTACTADMIN] ")]
    public async Task Who_has_no_certificate_is_told_so_in_the_words_of_the_protocol(string kind, string words)
    {
        await using var server = await StartAsync(Asking(kind, IPAddress.Loopback, ClientCertificateMode.Required, office));
        await using var client = await ConnectAsync(server, kind);
        Assert.Equal(words + "this server wants a client certificate here, and you showed none that it believes (FCT-3104)\r\n", await client.ReadToEndAsync(Cancel));
    }

    [Theory]
    [InlineData("submission", "EHLO me", "STARTTLS", "220", "EHLO me", "421 4.7.0 ")]
    [InlineData("pop3", "CAPA", "STLS", "+OK begin TLS", "CAPA", "-ERR [AUTH] ")]
    [InlineData("imap", "a CAPABILITY", "b STARTTLS", "b OK", "c CAPABILITY", "* BYE [CONTACTADMIN] ")]
    public async Task After_starttls_too(string kind, string hello, string upgrade, string go, string next, string words)
    {
        await using var server = await StartAsync(Asking(kind, IPAddress.Loopback, ClientCertificateMode.Required, office));
        foreach (var certificate in (X509Certificate2?[])[null, office.Issue("claire")])
        {
            await using var client = await TlsClient.ConnectAsync(Port(server, kind), Cancel);
            await client.ReadLineAsync(Cancel);
            await client.SendAsync(hello, Cancel);
            await client.SendAsync(upgrade, Cancel);
            while (await client.ReadLineAsync(Cancel) is { } line && !line.StartsWith(go, StringComparison.Ordinal)) Assert.NotNull(line);
            await client.StartTlsAsync(certificate, Cancel);
            var answer = (await client.AskAsync(next, Cancel))!;
            Assert.Equal(certificate is null, answer.StartsWith(words, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Rules_change_for_connections_to_come_without_the_listener_being_opened_anew()
    {
        await using var server = await StartAsync(At("imaps"), At("https"));
        await using var before = await ConnectAsync(server, "imaps");
        await before.ReadLineAsync(Cancel);
        await server.ReloadAsync(Configure([Asking("imaps", IPAddress.Loopback, ClientCertificateMode.Required, office), Asking("https", IPAddress.Loopback, ClientCertificateMode.Required, office)]), Cancel);
        Assert.StartsWith("a OK", await before.AskAsync("a NOOP", Cancel), StringComparison.Ordinal);
        Assert.StartsWith("* BYE", await GreetingAsync(server, "imaps", null), StringComparison.Ordinal);
        Assert.Equal(["Required", "Required"], server.DescribeListeners().Select(one => one.Address.Rules.ClientCertificates.ToString()));
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => HealthAsync(server, null));
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => HealthAsync(server, guests.Issue("claire")));
        Assert.Equal("live\n", await HealthAsync(server, office.Issue("claire")));
    }

    [Fact]
    public async Task Authorities_that_cannot_be_read_keep_the_listeners_as_they_are()
    {
        await using var server = await StartAsync(Asking("imaps", IPAddress.Loopback, ClientCertificateMode.Required, office));
        var wrong = Asking("imaps", IPAddress.Loopback, ClientCertificateMode.Required, guests);
        File.WriteAllText(wrong.Rules.ClientCa!, "nothing");
        await server.ReloadAsync(Configure([wrong]), Cancel);
        Assert.StartsWith("* OK", await GreetingAsync(server, "imaps", office.Issue("claire")), StringComparison.Ordinal);
        var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        await server.ReloadAsync(Configure([At("imaps"), At("pop3", IPAddress.Loopback, ((IPEndPoint)taken.LocalEndpoint).Port)]), Cancel);
        taken.Dispose();
        Assert.StartsWith("* BYE", await GreetingAsync(server, "imaps", null), StringComparison.Ordinal); // the rules too are those of before
    }

    [Fact]
    public async Task A_file_of_authorities_that_is_missing_stops_the_start()
    {
        var address = Asking("imaps", IPAddress.Loopback, ClientCertificateMode.Required, office);
        File.Delete(address.Rules.ClientCa!);
        var e = await Assert.ThrowsAsync<StartException>(() => StartAsync(address));
        Assert.Equal($"TLS cannot be set up: the file {address.Rules.ClientCa} does not exist", e.Message);
    }

    [Fact]
    public async Task What_is_open_is_shown()
    {
        await using var server = await StartAsync(Asking("imaps", IPAddress.Loopback, ClientCertificateMode.Optional, office), At("pop3"), At("http"));
        await using var client = await ConnectAsync(server, "imaps");
        await client.ReadLineAsync(Cancel);
        var shown = server.DescribeListeners().Select(OpenListenerView.Of).ToList();
        Assert.Equal(["imaps implicit optional 1", "pop3 starttls none 0", "http none none "], shown.Select(one => $"{one.Name} {one.Tls} {one.ClientCertificates} {one.Connections}"));
        Assert.All(shown, one => Assert.InRange(one.Since, server.Started.AddMinutes(-1), server.Started.AddMinutes(1)));
    }

    [Fact]
    public async Task A_certificate_that_is_bound_to_an_account_is_greeted_as_logged_in()
    {
        var asking = Asking("imaps", IPAddress.Loopback, ClientCertificateMode.Optional, office);
        await using var server = await StartAsync(asking with { Rules = asking.Rules with { Preauth = true } }, Asking("pop3s", IPAddress.Loopback, ClientCertificateMode.Optional, office));
        var accounts = new AccountService(server.Store, new LoginOptions { HashIterations = 1 }, TimeProvider.System);
        await accounts.AddDomainAsync("demo.test", Cancel);
        var account = (await accounts.AddAccountAsync("claire@demo.test", "Claire", "soleil-42-papier", Cancel)).Account;
        var (bound, free) = (office.Issue("claire"), office.Issue("paul"));
        await new ClientCertificates(server.Store.Directory).BindAsync(account, bound.ExportCertificatePem(), "", Cancel);
        await using var known = await TlsClient.ConnectAsync(Port(server, "imaps"), bound, Cancel);
        Assert.StartsWith("* PREAUTH [CAPABILITY IMAP4rev1 ", await known.ReadLineAsync(Cancel), StringComparison.Ordinal);
        Assert.StartsWith("* LIST ", await known.AskAsync("a LIST \"\" INBOX", Cancel), StringComparison.Ordinal);
        Assert.StartsWith("a OK", await known.ReadLineAsync(Cancel), StringComparison.Ordinal);
        Assert.StartsWith("b BAD", await known.AskAsync("b LOGIN a b", Cancel), StringComparison.Ordinal);
        Assert.StartsWith("* OK [CAPABILITY", await GreetingAsync(server, "imaps", free), StringComparison.Ordinal);
        Assert.StartsWith("* OK [CAPABILITY", await GreetingAsync(server, "imaps", null), StringComparison.Ordinal);
        await using var pop = await TlsClient.ConnectAsync(Port(server, "pop3s"), bound, Cancel);
        Assert.StartsWith("+OK", await pop.ReadLineAsync(Cancel), StringComparison.Ordinal);
        Assert.StartsWith("+OK", await pop.AskAsync("AUTH EXTERNAL =", Cancel), StringComparison.Ordinal); // RFC 5034 §4: an empty response
        await accounts.SetEnabledAsync("claire@demo.test", enabled: false, Cancel);
        Assert.StartsWith("* BYE", await known.ReadLineAsync(Cancel), StringComparison.Ordinal);
        Assert.StartsWith("* OK [CAPABILITY", await GreetingAsync(server, "imaps", bound), StringComparison.Ordinal);
    }

    private static async Task<string> HealthAsync(FacteurServer server, X509Certificate2? certificate)
    {
        using var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, _) => true;
        if (certificate is not null) handler.SslOptions.ClientCertificates = [certificate];
        using var http = new HttpClient(handler);
        return await http.GetStringAsync($"https://127.0.0.1:{Port(server, "https")}/health/live", Cancel);
    }

    /// <summary>Under TLS from the start where the kind is so.</summary>
    private static async Task<TlsClient> ConnectAsync(FacteurServer server, string kind)
    {
        var client = await TlsClient.ConnectAsync(Port(server, kind), Cancel);
        if (kind.EndsWith('s')) await client.StartTlsAsync(null, Cancel);
        return client;
    }

    /// <summary>Of the last listener of a kind, on whatever address it is.</summary>
    private static async Task<string?> GreetingAsync(FacteurServer server, string kind, X509Certificate2? certificate)
    {
        var address = server.Listeners.Last(one => one.Kind.Name == kind).EndPoint;
        await using var client = await TlsClient.ConnectAsync(address, certificate, Cancel);
        return await client.ReadLineAsync(Cancel);
    }

    private static ListenAddress At(string kind, IPAddress? address = null, int port = 0) =>
        new(ListenerKind.All.Single(one => one.Name == kind), new IPEndPoint(address ?? IPAddress.Loopback, port));

    private ListenAddress Asking(string kind, IPAddress address, ClientCertificateMode mode, TestIssuer authority)
    {
        var file = folder[authority == office ? "office.pem" : "guests.pem"];
        File.WriteAllText(file, authority.Pem);
        return At(kind, address) with { Rules = new ListenRules(mode, file, Preauth: false) };
    }

    private Task<FacteurServer> StartAsync(params ListenAddress[] listen) => FacteurServer.StartAsync(
        Configure(listen),
        async (data, cancel) => await EmbeddedStore.OpenAsync(new EmbeddedStoreOptions { Folder = data, SegmentOctets = 1024 * 1024 }, TimeProvider.System, NullLogger<EmbeddedStore>.Instance, cancel),
        TimeProvider.System, NullLoggerFactory.Instance, Cancel);

    private FacteurConfiguration Configure(IReadOnlyList<ListenAddress> listen) => new()
    {
        Hostname = "mail.example.org",
        Data = folder["data"],
        Dns = [new IPEndPoint(IPAddress.Loopback, 9)],
        Listen = [.. listen],
    };

    private static int Port(FacteurServer server, string kind) => server.Listeners.First(one => one.Kind.Name == kind).EndPoint.Port;

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
