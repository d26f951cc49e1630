using System.Net;
using Facteur.Net.Dns;

namespace Facteur.IntegrationTests.Dns;

/// <summary>Our resolver over a real validating one, over real signed zones.</summary>
public sealed class ValidatingResolverTests : IAsyncLifetime
{
    private const string Records = """
        @ A 192.0.2.1
        @ AAAA 2001:db8::1
        @ MX 10 mx
        @ MX 20 mx2.plain.test.
        @ TXT "v=spf1 mx -all"
        mx A 192.0.2.2
        _25._tcp.mx TLSA 3 1 1 d2abde240d7cd3ee6b4b28c54df034b97983a1d16e8a410e4561cb106618e971
        www CNAME mx
        outside CNAME www.plain.test.
        broken CNAME www.forged.test.
        null MX 0 .
        _imaps._tcp SRV 0 1 993 mx
        @ CAA 0 issue "ca.test"
        """;

    private readonly CancellationToken cancel = TestContext.Current.CancellationToken;
    private DnsLab lab = null!;
    private StubResolver resolver = null!;

    public async ValueTask InitializeAsync()
    {
        lab = await DnsLab.StartAsync(
        [
            new("secure.test", Records, LabSigning.Signed),
            new("plain.test", Records + "\ninside CNAME www.secure.test."),
            new("stale.test", Records, LabSigning.Expired),
            new("forged.test", Records, LabSigning.Forged),
            new("127.in-addr.arpa", "7.0.0 PTR mx.secure.test.", LabSigning.Signed),
        ]);
        resolver = lab.CreateResolver();
    }

    public async ValueTask DisposeAsync()
    {
        resolver?.Dispose();
        if (lab is not null) await lab.DisposeAsync();
    }

    [Theory]
    [InlineData("secure.test", true)]
    [InlineData("plain.test", false)]
    public async Task Answers_of_signed_zones_are_authentic(string zone, bool authentic)
    {
        var answers = new Dictionary<(string Name, DnsType Type), DnsAnswer>();
        foreach (var (name, type) in new[]
        {
            (zone, DnsType.A), (zone, DnsType.Aaaa), (zone, DnsType.Mx), (zone, DnsType.Txt), (zone, DnsType.Caa), (zone, DnsType.Soa), (zone, DnsType.Ns),
            ($"_25._tcp.mx.{zone}", DnsType.Tlsa), ($"www.{zone}", DnsType.A), ($"www.{zone}", DnsType.Cname), ($"null.{zone}", DnsType.Mx), ($"_imaps._tcp.{zone}", DnsType.Srv),
        })
        {
            var answer = answers[(name, type)] = await resolver.QueryAsync(name, type, cancel);
            Assert.Equal((name, type, DnsStatus.Success, authentic), (name, type, answer.Status, answer.IsAuthentic));
        }
        Assert.Equal([new MxRecordData(10, "mx." + zone), new MxRecordData(20, "mx2.plain.test")], answers[(zone, DnsType.Mx)].Records.Cast<MxRecordData>().OrderBy(mx => mx.Preference));
        Assert.Equal([new TxtRecordData("v=spf1 mx -all")], answers[(zone, DnsType.Txt)].Records);
        Assert.Equal([new MxRecordData(0, "")], answers[("null." + zone, DnsType.Mx)].Records);
        Assert.Equal("mx." + zone, answers[("www." + zone, DnsType.A)].CanonicalName);
        Assert.Equal([new AddressRecordData(IPAddress.Parse("192.0.2.2"))], answers[("www." + zone, DnsType.A)].Records);
        var tlsa = (TlsaRecordData)Assert.Single(answers[("_25._tcp.mx." + zone, DnsType.Tlsa)].Records);
        Assert.Equal((3, 1, 1, 32), (tlsa.Usage, tlsa.Selector, tlsa.MatchingType, tlsa.Data.Length));
    }

    [Theory]
    [InlineData("secure.test", true)]
    [InlineData("plain.test", false)]
    public async Task So_is_their_absence(string zone, bool authentic)
    {
        var gone = await resolver.QueryAsync("gone." + zone, DnsType.A, cancel);
        Assert.Equal((DnsStatus.NoSuchName, authentic), (gone.Status, gone.IsAuthentic));
        var none = await resolver.QueryAsync("mx." + zone, DnsType.Tlsa, cancel);
        Assert.Equal((DnsStatus.NoData, authentic), (none.Status, none.IsAuthentic));
    }

