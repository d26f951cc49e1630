using Facteur.Delivery.Transport;
using Facteur.Net.Dialing;
using Facteur.Net.Dns;
using Facteur.Tests.Support;

namespace Facteur.Tests.Delivery.Transport;

/// <summary>Discovery, cache and refresh (RFC 8461 §3.3, §5.1).</summary>
public sealed class MtaStsPoliciesTests
{
    private const string Enforce = "version: STSv1\nmode: enforce\nmx: mx.d.example\nmax_age: 604800\n";
    private const string Testing = "version: STSv1\nmode: testing\nmx: mx.d.example\nmax_age: 604800\n";
    private const string None = "version: STSv1\nmode: none\nmax_age: 86400\n";

    private readonly TransportFixture world = new();

    [Fact]
    public async Task A_policy_is_fetched_once_and_kept()
    {
        world.Sts("d.example", Enforce);
        Assert.Equal(MtaStsMode.Enforce, (await FindAsync())!.Mode);
        Assert.Equal(MtaStsMode.Enforce, (await FindAsync())!.Mode);
        Assert.Equal(["https://mta-sts.d.example/.well-known/mta-sts.txt"], world.Fetched);
        Assert.Equal("1", world.Saved["d.example"].Id);
    }

    [Fact]
    public async Task A_domain_without_a_record_is_not_fetched_from()
    {
        Assert.Null(await FindAsync());
        Assert.Empty(world.Fetched);
    }

    [Fact]
    public async Task Another_id_brings_another_policy()
    {
        world.Sts("d.example", Enforce);
        await FindAsync();
        world.Sts("d.example", Testing, "2");
        Assert.Equal(MtaStsMode.Testing, (await FindAsync())!.Mode);
        world.Sts("d.example", None, "3");
        Assert.Null(await FindAsync());
        Assert.Equal(3, world.Fetched.Count);
    }

    // S-06: an attacker in the way of DNS and HTTPS does not strip what is kept.
    [Fact]
    public async Task A_kept_policy_outlives_what_goes_away()
    {
        world.Sts("d.example", Enforce);
        await FindAsync();
        world.Zone.Remove("_mta-sts.d.example", DnsType.Txt);
        Assert.NotNull(await FindAsync());
        world.Zone.Fail("_mta-sts.d.example", DnsStatus.ServerFailure);
        Assert.NotNull(await FindAsync());
        world.Zone.Mend("_mta-sts.d.example");
        world.Sts("d.example", "nonsense", "2");
        Assert.NotNull(await FindAsync());
        world.Time.Advance(TimeSpan.FromDays(7));
        Assert.Null(await FindAsync());
    }

    [Fact]
    public async Task A_policy_outlives_a_restart()
    {
        world.Sts("d.example", Enforce);
        await FindAsync();
        var after = new MtaStsPolicies(world.Zone, (_, _) => throw new InvalidOperationException("not asked"), world, world, world.Time);
        Assert.NotNull(await after.FindAsync("d.example", CancellationToken.None));
    }

    [Theory]
    [InlineData(HttpOutcome.Unreachable, TlsResultType.StsPolicyFetchError)]
    [InlineData(HttpOutcome.TimedOut, TlsResultType.StsPolicyFetchError)]
    [InlineData(HttpOutcome.TlsFailed, TlsResultType.StsWebPkiInvalid)]
    [InlineData(HttpOutcome.TooLarge, TlsResultType.StsPolicyInvalid)]
    public async Task A_fetch_that_fails_is_reported_and_not_repeated_at_once(HttpOutcome outcome, TlsResultType result)
    {
        world.Sts("d.example", Enforce).Document("d.example", TransportFixture.NoAnswer(outcome));
        Assert.Null(await FindAsync());
        Assert.Null(await FindAsync());
        Assert.Single(world.Fetched);
        var observation = Assert.Single(world.Observations);
        Assert.Equal((result, "d.example", TlsPolicyType.Sts), (observation.Result, observation.PolicyDomain, observation.PolicyType));
        world.Time.Advance(TimeSpan.FromMinutes(5));
        world.Sts("d.example", Enforce);
        Assert.NotNull(await FindAsync());
    }

