using System.Globalization;
using System.Net;
using Facteur.Delivery.Authentication.Dkim;
using Facteur.Delivery.Authentication.Spf;
using Facteur.Delivery.Domains;
using Facteur.Net.Dns;
using Facteur.Tests.Support;

namespace Facteur.Tests.Delivery.Domains;

/// <summary>A correct zone, and wrong ones: each fault is named.</summary>
public sealed class DomainCheckTests
{
    private const string Domain = "a.test";
    private const string Host = "mail.a.test";
    private static readonly IPAddress Address = IPAddress.Parse("192.0.2.10");
    private static readonly byte[] Digest = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
    private static readonly DkimKey Rsa = DkimKey.Generate(Domain, "2026a-rsa", DkimAlgorithm.RsaSha256);
    private static readonly DkimKey Other = DkimKey.Generate(Domain, "2026a-rsa", DkimAlgorithm.RsaSha256);

    private static readonly DomainSetup Setup = new()
    {
        Domain = Domain,
        HostName = Host,
        Addresses = [Address],
        DkimKeys = [new PublishedDkimKey("2026a-rsa", DkimRecord.Text(Rsa), IsRequired: true)],
        KeyDigests = [Digest],
        MtaStsId = "p1",
        Services = HostedServices.Imaps | HostedServices.Submissions | HostedServices.Pop3s | HostedServices.MtaSts,
    };

    private static ZoneResolver Good() => new ZoneResolver()
        .Mx(Domain, 10, Host).A(Host, "192.0.2.10").Ptr(Address, Host)
        .Txt(Domain, "v=spf1 mx -all").Txt(Host, "v=spf1 a -all").Txt("2026a-rsa._domainkey." + Domain, DkimRecord.Text(Rsa))
        .Txt("_dmarc." + Domain, "v=DMARC1; p=reject; rua=mailto:postmaster@a.test").Txt("_smtp._tls." + Domain, "v=TLSRPTv1; rua=mailto:postmaster@a.test")
        .Txt("_mta-sts." + Domain, "v=STSv1; id=p1;").Cname("mta-sts." + Domain, Host)
        .Add("_25._tcp." + Host, DnsType.Tlsa, [new TlsaRecordData(3, 1, 1, Digest)]).Signed(Host)
        .Add("_imaps._tcp." + Domain, DnsType.Srv, [new SrvRecordData(0, 1, 993, Host)])
        .Add("_submissions._tcp." + Domain, DnsType.Srv, [new SrvRecordData(0, 1, 465, Host)])
        .Add("_pop3s._tcp." + Domain, DnsType.Srv, [new SrvRecordData(10, 1, 995, Host)]);

    private const string Policy = "version: STSv1\r\nmode: enforce\r\nmx: mail.a.test\r\nmax_age: 604800\r\n";

    private static async Task<List<DomainFinding>> CheckAsync(ZoneResolver zone, string? policy = Policy)
    {
        var time = new FakeTime();
        var check = new DomainCheck(zone, new SpfEvaluator(zone, time, new SpfOptions()), (_, _) => new((policy, policy is null ? "the host does not answer" : null)))
        {
            IsPublic = address => address.GetAddressBytes()[0] != 10,
        };
        var findings = new List<DomainFinding>();
        await foreach (var finding in check.RunAsync(Setup, default)) findings.Add(finding);
        return findings;
    }

    [Fact]
    public async Task A_correct_zone_has_no_fault()
    {
        var findings = await CheckAsync(Good());
        Assert.Equal([], findings.Where(finding => finding.State != FindingState.Ok).Select(finding => $"{finding.Code} {finding.Problem(CultureInfo.InvariantCulture)}"));
        Assert.Equal(DomainRecords.For(Setup).Count, findings.Count);
    }