    [Theory]
    [InlineData("stale.test")]
    [InlineData("forged.test")]
    public async Task Broken_signatures_are_bogus(string zone)
    {
        foreach (var type in new[] { DnsType.A, DnsType.Mx, DnsType.Txt })
        {
            var answer = await resolver.QueryAsync(zone, type, cancel);
            Assert.Equal((DnsStatus.Bogus, 0), (answer.Status, answer.Records.Count));
        }
        Assert.Equal(DnsStatus.Bogus, (await resolver.QueryAsync("_25._tcp.mx." + zone, DnsType.Tlsa, cancel)).Status);
    }

    [Fact]
    public async Task A_resolver_that_does_not_say_why_is_seen_through()
    {
        await using var silent = await DnsLab.StartAsync([new("stale.test", Records, LabSigning.Expired), new("plain.test", Records)], new DnsLabOptions { ExtendedErrors = false });
        using var own = silent.CreateResolver();
        Assert.Equal(DnsStatus.Bogus, (await own.QueryAsync("stale.test", DnsType.Mx, cancel)).Status);
        Assert.Equal(DnsStatus.Success, (await own.QueryAsync("plain.test", DnsType.Mx, cancel)).Status);
    }

    [Theory]
    [InlineData("outside.secure.test", DnsStatus.Success)]
    [InlineData("inside.plain.test", DnsStatus.Success)]
    [InlineData("broken.secure.test", DnsStatus.Bogus)]
    public async Task A_chain_is_as_good_as_its_weakest_link(string name, DnsStatus status)
    {
        var answer = await resolver.QueryAsync(name, DnsType.A, cancel);
        Assert.Equal((status, false), (answer.Status, answer.IsAuthentic));
    }

    [Fact]
    public async Task Addresses_look_up_by_their_reverse_name()
    {
        var answer = await resolver.QueryAsync(DnsResolver.ReverseName(IPAddress.Parse("127.0.0.7")), DnsType.Ptr, cancel);
        Assert.Equal([new NameRecordData("mx.secure.test")], answer.Records);
        Assert.True(answer.IsAuthentic);
    }

    [Fact]
    public async Task Names_outside_do_not_exist() => Assert.Equal(DnsStatus.NoSuchName, (await resolver.QueryAsync("facteur.example.org", DnsType.Mx, cancel)).Status);

    [Fact]
    public async Task A_resolver_that_is_not_trusted_makes_nothing_authentic()
    {
        using var doubting = new StubResolver(new StubResolverOptions { Servers = [lab.Resolver], TrustedServers = [] }, TimeProvider.System);
        var answer = await doubting.QueryAsync("secure.test", DnsType.Mx, cancel);
        Assert.Equal((DnsStatus.Success, false), (answer.Status, answer.IsAuthentic));
    }

    [Fact]
    public async Task Long_answers_come_over_TCP()
    {
        var key = string.Concat(Enumerable.Range(0, 1000).Select(i => (char)('a' + i % 26)));
        await lab.ChangeAsync(new("secure.test", string.Join('\n', Enumerable.Range(0, 500).Select(i => $"@ MX {i} mx{i}.a-name-that-takes-room.secure.test.")) + $"\nlong TXT {LabZone.Txt(key)}", LabSigning.Signed));
        var exchangers = await resolver.QueryAsync("secure.test", DnsType.Mx, cancel);
        Assert.Equal((500, true), (exchangers.Records.Count, exchangers.IsAuthentic));
        var text = await resolver.QueryAsync("long.secure.test", DnsType.Txt, cancel);
        Assert.Equal((new TxtRecordData(key), true), (text.Records[0], text.IsAuthentic));
    }

    [Fact]
    public async Task What_breaks_and_mends_is_seen_at_once()
    {
        await lab.ChangeAsync(new("secure.test", "@ A 192.0.2.9", LabSigning.Forged));
        Assert.Equal(DnsStatus.Bogus, (await resolver.QueryAsync("secure.test", DnsType.A, cancel)).Status);
        await lab.ChangeAsync(new("secure.test", "@ A 192.0.2.10", LabSigning.Signed));
        var answer = await resolver.QueryAsync("secure.test", DnsType.A, cancel);
        Assert.Equal([new AddressRecordData(IPAddress.Parse("192.0.2.10"))], answer.Records);
        await lab.StopResolverAsync();
        Assert.Equal(DnsStatus.Timeout, (await resolver.QueryAsync("secure.test", DnsType.A, cancel)).Status);
        await lab.StartResolverAsync();
        Assert.True((await resolver.QueryAsync("secure.test", DnsType.A, cancel)).IsAuthentic);
    }
}
