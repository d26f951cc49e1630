using System.Globalization;
using System.Net;
using Facteur.Delivery.Authentication.Spf;
using Facteur.IntegrationTests.Dns;

namespace Facteur.IntegrationTests.Authentication;

/// <summary>SPF over real DNS, beside Debian's spf-tools-perl with the same resolver.</summary>
public sealed class SpfDnsTests
{
    // Names that exist for both kinds of addresses: the peer counts empty answers otherwise than RFC 7208 §4.6.4.
    private const string Records = """
        mail A 192.0.2.5
        mail AAAA 2001:db8:1::25
        mx1 A 203.0.113.9
        mx1 AAAA 2001:db8:2::9
        @ A 192.0.2.77
        @ AAAA 2001:db8:3::77
        @ MX 10 mx1
        @ MX 20 mail
        alias CNAME mail
        in-addr A 127.0.0.2
        ip6 A 127.0.0.2
        odd%:/name A 192.0.2.5
        odd%:/name AAAA 2001:db8:1::25
        why TXT "Not %{i} for %{s}"
        plain TXT "v=spf1 ip4:192.0.2.0/25 ip6:2001:db8:1::/48 -all"
        names TXT "v=spf1 a:mail.spf.test mx:spf.test ~all"
        cname TXT "v=spf1 a:alias.spf.test -all"
        odd TXT "v=spf1 a:odd%%:/name.spf.test ?all"
        macro TXT "v=spf1 -exists:%{v}.spf.test +all"
        include TXT "v=spf1 include:plain.spf.test include:names.spf.test -all"
        redirect TXT "v=spf1 mx:spf.test redirect=plain.spf.test"
        pointer TXT "v=spf1 ptr:spf.test -all"
        nets TXT "v=spf1 a:mail.spf.test/24//64 ?all"
        bad TXT "v=spf1 a:mail.spf.test ip4:192.0.2 -all"
        two TXT "v=spf1 -all"
        two TXT "v=spf1 +all"
        loop TXT "v=spf1 include:loop.spf.test -all"
        none TXT "nothing of this kind"
        """;

    private static readonly string[] Domains = ["plain", "names", "cname", "odd", "macro", "include", "redirect", "pointer", "nets", "bad", "two", "loop", "none", "missing"];
    private static readonly string[] Clients = ["192.0.2.5", "192.0.2.200", "203.0.113.9", "2001:db8:1::25", "2001:db8:2::9"];

    [Fact]
    public async Task The_peer_agrees()
    {
        Programs.Require("spfquery.mail-spf-perl");
        var cancel = TestContext.Current.CancellationToken;
        await using var lab = await DnsLab.StartAsync(
            [new("spf.test", Records), new("2.0.192.in-addr.arpa", "5 PTR mail.spf.test.\n200 PTR mail.spf.test."), new("113.0.203.in-addr.arpa", "9 PTR mx1.spf.test.")]);
        var checks = (from domain in Domains from client in Clients select (Client: client, Domain: domain + ".spf.test")).ToList();

        var input = string.Concat(checks.Select(check => $"{check.Client} user@{check.Domain} helo.spf.test\n"));
        var port = lab.Resolver.Port.ToString(CultureInfo.InvariantCulture);
        var result = await Programs.RunAsync("env", [$"RES_NAMESERVERS={lab.Resolver.Address}", $"RES_OPTIONS=port:{port}", "spfquery.mail-spf-perl", "--file", "-"], input);
        var peer = result.Output.Split('\n').Where(line => Verdicts.Contains(line.Split(' ')[0])).Select(line => line.Split(' ')[0]).ToList();
        Assert.True(peer.Count == checks.Count, result.ToString());

        using var resolver = lab.CreateResolver();
        var evaluator = new SpfEvaluator(resolver, TimeProvider.System, new SpfOptions());
        var different = new List<string>();
        for (var i = 0; i < checks.Count; i++)
        {
            var ours = await evaluator.CheckAsync(IPAddress.Parse(checks[i].Client), "helo.spf.test", ("user", checks[i].Domain), cancel);
            if (!ours.Verdict.ToString().Equals(peer[i], StringComparison.OrdinalIgnoreCase)) different.Add($"{checks[i]}: {ours}, peer {peer[i]}");
        }
        Assert.True(different.Count == 0, string.Join('\n', different));
    }

    private static readonly HashSet<string> Verdicts = ["pass", "fail", "softfail", "neutral", "none", "temperror", "permerror"];
}
