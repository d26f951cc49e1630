using System.Text.Json.Nodes;
using Facteur.Accounts;
using Facteur.Server;
using Facteur.Server.Configuration;
using Facteur.Server.Control;
using Facteur.Server.Running;
using Microsoft.Extensions.Logging.Abstractions;
using Facteur.Tests.Support;

namespace Facteur.Tests.Control;

public sealed class ControlTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("facteur-ctl-").FullName;

    private sealed class State : IServerState
    {
        public bool Ready { get; set; } = true;

        public ServerStatus Describe() => new(true, Ready, "1.2.3", "mx.demo.test", DateTimeOffset.UnixEpoch, [new ListenerView("imaps", "127.0.0.1:1993")], 0, 0, 0);

        public IReadOnlyList<OpenListener> DescribeListeners() => [];

        public ValueTask<IReadOnlyList<string>> ReloadAsync(CancellationToken cancel) => new([]);
    }

    private FacteurConfiguration Configuration => new() { Hostname = "mx.demo.test", Data = folder, Listen = [] };

    private Task<ControlReply> AskAsync(string verb, params (string, string?)[] arguments) => ControlClient.SendAsync(Configuration, new ControlRequest(verb, arguments), default);

    private async Task WithServerAsync(Func<State, Task> act)
    {
        var state = new State();
        await using var store = await TestStore.OpenAsync(folder, TimeProvider.System);
        await using var mail = new MailServices(Configuration, store, TimeProvider.System, NullLoggerFactory.Instance);
        var verbs = ControlVerbs.Over(store, new AccountService(store, new LoginOptions { HashIterations = 10 }), mail, state, NullLogger.Instance);
        using var server = new ControlServer(folder, verbs, NullLogger<ControlServer>.Instance);
        await server.StartAsync(default);
        await server.Listening;
        await act(state);
        await server.StopAsync(default);
    }

    [Fact]
    public async Task Stopped_the_store_is_opened_here()
    {
        Assert.Null((await AskAsync("domain.add", ("name", "Demo.Test"))).Error);
        var made = await AskAsync("account.add", ("address", "moi@demo.test"), ("displayName", "Moi"), ("password", null));
        Assert.NotNull((string?)made.Data!["generatedPassword"]);
        var shown = (await AskAsync("account.show", ("address", "MOI@demo.test"))).Data!;
        Assert.Equal("Moi", (string?)shown["account"]!["name"]);
        Assert.Equal("INBOX", (string?)shown["mailboxes"]![0]!["name"]);
        var status = await AskAsync("status");
        Assert.Equal((ExitCode.Failed, false, 1), (status.Exit, (bool)status.Data!["running"]!, (int)status.Data["accounts"]!));
    }

    [Fact]
    public Task Running_the_server_answers() => WithServerAsync(async state =>
    {
        Assert.Null((await AskAsync("domain.add", ("name", "demo.test"))).Error);
        Assert.Equal("The domain demo.test is there already.", (await AskAsync("domain.add", ("name", "demo.test"))).Error);
        await AskAsync("account.add", ("address", "moi@demo.test"), ("password", "soleil-42-papier"));
        Assert.Equal("The address moi@demo.test is taken.", (await AskAsync("account.add", ("address", "moi@demo.test"), ("password", "soleil-42-papier"))).Error);
        Assert.False((bool)(await AskAsync("account.disable", ("address", "moi@demo.test"))).Data!["enabled"]!);
        Assert.True((bool)(await AskAsync("account.enable", ("address", "moi@demo.test"))).Data!["enabled"]!);
        Assert.StartsWith("The domain demo.test still has accounts", (await AskAsync("domain.rm", ("name", "demo.test"))).Error, StringComparison.Ordinal);
        Assert.Equal(1, (int)(await AskAsync("domain.list")).Data![0]!["accounts"]!);
        Assert.Single((JsonArray)(await AskAsync("account.list", ("domain", "demo.test"))).Data!);
        Assert.Null((await AskAsync("account.rm", ("address", "moi@demo.test"))).Error);
        Assert.Equal("There is no account moi@demo.test.", (await AskAsync("account.show", ("address", "moi@demo.test"))).Error);
        Assert.Equal(ExitCode.Ok, (await AskAsync("status")).Exit);
        state.Ready = false;
        Assert.Equal(ExitCode.Degraded, (await AskAsync("status")).Exit);
        Assert.Contains("another version", (await AskAsync("moon.walk")).Error, StringComparison.Ordinal);
    });

    [Fact]
    public Task Many_ask_at_once() => WithServerAsync(async _ =>
    {
        var replies = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => AskAsync("domain.add", ("name", $"d{i}.test"))));
        Assert.All(replies, reply => Assert.Null(reply.Error));
        Assert.Equal(40, (await AskAsync("domain.list")).Data!.AsArray().Count);
    });

    [Fact]
    public Task Only_the_owner_reaches_the_socket() => WithServerAsync(_ =>
    {
        if (OperatingSystem.IsWindows()) return Task.CompletedTask;
        var path = ControlSocket.PathIn(folder)!;
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(path)!));
        return Task.CompletedTask;
    });

    [Fact]
    public async Task A_store_in_use_without_a_socket_is_said_so()
    {
        await using var store = await TestStore.OpenAsync(folder, TimeProvider.System);
        Assert.Equal("Another process has the store open, and no server answers on its control socket.", (await AskAsync("domain.list")).Error);
    }

    [Fact]
    public async Task A_socket_left_behind_by_a_killed_server_is_no_obstacle()
    {
        Directory.CreateDirectory(Path.Combine(folder, "control"));
        await File.WriteAllTextAsync(ControlSocket.PathIn(folder)!, "");
        Assert.Null((await AskAsync("domain.add", ("name", "demo.test"))).Error);
        await WithServerAsync(async _ => Assert.Single((await AskAsync("domain.list")).Data!.AsArray()));
    }

    [Fact]
    public void A_request_never_prints_its_arguments() =>
        Assert.DoesNotContain("canary", new ControlRequest("account.passwd", ("password", "canary")).ToString(), StringComparison.Ordinal);

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
