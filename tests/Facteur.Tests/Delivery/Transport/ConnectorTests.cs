using System.Net;
using Facteur.Delivery.Transport;
using Facteur.Net.Dns;
using Facteur.Smtp.Client;
using Facteur.Tests.Smtp.Client;

namespace Facteur.Tests.Delivery.Transport;

/// <summary>Where mail for a domain goes (RFC 5321 §5.1, RFC 7505, R-13).</summary>
public sealed class ConnectorTests
{
    private readonly TransportFixture world = new();

    [Fact]
    public async Task Better_exchangers_come_first()
    {
        var (good, bad) = (new FakeHost(), new FakeHost());
        world.Zone.Mx("d.example", 20, "mx2.d.example").Mx("d.example", 10, "mx1.d.example");
        world.Host("mx1.d.example", "192.0.2.1", good).Host("mx2.d.example", "192.0.2.2", bad);
        Assert.Equal(AttemptVerdict.Delivered, (await OnlyAsync()).Verdict);
        Assert.Equal((1, 0), (good.Taken.Count, bad.Taken.Count));
    }

    [Fact]
    public async Task Equals_share_the_load()
    {
        var hosts = new[] { new FakeHost(), new FakeHost(), new FakeHost() };
        foreach (var (i, host) in hosts.Index())
        {
            world.Zone.Mx("d.example", 10, $"mx{i}.d.example");
            world.Host($"mx{i}.d.example", $"192.0.2.{i + 1}", host);
        }
        for (var i = 0; i < 60; i++) await OnlyAsync();
        Assert.All(hosts, host => Assert.NotEmpty(host.Taken));
    }

    [Fact]
    public async Task The_next_host_takes_what_one_puts_off()
    {
        var second = new FakeHost();
        world.Zone.Mx("d.example", 10, "gone.d.example").Mx("d.example", 15, "closed.d.example").Mx("d.example", 20, "busy.d.example").Mx("d.example", 30, "mx.d.example");
        world.Zone.A("closed.d.example", "192.0.2.9");
        world.Host("busy.d.example", "192.0.2.1", new FakeHost { Greeting = "421 busy" }).Host("mx.d.example", "192.0.2.2", second);
        var result = await world.SendAsync("d.example");
        Assert.Equal(AttemptVerdict.Delivered, Assert.Single(result.Outcomes).Verdict);
        Assert.Equal(["gone.d.example", "closed.d.example", "busy.d.example"], result.FailedHosts.Select(outcome => outcome.Host!.Name));
        Assert.Equal([SmtpStage.Resolve, SmtpStage.Connect, SmtpStage.Greeting], result.FailedHosts.Select(outcome => outcome.Stage));
    }

    [Fact]
    public async Task A_recipient_put_off_is_offered_to_the_next_host_and_a_refused_one_is_not()
    {
        var (first, second) = (new FakeHost { ReplyToRcpt = "450 4.2.0 greylisted" }, new FakeHost { ReplyToRcpt = "550 5.1.1 unknown" });
        var third = new FakeHost();
        world.Zone.Mx("d.example", 10, "mx1.d.example").Mx("d.example", 20, "mx2.d.example").Mx("d.example", 30, "mx3.d.example");
        world.Host("mx1.d.example", "192.0.2.1", first).Host("mx2.d.example", "192.0.2.2", second).Host("mx3.d.example", "192.0.2.3", third);
        Assert.Equal((AttemptVerdict.PermanentFailure, "5.1.1"), ((await OnlyAsync()) is var outcome ? outcome.Verdict : default, outcome.EnhancedCode));
        Assert.Empty(third.Heard);
    }

    [Theory]
    [InlineData(DnsStatus.ServerFailure)]
    [InlineData(DnsStatus.Timeout)]
    [InlineData(DnsStatus.Bogus)]
    public async Task DNS_that_fails_lets_mail_wait(DnsStatus status)
    {
        world.Zone.Fail("d.example", status, DnsType.Mx);
        Assert.True(await OnlyAsync() is { Verdict: AttemptVerdict.TemporaryFailure, EnhancedCode: "4.4.3", Stage: SmtpStage.Resolve });
        world.Zone.Mend("d.example").Mx("d.example", 10, "mx.d.example").Fail("mx.d.example", status);
        Assert.True(await OnlyAsync() is { Verdict: AttemptVerdict.TemporaryFailure, EnhancedCode: "4.4.3" });
        world.Zone.Mx("d.example", 20, "gone.d.example");
        Assert.Equal(AttemptVerdict.TemporaryFailure, (await OnlyAsync()).Verdict); // one host that may come back is enough
        world.Zone.Mend("mx.d.example");
        world.Host("mx.d.example", "192.0.2.1", new FakeHost());
        Assert.Equal(AttemptVerdict.Delivered, (await OnlyAsync()).Verdict);
    }

