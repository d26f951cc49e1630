using System.Net;
using System.Text.Json;
using Facteur.Delivery.Authentication.Spf;

namespace Facteur.IntegrationTests.Authentication;

/// <summary>SPF beside Debian's python3-spf: the same zones, the same questions, the same verdicts.</summary>
public sealed class SpfPeerTests
{
    // The peer counts empty answers by question, RFC 7208 §4.6.4 (and so we) by term: that limit is left to the suite of the RFC.
    // Answers the peer's questions from the zone on its standard input, one verdict a check.
    private const string Peer = """
        import json, sys
        import spf
        zone, checks = json.load(sys.stdin)
        def lookup(name, qtype, strict=True, timeout=20):
            name = name.lower().rstrip('.')
            for value in zone.get(qtype, {}).get(name, []):
                if qtype == 'TXT': value = [value.encode('latin-1')]
                elif qtype == 'MX': value = (10, value)
                yield ((name, qtype), value)
        spf.DNSLookup = lookup
        spf.MAX_VOID_LOOKUPS = 1000
        print(json.dumps([spf.query(i=ip, s=sender, h=helo, strict=True).check()[0] for ip, sender, helo in checks]))
        """;

    private static readonly string[] Clients = ["192.0.2.1", "192.0.2.130", "198.51.100.7", "203.0.113.9", "2001:db8::1", "2001:db8:1::25"];

    // Terms as they are published, good and bad.
    private static readonly string[] Terms =
    [
        "ip4:192.0.2.0/25", "ip4:192.0.2.128/25", "ip4:198.51.100.7", "-ip4:203.0.113.0/24", "ip6:2001:db8::/32", "ip6:2001:db8:1::/48", "~ip4:192.0.2.1", "a", "a:mail.test", "a/24//64", "a:mail.test/25", "mx", "mx:other.test",
        "-mx/26", "include:d0.test", "include:d1.test", "?include:d2.test", "-include:d3.test", "exists:%{ir}.list.test", "exists:%{l1r+}.%{d}", "-exists:%{i}.x.%{d2}", "ptr", "ptr:mail.test", "?a:%{h}", "exists:%{v}.test", "exists:%{p}.test",
        "redirect=d0.test", "redirect=d4.test", "exp=why.test", "x-y=%{d}", "ip4:192.0.2.0/33", "ip4:192.0.2", "include", "moo", "a:%{z}.test", "ip6:::1/129", "all:x", "-all", "~all", "?all", "+all", "a:.", "mx:mail.test/0",
    ];

    [Fact]
    public async Task The_peer_agrees()
    {
        await PeerProgram.RequireAsync("import spf", "python3-spf");
        var random = new Random(7208);
        var zone = new ZoneTable().Address("mail.test", "192.0.2.5").Address("mail.test", "2001:db8:1::25").Address("mx.other.test", "203.0.113.9").Mx("other.test", "mx.other.test").Mx("other.test", "mail.test")
            .Address("1.2.0.192.list.test", "127.0.0.2").Address("in-addr.test", "127.0.0.2").Address("192.0.2.1.x.test", "127.0.0.2").Address("helo.test", "198.51.100.7").Address("tag.d7.test", "127.0.0.2")
            .Ptr("192.0.2.5", "mail.test").Ptr("203.0.113.9", "mx.other.test").Ptr("192.0.2.1", "false.test").Txt("why.test", "%{i} may not");
        var checks = new List<string[]>();
        for (var domain = 0; domain < 300; domain++)
        {
            // Few of them bad: most records should mean something.
            var terms = Enumerable.Range(0, random.Next(1, 6)).Select(_ => Terms[random.Next(random.Next(6) == 0 ? Terms.Length : 26)]).ToList();
            if (random.Next(2) == 0) terms.Add(Terms[37 + random.Next(4)]);
            zone.Txt($"d{domain}.test", "v=spf1 " + string.Join(' ', terms)).Address($"d{domain}.test", $"192.0.2.{domain % 256}").Mx($"d{domain}.test", "mail.test");
            foreach (var client in Clients) checks.Add([client, $"user+tag@d{domain}.test", "helo.test"]);
        }

        var result = await Programs.RunAsync(PeerProgram.Python, ["-c", Peer], $"[{zone.Json()}, {JsonSerializer.Serialize(checks)}]");
        Assert.True(result.ExitCode == 0, result.ToString());
        var peer = JsonSerializer.Deserialize<string[]>(result.Output)!;
        var evaluator = new SpfEvaluator(zone, TimeProvider.System, new SpfOptions { MaxVoidLookups = 100 });
        var different = new List<string>();
        for (var i = 0; i < checks.Count; i++)
        {
            var domain = checks[i][1][(checks[i][1].IndexOf('@') + 1)..];
            var ours = await evaluator.CheckAsync(IPAddress.Parse(checks[i][0]), checks[i][2], ("user+tag", domain), TestContext.Current.CancellationToken);
            var verdict = ours.Verdict.ToString().ToLowerInvariant();
            if (verdict != peer[i]) different.Add($"{checks[i][0]} {domain}: {verdict} {ours.Problem}, peer {peer[i]}: {((Facteur.Net.Dns.TxtRecordData)(await zone.QueryAsync(domain, Facteur.Net.Dns.DnsType.Txt, default)).Records[0]).Text}");
        }
        Assert.True(different.Count == 0, $"{different.Count} of {checks.Count} differ:\n{string.Join('\n', different.Take(40))}");
        Assert.True(peer.Distinct().Count() >= 5, string.Join(' ', peer.Distinct()));
    }
}
