using System.CommandLine;
using System.Text.Json.Nodes;
using Facteur.Accounts;
using Facteur.Server.Commands;
using Facteur.Server.Configuration;
using Facteur.Server.Control;
using Facteur.Server.Running;
using Facteur.Storage;
using Facteur.Storage.Embedded;
using Facteur.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Facteur.Tests.Control;

/// <summary>The command line as it is typed, and the socket of a server that has an embedded store open.</summary>
internal sealed class CommandLine : IAsyncDisposable
{
    private readonly TemporaryFolder folder;
    private readonly MailServices mail;
    private readonly ControlServer server;

    private CommandLine(EmbeddedStore store, TemporaryFolder folder, Func<MailStore, IEnumerable<(string Name, ControlVerb Verb)>>? verbs)
    {
        (Store, this.folder) = (store, folder);
        var configuration = new FacteurConfiguration { Hostname = "mx.demo.test", Data = folder.Path, Listen = [] };
        mail = new MailServices(configuration, store, TimeProvider.System, NullLoggerFactory.Instance);
        Accounts = new AccountService(store, new LoginOptions { HashIterations = 10 });
        var all = verbs is null ? ControlVerbs.Over(store, Accounts, mail, null, NullLogger.Instance) : new ControlVerbs(verbs(store), NullLogger.Instance);
        server = new ControlServer(folder.Path, all, NullLogger<ControlServer>.Instance);
    }

    public EmbeddedStore Store { get; }
    public AccountService Accounts { get; }
    public string DataFolder => folder.Path;

    /// <param name="verbs">In place of all: those of one group, made by the test.</param>
    public static async Task<CommandLine> StartAsync(Func<MailStore, IEnumerable<(string Name, ControlVerb Verb)>>? verbs = null)
    {
        var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder["facteur.json"], """{ "hostname": "mx.demo.test", "data": "." }""");
        var store = await TestStore.OpenAsync(folder.Path, TimeProvider.System);
        var line = new CommandLine(store, folder, verbs);
        await line.server.StartAsync(default);
        await line.server.Listening;
        return line;
    }

    /// <summary>The same with the domain demo.test and the accounts moi and ami.</summary>
    public static async Task<CommandLine> WithAccountsAsync(Func<MailStore, IEnumerable<(string Name, ControlVerb Verb)>>? verbs = null)
    {
        var line = await StartAsync(verbs);
        await line.Accounts.AddDomainAsync("demo.test", default);
        foreach (var name in (string[])["moi", "ami"]) await line.Accounts.AddAccountAsync($"{name}@demo.test", name, "soleil-42-papier", default);
        return line;
    }

    public async Task<(int Exit, string Output, string Error)> RunAsync(params string[] words)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var line = Root.Parse([.. words, "--config", folder["facteur.json"]]);
        var exit = await line.InvokeAsync(new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false });
        return (line.Errors.Count > 0 ? ExitCode.Usage : exit, output.ToString(), error.ToString());
    }

    /// <summary>With words on standard input, which is one for the whole process: classes that use it are in the collection "standard input".</summary>
    public static async Task<T> WithInputAsync<T>(string text, Func<Task<T>> act)
    {
        var before = Console.In;
        Console.SetIn(new StringReader(text));
        try
        {
            return await act();
        }
        finally
        {
            Console.SetIn(before);
        }
    }

    /// <summary>What a human reads of a command that succeeds.</summary>
    public async Task<string> SayAsync(params string[] words)
    {
        var (exit, output, error) = await RunAsync(words);
        Assert.True(exit == 0, $"exit {exit}: {error}");
        return output;
    }

    /// <summary>What a script reads of a command that succeeds.</summary>
    public async Task<JsonNode> JsonAsync(params string[] words) => JsonNode.Parse(await SayAsync([.. words, "--json"]))!;

    /// <summary>The sentence of a command that is refused.</summary>
    public async Task<string> RefusedAsync(params string[] words)
    {
        var (exit, output, error) = await RunAsync(words);
        Assert.Equal((ExitCode.Failed, ""), (exit, output));
        return error.TrimEnd();
    }

    public async ValueTask DisposeAsync()
    {
        await server.StopAsync(default);
        server.Dispose();
        await mail.DisposeAsync();
        await Store.DisposeAsync();
        folder.Dispose();
    }
}
