using System.Security.Cryptography.X509Certificates;
using Facteur.Delivery.Transport;
using Facteur.Net.Dns;
using Facteur.Smtp.Client;
using Facteur.Tests.Smtp.Client;

namespace Facteur.Tests.Delivery.Transport;

/// <summary>S-06: MTA-STS × DANE × certificate × STARTTLS, over real TLS: mail leaves as the policies allow, or it waits.</summary>
public sealed class TransportMatrixTests
{
    public enum Sts { Absent, Testing, Enforce, EnforceOther }

    public enum Dane { Absent, Matches, Differs, Anchor, Unusable, Fails }

    public enum Cert { Good, Expired, WrongName, SelfSigned }

    public enum Tls { Offered, Absent, Broken }

    public static TheoryData<Sts, Dane> Policies()
    {
        var data = new TheoryData<Sts, Dane>();
        foreach (var sts in Enum.GetValues<Sts>())
            foreach (var dane in Enum.GetValues<Dane>()) data.Add(sts, dane);
        return data;
    }

    [Theory]
    [MemberData(nameof(Policies))]
    public async Task Mail_leaves_as_the_policies_allow_or_waits(Sts sts, Dane dane)
    {
        foreach (var cert in Enum.GetValues<Cert>())
            foreach (var tls in Enum.GetValues<Tls>())
            {
                if (tls != Tls.Offered && cert != Cert.Good) continue;
                await RunAsync(sts, dane, cert, tls);
            }
    }

    private static async Task RunAsync(Sts sts, Dane dane, Cert cert, Tls tls)
    {
        var world = new TransportFixture();
        var certificate = cert switch
        {
            Cert.Good => world.Authority.Host("mx.d.example"),
            Cert.Expired => world.Authority.Expired("mx.d.example"),
            Cert.WrongName => world.Authority.Host("mx.other.example"),
            _ => world.Authority.SelfSigned("mx.d.example"),
        };
        var host = new FakeHost { Certificate = tls == Tls.Offered ? certificate : null, Chain = [world.Authority.Issuing], BreaksTls = tls == Tls.Broken };
        Publish(world, sts, dane, certificate);
        world.Zone.Mx("d.example", 10, "mx.d.example");
        world.Host("mx.d.example", "192.0.2.1", host);

        var outcome = Assert.Single((await world.SendAsync("d.example")).Outcomes);

        var why = $"{sts} {dane} {cert} {tls}: {outcome}, {string.Join(' ', world.Observations.Select(o => o.Result))}";
        var expected = Expected(sts, dane, cert, tls);
        Assert.True(outcome.Verdict == (expected is null ? AttemptVerdict.TemporaryFailure : AttemptVerdict.Delivered), why);
        Assert.True(host.Taken.Count == (expected is null ? 0 : 1), why);
        if (expected is null) return;
        Assert.True(outcome.Tls?.Verification == expected.Value.Verification, why);
        Assert.True((host.Taken[0] == "clear") == (expected.Value.Verification is null) && (host.Taken[0] is "clear" or "mx.d.example"), why);
    }

    private static void Publish(TransportFixture world, Sts sts, Dane dane, X509Certificate2 certificate)
    {
        if (sts != Sts.Absent)
            world.Sts("d.example", $"version: STSv1\nmode: {(sts == Sts.Testing ? "testing" : "enforce")}\nmx: {(sts == Sts.EnforceOther ? "mx2" : "mx")}.d.example\nmax_age: 86400\n");
        if (dane == Dane.Absent) return;
        world.Zone.Signed("d.example");
        const string name = "_25._tcp.mx.d.example";
        if (dane == Dane.Fails) world.Zone.Fail(name, DnsStatus.ServerFailure);
        else world.Zone.Add(name, DnsType.Tlsa, [dane switch
        {
            Dane.Matches => TlsaTests.Record(3, 1, 1, certificate),
            Dane.Differs => TlsaTests.Record(3, 1, 1, world.Authority.Host("mx.d.example")),
            Dane.Anchor => TlsaTests.Record(2, 0, 1, world.Authority.Issuing),
            _ => TlsaTests.Record(1, 1, 1, certificate),
        }]);
    }

    /// <summary>Null: nothing leaves. Verification null: it leaves in clear.</summary>
    private static (TlsVerification? Verification, bool Dummy)? Expected(Sts sts, Dane dane, Cert cert, Tls tls)
    {
        if (dane == Dane.Fails || sts == Sts.EnforceOther) return null;
        if (dane is Dane.Matches or Dane.Differs or Dane.Anchor)
        {
            var matches = dane == Dane.Matches || (dane == Dane.Anchor && cert == Cert.Good);
            return tls == Tls.Offered && matches ? (TlsVerification.Tlsa, true) : null;
        }
        if (sts == Sts.Enforce) return tls == Tls.Offered && cert == Cert.Good ? (TlsVerification.Names, true) : null;
        if (dane == Dane.Unusable) return tls == Tls.Offered ? (TlsVerification.None, true) : null;
        if (tls != Tls.Offered) return (null, true);
        return (sts == Sts.Testing && cert == Cert.Good ? TlsVerification.Names : TlsVerification.None, true);
    }

