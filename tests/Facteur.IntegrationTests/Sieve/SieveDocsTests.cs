using System.Globalization;
using System.Text.RegularExpressions;

namespace Facteur.IntegrationTests.Sieve;

/// <summary>docs/operate/sieve.md: its commands are run as they stand, in their order, and its script is one.</summary>
public sealed partial class SieveDocsTests
{
    private const string User = "claire@exemple.fr", Password = "soleil-4217-papier";

    [Fact]
    public async Task The_page_runs()
    {
        Programs.Require("sieve-connect");
        var page = await File.ReadAllTextAsync(Path.Combine(Programs.Repository, "docs", "operate", "sieve.md"));
        var commands = Commands().Matches(page).SelectMany(block => block.Groups[1].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries)).ToList();
        Assert.True(commands.Count > 20);
        await using var server = new FacteurServer(more: new Dictionary<string, object> { ["dns"] = new[] { "127.0.0.1:9" } });
        Assert.Equal(0, (await server.CliAsync("domain", "add", "exemple.fr")).ExitCode);
        await server.AddAccountAsync(User, Password);
        await server.StartAsync();
        await File.WriteAllTextAsync(Path.Combine(server.Folder, "filter.sieve"), "require \"fileinto\";\nif header :contains \"subject\" \"facture\" { fileinto \"Archive\"; }\n");
        await File.WriteAllTextAsync(Path.Combine(server.Folder, "message.eml"), "From: ann@example.org\r\nTo: me@example.com\r\nSubject: Votre facture\r\n\r\nBonjour\r\n");
        await File.WriteAllTextAsync(Path.Combine(server.Folder, "events.sieve"), Assert.Single(Scripts().Matches(page)).Groups[1].Value);
        foreach (var command in commands)
        {
            var words = Words().Matches(command).Select(word => word.Value.StartsWith('"') ? word.Value[1..^1] : word.Value).Select(word => InFolder(server, word)).ToList();
            // What looks at files alone asks no server, and knows no configuration.
            var result = words is ["facteur", "sieve", "check" or "test", ..] ? await Programs.RunAsync(Programs.Facteur, words.Skip(1))
                : words[0] == "facteur" ? await server.CliAsync([.. words.Skip(1)]) : await ConnectAsync(server, words);
            Assert.True(result.ExitCode == 0, $"{command}\n{result}");
        }
        Assert.Equal(0, (await Programs.RunAsync(Programs.Facteur, ["sieve", "check", Path.Combine(server.Folder, "events.sieve")])).ExitCode);
    }

    private static string InFolder(FacteurServer server, string word) => word is "filter.sieve" or "message.eml" or "events.sieve" ? Path.Combine(server.Folder, word) : word;

    /// <summary>sieve-connect as it is shown, to this server in place of the one named.</summary>
    private static Task<ProgramResult> ConnectAsync(FacteurServer server, List<string> words)
    {
        Assert.Equal(["sieve-connect", "--server", "mail.exemple.fr", "--user", User], words.Take(5));
        return Programs.RunAsync("sieve-connect",
            ["--server", "localhost", "--port", server.Port("managesieve").ToString(CultureInfo.InvariantCulture), "--4", "--user", User, "--authmech", "PLAIN",
                "--tlscafile", server.CertificateAuthority, "--noclearauth", "--noclearchan", "--passwordfd", "0", .. words.Skip(5)], Password + "\n");
    }

    [GeneratedRegex("```console\n(.*?)```", RegexOptions.Singleline, 1000)]
    private static partial Regex Commands();

    [GeneratedRegex("```sieve\n(.*?)```", RegexOptions.Singleline, 1000)]
    private static partial Regex Scripts();

    [GeneratedRegex("\"[^\"]*\"|\\S+", RegexOptions.None, 1000)]
    private static partial Regex Words();
}
