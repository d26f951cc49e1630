using System.Text.Json;

namespace Facteur.IntegrationTests.Pop3;

/// <summary>The POP3 suite held with the running server, and with Dovecot to see that the suite asks for nothing odd.</summary>
public sealed class PopConformanceTests
{
    private static readonly string load = Path.Combine(Programs.Repository, "bench", "Facteur.Load", "bin",
        AppContext.BaseDirectory.Contains($"{Path.DirectorySeparatorChar}Release{Path.DirectorySeparatorChar}", StringComparison.Ordinal) ? "Release" : "Debug", "net10.0", "facteur-load");

    [Theory]
    [InlineData("pop3", "none")]
    [InlineData("pop3s", "implicit")]
    public async Task Every_conversation_passes_on_a_port(string listener, string tls)
    {
        if (!File.Exists(load)) Assert.Skip("facteur-load is not built");
        await using var server = new FacteurServer();
        Assert.Equal(0, (await server.CliAsync("domain", "add", "demo.test")).ExitCode);
        await server.AddAccountAsync("suite@demo.test", "suite-password");
        await server.StartAsync();
        var result = await Programs.RunAsync(load, ["pop3-conformance", "--port", $"{server.Port(listener)}", "--tls", tls,
            "--visible-imap-port", $"{server.Port("imap")}", "--user", "suite@demo.test", "--password", "suite-password"]);
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Empty(JsonDocument.Parse(result.Output).RootElement.GetProperty("departures").EnumerateArray());
    }

    [Fact] // docs/decisions/0020-pop3-suite.md tells of each
    public async Task Dovecot_departs_where_the_documentation_says()
    {
        Programs.Require("dovecot", "doveadm", "openssl");
        if (!File.Exists(load) || !File.Exists("/usr/lib/dovecot/pop3")) Assert.Skip("facteur-load is not built, or Dovecot has no POP3");
        var result = await Programs.RunAsync("env", [$"FACTEUR_LOAD={load}", "bash", Path.Combine(Programs.Repository, "bench", "pop3-conformance"), "dovecot"]);
        var report = JsonDocument.Parse(result.Output.Split('\n').First(line => line.StartsWith('{'))).RootElement;
        string[] known =
        [
            "1939-basics: USER without a name is refused", "1939-fetching: what another program removes meanwhile is answered cleanly", "1939-basics: a second session gets no access while the maildrop is open",
            "2449-extensions: a maildrop in use is told by its code", "2595-tls: a name given in clear does not count under TLS",
            "2595-tls: STLS with an argument is refused", "5034-sasl: USER of before an exchange does not count after it",
        ];
        Assert.Empty(report.GetProperty("departures").EnumerateArray().Select(name => name.GetString()!).Except(known));
        Assert.True(report.GetProperty("counts").GetProperty("passed").GetInt32() >= 130, result.ToString());
    }
}
