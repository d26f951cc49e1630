using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Facteur.IntegrationTests.Ldap;

/// <summary>facteur ldap, and the page that describes it.</summary>
public sealed class LdapCommandTests
{
    [Fact]
    public async Task A_directory_is_set_tested_and_synchronised_by_commands()
    {
        await using var directory = await LdapServer.StartAsync();
        await using var server = new FacteurServer();
        await server.StartAsync();
        await CliAsync(server, 0, "domain", "add", "example.test");
        await CliAsync(server, 1, "ldap", "test", "claire@example.test"); // no directory yet
        var setting = $$"""
            { "servers": ["{{directory.TlsUrl}}"], "caFile": "{{directory.Authority}}", "base": "{{LdapServer.Base}}",
              "bindDn": "{{LdapServer.SearchDn}}", "password": "{{LdapServer.SearchPassword}}", "attributes": { "groups": "memberOf" } }
            """;
        var set = await Programs.RunAsync(Programs.Facteur, ["setting", "set", "ldap", "--domain", "example.test", "--config", server.Configuration], setting);
        Assert.True(set.ExitCode == 0, set.ToString());
        Assert.DoesNotContain(LdapServer.SearchPassword, set.Output, StringComparison.Ordinal);

        var tested = await Programs.RunAsync(Programs.Facteur, ["ldap", "test", "claire@example.test", "--password-stdin", "--json", "--config", server.Configuration], "soleil-42-papier\n");
        Assert.Equal(["connect", "bind", "search", "password"], JsonNode.Parse(tested.Output)!.AsArray().Select(step => step!["name"]!.GetValue<string>()));
        Assert.Equal(0, tested.ExitCode);
        var wrong = await Programs.RunAsync(Programs.Facteur, ["ldap", "test", "claire@example.test", "--password-stdin", "--config", server.Configuration], "wrong\n");
        Assert.True(wrong.ExitCode == 1, wrong.ToString());
        Assert.Contains("InvalidCredentials (49)", wrong.Output, StringComparison.Ordinal);

        Assert.Contains("add account claire@example.test (Claire Martin)", (await CliAsync(server, 0, "ldap", "sync", "example.test", "--dry-run")).Output, StringComparison.Ordinal);
        await CliAsync(server, 0, "ldap", "sync", "example.test");
        Assert.Contains("claire@example.test", (await CliAsync(server, 0, "account", "list")).Output, StringComparison.Ordinal);
        await directory.KillAsync();
        Assert.StartsWith("Nothing is changed: ", (await CliAsync(server, 1, "ldap", "sync", "example.test")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Programs_log_in_with_the_directorys_password_and_are_told_when_it_is_down()
    {
        await using var directory = await LdapServer.StartAsync();
        await using var server = new FacteurServer();
        await CliAsync(server, 0, "domain", "add", "example.test");
        var setting = $$"""
            { "servers": ["{{directory.Url}}"], "caFile": "{{directory.Authority}}", "base": "{{LdapServer.Base}}",
              "bindDn": "{{LdapServer.SearchDn}}", "password": "{{LdapServer.SearchPassword}}", "createAccounts": true }
            """;
        var set = await Programs.RunAsync(Programs.Facteur, ["setting", "set", "ldap", "--config", server.Configuration], setting);
        Assert.True(set.ExitCode == 0, set.ToString());
        await server.StartAsync();
        await using var imap = await TestClient.ConnectAsync(server.Port("imaps"), tls: true);
        Assert.DoesNotContain("SCRAM", await imap.ReadLineAsync(), StringComparison.Ordinal);
        Assert.StartsWith("a NO [AUTHENTICATIONFAILED]", await AskAsync(imap, "a LOGIN claire@example.test wrong"), StringComparison.Ordinal);
        Assert.StartsWith("b NO [AUTHENTICATIONFAILED]", await AskAsync(imap, "b LOGIN claire@example.test \"\""), StringComparison.Ordinal);
        await imap.ImapAsync("LOGIN claire@example.test soleil-42-papier"); // makes the account
        await imap.ImapAsync("SELECT INBOX");
        Assert.Contains("claire@example.test", (await CliAsync(server, 0, "account", "list")).Output, StringComparison.Ordinal);
        await directory.KillAsync();
        await using var late = await TestClient.ConnectAsync(server.Port("imaps"), tls: true);
        await late.ReadLineAsync();
        Assert.StartsWith("a NO [UNAVAILABLE]", await AskAsync(late, "a LOGIN paul@example.test nuage-17-crayon"), StringComparison.Ordinal);
        await late.ImapAsync("LOGIN claire@example.test soleil-42-papier"); // remembered
    }

    private static async Task<string?> AskAsync(TestClient client, string command)
    {
        await client.WriteAsync(command + "\r\n");
        return await client.ReadLineAsync();
    }

    [Fact]
    public async Task The_page_runs()
    {
        var page = await File.ReadAllTextAsync(Path.Combine(Programs.Repository, "docs", "operate", "ldap.md"));
        var folder = Directory.CreateTempSubdirectory("facteur-docs-").FullName;
        var configuration = Path.Combine(folder, "facteur.json");
        await File.WriteAllTextAsync(configuration, """{ "hostname": "mail.example.test", "dns": ["127.0.0.1:9"] }""");
        await Programs.RunAsync(Programs.Facteur, ["domain", "add", "example.test", "--config", configuration]);
        var document = page.Split("```json\n")[1].Split("```")[0];
        foreach (Match block in Regex.Matches(page, "```console( outcome=any)?\n(.*?)```", RegexOptions.Singleline))
            foreach (var line in block.Groups[2].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                var result = await Programs.RunAsync(Programs.Facteur, [.. line.Split(' ')[1..], "--config", configuration], line.Contains("setting set", StringComparison.Ordinal) ? document : "mot-de-passe\n");
                Assert.True(block.Groups[1].Length > 0 ? result.ExitCode is 0 or 1 or 3 : result.ExitCode == 0, $"{line}\n{result}");
            }
        Directory.Delete(folder, recursive: true);
    }

    private static async Task<ProgramResult> CliAsync(FacteurServer server, int exit, params string[] arguments)
    {
        var result = await server.CliAsync(arguments);
        Assert.True(result.ExitCode == exit, result.ToString());
        return result;
    }
}