    public static TheoryData<string, string> Faults => new()
    {
        { "no MX", "FCT-2103" }, { "null MX", "FCT-2110" }, { "MX elsewhere", "FCT-2111" }, { "MX without address", "FCT-2112" }, { "MX alias", "FCT-2113" },
        { "private address", "FCT-2114" }, { "other address", "FCT-2115" }, { "other PTR", "FCT-2120" }, { "no PTR", "FCT-2103" }, { "PTR not confirmed", "FCT-2121" },
        { "two SPF", "FCT-2130" }, { "SPF too long", "FCT-2131" }, { "SPF without us", "FCT-2132" }, { "SPF for all", "FCT-2133" },
        { "DKIM other key", "FCT-2141" }, { "DKIM unreadable", "FCT-2140" }, { "DKIM missing", "FCT-2103" },
        { "DMARC none", "FCT-2151" }, { "DMARC unusable", "FCT-2150" }, { "two DMARC", "FCT-2153" }, { "reports not wanted", "FCT-2152" },
        { "TLS reports nowhere", "FCT-2160" }, { "MTA-STS old id", "FCT-2166" }, { "MTA-STS bad", "FCT-2165" }, { "policy unreachable", "FCT-2167" },
        { "policy for others", "FCT-2168" }, { "policy tests", "FCT-2169" }, { "TLSA other key", "FCT-2170" }, { "TLSA unsigned", "FCT-2171" },
        { "SRV other port", "FCT-2180" }, { "mta-sts elsewhere", "FCT-2181" }, { "CAA other", "FCT-2190" }, { "no answer", "FCT-2101" }, { "bogus", "FCT-2102" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_wrong_zone_is_told_with_the_code_of_its_fault(string fault, string code)
    {
        var zone = Good();
        var policy = Spoil(zone, fault);
        var findings = (await CheckAsync(zone, policy)).Where(finding => finding.State != FindingState.Ok).ToList();
        var named = Assert.Single(findings, finding => finding.Code == code);
        foreach (var language in (string[])["en", "fr"])
        {
            var sentence = named.Problem(CultureInfo.GetCultureInfo(language));
            Assert.NotEqual(code, sentence);
            Assert.DoesNotContain('{', sentence);
        }
        Assert.NotEqual(named.Problem(CultureInfo.GetCultureInfo("en")), named.Problem(CultureInfo.GetCultureInfo("fr")));
    }

    private static string? Spoil(ZoneResolver zone, string fault)
    {
        const string Dmarc = "_dmarc." + Domain, Dkim = "2026a-rsa._domainkey." + Domain, Tlsa = "_25._tcp." + Host, Sts = "_mta-sts." + Domain, Tls = "_smtp._tls." + Domain;
        var reverse = DnsResolver.ReverseName(Address);
        switch (fault)
        {
            case "no MX": zone.Remove(Domain, DnsType.Mx).Txt(Host, "x").Remove(Domain, DnsType.Txt).Txt(Domain, "v=spf1 ip4:192.0.2.10 -all"); break;
            case "null MX": Replace(Domain, DnsType.Mx, new MxRecordData(0, "")); Replace(Domain, DnsType.Txt, new TxtRecordData("v=spf1 ip4:192.0.2.10 -all")); break;
            case "MX elsewhere": Replace(Domain, DnsType.Mx, new MxRecordData(0, "mx.b.test")); zone.A("mx.b.test", "192.0.2.99"); Replace(Domain, DnsType.Txt, new TxtRecordData("v=spf1 ip4:192.0.2.10 -all")); break;
            case "MX without address": Replace(Domain, DnsType.Mx, new MxRecordData(0, "mx.b.test")); zone.Txt("mx.b.test", "x"); Replace(Domain, DnsType.Txt, new TxtRecordData("v=spf1 ip4:192.0.2.10 -all")); break;
            case "MX alias": Replace(Domain, DnsType.Mx, new MxRecordData(0, "alias.a.test")); zone.Cname("alias.a.test", Host); Replace(Domain, DnsType.Txt, new TxtRecordData("v=spf1 ip4:192.0.2.10 -all")); break;
            case "private address": zone.A(Host, "10.0.0.1"); break;
            case "other address": Replace(Host, DnsType.A, new AddressRecordData(IPAddress.Parse("192.0.2.77"))); zone.Remove(reverse, DnsType.Ptr); break;
            case "other PTR": Replace(reverse, DnsType.Ptr, new NameRecordData("host-10.provider.test")); break;
            case "no PTR": zone.Remove(reverse, DnsType.Ptr); break;
            case "PTR not confirmed": Replace(Host, DnsType.A, new AddressRecordData(IPAddress.Parse("192.0.2.77"))); break;
            case "two SPF": zone.Txt(Domain, "v=spf1 a -all"); break;
            case "SPF too long": Replace(Domain, DnsType.Txt, new TxtRecordData("v=spf1 " + string.Concat(Enumerable.Range(0, 11).Select(i => $"a:h{i}.a.test ")) + "-all")); for (var i = 0; i < 11; i++) zone.A($"h{i}.a.test", "192.0.2.200"); break;
            case "SPF without us": Replace(Domain, DnsType.Txt, new TxtRecordData("v=spf1 ip4:198.51.100.1 -all")); break;
            case "SPF for all": Replace(Domain, DnsType.Txt, new TxtRecordData("v=spf1 +all")); break;
            case "DKIM other key": Replace(Dkim, DnsType.Txt, new TxtRecordData(DkimRecord.Text(Other))); break;
            case "DKIM unreadable": Replace(Dkim, DnsType.Txt, new TxtRecordData("v=DKIM1; k=rsa")); break;
            case "DKIM missing": zone.Remove(Dkim, DnsType.Txt); break;
            case "DMARC none": Replace(Dmarc, DnsType.Txt, new TxtRecordData("v=DMARC1; p=none; rua=mailto:postmaster@a.test")); break;
            case "DMARC unusable": Replace(Dmarc, DnsType.Txt, new TxtRecordData("v=DMARC1; p=perhaps")); break;
            case "two DMARC": zone.Txt(Dmarc, "v=DMARC1; p=none"); break;
            case "reports not wanted": Replace(Dmarc, DnsType.Txt, new TxtRecordData("v=DMARC1; p=reject; rua=mailto:x@reports.test")); break;
            case "TLS reports nowhere": Replace(Tls, DnsType.Txt, new TxtRecordData("v=TLSRPTv1")); break;
            case "MTA-STS old id": Replace(Sts, DnsType.Txt, new TxtRecordData("v=STSv1; id=p0;")); break;
            case "MTA-STS bad": Replace(Sts, DnsType.Txt, new TxtRecordData("v=STSv1;")); break;
            case "policy unreachable": return null;
            case "policy for others": return Policy.Replace("mail.a.test", "mx.b.test", StringComparison.Ordinal);
            case "policy tests": return Policy.Replace("enforce", "testing", StringComparison.Ordinal);
            case "TLSA other key": Replace(Tlsa, DnsType.Tlsa, new TlsaRecordData(3, 1, 1, new byte[32])); break;
            case "TLSA unsigned": zone.Unsigned(Host); break;
            case "SRV other port": Replace("_imaps._tcp." + Domain, DnsType.Srv, new SrvRecordData(0, 1, 143, Host)); break;
            case "mta-sts elsewhere": Replace("mta-sts." + Domain, DnsType.Cname, new NameRecordData("web.b.test")); zone.A("web.b.test", "192.0.2.99"); break;
            case "CAA other": zone.Add(Domain, DnsType.Caa, [new CaaRecordData(0, "issue", "ca.test")]); break;
            case "no answer": zone.Fail(Tls, DnsStatus.Timeout); break;
            case "bogus": zone.Fail(Tls, DnsStatus.Bogus); break;
            default: throw new ArgumentException(fault);
        }
        return Policy;

        void Replace(string name, DnsType type, DnsRecordData record) => zone.Remove(name, type).Add(name, type, [record]);
    }
}
