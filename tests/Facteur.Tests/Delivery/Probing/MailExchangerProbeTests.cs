using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Facteur.Delivery.Probing;
using Facteur.Net.Dialing;
using Facteur.Net.Dns;
using Facteur.Tests.Delivery.Transport;

namespace Facteur.Tests.Delivery.Probing;

/// <summary>facteur test mx: what it says of the mail exchangers of a domain.</summary>
public sealed class MailExchangerProbeTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static FakeHost Good(string name) => new() { Certificate = ProbeWorld.Authority.Host(name), Chain = [ProbeWorld.Authority.Issuing], Extensions = ["PIPELINING", "SIZE 1000"] };

    private static async Task<ProbeReport> RunAsync(ProbeWorld world, string domain = "a.example") => await world.Probe.MailExchangersAsync(domain, Cancel);

    [Fact]
    public async Task A_domain_whose_hosts_are_well_shows_each_step()
    {
        var world = new ProbeWorld().Host("mx1.a.example", "198.51.100.1", Good("mx1.a.example")).Host("mx2.a.example", "198.51.100.2", Good("mx2.a.example"));
        world.Zone.Mx("a.example", 10, "mx1.a.example").Mx("a.example", 20, "mx2.a.example");
        var report = await RunAsync(world);
        Assert.Equal(ProbeState.Ok, report.State);
        Assert.Equal(["a.example", "mx1.a.example", "mx2.a.example"], report.Sections.Select(section => section.Name));
        Assert.Equal("Ok Exchangers, Ok Policy", ProbeWorld.Steps(report.Sections[0]));
        Assert.Equal("10 mx1.a.example, 20 mx2.a.example", ProbeWorld.English(report.Sections[0].Steps[0].Result!));
        Assert.Equal("Ok Addresses, Ok Connect, Ok Greeting, Ok Hello, Ok Tls, Ok Hello", ProbeWorld.Steps(report.Sections[1]));
        var steps = report.Sections[1].Steps;
        Assert.Equal(
        [
            "198.51.100.1", "connected to 198.51.100.1:25 from 192.0.2.200", "220 mx ESMTP", "offers PIPELINING, SIZE 1000, STARTTLS",
            "TLSv1.3, TLS_AES_256_GCM_SHA384; certificate for mx1.a.example, issued by Test Issuing, until 2026-05-13; verified by name", "offers PIPELINING, SIZE 1000",
        ], steps.Select(step => ProbeWorld.English(step.Result!)));
        Assert.EndsWith("; certificat pour mx1.a.example, émis par Test Issuing, jusqu’au 2026-05-13 ; vérifié par le nom", ProbeWorld.French(steps[4].Result!), StringComparison.Ordinal);
        Assert.Equal(["> STARTTLS", "< 220 go"], steps[4].Dialogue.Select(line => (line.IsOurs ? "> " : "< ") + line.Text));
    }

    [Fact]
    public async Task A_domain_without_mx_is_its_own_host_and_so_is_an_address()
    {
        var world = new ProbeWorld().Host("a.example", "198.51.100.1", Good("a.example"));
        var report = await RunAsync(world);
        Assert.Equal("no MX record: a.example itself is its mail host", ProbeWorld.English(report.Sections[0].Steps[0].Result!));
        Assert.Equal(ProbeState.Ok, report.Sections[1].State);
        Assert.Equal("Ok Addresses, Ok Connect, Ok Greeting, Ok Hello, Warning Tls CertificateName, Ok Hello", ProbeWorld.Steps(Assert.Single((await RunAsync(world, "[198.51.100.1]")).Sections)));
    }

    [Fact]
    public async Task What_DNS_says_against_mail_is_told()
    {
        var world = new ProbeWorld();
        world.Zone.Mx("null.example", 0, "").Fail("bogus.example", DnsStatus.Bogus).Fail("slow.example", DnsStatus.Timeout).Fail("lame.example", DnsStatus.ServerFailure).Txt("bare.example", "x");
        async Task<string> OfAsync(string domain) => ProbeWorld.Steps((await RunAsync(world, domain)).Sections[^1]);
        Assert.Equal("Failed Exchangers NullMx", await OfAsync("null.example"));
        Assert.Equal("Failed Exchangers DomainUnknown", await OfAsync("none.example"));
        Assert.Equal("Failed Exchangers DnsBogus", await OfAsync("bogus.example"));
        Assert.Equal("Failed Exchangers DnsTimeout", await OfAsync("slow.example"));
        Assert.Equal("Failed Exchangers DnsFailure", await OfAsync("lame.example"));
        Assert.Equal("Failed Addresses HostNoAddress", await OfAsync("bare.example"));
        Assert.Equal(ProbeState.Failed, (await RunAsync(world, "bare.example")).State);
    }

    [Fact]
    public async Task One_host_of_two_that_fails_is_something_to_mend()
    {
        var world = new ProbeWorld().Dead("mx1.a.example", "198.51.100.1", DialOutcome.TimedOut).Host("mx2.a.example", "198.51.100.2", Good("mx2.a.example"));
        world.Zone.Mx("a.example", 10, "mx1.a.example").Mx("a.example", 20, "mx2.a.example").Mx("a.example", 30, "gone.a.example");
        var report = await RunAsync(world);
        Assert.Equal(ProbeState.Warning, report.State);
        Assert.Equal("Ok Addresses, Failed Connect ConnectTimedOut25", ProbeWorld.Steps(report.Sections[1]));
        Assert.Equal(ProbeState.Ok, report.Sections[2].State);
        Assert.Equal("Failed Addresses HostUnknown", ProbeWorld.Steps(report.Sections[3]));
    }

    [Theory]
    [InlineData(DialOutcome.Refused, "ConnectRefused")]
    [InlineData(DialOutcome.Unreachable, "ConnectUnreachable")]
    [InlineData(DialOutcome.Forbidden, "ConnectForbidden")]
    public async Task A_host_that_cannot_be_reached_tells_why(DialOutcome outcome, string code)
    {
        var report = await RunAsync(new ProbeWorld().Dead("a.example", "198.51.100.1", outcome));
        Assert.Equal("Ok Addresses, Failed Connect " + code, ProbeWorld.Steps(report.Sections[1]));
        Assert.Equal(ProbeState.Failed, report.State);
    }

    [Fact]
    public async Task An_address_that_is_lame_shows_though_another_works()
    {
        var world = new ProbeWorld().Dead("a.example", "2001:db8::1", DialOutcome.Unreachable).Host("a.example", "198.51.100.1", Good("a.example"));
        var step = (await RunAsync(world)).Sections[1].Steps[1];
        Assert.Equal((ProbeState.Warning, "SomeAddressesFail"), (step.State, step.Finding!.Code));
        Assert.Equal("Not every address of a.example can be connected to: [2001:db8::1]:25 cannot be reached.", ProbeWorld.English(step.Finding));
    }

    [Fact]
    public async Task Mail_in_clear_is_a_warning()
    {
        var report = await RunAsync(new ProbeWorld().Host("a.example", "198.51.100.1", new FakeHost()));
        Assert.Equal("Ok Addresses, Ok Connect, Ok Greeting, Ok Hello, Warning Tls InClear", ProbeWorld.Steps(report.Sections[1]));
        Assert.Equal("offers nothing", ProbeWorld.English(report.Sections[1].Steps[3].Result!));
    }

    [Theory]
    [InlineData("expired", "CertificateExpired")]
    [InlineData("name", "CertificateName")]
    [InlineData("self", "CertificateSelfSigned")]
    [InlineData("chain", "CertificateUntrusted")]
    public async Task A_certificate_that_proves_nothing_is_a_warning_where_none_is_asked_for(string what, string code)
    {
        var report = await RunAsync(new ProbeWorld().Host("a.example", "198.51.100.1", With(what)));
        Assert.Equal($"Ok Addresses, Ok Connect, Ok Greeting, Ok Hello, Warning Tls {code}, Ok Hello", ProbeWorld.Steps(report.Sections[1]));
        Assert.EndsWith("; not verified", ProbeWorld.English(report.Sections[1].Steps[4].Result!), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("expired", "CertificateExpired")]
    [InlineData("name", "CertificateName")]
    [InlineData("self", "CertificateSelfSigned")]
    [InlineData("chain", "CertificateUntrusted")]
    public async Task Under_an_enforced_policy_it_ends_the_way(string what, string code)
    {
        var world = new ProbeWorld().Host("a.example", "198.51.100.1", With(what)).Sts("a.example", "version: STSv1\nmode: enforce\nmx: a.example\nmax_age: 86400\n");
        Assert.Equal($"Ok Addresses, Ok Policy, Ok Connect, Ok Greeting, Ok Hello, Failed Tls {code}", ProbeWorld.Steps((await RunAsync(world)).Sections[1]));
    }

    [Fact]
    public async Task A_policy_that_leaves_the_host_out_or_cannot_be_had_is_told()
    {
        var left = new ProbeWorld().Host("a.example", "198.51.100.1", Good("a.example")).Sts("a.example", "version: STSv1\nmode: enforce\nmx: other.example\nmax_age: 86400\n");
        var report = await RunAsync(left);
        Assert.Equal("MTA-STS, enforced, for other.example", ProbeWorld.English(report.Sections[0].Steps[1].Result!));
        Assert.Equal("Ok Addresses, Failed Policy PolicyNotListed", ProbeWorld.Steps(report.Sections[1]));
        Assert.Empty(left.Dialled);
        var testing = new ProbeWorld().Host("a.example", "198.51.100.1", Good("a.example")).Sts("a.example", "version: STSv1\nmode: testing\nmx: other.example\nmax_age: 86400\n");
        Assert.StartsWith("Ok Addresses, Warning Policy PolicyNotListed, Ok Connect", ProbeWorld.Steps((await RunAsync(testing)).Sections[1]), StringComparison.Ordinal);
        var none = new ProbeWorld().Host("a.example", "198.51.100.1", Good("a.example")).Sts("a.example", null);
        Assert.Equal("Ok Exchangers, Warning Policy StsUnfetchable", ProbeWorld.Steps((await RunAsync(none)).Sections[0]));
    }

    [Fact]
    public async Task TLSA_records_decide_where_there_are_some()
    {
        var certificate = ProbeWorld.Authority.SelfSigned("mx.a.example");
        ProbeWorld World(byte[] digest, byte usage = 3)
        {
            var world = new ProbeWorld().Host("mx.a.example", "198.51.100.1", new FakeHost { Certificate = certificate });
            world.Zone.Mx("a.example", 10, "mx.a.example").Add("_25._tcp.mx.a.example", DnsType.Tlsa, [new TlsaRecordData(usage, 1, 1, digest)]).Signed("a.example");
            return world;
        }
        var right = SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo());
        var good = await RunAsync(World(right));
        Assert.Equal("10 mx.a.example (validated by DNSSEC)", ProbeWorld.English(good.Sections[0].Steps[0].Result!));
        Assert.Equal("Ok Addresses, Ok Policy, Ok Connect, Ok Greeting, Ok Hello, Ok Tls, Ok Hello", ProbeWorld.Steps(good.Sections[1]));
        Assert.EndsWith("; verified by TLSA", ProbeWorld.English(good.Sections[1].Steps[5].Result!), StringComparison.Ordinal);
        Assert.EndsWith("Failed Tls CertificateTlsa", ProbeWorld.Steps((await RunAsync(World(new byte[32]))).Sections[1]), StringComparison.Ordinal);
        Assert.StartsWith("Ok Addresses, Warning Policy TlsaUnusable", ProbeWorld.Steps((await RunAsync(World(right, usage: 1))).Sections[1]), StringComparison.Ordinal);
        var lame = World(right);
        lame.Zone.Fail("_25._tcp.mx.a.example", DnsStatus.ServerFailure);
        Assert.Equal("Ok Addresses, Failed Policy TlsaLookupFailed", ProbeWorld.Steps((await RunAsync(lame)).Sections[1]));
    }

    private static FakeHost With(string what) => what switch
    {
        "expired" => new FakeHost { Certificate = ProbeWorld.Authority.Expired("a.example"), Chain = [ProbeWorld.Authority.Issuing] },
        "name" => new FakeHost { Certificate = ProbeWorld.Authority.Host("b.example"), Chain = [ProbeWorld.Authority.Issuing] },
        "self" => new FakeHost { Certificate = ProbeWorld.Authority.SelfSigned("a.example") },
        _ => new FakeHost { Certificate = ProbeWorld.Authority.Host("a.example") }, // what leads to the root is not sent
    };
}
