using System.CommandLine;
using System.Text.Json.Nodes;
using Facteur.Server.Commands;
using Facteur.Server.Control;

namespace Facteur.Tests.Control;

/// <summary>The command line as it is typed, on a stopped server.</summary>
public sealed class VerbTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("facteur-cli-").FullName;

    private async Task<(int Exit, string Output, string Error)> RunAsync(params string[] words)
    {
        var config = Path.Combine(folder, "facteur.json");
        if (!File.Exists(config)) await File.WriteAllTextAsync(config, """{ "hostname": "mx.demo.test" /* data lies beside this file */ }""");
        var (output, error) = (new StringWriter(), new StringWriter());
        var line = Root.Parse([.. words, "--config", config]);
        var exit = await line.InvokeAsync(new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false });
        return (line.Errors.Count > 0 ? ExitCode.Usage : exit, output.ToString(), error.ToString());
    }

    [Fact]
    public async Task Domains_and_accounts_are_kept()
    {
        Assert.Equal((0, "Domain demo.test added. Next: facteur account add you@demo.test\n", ""), await RunAsync("domain", "add", "demo.test"));
        var (exit, made, _) = await RunAsync("account", "add", "moi@demo.test", "--name", "Moi [Démo]", "--json");
        Assert.Equal(0, exit);
        Assert.NotNull((string?)JsonNode.Parse(made)!["generatedPassword"]);
        var (_, list, _) = await RunAsync("account", "list");
        Assert.Contains("moi@demo.test │ Moi [Démo]", list, StringComparison.Ordinal);
        var (_, shown, _) = await RunAsync("account", "show", "moi@demo.test");
        Assert.Contains("INBOX", shown, StringComparison.Ordinal);
        Assert.Equal((0, "Account moi@demo.test is disabled.\n", ""), await RunAsync("account", "disable", "moi@demo.test"));
        Assert.Equal((0, "Account moi@demo.test removed.\n", ""), await RunAsync("account", "rm", "moi@demo.test", "--yes"));
        Assert.Equal((0, "Domain demo.test removed.\n", ""), await RunAsync("domain", "rm", "demo.test"));
        Assert.Equal((0, "[]\n", ""), await RunAsync("domain", "list", "--json"));
    }

    [Fact]
    public async Task A_refusal_is_one_sentence_and_exit_code_1() =>
        Assert.Equal((1, "", "The domain demo.test is not one of this server; add it first with: facteur domain add demo.test\n"), await RunAsync("account", "add", "moi@demo.test"));

    [Fact]
    public async Task Status_of_a_stopped_server_is_1()
    {
        var (exit, output, _) = await RunAsync("status");
        Assert.Equal(1, exit);
        Assert.Contains("is stopped", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("domain", "add")]
    [InlineData("account", "frobnicate")]
    [InlineData("demo", "--port-offset", "99999")]
    public async Task Wrong_usage_is_2(params string[] words) => Assert.Equal(ExitCode.Usage, (await RunAsync(words)).Exit);

    [Fact]
    public async Task A_wrong_configuration_is_2_and_names_the_key()
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "facteur.json"), """{ "hostnam": "x" }""");
        var (exit, _, error) = await RunAsync("domain", "list");
        Assert.Equal(ExitCode.Usage, exit);
        Assert.Contains("hostnam", error, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
