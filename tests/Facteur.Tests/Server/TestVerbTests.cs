using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Facteur.Accounts;
using Facteur.Server.Commands;
using Facteur.Server.Configuration;
using Facteur.Server.Control;
using Facteur.Server.Running;
using Facteur.Storage.Embedded;
using Facteur.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Facteur.Tests.Server;

/// <summary>facteur test, as typed, against this very server on loopback; its certificate comes from its own authority.</summary>
[Collection("standard input")]
public sealed class TestVerbTests(TestVerbTests.Host host) : IClassFixture<TestVerbTests.Host>
{
    public sealed class Host : IAsyncLifetime
    {
        private readonly TemporaryFolder folder = new();

        internal FacteurServer Server { get; private set; } = null!;

        internal string Authority => folder["data/tls/ca.pem"];

        internal string Port(string listener) => Server.Listeners.Single(l => l.Kind.Name == listener).EndPoint.Port.ToString(CultureInfo.InvariantCulture);

        public async ValueTask InitializeAsync()
        {
            var configuration = new FacteurConfiguration
            {
                Hostname = "mail.example.org",
                Data = folder["data"],
                Listen = [.. ListenerKind.All.Where(kind => kind.Name is "smtp" or "submission" or "submissions" or "lmtp").Select(kind => new ListenAddress(kind, new IPEndPoint(IPAddress.Loopback, 0)))],
            };
            Server = await FacteurServer.StartAsync(
                configuration,
                async (data, cancel) => await EmbeddedStore.OpenAsync(new EmbeddedStoreOptions { Folder = data, SegmentOctets = 1024 * 1024 }, TimeProvider.System, NullLogger<EmbeddedStore>.Instance, cancel),
                TimeProvider.System, NullLoggerFactory.Instance, default);
            var accounts = new AccountService(Server.Store, new LoginOptions());
            await accounts.AddDomainAsync("demo.test", default);
            await accounts.AddAccountAsync("moi@demo.test", "Moi", "soleil-42-papier", default);
        }

        public async ValueTask DisposeAsync()
        {
            await Server.DisposeAsync();
            folder.Dispose();
        }

        internal async Task<(int Exit, string Output, string Error)> RunAsync(params string[] words)
        {
            var file = folder["test.json"];
            await File.WriteAllTextAsync(file, $$"""{ "hostname": "test.example.org", "outbound": { "port": {{Port("smtp")}} } }""");
            var (output, error) = (new StringWriter(), new StringWriter());
            var line = Root.Parse(["test", .. words, "--config", file]);
            var exit = await line.InvokeAsync(new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false });
            return (line.Errors.Count > 0 ? ExitCode.Usage : exit, output.ToString(), error.ToString());
        }

