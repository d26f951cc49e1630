using System.Net;
using Facteur.Net.Dialing;
using Facteur.Net.Dns;
using Facteur.Tests.Support;

namespace Facteur.Tests.Net.Dialing;

/// <summary>The one way out, over real sockets on loopback.</summary>
public sealed class GuardedDialerTests
{
    private readonly CancellationToken cancel = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Connects_and_tells_both_ends()
    {
        await using var target = new Target(async (stream, stop) => await stream.WriteAsync("220 ready\r\n"u8.ToArray(), stop));
        var result = await Dialers.Local(DialPurpose.MailExchange).ConnectAsync(target.EndPoint, DialPurpose.MailExchange, cancel);
        Assert.True(result.IsConnected);
        await using var connection = result.Connection;
        Assert.Equal(target.EndPoint, connection.Remote);
        Assert.Equal(IPAddress.Loopback, connection.Local.Address);
        using var reader = new StreamReader(connection.Stream);
        Assert.Equal("220 ready", await reader.ReadLineAsync(cancel));
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.1")]
    [InlineData("2130706433")]
    [InlineData("0x7f000001")]
    [InlineData("0x7f.0.0.1")]
    [InlineData("0177.0.0.1")]
    [InlineData("017700000001")]
    [InlineData("0")]
    [InlineData("[::1]")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("[::ffff:7f00:1]")]
    [InlineData("[64:ff9b::7f00:1]")]
    [InlineData("localhost")]
    [InlineData("localhost.")]
    [InlineData("LOCALHOST")]
    [InlineData("imap.localhost")]
    [InlineData("127.0.0.1.nip.io")]
    [InlineData("alias.example")]
    public async Task This_machine_is_forbidden_however_it_is_written(string host)
    {
        await using var target = new Target();
        var resolver = new ZoneResolver().A("127.0.0.1.nip.io", "127.0.0.1").Cname("alias.example", "inside.example").A("inside.example", "127.0.0.1").Aaaa("inside.example", "::1");
        var options = new GuardedDialerOptions().With(DialPurpose.Web, rule => rule.AllowAnyPort());
        var result = await new GuardedDialer(resolver, options, TimeProvider.System).ConnectAsync(host, target.Port, DialPurpose.Web, cancel);
        Assert.Equal(DialOutcome.Forbidden, result.Outcome);
        Assert.Null(result.Connection);
        Assert.Equal(0, target.Connections);
    }

    [Fact]
    public async Task Open_and_closed_ports_of_a_forbidden_address_look_alike()
    {
        await using var target = new Target();
        int closed;
        await using (var gone = new Target()) closed = gone.Port;
        var resolver = new ZoneResolver().A("inside.example", "127.0.0.1");
        var options = new GuardedDialerOptions().With(DialPurpose.ExternalAccount, rule => rule.AllowAnyPort());
        var dialer = new GuardedDialer(resolver, options, TimeProvider.System);
        var open = await dialer.ConnectAsync("inside.example", target.Port, DialPurpose.ExternalAccount, cancel);
        var shut = await dialer.ConnectAsync("inside.example", closed, DialPurpose.ExternalAccount, cancel);
        Assert.Equal(open.Sentence, shut.Sentence);
        Assert.DoesNotContain("127.0.0.1", open.Sentence, StringComparison.Ordinal);
        Assert.Equal(0, target.Connections);
    }

    [Theory]
    [InlineData(DialPurpose.MailExchange, 25, true)]
    [InlineData(DialPurpose.MailExchange, 587, false)]
    [InlineData(DialPurpose.SmartHost, 587, true)]
    [InlineData(DialPurpose.SmartHost, 22, false)]
    [InlineData(DialPurpose.ExternalAccount, 993, true)]
    [InlineData(DialPurpose.ExternalAccount, 6379, false)]
    [InlineData(DialPurpose.Web, 443, true)]
    [InlineData(DialPurpose.Web, 22, false)]
    [InlineData(DialPurpose.Web, 0, false)]
    [InlineData(DialPurpose.Service, 11333, true)]
    public void Each_purpose_has_its_ports(DialPurpose purpose, int port, bool allowed) =>
        Assert.Equal(allowed, Dialers.Strict().Objection(new IPEndPoint(IPAddress.Parse("1.1.1.1"), port), purpose) is null);

    [Fact]
    public async Task A_forbidden_port_is_not_even_looked_up()
    {
        var resolver = new ZoneResolver().A("host.example", "1.1.1.1");
        var result = await Dialers.Strict(resolver).ConnectAsync("host.example", 6379, DialPurpose.Web, cancel);
        Assert.Equal(DialOutcome.Forbidden, result.Outcome);
        Assert.Equal(0, resolver.Questions);
    }

    [Fact]
    public async Task Services_of_the_operator_may_be_on_this_machine()
    {
        await using var target = new Target();
        var result = await Dialers.Strict().ConnectAsync("localhost", target.Port, DialPurpose.Service, cancel);
        Assert.True(result.IsConnected);
        await result.Connection.DisposeAsync();
    }

    [Fact]
    public async Task Nobody_listening_is_refused_and_the_next_address_is_tried()
    {
        int closed;
        await using (var gone = new Target()) closed = gone.Port;
        await using var target = new Target();
        var dialer = Dialers.Local(DialPurpose.MailExchange);
        var refused = await dialer.ConnectAsync(new IPEndPoint(IPAddress.Loopback, closed), DialPurpose.MailExchange, cancel);
        Assert.Equal(DialOutcome.Refused, refused.Outcome);
        Assert.Equal($"127.0.0.1:{closed}: connection refused", refused.Sentence);
        var second = await dialer.ConnectAsync([new(IPAddress.Loopback, closed), target.EndPoint], DialPurpose.MailExchange, cancel);
        Assert.True(second.IsConnected);
        Assert.Equal([DialOutcome.Refused, DialOutcome.Connected], second.Attempts.Select(attempt => attempt.Outcome));
        await second.Connection.DisposeAsync();
    }

    [Fact]
    public async Task Forbidden_addresses_of_a_host_are_passed_over()
    {
        await using var target = new Target();
        var resolver = new ZoneResolver().Aaaa("mixed.example", "fe80::1", "fc00::1").A("mixed.example", "10.0.0.1", "127.0.0.1");
        var result = await Dialers.Local(DialPurpose.SmartHost, resolver).ConnectAsync("mixed.example", target.Port, DialPurpose.SmartHost, cancel);
        Assert.True(result.IsConnected);
        Assert.Equal(3, result.Attempts.Count(attempt => attempt.Outcome == DialOutcome.Forbidden));
        await result.Connection.DisposeAsync();
    }

    [Fact]
    public async Task A_silent_address_times_out()
    {
        using var silent = await SilentAddress.CreateAsync(cancel);
        var time = new FakeTime();
        var dial = Dialers.Local(DialPurpose.MailExchange, time: time).ConnectAsync(silent.EndPoint, DialPurpose.MailExchange, cancel);
        Assert.False(dial.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(31));
        var result = await dial;
        Assert.Equal(DialOutcome.TimedOut, result.Outcome);
        Assert.Contains("did not answer within 30 s", result.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Beside_a_silent_address_the_next_one_is_tried_after_a_moment()
    {
        using var silent = await SilentAddress.CreateAsync(cancel);
        await using var target = new Target();
        var time = new FakeTime();
        var dial = Dialers.Local(DialPurpose.Web, time: time).ConnectAsync([silent.EndPoint, target.EndPoint], DialPurpose.Web, cancel);
        Assert.False(dial.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(1.5));
        var result = await dial;
        Assert.True(result.IsConnected);
        Assert.Equal(target.EndPoint, result.Connection.Remote);
        Assert.Equal(0, time.ArmedTimers);
        await result.Connection.DisposeAsync();
    }

    [Fact]
    public async Task Silent_addresses_cost_little_more_than_one_timeout_together()
    {
        using var first = await SilentAddress.CreateAsync(cancel);
        using var second = await SilentAddress.CreateAsync(cancel);
        var time = new FakeTime();
        var dial = Dialers.Local(DialPurpose.Web, time: time).ConnectAsync([first.EndPoint, second.EndPoint], DialPurpose.Web, cancel);
        time.Advance(TimeSpan.FromSeconds(1.5));
        while (time.ArmedTimers < 2) await Task.Yield(); // both attempts wait, no pause any more
        time.Advance(TimeSpan.FromSeconds(31));
        var result = await dial;
        Assert.Equal([DialOutcome.TimedOut, DialOutcome.TimedOut], result.Attempts.Select(attempt => attempt.Outcome));
    }

    [Fact]
    public async Task A_caller_who_gives_up_ends_every_attempt()
    {
        using var silent = await SilentAddress.CreateAsync(cancel);
        using var giveUp = new CancellationTokenSource();
        var time = new FakeTime();
        var dial = Dialers.Local(DialPurpose.Web, time: time).ConnectAsync([silent.EndPoint, silent.EndPoint], DialPurpose.Web, giveUp.Token);
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => dial);
        Assert.Equal(0, time.ArmedTimers);
    }

    [Theory]
    [InlineData(DnsStatus.Timeout, "no name server answered about host.example")]
    [InlineData(DnsStatus.ServerFailure, "the addresses of host.example cannot be looked up now")]
    [InlineData(DnsStatus.Bogus, "the addresses of host.example fail DNSSEC validation")]
    [InlineData(DnsStatus.NoSuchName, "host.example does not exist")]
    public async Task A_name_without_address_says_why(DnsStatus status, string sentence)
    {
        var result = await Dialers.Strict(new ZoneResolver().Fail("host.example", status)).ConnectAsync("host.example", 443, DialPurpose.Web, cancel);
        Assert.Equal((DialOutcome.Unreachable, sentence, status), (result.Outcome, result.Sentence, result.NameStatus!.Value));
    }

    [Fact]
    public async Task Connects_from_the_local_address_told()
    {
        await using var target = new Target();
        var options = Dialers.LocalOptions(DialPurpose.MailExchange) with { LocalIPv4 = IPAddress.Parse("127.0.0.77") };
        var result = await new GuardedDialer(new ZoneResolver(), options, TimeProvider.System).ConnectAsync(target.EndPoint, DialPurpose.MailExchange, cancel);
        Assert.True(result.IsConnected);
        Assert.Equal("127.0.0.77", result.Connection.Local.Address.ToString());
        await result.Connection.DisposeAsync();
        var wrong = options with { LocalIPv4 = IPAddress.Parse("203.0.113.5") };
        var failed = await new GuardedDialer(new ZoneResolver(), wrong, TimeProvider.System).ConnectAsync(target.EndPoint, DialPurpose.MailExchange, cancel);
        Assert.Equal(DialOutcome.Unreachable, failed.Outcome);
        Assert.Contains("the local address cannot be used", failed.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_the_caller_s_cancellation_throws()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            Dialers.Local(DialPurpose.MailExchange).ConnectAsync(new IPEndPoint(IPAddress.Loopback, 1), DialPurpose.MailExchange, new CancellationToken(canceled: true)));
    }

    [Fact]
    public async Task An_empty_list_is_unreachable()
    {
        var result = await Dialers.Strict().ConnectAsync([], DialPurpose.MailExchange, cancel);
        Assert.Equal((DialOutcome.Unreachable, "there is no address to connect to"), (result.Outcome, result.Sentence));
    }
}
