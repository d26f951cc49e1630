using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Facteur.Delivery.Filtering;
using Facteur.Delivery.Queue;
using Facteur.Delivery.Transport;
using Facteur.Storage;

namespace Facteur.Tests.Control;

/// <summary>facteur route, limits, suppress, filter and setting.</summary>
[Collection("standard input")]
public sealed class SettingVerbTests
{
    private static async Task<string> StoredAsync(CommandLine line, string name, SettingScope? scope = null) =>
        await line.Store.Settings.GetAsync(scope ?? SettingScope.Site, name, default) is { } json ? Encoding.UTF8.GetString(json.Span) : "none";

    [Fact]
    public async Task A_route_is_kept_with_its_password_and_shown_without()
    {
        await using var line = await CommandLine.WithAccountsAsync();
        var said = await CommandLine.WithInputAsync("canary\n", () => line.SayAsync("route", "set", "relay.example", "--tls", "starttls", "--user", "u", "--password-stdin"));
        Assert.Equal("Mail of the site goes to relay.example:587 (starttls).\n", said);
        var account = await line.Accounts.GetAccountAsync("moi@demo.test", default);
        var route = await new RouteTable(line.Store.Settings, line.Store.Directory).FindAsync(account.Id, "example.org", default);
        Assert.Equal(new SmarthostRoute("relay.example", 587, SmarthostTls.StartTls) { Credentials = new RouteCredentials("u", "canary") }, route);
        var listed = await line.SayAsync("route", "list");
        Assert.Matches(@"site +│ all others +│ to relay.example:587 \(starttls\) +│ u, with a password", listed);
        Assert.DoesNotContain("canary", listed + (await line.JsonAsync("route", "list")).ToJsonString() + (await line.JsonAsync("setting", "get", "route")).ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Routes_differ_by_scope_and_by_domain()
    {
        await using var line = await CommandLine.WithAccountsAsync();
        await line.SayAsync("route", "set", "relay.example", "--port", "26");
        Assert.Equal("Mail of the domain demo.test goes to the mail exchangers.\n", await line.SayAsync("route", "set", "--direct", "--domain", "demo.test"));
        Assert.Equal("Mail of the account moi@demo.test for *.xn--exmple-cva.test goes to 10.0.0.7:24 by LMTP (opportunistic).\n",
            await line.SayAsync("route", "set", "10.0.0.7", "--port", "24", "--lmtp", "--for", "*.Exémple.test", "--account", "moi@demo.test"));
        var table = new RouteTable(line.Store.Settings, line.Store.Directory);
        var moi = (await line.Accounts.GetAccountAsync("moi@demo.test", default)).Id;
        Assert.Equal("[10.0.0.7]:24", RouteTable.Destination(await table.FindAsync(moi, "a.xn--exmple-cva.test", default)));
        Assert.Equal("example.org", RouteTable.Destination(await table.FindAsync(moi, "example.org", default)));
        Assert.Equal("[relay.example]:26", RouteTable.Destination(await table.FindAsync(null, "example.org", default)));
        Assert.Equal(3, (await line.JsonAsync("route", "list")).AsArray().Count);
        Assert.Equal("The route of the account moi@demo.test for *.xn--exmple-cva.test is removed.\n", await line.SayAsync("route", "rm", "--for", "*.exémple.test", "--account", "moi@demo.test"));
        Assert.Equal("none", await StoredAsync(line, "route", SettingScope.Of(moi)));
        await line.SayAsync("route", "rm");
        await line.SayAsync("route", "rm", "--domain", "demo.test");
        Assert.StartsWith("There are no routes", await line.SayAsync("route", "list"), StringComparison.Ordinal);
        Assert.Equal("The site has no route.", await line.RefusedAsync("route", "rm"));
    }

    [Fact]
    public async Task A_route_that_cannot_be_is_refused()
    {
        await using var line = await CommandLine.WithAccountsAsync();
        Assert.StartsWith("Say where the mail goes", await line.RefusedAsync("route", "set"), StringComparison.Ordinal);
        Assert.Equal("A login takes a user and a password.", await line.RefusedAsync("route", "set", "relay.example", "--user", "u"));
        Assert.Equal("\"exa mple\" is no domain such as exemple.fr or *.exemple.fr.", await line.RefusedAsync("route", "set", "relay.example", "--for", "exa mple"));
        Assert.Equal("Give --account or --domain, not both.", await line.RefusedAsync("route", "set", "relay.example", "--account", "moi@demo.test", "--domain", "demo.test"));
        Assert.Equal(2, (await line.RunAsync("route", "set", "relay.example", "--tls", "none")).Exit);
    }

    [Fact]
    public async Task Limits_come_from_the_narrowest_scope_that_says_them()
    {
        await using var line = await CommandLine.WithAccountsAsync();
        Assert.Matches(@"messagesPerDay +│ 50 +│ domain demo.test", await line.SayAsync("limits", "set", "--domain", "demo.test", "--messages", "50"));
        await line.SayAsync("limits", "set", "--account", "moi@demo.test", "--new-recipients", "0");
        var shown = await line.SayAsync("limits", "show", "--account", "moi@demo.test");
        Assert.Matches(@"messagesPerDay +│ 50 +│ domain demo.test", shown);
        Assert.Matches(@"recipientsPerDay +│ 10000 │ +│", shown);
        Assert.Matches(@"newRecipientsPerDay +│ 0 +│ account moi@demo.test", shown);
        Assert.Contains("Sent today: 0 messages to 0 recipients.", shown, StringComparison.Ordinal);
        var moi = (await line.Accounts.GetAccountAsync("moi@demo.test", default)).Id;
        var limits = new SendingLimits(line.Store.Queue, line.Store.State, line.Store.Settings, line.Store.Directory, TimeProvider.System);
        Assert.Equal(new LimitsDocument { MessagesPerDay = 50, RecipientsPerDay = 10_000, NewRecipientsPerDay = 0 }, await limits.ForAsync(moi, default));
        await line.SayAsync("limits", "set", "--account", "moi@demo.test", "--new-recipients", "default");
        Assert.Equal("none", await StoredAsync(line, "limits", SettingScope.Of(moi)));
        Assert.Equal(2, (await line.RunAsync("limits", "set", "--messages", "many")).Exit);
    }

    [Fact]
    public async Task Suppressed_addresses_are_added_listed_and_removed()
    {
        await using var line = await CommandLine.WithAccountsAsync();
        Assert.Equal("No address is suppressed.\n", await line.SayAsync("suppress", "list"));
        Assert.Equal("Nothing of the account moi@demo.test goes to gone@example.org any more.\n", await line.SayAsync("suppress", "add", "Gone@example.org", "--account", "moi@demo.test", "--reason", "left the firm"));
        await line.SayAsync("suppress", "add", "never@example.org");
        var listed = await line.SayAsync("suppress", "list");
        Assert.Matches(@"gone@example.org +│ account moi@demo.test +│ \d{4}-\d\d-\d\d │ facteur suppress │ left the firm", listed);
        Assert.Matches("never@example.org +│ site +│", listed);
        Assert.Equal("gone@example.org", (string)Assert.Single((await line.JsonAsync("suppress", "list", "--account", "moi@demo.test")).AsArray())!["address"]!);
        Assert.StartsWith("gone@example.org is not on the list of the site", await line.RefusedAsync("suppress", "rm", "gone@example.org"), StringComparison.Ordinal);
        Assert.Equal("gone@example.org gets mail of the account moi@demo.test again.\n", await line.SayAsync("suppress", "rm", "gone@example.org", "--account", "moi@demo.test"));
    }

    [Fact]
    public async Task Thresholds_and_lists_hold_for_a_scope()
    {
        await using var line = await CommandLine.WithAccountsAsync();
        Assert.Matches(@"junkAt +│ 6.5 +│ site", await line.SayAsync("filter", "set", "junkAt", "6.5"));
        await line.SayAsync("filter", "add", "blocked", "@spam.example", "bad@example.org", "--domain", "demo.test");
        await line.SayAsync("filter", "add", "blocked", "worse@example.org", "--account", "moi@demo.test");
        await line.SayAsync("filter", "set", "bayes", "off", "--account", "moi@demo.test");
        var shown = await line.SayAsync("filter", "show", "--account", "moi@demo.test");
        Assert.Matches(@"junkAt +│ 6.5 +│ site", shown);
        Assert.Matches(@"rejectAt +│ 15 +│ +│", shown);
        Assert.Matches(@"bayes +│ false +│ account moi@demo.test", shown);
        Assert.Matches(@"blocked +│ worse@example.org, @spam.example, bad@example.org +│ account moi@demo.test, domain demo.test", shown);
        await line.SayAsync("filter", "rm", "blocked", "@Spam.example", "--domain", "demo.test");
        Assert.Equal("""{"blocked":["bad@example.org"]}""", await StoredAsync(line, "filter", SettingScope.Of((await line.Accounts.GetDomainAsync("demo.test", default)).Id)));
        await line.SayAsync("filter", "rm", "junkAt");
        Assert.Equal("none", await StoredAsync(line, "filter"));
    }

    [Fact]
    public async Task Checks_and_checkers_of_the_site_are_set_by_their_paths()
    {
        await using var line = await CommandLine.StartAsync();
        await line.SayAsync("filter", "set", "greylist.enabled", "on");
        await line.SayAsync("filter", "set", "greylist.delay", "10m");
        await line.SayAsync("filter", "set", "rspamd.url", "http://127.0.0.1:11333");
        await line.SayAsync("filter", "set", "rspamd.password", "canary");
        await line.SayAsync("filter", "set", "clamd.address", "unix:/run/clamav/clamd.ctl");
        await line.SayAsync("filter", "set", "clamd.onFailure", "defer");
        await line.SayAsync("filter", "set", "attachments.executables", "reject");
        await line.SayAsync("filter", "set", "trusted", "192.0.2.0/24", "2001:db8::/32");
        await line.SayAsync("filter", "set", "rates.connections", """{"perMinute": 5, "burst": 10}""");
        await line.SayAsync("filter", "set", "bayes.minimumMessages", "50");
        await line.SayAsync("filter", "add", "lists", "zone=bl.example.org", "score=3.5", "kind=domain");
        var shown = await line.SayAsync("filter", "add", "milters", "name=opendkim", "address=127.0.0.1:8891");
        Assert.DoesNotContain("canary", shown, StringComparison.Ordinal);
        var settings = JsonSerializer.Deserialize<FilterSettings>(await StoredAsync(line, "filters"), Facteur.Server.Control.Settings.SettingJson.Options)!;
        Assert.Equal((true, TimeSpan.FromMinutes(10), "http://127.0.0.1:11333", "canary"), (settings.Greylist.Enabled, settings.Greylist.Delay, settings.Rspamd!.Url, settings.Rspamd.Password));
        Assert.Equal(("unix:/run/clamav/clamd.ctl", Facteur.Delivery.Filtering.Checkers.CheckerFailure.Defer), (settings.Clamd!.Address, settings.Clamd.OnFailure));
        Assert.Equal((3.5, "127.0.0.1:8891", 5.0, 50), (settings.Lists[0].Score, settings.Milters[0].Address, settings.Rates.Connections.PerMinute, settings.Bayes.MinimumMessages));
        var all = await line.JsonAsync("filter", "show");
        Assert.Equal("***", (string)all["values"]!.AsArray().Single(row => (string)row!["key"]! == "rspamd.password")!["value"]!);
        Assert.Equal("default", (string)all["values"]!.AsArray().Single(row => (string)row!["key"]! == "greylist.window")!["from"]!);
        await line.SayAsync("filter", "rm", "lists", "bl.example.org");
        await line.SayAsync("filter", "rm", "clamd");
        Assert.DoesNotContain("lists", await StoredAsync(line, "filters"), StringComparison.Ordinal);
        Assert.DoesNotContain("clamd", await StoredAsync(line, "filters"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_of_the_site_is_no_key_of_an_account()
    {
        await using var line = await CommandLine.WithAccountsAsync();
        Assert.Equal("\"greylist.enabled\" belongs to the site; leave --account and --domain out.", await line.RefusedAsync("filter", "set", "greylist.enabled", "on", "--account", "moi@demo.test"));
    }

    [Fact]
    public async Task Any_document_can_be_written_and_read_back()
    {
        await using var line = await CommandLine.WithAccountsAsync();
        await CommandLine.WithInputAsync("""{ /* two days */ "GiveUpHours": 48, "retryMinutes": [1, 5, 30,], }""", () => line.SayAsync("setting", "set", "queue"));
        Assert.Equal("""{"giveUpHours":48,"retryMinutes":[1,5,30]}""", await StoredAsync(line, "queue"));
        await line.SayAsync("setting", "set", "queue", "keepDays", "90");
        await line.SayAsync("setting", "rm", "queue", "giveUpHours");
        Assert.Equal("""{"retryMinutes":[1,5,30],"keepDays":90}""", (await line.JsonAsync("setting", "get", "queue"))["value"]!.ToJsonString());
        await CommandLine.WithInputAsync("\"fr\"", () => line.SayAsync("setting", "set", "locale", "--domain", "demo.test"));
        Assert.Matches("locale +│ domain demo.test │ \"fr\"", await line.SayAsync("setting", "list"));
        Assert.Equal("The setting \"queue\" of the site is not set any more.\n", await line.SayAsync("setting", "rm", "queue"));
        Assert.Equal("The setting \"queue\" of the site is not set.", await line.RefusedAsync("setting", "get", "queue"));
    }

    [Fact]
    public async Task A_hidden_password_may_be_written_back()
    {
        await using var line = await CommandLine.StartAsync();
        await CommandLine.WithInputAsync("""{"host": "relay.example", "user": "u", "password": "canary", "domains": {"example.org": {"host": "b", "user": "v", "password": "bird"}}}""", () => line.SayAsync("setting", "set", "route"));
        var shown = (await line.JsonAsync("setting", "get", "route"))["value"]!.ToJsonString();
        Assert.Contains("***", shown, StringComparison.Ordinal);
        await CommandLine.WithInputAsync(shown.Replace("relay.example", "other.example", StringComparison.Ordinal), () => line.SayAsync("setting", "set", "route"));
        var stored = JsonNode.Parse(await StoredAsync(line, "route"))!;
        Assert.Equal(("other.example", "canary", "bird"), ((string)stored["host"]!, (string)stored["password"]!, (string)stored["domains"]!["example.org"]!["password"]!));
        Assert.StartsWith("\"password\" is \"***\"", await CommandLine.WithInputAsync("""{"domains": {"example.net": {"host": "b", "user": "v", "password": "***"}}}""", () => line.RefusedAsync("setting", "set", "route")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_keys_of_the_server_are_not_shown()
    {
        await using var line = await CommandLine.WithAccountsAsync();
        await line.JsonAsync("dns", "show", "demo.test"); // makes the keys
        Assert.Contains("facteur dkim rotate", await line.RefusedAsync("setting", "get", "dkim", "--domain", "demo.test"), StringComparison.Ordinal);
        Assert.Contains("neither shown nor written", await line.RefusedAsync("setting", "get", "secret.srs"), StringComparison.Ordinal);
        Assert.Equal("[]", (await line.JsonAsync("setting", "list", "dkim")).ToJsonString());
        Assert.Contains("neither shown nor written", await line.RefusedAsync("setting", "rm", "secret.srs"), StringComparison.Ordinal);
    }
}