        internal async Task<T> WithPasswordAsync<T>(string password, Func<Task<T>> act)
        {
            var before = Console.In;
            Console.SetIn(new StringReader(password + "\n"));
            try
            {
                return await act();
            }
            finally
            {
                Console.SetIn(before);
            }
        }
    }

    [Fact]
    public async Task A_login_on_the_submission_port_works()
    {
        var (exit, output, error) = await host.WithPasswordAsync("soleil-42-papier", () =>
            host.RunAsync("submission", "localhost", "--port", host.Port("submission"), "--user", "moi@demo.test", "--password-stdin", "--allow-private", "--ca", host.Authority, "--dialogue"));
        Assert.Equal((0, ""), (exit, error));
        Assert.Matches(@"ok +[\d,]+ ms  TLS +TLSv1.3, \S+; certificate for mail.example.org, localhost, 127.0.0.1, ::1, issued by Facteur local authority \S+, until \d{4}-\d\d-\d\d; verified by name", output);
        Assert.Contains("logged in as moi@demo.test (PLAIN)", output, StringComparison.Ordinal);
        Assert.Contains("> EHLO test.example.org", output, StringComparison.Ordinal);
        Assert.EndsWith("It works.\n", output, StringComparison.Ordinal);
        Assert.DoesNotContain("soleil", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TLS_from_the_first_octet_works_and_a_wrong_password_is_told_in_French()
    {
        var (exit, output, _) = await host.WithPasswordAsync("wrong-and-long", () =>
            host.RunAsync("submission", "127.0.0.1", "--port", host.Port("submissions"), "--tls", "implicit", "--user", "moi@demo.test", "--password-stdin", "--allow-private", "--ca", host.Authority, "--lang", "fr"));
        Assert.Equal(1, exit);
        Assert.Matches("ÉCHEC +[\\d,]+ ms  Identification +127.0.0.1 refuse l’identification de moi@demo.test : 535", output);
        Assert.Contains("Vérifiez l’identifiant", output, StringComparison.Ordinal);
        Assert.EndsWith("Cela ne marche pas.\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_authority_that_nobody_knows_ends_the_way()
    {
        var (exit, output, _) = await host.RunAsync("submission", "127.0.0.1", "--port", host.Port("submission"), "--allow-private", "--json");
        var view = JsonNode.Parse(output)!;
        Assert.Equal((1, "failed"), (exit, (string)view["state"]!));
        var step = view["sections"]![0]!["steps"]!.AsArray()[^1]!;
        Assert.Equal(("tls", "failed", "CertificateUntrusted"), ((string)step["step"]!, (string)step["state"]!, (string)step["code"]!));
        Assert.Contains("--ca", (string)step["advice"]!, StringComparison.Ordinal);
        Assert.Contains("> STARTTLS", step["dialogue"]!.AsArray().Select(line => (string)line!));
        Assert.True((double)step["milliseconds"]! > 0);
    }

    [Fact]
    public async Task Private_addresses_are_for_those_who_ask()
    {
        var (exit, output, _) = await host.RunAsync("submission", "127.0.0.1", "--port", host.Port("submission"));
        Assert.Equal(1, exit);
        Assert.Contains("127.0.0.1 is not a public address", output, StringComparison.Ordinal);
        Assert.Contains("add --allow-private", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_is_sent_and_arrives()
    {
        var (exit, output, _) = await host.RunAsync("send", "127.0.0.1", "--port", host.Port("smtp"), "--from", "", "--to", "moi@demo.test", "--allow-private");
        Assert.Equal((2, ""), (exit, output));
        (exit, output, _) = await host.RunAsync("send", "127.0.0.1", "--port", host.Port("lmtp"), "--lmtp", "--from", "far@example.org", "--to", "moi@demo.test", "--subject", "Essai été", "--allow-private", "--ca", host.Authority);
        Assert.Matches(@"Acceptance +250 2\.", output);
        Assert.Equal(0, exit);
        var account = (await host.Server.Store.Directory.FindAccountAsync("moi@demo.test", default))!;
        Assert.Contains(await host.Server.Store.ListMailboxesAsync(account.Id, default), mailbox => mailbox.Messages > 0);
        (exit, output, _) = await host.RunAsync("send", "127.0.0.1", "--port", host.Port("lmtp"), "--lmtp", "--from", "far@example.org", "--to", "nobody@demo.test", "--allow-private", "--ca", host.Authority);
        Assert.Equal(1, exit);
        Assert.Matches("FAILED .* Recipient +There is no mailbox nobody@demo.test: 550 5.1.1", output);
    }

    [Fact]
    public async Task A_mail_exchanger_is_looked_at_by_its_address()
    {
        var (exit, output, _) = await host.RunAsync("mx", "[127.0.0.1]", "--allow-private", "--ca", host.Authority);
        Assert.Equal(0, exit);
        Assert.Matches(@"Greeting +220 mail.example.org", output);
        Assert.Contains("verified by name", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"a b\" is neither a host name nor an address.", "mx", "a b")]
    [InlineData("The port 70000 is not between 1 and 65535.", "submission", "localhost", "--port", "70000")]
    [InlineData("A login takes --user and --password-stdin.", "submission", "localhost", "--user", "x")]
    [InlineData("\"x\" is no address.", "send", "localhost", "--from", "a@b.test", "--to", "x")]
    public async Task What_cannot_be_tried_is_wrong_usage(string sentence, params string[] words) => Assert.Equal((2, "", sentence + "\n"), await host.RunAsync(words));

    [Fact]
    public async Task A_file_that_holds_no_authority_is_told()
    {
        var (exit, _, error) = await host.RunAsync("mx", "[127.0.0.1]", "--ca", host.Authority + ".missing");
        Assert.Equal(2, exit);
        Assert.StartsWith("The file ", error, StringComparison.Ordinal);
        Assert.Equal(2, (await host.RunAsync("send", "localhost")).Exit);
    }
}
