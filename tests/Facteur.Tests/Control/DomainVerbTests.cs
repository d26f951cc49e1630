using System.Net;
using System.Text.Json.Nodes;
using Facteur.Accounts;
using Facteur.Delivery.Authentication.Spf;
using Facteur.Delivery.Domains;
using Facteur.Net.Dns;
using Facteur.Server.Configuration;
using Facteur.Server.Control;
using Facteur.Server.Running;
using Facteur.Storage;
using Facteur.Tests.Support;

namespace Facteur.Tests.Control;

/// <summary>facteur dns and dkim over a store and the zone that a test writes down.</summary>
public sealed class DomainVerbTests
{
    private readonly ZoneResolver zone = new();
    private readonly FakeTime time = new();

    private Task<CommandLine> StartAsync() => CommandLine.WithAccountsAsync(Verbs);

    private IEnumerable<(string Name, ControlVerb Verb)> Verbs(MailStore store)
    {
        var configuration = new FacteurConfiguration { Hostname = "mx.demo.test", Data = "x", Listen = [], Outbound = new OutboundConfiguration { Bind = [IPAddress.Parse("9.9.9.10")] } };
        var keys = new DkimKeyRing(store.Settings, store.Directory, time);
        var setups = new DomainSetups(configuration, keys, zone, new OwnMtaSts(store.Settings, store.Directory, "mx.demo.test"));
        var check = new DomainCheck(zone, new SpfEvaluator(zone, time, new SpfOptions()), (_, _) => new((null, "not here")));
        return new DomainVerbs(new AccountService(store, new LoginOptions()), setups, check, keys, zone).Table;
    }

    /// <summary>Puts into DNS what the server says must be there.</summary>
    private void Publish(JsonNode records)
    {
        foreach (var record in records.AsArray())
        {
            var (owner, value) = ((string)record!["owner"]!, (string)record["value"]!);
            switch ((string)record["type"]!)
            {
                case "MX":
                    zone.Remove(owner, DnsType.Mx).Mx(owner, ushort.Parse(value.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture), value.Split(' ')[1].TrimEnd('.'));
                    break;
                case "A":
                    zone.Remove(owner, DnsType.A).A(owner, value);
                    break;
                case "PTR":
                    zone.Remove(owner, DnsType.Ptr).Add(owner, DnsType.Ptr, [new NameRecordData(value.TrimEnd('.'))]);
                    break;
                case "TXT":
                    zone.Remove(owner, DnsType.Txt).Txt(owner, string.Concat(value.Split('"').Where((_, i) => i % 2 == 1)));
                    break;
            }
        }
    }

    [Fact]
    public async Task What_DNS_must_say_is_shown_as_zone_lines_and_passes_its_own_check()
    {
        await using var line = await StartAsync();
        var shown = await line.SayAsync("dns", "show", "demo.test");
        Assert.Contains("; must\n", shown, StringComparison.Ordinal);
        Assert.Contains("demo.test. 3600 IN MX 10 mx.demo.test.\n", shown, StringComparison.Ordinal);
        Assert.Contains("; _imaps._tcp.demo.test.", await line.SayAsync("dns", "show", "demo.test", "--all"), StringComparison.Ordinal); // not offered: as a comment
        Publish(await line.JsonAsync("dns", "show", "demo.test"));
        var (exit, output, _) = await line.RunAsync("dns", "check", "demo.test");
        Assert.Contains(" 0 faults.", output, StringComparison.Ordinal);
        Assert.NotEqual(1, exit);
        zone.Remove("demo.test", DnsType.Mx).Mx("demo.test", 10, "elsewhere.test").A("elsewhere.test", "9.9.9.11");
        (exit, output, _) = await line.RunAsync("dns", "check", "demo.test", "--lang", "fr");
        Assert.Equal(1, exit);
        Assert.Contains("FAULT    MX demo.test  FCT-2111", output.Replace("FAULT  ", "FAULT", StringComparison.Ordinal).Replace("FAULT", "FAULT  ", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("Aucun enregistrement MX de demo.test ne mène à mx.demo.test", output, StringComparison.Ordinal);
        Assert.StartsWith("The domain nowhere.test is not one of this server", await line.RefusedAsync("dns", "check", "nowhere.test"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_change_in_two_steps()
    {
        await using var line = await StartAsync();
        Assert.Equal("There are no keys; facteur dns show makes the first ones.\n", await line.SayAsync("dkim", "list", "demo.test"));
        await line.JsonAsync("dns", "show", "demo.test");
        Assert.Equal(["Active", "Active"], (await line.JsonAsync("dkim", "list", "demo.test")).AsArray().Select(key => (string)key!["state"]!));
        time.Advance(TimeSpan.FromDays(200));
        var made = await line.JsonAsync("dkim", "rotate", "demo.test");
        Assert.Equal("Created", (string)made["outcome"]!);
        Assert.DoesNotContain("PRIVATE", made.ToJsonString(), StringComparison.Ordinal);
        var (exit, output, _) = await line.RunAsync("dkim", "rotate", "demo.test");
        Assert.Equal(3, exit);
        Assert.StartsWith("DNS does not show the new keys yet", output, StringComparison.Ordinal);
        Publish(made["records"]!);
        Assert.StartsWith("The new keys sign from now on.", await line.SayAsync("dkim", "rotate", "demo.test"), StringComparison.Ordinal);
        Assert.Matches(@"active since 20\d\d-\d\d-\d\d", await line.SayAsync("dkim", "list", "demo.test"));
        Assert.Equal(2, (await line.JsonAsync("dkim", "list", "demo.test")).AsArray().Count(key => (string)key!["state"]! == "Retired"));
    }

    [Fact]
    public async Task Keys_may_be_used_though_DNS_does_not_show_them()
    {
        await using var line = await StartAsync();
        await line.JsonAsync("dns", "show", "demo.test");
        await line.JsonAsync("dkim", "rotate", "demo.test");
        Assert.StartsWith("The new keys sign from now on.", await line.SayAsync("dkim", "rotate", "demo.test", "--force"), StringComparison.Ordinal);
    }
}
