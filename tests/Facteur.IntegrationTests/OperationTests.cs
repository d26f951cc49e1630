using System.Text.Json;

namespace Facteur.IntegrationTests;

/// <summary>What an operator does with a server that runs: CLI, signals, health.</summary>
public sealed class OperationTests : IAsyncLifetime
{
    private readonly FacteurServer server = new();

    public async ValueTask InitializeAsync()
    {
        Assert.Equal(0, (await server.CliAsync("domain", "add", "ops.test")).ExitCode);
        await server.AddAccountAsync("a@ops.test", "first-password");
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task The_same_commands_work_with_the_server_stopped_and_running()
    {
        await CheckAccountsAsync("stopped@ops.test");
        await server.StartAsync();
        await CheckAccountsAsync("running@ops.test");
        Assert.Equal(0, (await server.CliAsync("status")).ExitCode);
    }

    private async Task CheckAccountsAsync(string address)
    {
        await server.AddAccountAsync(address, "some-password");
        var again = await Programs.RunAsync(Programs.Facteur, ["account", "add", address, "--password-stdin", "--config", server.Configuration], "some-password\n");
        Assert.Equal(1, again.ExitCode);
        Assert.Contains(address, again.Error, StringComparison.Ordinal);
        var list = await server.CliAsync("account", "list", "--json");
        Assert.Equal(0, list.ExitCode);
        using var json = JsonDocument.Parse(list.Output);
        Assert.Contains(address, json.RootElement.GetRawText(), StringComparison.Ordinal);
        var show = await server.CliAsync("account", "show", address, "--json");
        Assert.Contains(address, show.Output, StringComparison.Ordinal);
        Assert.Equal(0, (await server.CliAsync("account", "rm", address)).ExitCode);
        Assert.Equal(1, (await server.CliAsync("account", "show", address)).ExitCode);
    }

    [Fact]
    public async Task A_disabled_account_leaves_its_open_session()
    {
        await server.StartAsync();
        await using var imap = await LoginAsync("first-password");
        Assert.Equal(0, (await server.CliAsync("account", "disable", "a@ops.test")).ExitCode);
        Assert.StartsWith("* BYE", await imap.ReadLineAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Terminate_says_BYE_to_idle_clients_and_exits_0()
    {
        await server.StartAsync();
        await using var imap = await LoginAsync("first-password");
        await imap.ImapAsync("SELECT INBOX");
        await imap.WriteAsync("i IDLE\r\n");
        Assert.StartsWith("+", await imap.ReadLineAsync(), StringComparison.Ordinal);
        Assert.Equal(0, await server.StopAsync());
        Assert.StartsWith("* BYE", await imap.ReadLineAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hangup_moves_a_listener_and_leaves_open_sessions_alone()
    {
        await server.StartAsync();
        await using var imap = await LoginAsync("first-password");
        var port = server.Move("pop3");
        server.Signal(PosixSignalNumber.Hangup);
        await server.WaitLogAsync($"Listening for pop3 on 127.0.0.1:{port}");
        await using var pop = await TestClient.ConnectAsync(port);
        await pop.ExpectAsync("+OK");
        await imap.ImapAsync("NOOP");
    }

    [Fact]
    public async Task Health_says_that_the_server_is_live_and_ready()
    {
        await server.StartAsync();
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{server.Port("http")}") };
        foreach (var path in new[] { "/health/live", "/health/ready" })
        {
            using var answer = await http.GetAsync(new Uri(path, UriKind.Relative));
            Assert.Equal(System.Net.HttpStatusCode.OK, answer.StatusCode);
        }
    }

    [Fact]
    public async Task A_wrong_key_stops_the_start_with_one_sentence()
    {
        File.WriteAllText(server.Configuration, "{ \"hostname\": \"localhost\", \"lisen\": {} }");
        var result = await server.CliAsync("run");
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("lisen", result.Error, StringComparison.Ordinal);
        Assert.Contains("listen", result.Error, StringComparison.Ordinal);
    }

    private async Task<TestClient> LoginAsync(string password)
    {
        var imap = await TestClient.ConnectAsync(server.Port("imaps"), tls: true);
        await imap.ReadLineAsync();
        await imap.ImapAsync($"LOGIN a@ops.test {password}");
        return imap;
    }
}