    [Theory]
    [InlineData(Cert.Good, TlsResultType.Success)]
    [InlineData(Cert.Expired, TlsResultType.CertificateExpired)]
    [InlineData(Cert.WrongName, TlsResultType.CertificateHostMismatch)]
    [InlineData(Cert.SelfSigned, TlsResultType.CertificateNotTrusted)]
    public async Task What_is_wrong_with_a_certificate_is_observed_once(Cert cert, TlsResultType result)
    {
        foreach (var mode in new[] { "testing", "enforce" })
        {
            var world = new TransportFixture();
            var certificate = cert switch
            {
                Cert.Good => world.Authority.Host("mx.d.example"),
                Cert.Expired => world.Authority.Expired("mx.d.example"),
                Cert.WrongName => world.Authority.Host("mx.other.example"),
                _ => world.Authority.SelfSigned("mx.d.example"),
            };
            world.Zone.Mx("d.example", 10, "mx.d.example");
            world.Host("mx.d.example", "192.0.2.1", new FakeHost { Certificate = certificate, Chain = [world.Authority.Issuing] }).Sts("d.example", $"version: STSv1\nmode: {mode}\nmx: mx.d.example\nmax_age: 86400\n");
            await world.SendAsync("d.example");
            var observation = Assert.Single(world.Observations);
            Assert.Equal((result, TlsPolicyType.Sts, "mx.d.example", "192.0.2.1"), (observation.Result, observation.PolicyType, observation.ReceivingHost, observation.ReceivingAddress?.ToString()));
            Assert.Equal(["mx.d.example"], observation.MxPatterns);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task TLS_Required_No_goes_before_policies(bool offersTls)
    {
        var world = new TransportFixture();
        var host = new FakeHost { Certificate = offersTls ? world.Authority.SelfSigned("x") : null };
        Publish(world, Sts.Enforce, Dane.Differs, world.Authority.Host("x"));
        world.Zone.Mx("d.example", 10, "mx.d.example");
        world.Host("mx.d.example", "192.0.2.1", host);
        var outcome = Assert.Single((await world.SendAsync("d.example", new TransportDemands(false, true))).Outcomes);
        Assert.Equal((AttemptVerdict.Delivered, offersTls), (outcome.Verdict, outcome.Tls is not null)); // RFC 8689 §4.2.2: TLS all the same, where it is to be had
        Assert.Equal(AttemptVerdict.TemporaryFailure, Assert.Single((await world.SendAsync("d.example")).Outcomes).Verdict);
    }

    // RFC 8689 §4.2.1.
    [Theory]
    [InlineData(false, false, true, Cert.Good, AttemptVerdict.PermanentFailure, "5.7.30")] // nobody vouches for the MX name
    [InlineData(true, false, true, Cert.Good, AttemptVerdict.Delivered, "2.0.0")]           // DNSSEC does
    [InlineData(false, true, true, Cert.Good, AttemptVerdict.Delivered, "2.0.0")]           // MTA-STS does
    [InlineData(true, false, false, Cert.Good, AttemptVerdict.PermanentFailure, "5.7.30")]  // the host does not know REQUIRETLS
    [InlineData(true, false, true, Cert.SelfSigned, AttemptVerdict.PermanentFailure, "5.7.10")]
    public async Task REQUIRETLS_takes_a_certain_name_and_a_certain_host(bool isSigned, bool hasSts, bool isKnown, Cert cert, AttemptVerdict verdict, string code)
    {
        var world = new TransportFixture();
        if (isSigned) world.Zone.Signed("d.example");
        if (hasSts) world.Sts("d.example", "version: STSv1\nmode: testing\nmx: mx.d.example\nmax_age: 86400\n");
        world.Zone.Mx("d.example", 10, "mx.d.example");
        world.Host("mx.d.example", "192.0.2.1", new FakeHost
        {
            Certificate = cert == Cert.Good ? world.Authority.Host("mx.d.example") : world.Authority.SelfSigned("mx.d.example"),
            Chain = [world.Authority.Issuing],
            Extensions = isKnown ? ["REQUIRETLS"] : [],
        });
        var outcome = Assert.Single((await world.SendAsync("d.example", new TransportDemands(true, false))).Outcomes);
        Assert.Equal((verdict, code), (outcome.Verdict, outcome.EnhancedCode));
        // A report is not lost for it (RFC 8689 §5).
        if (verdict == AttemptVerdict.PermanentFailure)
            Assert.Equal(AttemptVerdict.Delivered, Assert.Single((await world.SendAsync("d.example", new TransportDemands(true, false), sender: "")).Outcomes).Verdict);
    }

    [Fact]
    public async Task After_a_broken_handshake_there_is_one_attempt_in_clear_and_no_more()
    {
        var world = new TransportFixture();
        var host = new FakeHost { BreaksTls = true };
        world.Zone.Mx("d.example", 10, "mx.d.example");
        world.Host("mx.d.example", "192.0.2.1", host);
        Assert.Equal(AttemptVerdict.Delivered, Assert.Single((await world.SendAsync("d.example")).Outcomes).Verdict);
        Assert.Equal(["clear"], host.Taken);
        Assert.Equal(2, world.Dialled.Count);
        Assert.Equal([TlsResultType.ValidationFailure], world.Observations.Select(observation => observation.Result));
    }
}
