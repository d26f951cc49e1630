using Facteur.Tests.Control;

namespace Facteur.Tests.Policy;

/// <summary>facteur policy …, facteur account policy.</summary>
public sealed class PolicyVerbTests
{
    private static async Task<CommandLine> StartAsync()
    {
        var line = await CommandLine.WithAccountsAsync();
        var moi = await line.Accounts.GetAccountAsync("moi@demo.test", default);
        var group = await line.Store.Directory.AddGroupAsync(moi.Domain, "Ventes", default);
        await line.Store.Directory.SetMemberAsync(group.Id, moi.Id, isMember: true, default);
        return line;
    }

    [Fact]
    public async Task Rules_are_set_shown_and_cleared_by_scope()
    {
        await using var line = await StartAsync();
        Assert.Equal("The site has no rules of its own: what is wider holds.\n", await line.SayAsync("policy", "show"));
        await line.SayAsync("policy", "set", "all", "tls", "required", "--site");
        await line.SayAsync("policy", "set", "pop3", "on", "off", "--domain", "demo.test");
        await line.SayAsync("policy", "set", "imap", "networks", "192.0.2.0/24,198.51.100.7", "2001:db8::/32", "--group", "Ventes");
        await line.SayAsync("policy", "name", "L’équipe", "--group", "demo.test/ventes");
        Assert.Equal("""{"name":"L’équipe","imap":{"networks":["192.0.2.0/24","198.51.100.7","2001:db8::/32"]}}""",
            (await line.JsonAsync("setting", "get", "policy", "--group", "ventes"))["value"]!.ToJsonString(Facteur.Server.Control.ControlJson.Options));

        var grid = await line.SayAsync("account", "policy", "moi@demo.test");
        Assert.Contains("192.0.2.0/24, 198.51.100.7/32, 2001:db8::/32 (group Ventes, “L’équipe”)", grid, StringComparison.Ordinal);
        Assert.Contains("off (domain demo.test)", grid, StringComparison.Ordinal);
        Assert.Contains("required (site)", grid, StringComparison.Ordinal);
        var json = await line.JsonAsync("policy", "show", "--account", "moi@demo.test", "--effective");
        Assert.Equal("""{"value":true,"from":"site"}""", json["rows"]![0]!["tls"]!.ToJsonString());
        Assert.Equal("""{"value":"any","from":"default"}""", json["rows"]![1]!["networks"]!.ToJsonString());
        Assert.Equal("group Ventes, “L’équipe”", (string)(await line.JsonAsync("policy", "show", "--group", "ventes", "--effective"))["rows"]![0]!["networks"]!["from"]!);
        Assert.Equal("default", (string)(await line.JsonAsync("policy", "show", "--domain", "demo.test", "--effective"))["rows"]![0]!["networks"]!["from"]!);

        await line.SayAsync("policy", "clear", "imap", "tls");
        Assert.Equal(7, (await line.JsonAsync("policy", "show"))["rows"]!.AsArray().Count);
        await line.SayAsync("policy", "clear", "--domain", "demo.test");
        await line.SayAsync("policy", "clear", "imap", "--group", "ventes");
        await line.SayAsync("policy", "set", "all", "tls", "default");
        Assert.Equal("[]", (await line.JsonAsync("policy", "show"))["rows"]!.ToJsonString());
        Assert.Equal("""[{"name":"policy","scope":{"kind":"group","name":"demo.test/Ventes"},"value":{"name":"L’équipe"}}]""",
            (await line.JsonAsync("setting", "list", "policy")).ToJsonString(Facteur.Server.Control.ControlJson.Options));
    }

    [Fact]
    public async Task A_login_is_tried_without_one()
    {
        await using var line = await StartAsync();
        await line.SayAsync("policy", "set", "imap", "app-password", "required", "--account", "moi@demo.test");
        await line.SayAsync("policy", "set", "submission", "networks", "192.0.2.0/24");
        await line.SayAsync("account", "locale", "moi@demo.test", "fr");
        Assert.Equal("moi@demo.test by imap from 192.0.2.7 under TLS with app-password: let in.\n",
            await line.SayAsync("policy", "test", "moi@demo.test", "--protocol", "imap", "--from", "192.0.2.7", "--tls", "--credential", "app-password"));
        var (exit, output, _) = await line.RunAsync("policy", "test", "moi@demo.test", "--protocol", "imap", "--from", "192.0.2.7", "--certificate");
        Assert.Equal((1, "moi@demo.test by imap from 192.0.2.7 under TLS, with a certificate, with password: refused, rule of this account.\n"
            + "  IMAP n’accepte pas le mot de passe du compte : créez un mot de passe d’application dans vos réglages et utilisez-le à la place (règle de ce compte) (FCT-3105)\n"),
            (exit, output.Replace('\u00a0', ' ')));
        Assert.Contains("SMTP may not be used from the address 203.0.113.1 (rule of this server) (FCT-3102)",
            (await line.RunAsync("policy", "test", "ami@demo.test", "--protocol", "submission", "--from", "203.0.113.1")).Output, StringComparison.Ordinal);
        await line.SayAsync("account", "disable", "ami@demo.test");
        Assert.Contains("FCT-3002", (await line.RunAsync("policy", "test", "ami@demo.test", "--protocol", "jmap", "--from", "203.0.113.1", "--json")).Output, StringComparison.Ordinal);
        Assert.Contains("The account is disabled", await line.SayAsync("account", "policy", "ami@demo.test"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_is_said()
    {
        await using var line = await StartAsync();
        Assert.Equal("\"perhaps\" is no value of tls; there are required, optional and default.", await line.RefusedAsync("policy", "set", "imap", "tls", "perhaps"));
        Assert.Equal("\"maison\" is no network such as 192.0.2.0/24, 2001:db8::/32 or 192.0.2.7.", await line.RefusedAsync("policy", "set", "imap", "networks", "maison"));
        Assert.Equal("There is no group Achats.", await line.RefusedAsync("policy", "show", "--group", "Achats"));
        Assert.Equal("Give one of --account, --group and --domain.", await line.RefusedAsync("policy", "show", "--group", "Ventes", "--domain", "demo.test"));
        Assert.Equal("\"here\" is no address such as 192.0.2.7.", await line.RefusedAsync("policy", "test", "moi@demo.test", "--protocol", "imap", "--from", "here"));
        Assert.Equal((2, "", "Give one of --site, --domain, --group and --account.\n"), await line.RunAsync("policy", "show", "--site", "--group", "Ventes"));
        Assert.Equal(2, (await line.RunAsync("policy", "set", "pigeon", "on", "off")).Exit);
        Assert.Equal("The setting \"route\" belongs to the site or a domain (--domain) or an account (--account), not to a group (--group).",
            await line.RefusedAsync("setting", "set", "route", "host", "x", "--group", "Ventes"));
        await line.Accounts.AddDomainAsync("other.test", default);
        var other = await line.Accounts.GetDomainAsync("other.test", default);
        await line.Store.Directory.AddGroupAsync(other.Id, "ventes", default);
        Assert.Equal("Several domains have a group Ventes; write it as exemple.fr/Ventes.", await line.RefusedAsync("policy", "show", "--group", "Ventes"));
        await line.Store.Settings.SetAsync(Facteur.Storage.SettingScope.Site, "policy", "[1]"u8.ToArray(), default);
        Assert.StartsWith("The policy of the site cannot be read", await line.RefusedAsync("policy", "set", "imap", "on", "off"), StringComparison.Ordinal);
    }
}
