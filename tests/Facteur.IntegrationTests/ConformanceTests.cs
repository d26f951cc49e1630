namespace Facteur.IntegrationTests;

/// <summary>Independent scripts, clients and attack vectors against the running server.</summary>
public sealed class ConformanceTests(SharedServer shared)
{
    private readonly FacteurServer server = shared.Server;

    [Fact]
    public async Task All_imaptest_scripts_pass()
    {
        Programs.Require("python3");
        var runner = Programs.Shared("conformance/imapscript.py");
        await server.AddAccountAsync("imaptest@demo.test", "imaptest-password");
        var scripts = CopyScripts(Programs.Shared("conformance/imaptest"));
        var result = await Programs.RunAsync("python3", [runner, "--port", $"{server.Port("imap")}", "--user", "imaptest@demo.test",
            "--password", "imaptest-password", "--tests", scripts]);
        Directory.Delete(scripts, recursive: true);
        Assert.Contains(" 0 failed", result.Output, StringComparison.Ordinal);
        // What is skipped names an extension that is not announced; none of the base of this server may be among them.
        foreach (var line in result.Output.Split('\n').Where(l => l.Contains(" skip ", StringComparison.Ordinal)))
            Assert.DoesNotMatch("(?i)skip .*(UIDPLUS|MOVE|MULTIAPPEND|ESEARCH|LIST-EXTENDED|ID|LITERAL|CONDSTORE|CHILDREN|NAMESPACE)", line);
    }

    /// <summary>The scripts without their licence file, and with the connection number that the last reply of "append" lacks, which the runner asks for.</summary>
    private static string CopyScripts(string from)
    {
        var to = Directory.CreateTempSubdirectory("facteur-imaptest-").FullName;
        foreach (var file in Directory.EnumerateFiles(from).Where(f => !Path.GetFileName(f).StartsWith("LICENSE", StringComparison.Ordinal)))
            File.WriteAllBytes(Path.Combine(to, Path.GetFileName(file)), File.ReadAllBytes(file));
        var append = Path.Combine(to, "append");
        File.WriteAllText(append, File.ReadAllText(append).Replace("\nno [trycreate]", "\n1 no [trycreate]", StringComparison.Ordinal));
        return to;
    }

    [Fact]
    public async Task Ten_of_Debians_clients_fetch_the_same_messages()
    {
        Programs.Require("curl", "mbsync", "offlineimap", "getmail", "mpop", "fetchmail", "neomutt", "script");
        var script = Programs.Shared("conformance/clients.sh");
        await server.AddAccountAsync("clients@demo.test", "clients-password");
        var work = Directory.CreateTempSubdirectory("facteur-clients-").FullName;
        var result = await Programs.RunAsync("bash", [script, "localhost", $"{server.Port("imaps")}", $"{server.Port("pop3s")}",
            "clients@demo.test", "clients-password", server.CertificateAuthority, work], limit: TimeSpan.FromMinutes(15));
        if (Directory.Exists(work)) Directory.Delete(work, recursive: true);
        var lines = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(10, lines.Length);
        Assert.All(lines, line => Assert.EndsWith(" 5/5", line.TrimEnd(), StringComparison.Ordinal));
    }

    [Theory]
    [Trait("promise", "S-04")]
    [InlineData("smtp", "smtp")]
    [InlineData("smtp", "submission")]
    [InlineData("imap", "imap")]
    [InlineData("pop3", "pop3")]
    public async Task A_command_sent_with_STARTTLS_is_never_run_inside_TLS(string protocol, string listener)
    {
        Programs.Require("python3");
        var result = await Programs.RunAsync("python3", [Programs.Shared("conformance/vectors.py"), "starttls", protocol, "127.0.0.1", $"{server.Port(listener)}"]);
        Assert.DoesNotContain("VULNERABLE", result.Output, StringComparison.Ordinal);
        Assert.Contains(" ok", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [Trait("promise", "S-01")]
    [InlineData("smtp", false)]
    [InlineData("lmtp", true)]
    public async Task No_odd_end_of_data_ends_a_message(string listener, bool lmtp)
    {
        Programs.Require("python3");
        await server.AddAccountAsync($"smuggle-{listener}@demo.test", "smuggle-password");
        string[] arguments = [Programs.Shared("conformance/vectors.py"), "smuggle", "127.0.0.1", $"{server.Port(listener)}", $"smuggle-{listener}@demo.test"];
        var result = await Programs.RunAsync("python3", lmtp ? [.. arguments, "--lmtp"] : arguments);
        Assert.Contains("0 of 7 sequences end the message early", result.Output, StringComparison.Ordinal);
    }
}