    [Theory]
    [InlineData(404, "text/plain")]
    [InlineData(301, "text/plain")]
    [InlineData(200, "text/html")]
    public async Task Only_200_and_plain_text_count(int status, string type)
    {
        world.Sts("d.example", Enforce).Document("d.example", TransportFixture.Answer(Enforce, status, type));
        Assert.Null(await FindAsync());
        Assert.Equal(TlsResultType.StsPolicyFetchError, Assert.Single(world.Observations).Result);
    }

    [Fact]
    public async Task Many_deliveries_wait_for_one_request()
    {
        var gate = new TaskCompletionSource<HttpFetch>();
        var requests = 0;
        world.Sts("d.example", Enforce);
        var policies = new MtaStsPolicies(world.Zone, (_, _) => { Interlocked.Increment(ref requests); return gate.Task; }, world, world, world.Time);
        var all = Enumerable.Range(0, 20).Select(_ => policies.FindAsync("d.example", CancellationToken.None).AsTask()).ToList();
        gate.SetResult(TransportFixture.Answer(Enforce));
        Assert.All(await Task.WhenAll(all), Assert.NotNull);
        Assert.Equal(1, requests);
    }

    [Fact]
    public async Task Policies_are_fetched_again_before_they_end()
    {
        world.Sts("d.example", Enforce);
        await FindAsync();
        world.Time.Advance(TimeSpan.FromDays(6));
        await world.Policies.RefreshAsync(CancellationToken.None);
        Assert.Equal(2, world.Fetched.Count);
        world.Time.Advance(TimeSpan.FromDays(6));
        world.Zone.Fail("_mta-sts.d.example", DnsStatus.Timeout);
        Assert.NotNull(await FindAsync()); // the second fetch counts from its own day
        await world.Policies.RefreshAsync(CancellationToken.None);
        Assert.Equal(3, world.Fetched.Count); // whatever the TXT record says (RFC 8461 §10.2)
    }

    [Fact]
    public async Task The_refresh_looks_every_hour()
    {
        world.Sts("d.example", Enforce);
        await FindAsync();
        using var refresh = new MtaStsRefresh(world.Policies, world.Time);
        await refresh.StartAsync(CancellationToken.None);
        using var net = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (world.Time.ArmedTimers == 0) await Task.Yield();
        world.Time.Advance(TimeSpan.FromHours(25));
        while (Volatile.Read(ref world.Fetches) < 2) { net.Token.ThrowIfCancellationRequested(); await Task.Yield(); }
        await refresh.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task Policies_lie_in_the_store()
    {
        var stored = new StoredMtaStsPolicies(new MemoryState(world.Time));
        var policy = new MtaStsPolicy(MtaStsMode.Enforce, ["mx.d.example", "*.e.example"], TimeSpan.FromDays(7));
        for (var i = 0; i < 1_100; i++) await stored.SaveAsync(new CachedMtaStsPolicy($"d{i}.example", "id" + i, policy, world.Time.GetUtcNow() - TimeSpan.FromHours(i)), CancellationToken.None);
        var found = (await stored.FindAsync("d7.example", CancellationToken.None))!;
        Assert.Equal(("id7", MtaStsMode.Enforce, TimeSpan.FromDays(7), world.Time.GetUtcNow().ToUnixTimeSeconds() - 7 * 3600), (found.Id, found.Policy.Mode, found.Policy.MaxAge, found.Fetched.ToUnixTimeSeconds()));
        Assert.Equal(policy.Mx, found.Policy.Mx);
        Assert.Null(await stored.FindAsync("other.example", CancellationToken.None));
        var old = await stored.FetchedBeforeAsync(world.Time.GetUtcNow() - TimeSpan.FromHours(24.5), CancellationToken.None);
        Assert.Equal(7 * 24 - 25, old.Count(entry => entry.Expires > world.Time.GetUtcNow()));
    }

    private ValueTask<MtaStsPolicy?> FindAsync() => world.Policies.FindAsync("d.example", CancellationToken.None);
}
