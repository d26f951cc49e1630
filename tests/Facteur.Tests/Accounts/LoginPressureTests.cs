using System.Net;
using Facteur.Accounts;
using Facteur.Net;

namespace Facteur.Tests.Accounts;

/// <summary>Many tries: the line in front of the hashing, and the delays of failures (S-09, S-10).</summary>
public sealed class LoginPressureTests
{
    [Fact]
    public async Task Failures_delay_the_next_try_longer_and_longer_but_not_the_remembered_password()
    {
        await using var server = await AccountsFixture.CreateAsync();
        await server.LoginAsync("moi@demo.test", AccountsFixture.MoiPassword);
        for (var i = 0; i <= server.Options.FreeFailures; i++) Assert.Equal(LoginRefusal.BadCredentials, await server.RefusalAsync("moi@demo.test", "guess"));

        foreach (var delay in new[] { 250, 500, 1000 })
        {
            server.Clock.ExpectTimer();
            var guess = server.RefusalAsync("moi@demo.test", "guess");
            await server.Clock.Scheduled.Task;
            server.Clock.Advance(TimeSpan.FromMilliseconds(delay - 1));
            Assert.False(guess.IsCompleted);
            Assert.Equal(LoginRefusal.None, await server.RefusalAsync("moi@demo.test", AccountsFixture.MoiPassword));
            server.Clock.Advance(TimeSpan.FromMilliseconds(1));
            Assert.Equal(LoginRefusal.BadCredentials, await guess);
        }
    }

    [Fact]
    public void One_network_of_ipv6_is_one_client()
    {
        Assert.Equal(IPAddress.Parse("2001:db8:1:2::1").OneHost(), IPAddress.Parse("2001:db8:1:2:ffff::9").OneHost());
        Assert.NotEqual(IPAddress.Parse("2001:db8:1:2::1").OneHost(), IPAddress.Parse("2001:db8:1:3::1").OneHost());
        Assert.Equal(IPAddress.Parse("192.0.2.1"), IPAddress.Parse("::ffff:192.0.2.1").OneHost());
    }

    [Fact]
    public void A_good_login_clears_the_account_but_not_the_address()
    {
        var options = new LoginOptions { FreeFailures = 0 };
        var delays = new FailureDelays(options, new ManualClock());
        var (here, there) = (IPAddress.Parse("192.0.2.1"), IPAddress.Parse("192.0.2.2"));
        delays.Failed(here, "moi@demo.test");
        delays.Succeeded(there, "moi@demo.test");
        Assert.Equal(options.FirstDelay, delays.For(here, "ami@demo.test"));
        Assert.Equal(TimeSpan.Zero, delays.For(there, "moi@demo.test"));
    }

    [Fact]
    public void Delays_have_a_ceiling_and_are_forgotten()
    {
        var clock = new ManualClock();
        var options = new LoginOptions();
        var delays = new FailureDelays(options, clock);
        for (var i = 0; i < 100; i++) delays.Failed(IPAddress.Parse($"192.0.2.{i}"), "moi@demo.test");
        for (var i = 0; i < 100; i++) delays.Failed(IPAddress.Loopback, $"user{i}@demo.test");
        Assert.Equal(options.LongestAccountDelay, delays.For(IPAddress.Parse("203.0.113.1"), "moi@demo.test"));
        Assert.Equal(options.LongestAddressDelay, delays.For(IPAddress.Loopback, "autre@demo.test"));
        clock.Advance(options.ForgetFailuresAfter + TimeSpan.FromSeconds(1));
        Assert.Equal(TimeSpan.Zero, delays.For(IPAddress.Loopback, "moi@demo.test"));
    }

    [Fact]
    public async Task A_full_line_answers_busy_and_other_addresses_keep_their_turn()
    {
        using var line = new HashingLine(parallel: 1, waitingInAll: 10, waitingPerAddress: 2);
        var (crowd, other) = (IPAddress.Parse("192.0.2.1"), IPAddress.Parse("192.0.2.2"));
        Assert.True(await line.EnterAsync(crowd, default));
        var second = line.EnterAsync(crowd, default);
        var third = line.EnterAsync(crowd, default);
        Assert.False(await line.EnterAsync(crowd, default));
        Assert.True(await line.EnterAsync(other, default));
        Assert.False(second.IsCompleted);
        line.Leave(crowd);
        Assert.True(await second);
        line.Leave(crowd);
        Assert.True(await third);
        line.Leave(crowd);
        line.Leave(other);
        Assert.True(await line.EnterAsync(crowd, default));
        line.Leave(crowd);
    }

    [Fact]
    public async Task A_client_that_leaves_the_line_gives_its_place_back()
    {
        using var line = new HashingLine(parallel: 1, waitingInAll: 1, waitingPerAddress: 5);
        using var gone = new CancellationTokenSource();
        Assert.True(await line.EnterAsync(IPAddress.Loopback, default));
        var waiting = line.EnterAsync(IPAddress.Loopback, gone.Token);
        Assert.False(await line.EnterAsync(IPAddress.IPv6Loopback, default));
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await waiting);
        Assert.True(await line.EnterAsync(IPAddress.IPv6Loopback, default));
    }

    [Fact]
    public async Task Memory_of_logins_is_bounded()
    {
        var verified = new VerifiedLogins(TimeSpan.FromMinutes(5), 100, new ManualClock());
        await using var server = await AccountsFixture.CreateAsync();
        for (var i = 0; i < 1000; i++) verified.Add(verified.KeyOf($"user{i}@demo.test", "password"), server.Moi, new LoginProof(new UsedCredential(CredentialKind.Password)));
        Assert.Equal(100, verified.Count);
        Assert.NotNull(verified.Find(verified.KeyOf("user999@demo.test", "password"), server.Moi));
        Assert.Null(verified.Find(verified.KeyOf("user0@demo.test", "password"), server.Moi));
    }
}
