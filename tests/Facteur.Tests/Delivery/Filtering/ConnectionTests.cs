using Facteur.Delivery.Authentication;
using Facteur.Delivery.Filtering;
using Facteur.Net.Dns;
using Facteur.Smtp;
using static Facteur.Tests.Delivery.Filtering.FilterFixture;

namespace Facteur.Tests.Delivery.Filtering;

/// <summary>What is asked of a client before its message: rates, lists, names, block lists.</summary>
public sealed class ConnectionTests
{
    private const string OneList = """{ "lists": [ { "zone": "bl.example", "codes": { "127.0.0.4-7": 2, "127.0.*.9": 4 }, "score": 3, "reject": true } ] }""";

    private static readonly EnvelopeAddress? Sender = Address("a@example.org");

    [Fact]
    public async Task Networks_and_senders_that_the_operator_blocks_are_refused()
    {
        using var fixture = new FilterFixture("""{ "blockedNetworks": ["93.184.0.0/16", "2001:4860::1"], "blockedSenders": ["bad@example.org", "@spam.example"] }""");
        Assert.Equal("550 5.7.1 mail from you is not taken here", (await fixture.Policy.CheckSenderAsync(Peer(Stranger), Sender, default))!.ToString());
        Assert.NotNull(await fixture.Policy.CheckSenderAsync(Peer("::ffff:93.184.1.1"), Sender, default));
        Assert.NotNull(await fixture.Policy.CheckSenderAsync(Peer("2001:4860::1"), Sender, default));
        Assert.NotNull(await fixture.Policy.CheckSenderAsync(Peer("10.0.0.1"), Address("Bad@Example.org"), default));
        Assert.NotNull(await fixture.Policy.CheckSenderAsync(Peer("10.0.0.1"), Address("any@SPAM.example"), default));
        Assert.Null(await fixture.Policy.CheckSenderAsync(Peer("10.0.0.1"), Address("good@example.org"), default));
        Assert.Null(await fixture.Policy.CheckSenderAsync(Peer("10.0.0.1"), null, default));
    }

    [Fact]
    public async Task Too_many_messages_of_a_host_are_put_off_until_time_passes()
    {
        using var fixture = new FilterFixture("""{ "rates": { "messages": { "perMinute": 1, "burst": 3 } } }""");
        for (var i = 0; i < 3; i++) Assert.Null(await fixture.Policy.CheckSenderAsync(Peer(Stranger), Sender, default));
        Assert.Equal("451 4.7.1 too much mail from your network; try again later", (await fixture.Policy.CheckSenderAsync(Peer(Stranger), Sender, default))!.ToString());
        Assert.Null(await fixture.Policy.CheckSenderAsync(Peer("93.184.216.35", id: "c2"), Sender, default));
        fixture.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(await fixture.Policy.CheckSenderAsync(Peer(Stranger), Sender, default));
        Assert.NotNull(await fixture.Policy.CheckSenderAsync(Peer(Stranger), Sender, default));
    }

    [Fact]
    public async Task A_site_of_IPv6_is_one_host()
    {
        using var fixture = new FilterFixture("""{ "rates": { "connections": { "perMinute": 1, "burst": 1 } } }""");
        Assert.Null(await fixture.Policy.CheckSenderAsync(Peer("2a00:1450:1:2::1", id: "c1"), Sender, default));
        Assert.Null(await fixture.Policy.CheckSenderAsync(Peer("2a00:1450:1:2::1", id: "c1"), Sender, default));
        Assert.NotNull(await fixture.Policy.CheckSenderAsync(Peer("2a00:1450:1:2:ffff::7", id: "c2"), Sender, default));
        Assert.Null(await fixture.Policy.CheckSenderAsync(Peer("2a00:1450:1:3::1", id: "c3"), Sender, default));
    }

    [Fact]
    public async Task A_sender_domain_has_a_rate_of_its_own()
    {
        using var fixture = new FilterFixture("""{ "rates": { "domain": { "perMinute": 1, "burst": 1 } } }""");
        Assert.Null(await fixture.Policy.CheckSenderAsync(Peer(Stranger), Sender, default));
        Assert.NotNull(await fixture.Policy.CheckSenderAsync(Peer("93.184.216.35", id: "c2"), Address("b@EXAMPLE.org"), default));
        Assert.Null(await fixture.Policy.CheckSenderAsync(Peer("93.184.216.35", id: "c2"), null, default));
    }