    [Fact]
    public async Task A_domain_that_is_not_there_is_told_to_the_sender()
    {
        Assert.True(await OnlyAsync("nowhere.example") is { Verdict: AttemptVerdict.PermanentFailure, EnhancedCode: "5.1.2" });
        world.Zone.Txt("text.example", "only text");
        Assert.True(await OnlyAsync("text.example") is { Verdict: AttemptVerdict.PermanentFailure, EnhancedCode: "5.1.2" });
        world.Zone.Mx("null.example", 0, "");
        Assert.True(await OnlyAsync("null.example") is { Verdict: AttemptVerdict.PermanentFailure, EnhancedCode: "5.1.10" });
        world.Zone.Mx("dead.example", 10, "gone.dead.example");
        Assert.True(await OnlyAsync("dead.example") is { Verdict: AttemptVerdict.PermanentFailure, EnhancedCode: "5.4.4" });
        world.Zone.Mx("local.example", 10, "localhost.local.example").A("localhost.local.example", "127.0.0.1");
        Assert.True(await OnlyAsync("local.example") is { Verdict: AttemptVerdict.PermanentFailure, EnhancedCode: "5.4.4" });
        Assert.True(await OnlyAsync("[not.an.address]") is { Verdict: AttemptVerdict.PermanentFailure, EnhancedCode: "5.1.2" });
    }

    [Fact]
    public async Task A_domain_without_exchangers_is_its_own()
    {
        var host = new FakeHost();
        world.Host("d.example", "192.0.2.1", host);
        Assert.Equal(AttemptVerdict.Delivered, (await OnlyAsync()).Verdict);
        Assert.Equal("d.example", (await OnlyAsync()).Host!.Name);
    }

    [Fact]
    public async Task With_exchangers_its_own_address_is_not_asked()
    {
        var host = new FakeHost();
        world.Host("d.example", "192.0.2.1", host);
        world.Zone.Mx("d.example", 10, "gone.d.example");
        Assert.Equal(AttemptVerdict.PermanentFailure, (await OnlyAsync()).Verdict);
        Assert.Empty(host.Heard);
    }

    [Fact]
    public async Task Mail_does_not_come_back_to_us_or_go_to_who_would_send_it_back()
    {
        var (before, after) = (new FakeHost { ReplyToRcpt = "450 later" }, new FakeHost());
        world.Zone.Mx("d.example", 10, "mx1.d.example").Mx("d.example", 20, "US.example").Mx("d.example", 20, "same.d.example").Mx("d.example", 30, "mx3.d.example");
        world.Host("mx1.d.example", "192.0.2.1", before).Host("same.d.example", "192.0.2.2", after).Host("mx3.d.example", "192.0.2.3", after);
        Assert.Equal(450, (await OnlyAsync()).ReplyCode);
        Assert.Empty(after.Heard);
        world.Zone.Mx("loop.example", 10, "us.example");
        Assert.True(await OnlyAsync("loop.example") is { Verdict: AttemptVerdict.PermanentFailure, EnhancedCode: "5.4.6" });
    }

    [Fact]
    public async Task Our_own_address_under_another_name_is_us_too()
    {
        var ours = new TransportFixture { OwnAddresses = [IPAddress.Parse("192.0.2.77")] };
        ours.Zone.Mx("d.example", 10, "mx.d.example").A("mx.d.example", "192.0.2.77").Mx("d.example", 20, "mx2.d.example");
        ours.Host("mx2.d.example", "192.0.2.2", new FakeHost());
        Assert.True(Assert.Single((await ours.SendAsync("d.example")).Outcomes) is { Verdict: AttemptVerdict.PermanentFailure, EnhancedCode: "5.4.6" });
        Assert.Empty(ours.Dialled);
    }

    [Fact]
    public async Task Aliases_are_followed()
    {
        world.Zone.Cname("d.example", "real.example").Mx("real.example", 10, "alias.real.example").Cname("alias.real.example", "mx.real.example");
        world.Host("mx.real.example", "192.0.2.1", new FakeHost());
        Assert.Equal("alias.real.example", (await OnlyAsync()).Host!.Name);
    }

    [Fact]
    public async Task Five_hundred_exchangers_are_not_all_tried()
    {
        for (var i = 0; i < 500; i++) world.Zone.Mx("d.example", 10, $"mx{i}.d.example").A($"mx{i}.d.example", $"198.51.{i / 200}.{i % 200 + 1}");
        Assert.Equal(AttemptVerdict.TemporaryFailure, (await OnlyAsync()).Verdict);
        Assert.InRange(world.Dialled.Count, 2, 12);
        Assert.InRange(world.Zone.Questions, 1, 40);
    }

    [Fact]
    public async Task Both_families_are_tried_and_one_that_fails_comes_last_for_a_while()
    {
        world.Zone.Mx("d.example", 10, "mx.d.example").Aaaa("mx.d.example", "2001:db8::1");
        world.Host("mx.d.example", "192.0.2.1", new FakeHost());
        Assert.Equal(AttemptVerdict.Delivered, (await OnlyAsync()).Verdict);
        Assert.Equal(["2001:db8::1", "192.0.2.1"], world.Dialled.Select(remote => remote.Address.ToString()));
        var connector = world.Connector();
        for (var i = 0; i < 2; i++)
        {
            world.Dialled.Clear();
            var result = await connector.SendAsync(new MxRoute("d.example"), default, ClientConversation.Envelope("a@d.example"), ClientConversation.Small, null, null, CancellationToken.None);
            await result.Session!.DisposeAsync();
        }
        Assert.Equal(["192.0.2.1"], world.Dialled.Select(remote => remote.Address.ToString()));
    }

