using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Facteur.IntegrationTests;

/// <summary>The commands and the configuration that the documentation shows are run as they stand.</summary>
public sealed partial class DocsTests
{
    [Fact]
    public async Task The_operator_page_runs()
    {
        var page = await File.ReadAllTextAsync(Path.Combine(Programs.Repository, "docs", "operate", "README.md"));
        var folder = Directory.CreateTempSubdirectory("facteur-docs-").FullName;
        var configuration = Path.Combine(folder, "facteur.json");
        await File.WriteAllTextAsync(configuration, Block("json").Match(page).Groups[1].Value);
        var commands = ConsoleBlock().Matches(page).SelectMany(m => m.Groups[1].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries)).ToList();
        Assert.True(commands.Count > 10);
        foreach (var command in commands)
        {
            Assert.StartsWith("facteur ", command, StringComparison.Ordinal);
            var arguments = Words().Matches(command["facteur ".Length..]).Select(m => m.Value.Trim('"')).Select(a => a == "facteur.json" ? configuration : a).ToArray();
            if (arguments[0] == "run") await RunAndStopAsync(arguments);
            else
            {
                var result = await Programs.RunAsync(Programs.Facteur, arguments, "a-good-password\n");
                Assert.True(result.ExitCode == 0, $"{command}\n{result}");
            }
        }
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>Commands under "console" succeed; those under "console outcome=any" need mail or other hosts, and are at least well formed (exit code 2 is wrong usage).</summary>
    [Theory]
    [InlineData("mail-flow.md", 80)]
    [InlineData("access.md", 25)]
    [InlineData("accounts.md", 45)]
    [InlineData("oauth.md", 10)]
    [InlineData("jmap.md", 8)]
    public async Task The_pages_run(string name, int least)
    {
        var page = await File.ReadAllTextAsync(Path.Combine(Programs.Repository, "docs", "operate", name));
        var folder = Directory.CreateTempSubdirectory("facteur-docs-").FullName;
        var configuration = Path.Combine(folder, "facteur.json");
        // A port at which no resolver is: questions fail at once.
        await File.WriteAllTextAsync(configuration, """{ "hostname": "mail.example.test", "dns": ["127.0.0.1:9"] }""");
        await File.WriteAllTextAsync(Path.Combine(folder, "ca.pem"), Authority());
        if (Block("csv").Match(page) is { Success: true } table) await File.WriteAllTextAsync(Path.Combine(folder, "people.csv"), table.Groups[1].Value);
        var commands = AnyConsoleBlock().Matches(page).SelectMany(m => m.Groups[2].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => (Line: line, Any: m.Groups[1].Length > 0))).ToList();
        Assert.True(commands.Count >= least);
        foreach (var (command, any) in commands)
        {
            Assert.StartsWith("facteur ", command, StringComparison.Ordinal);
            var arguments = Words().Matches(command["facteur ".Length..]).Select(m => m.Value.Trim('"')).Select(a => a is "ca.pem" or "people.csv" or "directory.json" ? Path.Combine(folder, a) : a);
            var result = await Programs.RunAsync(Programs.Facteur, [.. arguments, "--config", configuration], "a-good-password\n");
            Assert.True(any ? result.ExitCode is 0 or 1 or 3 : result.ExitCode == 0, $"{command}\n{result}");
        }
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void The_keys_of_the_table_are_those_of_the_example()
    {
        var page = File.ReadAllText(Path.Combine(Programs.Repository, "docs", "operate", "README.md"));
        var example = JsonNode.Parse(Block("json").Match(page).Groups[1].Value, documentOptions: new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip })!.AsObject();
        foreach (var key in example.Select(p => p.Key))
            Assert.Matches($@"\| `{key}[`.]", page);
    }

    private static async Task RunAndStopAsync(string[] arguments)
    {
        var start = new ProcessStartInfo(Programs.Facteur) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        _ = process.StandardError.ReadToEndAsync();
        while (await process.StandardOutput.ReadLineAsync() is { } line && !line.Contains("Facteur is ready", StringComparison.Ordinal)) { }
        _ = process.StandardOutput.ReadToEndAsync();
        using var http = new HttpClient();
        using (var answer = await http.GetAsync(new Uri("http://127.0.0.1:8080/health/ready"))) Assert.True(answer.IsSuccessStatusCode);
        await Programs.RunAsync("kill", ["-TERM", $"{process.Id}"]);
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
    }

    private static string Authority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var (from, until) = (TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
        return new CertificateRequest("CN=docs", key, HashAlgorithmName.SHA256).CreateSelfSigned(from, until).ExportCertificatePem();
    }

    private static Regex Block(string language) => new($"```{language}\n(.*?)```", RegexOptions.Singleline, TimeSpan.FromSeconds(1));

    [GeneratedRegex("```console\n(.*?)```", RegexOptions.Singleline, 1000)]
    private static partial Regex ConsoleBlock();

    [GeneratedRegex("```console( outcome=any)?\n(.*?)```", RegexOptions.Singleline, 1000)]
    private static partial Regex AnyConsoleBlock();

    [GeneratedRegex("\"[^\"]*\"|\\S+", RegexOptions.None, 1000)]
    private static partial Regex Words();
}