    [Fact]
    public async Task Who_guesses_recipients_learns_no_more()
    {
        using var fixture = new FilterFixture("""{ "rates": { "unknownRecipients": { "perMinute": 1, "burst": 2 } } }""");
        Assert.Null(await fixture.Policy.CheckRecipientAsync(Peer(Stranger), Sender, null, null, default));
        Assert.Null(await fixture.Policy.CheckRecipientAsync(Peer(Stranger), Sender, null, null, default));
        var refusal = await fixture.Policy.CheckRecipientAsync(Peer(Stranger), Sender, null, null, default);
        Assert.Equal("451 4.7.1 too many unknown recipients from your network; try again later", refusal!.ToString());
        Assert.Equal(refusal, await fixture.Policy.CheckRecipientAsync(Peer(Stranger), Sender, Moi, null, default));
        Assert.Null(await fixture.Policy.CheckRecipientAsync(Peer("93.184.216.35"), Sender, Moi, null, default));
    }

    [Fact]
    public async Task A_listed_host_is_refused_or_scored()
    {
        using var fixture = new FilterFixture(OneList);
        fixture.Dns.A("34.216.184.93.bl.example", "127.0.0.5");
        Assert.Equal($"550 5.7.1 {Stranger} is listed by bl.example", (await fixture.Policy.CheckSenderAsync(Peer(Stranger), Sender, default))!.ToString());

        fixture.Settings.Set(Facteur.Storage.SettingScope.Site, FilterSettings.Document, OneList.Replace("true", "false", StringComparison.Ordinal));
        Assert.Null(await fixture.Policy.CheckSenderAsync(Peer(Stranger), Sender, default));
        var verdict = await fixture.Policy.JudgeAsync(Input(Plain) with { Peer = Peer(Stranger) }, default);
        Assert.Equal(2, verdict.Reasons.Single(reason => reason.Name == "list.bl.example").Score);
    }

    [Theory]
    [InlineData("127.0.3.9", 4)]
    [InlineData("127.0.0.2", 3)]
    [InlineData("127.255.255.254", null)] // a fault of the question
    [InlineData("10.0.0.1", null)] // no list any more
    public async Task Codes_have_their_points(string code, int? points)
    {
        using var fixture = new FilterFixture(OneList);
        fixture.Dns.A("34.216.184.93.bl.example", code);
        var verdict = await fixture.Policy.JudgeAsync(Input(Plain) with { Peer = Peer(Stranger) }, default);
        Assert.Equal(points, (int?)verdict.Reasons.SingleOrDefault(reason => reason.Name == "list.bl.example")?.Score);
    }

    [Fact]
    public async Task IPv6_is_asked_by_its_nibbles()
    {
        using var fixture = new FilterFixture(OneList);
        fixture.Dns.A("1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.2.0.0.0.1.0.0.0.0.5.4.1.0.0.a.2.bl.example", "127.0.0.2");
        Assert.NotNull(await fixture.Policy.CheckSenderAsync(Peer("2a00:1450:1:2::1"), Sender, default));
    }

    [Fact]
    public async Task A_list_that_lists_everything_is_not_believed()
    {
        using var fixture = new FilterFixture(OneList);
        fixture.Dns.A("34.216.184.93.bl.example", "127.0.0.2").A("1.0.0.127.bl.example", "127.0.0.2");
        Assert.Null(await fixture.Policy.CheckSenderAsync(Peer(Stranger), Sender, default));
        fixture.Dns.Remove("1.0.0.127.bl.example", DnsType.A);
        fixture.Time.Advance(TimeSpan.FromMinutes(61));
        Assert.NotNull(await fixture.Policy.CheckSenderAsync(Peer(Stranger), Sender, default));
    }

    [Fact]
    public async Task A_list_that_does_not_answer_says_nothing()
    {
        using var fixture = new FilterFixture(OneList);
        fixture.Dns.Fail("34.216.184.93.bl.example", DnsStatus.Timeout);
        Assert.Null(await fixture.Policy.CheckSenderAsync(Peer(Stranger), Sender, default));
    }