    [Fact]
    public async Task A_lame_AAAA_answer_does_not_matter()
    {
        world.Zone.Mx("d.example", 10, "mx.d.example").Fail("mx.d.example", DnsStatus.ServerFailure, DnsType.Aaaa);
        world.Host("mx.d.example", "192.0.2.1", new FakeHost());
        Assert.Equal(AttemptVerdict.Delivered, (await OnlyAsync()).Verdict);
    }

    [Fact]
    public async Task An_address_literal_is_connected_to()
    {
        world.Host("192.0.2.1", new FakeHost());
        Assert.Equal(AttemptVerdict.Delivered, (await OnlyAsync("[192.0.2.1]")).Verdict);
        Assert.Equal(0, world.Zone.Questions);
    }

    [Theory]
    [InlineData("554 5.7.1 blocked", AttemptVerdict.PermanentFailure)]
    [InlineData("451 4.7.1 slow down", AttemptVerdict.TemporaryFailure)]
    public async Task Hosts_that_refuse_for_good_are_believed_when_all_do(string greeting, AttemptVerdict verdict)
    {
        world.Zone.Mx("d.example", 10, "mx1.d.example").Mx("d.example", 20, "mx2.d.example");
        world.Host("mx1.d.example", "192.0.2.1", new FakeHost { Greeting = "554 5.7.1 blocked" }).Host("mx2.d.example", "192.0.2.2", new FakeHost { Greeting = greeting });
        Assert.Equal(verdict, (await OnlyAsync()).Verdict);
    }

    [Theory]
    [InlineData(SmarthostTls.StartTls, 587)]
    [InlineData(SmarthostTls.Implicit, 465)]
    [InlineData(SmarthostTls.Opportunistic, 25)]
    public async Task A_smarthost_gets_the_login_under_verified_TLS_only(SmarthostTls tls, int port)
    {
        foreach (var isTrusted in new[] { true, false })
        {
            var hub = new TransportFixture();
            var host = new FakeHost { Certificate = isTrusted ? hub.Authority.Host("smart.example") : hub.Authority.SelfSigned("smart.example"), Chain = [hub.Authority.Issuing], IsImplicit = tls == SmarthostTls.Implicit, Extensions = ["AUTH PLAIN"] };
            hub.Host("smart.example", "192.0.2.1", host);
            var route = new SmarthostRoute("smart.example", port, tls) { Credentials = new RouteCredentials("u", "p") };
            var outcome = Assert.Single((await hub.SendAsync("d.example", route: route)).Outcomes);
            var isSent = isTrusted || tls == SmarthostTls.Opportunistic;
            Assert.Equal(isSent ? AttemptVerdict.Delivered : AttemptVerdict.TemporaryFailure, outcome.Verdict);
            Assert.Equal(isTrusted && tls != SmarthostTls.Opportunistic, host.Heard.Any(line => line.StartsWith("AUTH", StringComparison.Ordinal)));
            Assert.Equal(port, hub.Dialled[0].Port);
        }
        Assert.DoesNotContain("p", new RouteCredentials("u", "p").ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_smarthost_without_STARTTLS_gets_nothing()
    {
        var host = new FakeHost { Extensions = ["AUTH PLAIN"] };
        world.Host("smart.example", "192.0.2.1", host);
        var route = new SmarthostRoute("smart.example", 587, SmarthostTls.StartTls) { Credentials = new RouteCredentials("u", "p") };
        Assert.Equal(AttemptVerdict.TemporaryFailure, Assert.Single((await world.SendAsync("d.example", route: route)).Outcomes).Verdict);
        Assert.Equal(["EHLO client.example", "QUIT"], host.Heard);
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 2)]
    public async Task A_kept_session_is_used_again_and_replaced_when_it_died(bool leaves, int connections)
    {
        var host = new FakeHost { LeavesAfterMessage = leaves };
        world.Zone.Mx("d.example", 10, "mx.d.example");
        world.Host("mx.d.example", "192.0.2.1", host);
        var connector = world.Connector();
        var first = await connector.SendAsync(new MxRoute("d.example"), default, ClientConversation.Envelope("a@d.example"), ClientConversation.Small, null, null, CancellationToken.None);
        var second = await connector.SendAsync(new MxRoute("d.example"), default, ClientConversation.Envelope("b@d.example"), ClientConversation.Small, first.Session, null, CancellationToken.None);
        Assert.Equal(AttemptVerdict.Delivered, Assert.Single(second.Outcomes).Verdict);
        Assert.Equal((2, connections), (host.Taken.Count, world.Dialled.Count));
        Assert.Equal(!leaves, ReferenceEquals(first.Session, second.Session));
        await second.Session!.DisposeAsync();
    }

    private async Task<AttemptOutcome> OnlyAsync(string domain = "d.example") => Assert.Single((await world.SendAsync(domain)).Outcomes);
}
