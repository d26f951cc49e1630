using System.Globalization;
using System.Net;
using Facteur.Net.Dns;
using Facteur.Tests.Support;

namespace Facteur.Tests.Net.Dns;

/// <summary>What is kept, for how long, and how much of it.</summary>
public sealed class DnsCacheTests
{
    private readonly CancellationToken cancel = TestContext.Current.CancellationToken;
    private readonly FakeTime time = new();

    [Fact]
    public async Task An_answer_is_kept_for_its_time_and_counts_down()
    {
        await using var server = Answering(100);
        using var resolver = Resolver(server);
        Assert.Equal(TimeSpan.FromSeconds(100), (await resolver.QueryAsync("example.org", DnsType.A, cancel)).Ttl);
        time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(TimeSpan.FromSeconds(40), (await resolver.QueryAsync("EXAMPLE.ORG.", DnsType.A, cancel)).Ttl);
        Assert.Single(server.Requests);
        time.Advance(TimeSpan.FromSeconds(40));
        await resolver.QueryAsync("example.org", DnsType.A, cancel);
        Assert.Equal(2, server.Requests.Count);
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(0x80000000u)]
    [InlineData(0xFFFFFFFFu)]
    public async Task A_TTL_of_zero_or_below_is_not_kept(uint ttl)
    {
        await using var server = Answering(ttl);
        using var resolver = Resolver(server);
        for (var i = 0; i < 3; i++) Assert.Equal(TimeSpan.Zero, (await resolver.QueryAsync("example.org", DnsType.A, cancel)).Ttl);
        Assert.Equal(3, server.Requests.Count);
    }

    [Fact]
    public async Task Times_have_bounds()
    {
        await using var ages = Answering(int.MaxValue);
        using var bounded = Resolver(ages);
        Assert.Equal(TimeSpan.FromDays(1), (await bounded.QueryAsync("example.org", DnsType.A, cancel)).Ttl);
        await using var moments = Answering(0);
        using var patient = new StubResolver(new StubResolverOptions { Servers = [moments.EndPoint], MinTtl = TimeSpan.FromSeconds(5) }, time);
        for (var i = 0; i < 3; i++) await patient.QueryAsync("example.org", DnsType.A, cancel);
        Assert.Single(moments.Requests);
    }

    [Theory]
    [InlineData(900u, 300u, 300)]
    [InlineData(60u, 300u, 60)]
    [InlineData(86400u, 86400u, 3600)]
    public async Task Absence_is_kept_as_long_as_the_SOA_says_up_to_an_hour(uint ttl, uint minimum, int kept)
    {
        await using var server = new TestDnsServer(request => new DnsTestReply(request) { Code = 3 }.Soa("example.org", ttl, minimum));
        using var resolver = Resolver(server);
        Assert.Equal(TimeSpan.FromSeconds(kept), (await resolver.QueryAsync("gone.example.org", DnsType.A, cancel)).Ttl);
        await resolver.QueryAsync("gone.example.org", DnsType.A, cancel);
        Assert.Single(server.Requests);
        time.Advance(TimeSpan.FromSeconds(kept));
        await resolver.QueryAsync("gone.example.org", DnsType.A, cancel);
        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task Absence_without_SOA_is_not_kept()
    {
        await using var server = new TestDnsServer(request => new DnsTestReply(request) { Code = 3 });
        using var resolver = Resolver(server);
        for (var i = 0; i < 2; i++) Assert.Equal(DnsStatus.NoSuchName, (await resolver.QueryAsync("gone.example.org", DnsType.A, cancel)).Status);
        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task A_failure_is_kept_for_moments_and_mends_by_itself()
    {
        var fails = true;
        await using var server = new TestDnsServer(request => new DnsTestReply(request) { Code = fails ? 5 : 0 }.Answer(DnsType.A, 60, Rdata.A("192.0.2.1")));
        using var resolver = Resolver(server);
        for (var i = 0; i < 10; i++) Assert.Equal(DnsStatus.ServerFailure, (await resolver.QueryAsync("example.org", DnsType.A, cancel)).Status);
        Assert.Single(server.Requests);
        fails = false;
        time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(DnsStatus.Success, (await resolver.QueryAsync("example.org", DnsType.A, cancel)).Status);
    }

    [Fact]
    public async Task Forget_asks_anew()
    {
        await using var server = Answering(600);
        using var resolver = Resolver(server);
        await resolver.QueryAsync("example.org", DnsType.A, cancel);
        resolver.Forget();
        await resolver.QueryAsync("example.org", DnsType.A, cancel);
        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public void What_is_kept_is_bounded_and_what_is_used_stays()
    {
        var cache = new DnsCache(100_000, time);
        var used = new DnsQuestion("used.example", DnsType.A);
        var answer = new DnsAnswer(DnsStatus.Success, [new AddressRecordData(IPAddress.Loopback)], false, "x", TimeSpan.FromHours(1));
        cache.Keep(used, answer, 60);
        for (var i = 0; i < 10_000; i++)
        {
            cache.Keep(new DnsQuestion($"{i.ToString(CultureInfo.InvariantCulture)}.example", DnsType.A), answer, i % 100 == 0 ? 20_000 : 60);
            Assert.NotNull(cache.Find(used));
            Assert.True(cache.Octets <= 100_000);
        }
        Assert.InRange(cache.Count, 10, 300);
        cache.Keep(new DnsQuestion("huge.example", DnsType.Txt), answer, 65_535);
        Assert.Null(cache.Find(new DnsQuestion("huge.example", DnsType.Txt)));
        cache.Clear();
        Assert.Equal((0, 0L), (cache.Count, cache.Octets));
    }

    private static TestDnsServer Answering(uint ttl) => new(request => new DnsTestReply(request).Answer(DnsType.A, ttl, Rdata.A("192.0.2.1")));

    private StubResolver Resolver(TestDnsServer server) => new(new StubResolverOptions { Servers = [server.EndPoint] }, time);
}