    [Fact]
    public async Task A_whitelist_speaks_for_a_host_and_domains_are_listed_too()
    {
        using var fixture = new FilterFixture("""
            { "lists": [ { "zone": "bl.example", "reject": true }, { "zone": "wl.example", "score": 0, "codes": { "127.0.*.1-3": -2 } }, { "zone": "dbl.example", "kind": "domain", "reject": true } ] }
            """);
        fixture.Dns.A("34.216.184.93.bl.example", "127.0.0.2").A("34.216.184.93.wl.example", "127.0.5.2").A("spam.example.dbl.example", "127.0.1.2");
        Assert.Null(await fixture.Policy.CheckSenderAsync(Peer(Stranger), Sender, default));
        Assert.Equal("550 5.7.1 spam.example is listed by dbl.example", (await fixture.Policy.CheckSenderAsync(Peer("93.184.216.35"), Address("a@spam.example"), default))!.ToString());
        var reasons = await fixture.ReasonsAsync(Input(Plain.Replace("a@example.org", "a@spam.example", StringComparison.Ordinal)) with { Peer = Peer(Stranger) });
        Assert.Contains("list.wl.example", reasons);
        Assert.Contains("list.dbl.example", reasons);
    }

    [Fact]
    public async Task Own_hosts_are_asked_nothing()
    {
        using var fixture = new FilterFixture("""{ "trusted": ["93.184.216.0/24"], "lists": [ { "zone": "bl.example", "reject": true } ], "rates": { "messages": { "perMinute": 1, "burst": 1 } } }""");
        foreach (var address in new[] { "127.0.0.1", "10.1.2.3", "fd00::1", Stranger })
        {
            for (var i = 0; i < 3; i++) Assert.Null(await fixture.Policy.CheckSenderAsync(Peer(address), Sender, default));
            await fixture.Policy.JudgeAsync(Input(Plain) with { Peer = Peer(address) }, default);
        }
        Assert.Equal(0, fixture.Dns.Questions);
    }

    [Theory]
    [InlineData("mail.example.org", true, true, "")]
    [InlineData("mail.example.org", false, true, "ptr.none")]
    [InlineData("other.example.org", true, true, "helo.unknown")]
    [InlineData("mx.demo.test", true, true, "helo.own")]
    [InlineData("[198.51.100.1]", true, true, "helo.own")]
    [InlineData("[93.184.216.34]", true, true, "helo.literal")]
    [InlineData("[1.2.3.4]", true, true, "helo.literal")]
    [InlineData("93.184.216.34", true, true, "helo.address")]
    [InlineData("localhost", true, true, "helo.dotless")]
    [InlineData("a b.example.org", true, true, "helo.invalid")]
    [InlineData("mail.example.org", true, false, "ptr.unconfirmed,helo.unknown")]
    public async Task Names_of_the_host_are_points(string hello, bool hasPtr, bool isConfirmed, string reasons)
    {
        using var fixture = new FilterFixture();
        if (hasPtr) fixture.Dns.Ptr(System.Net.IPAddress.Parse(Stranger), "mail.example.org");
        if (isConfirmed) fixture.Dns.A("mail.example.org", Stranger);
        var found = await fixture.ReasonsAsync(Input(Plain) with { Peer = Peer(Stranger, hello) });
        Assert.Equal(reasons, string.Join(',', found));
    }

    [Fact]
    public async Task Names_that_cannot_be_looked_up_are_no_fault()
    {
        using var fixture = new FilterFixture();
        fixture.Dns.Fail("34.216.184.93.in-addr.arpa", DnsStatus.ServerFailure).Fail("mail.example.org", DnsStatus.Timeout);
        Assert.Empty(await fixture.ReasonsAsync(Input(Plain) with { Peer = Peer(Stranger) }));
    }

    [Fact]
    public async Task A_host_is_looked_up_once_for_many_messages()
    {
        using var fixture = new FilterFixture();
        fixture.Dns.Ptr(System.Net.IPAddress.Parse(Stranger), "mail.example.org").A("mail.example.org", Stranger);
        await fixture.Policy.JudgeAsync(Input(Plain) with { Peer = Peer(Stranger) }, default);
        var questions = fixture.Dns.Questions;
        for (var i = 0; i < 10; i++) await fixture.Policy.JudgeAsync(Input(Plain) with { Peer = Peer(Stranger, id: $"c{i}") }, default);
        Assert.Equal(questions, fixture.Dns.Questions);
    }
}
