using System.Net;
using Facteur.Delivery.Authentication;
using Facteur.Delivery.Authentication.Spf;
using Facteur.Net.Dns;
using Facteur.Tests.Support;

namespace Facteur.Tests.Delivery.Authentication.Spf;

public sealed class SpfEvaluatorTests
{
    private static readonly IPAddress Client = IPAddress.Parse("192.0.2.1");
    private readonly ZoneResolver zone = new();
    private readonly FakeTime time = new();

    [Fact]
    public async Task The_directive_that_matched_is_told()
    {
        zone.Txt("example.org", "v=spf1 include:_spf.example.net -all").Txt("_spf.example.net", "v=spf1 ip4:192.0.2.0/24 ~all");
        var result = await CheckAsync(("a", "Example.ORG."));
        Assert.Equal(new SpfResult(SpfVerdict.Pass, "example.org", false, null, "include:_spf.example.net", null), result);
    }

    [Fact]
    public async Task An_empty_reverse_path_checks_HELO()
    {
        zone.Txt("helo.example.org", "v=spf1 -all exp=why.example.org").Txt("why.example.org", "%{s} from %{c} at %{r}");
        var result = await new SpfEvaluator(zone, time, new SpfOptions { ReceiverName = "mx.example.net" })
            .CheckAsync(Client, "helo.example.org", null, TestContext.Current.CancellationToken);
        Assert.Equal(new SpfResult(SpfVerdict.Fail, "helo.example.org", true, "postmaster@helo.example.org from 192.0.2.1 at mx.example.net", "-all", null), result);
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("[192.0.2.1]")]
    [InlineData("")]
    [InlineData("a..example.org")]
    [InlineData("exa mple.org")]
    public async Task HELO_that_is_no_domain_is_none_without_a_question(string hello)
    {
        var result = await new SpfEvaluator(zone, time, new SpfOptions()).CheckAsync(Client, hello, null, TestContext.Current.CancellationToken);
        Assert.Equal((SpfVerdict.None, 0), (result.Verdict, zone.Questions));
    }

    // RFC 8616 §4
    [Fact]
    public async Task U_labels_are_asked_for_as_A_labels_and_non_ASCII_local_parts_match_no_macro()
    {
        zone.Txt("xn--exmple-cua.org", "v=spf1 exists:%{l}.example.org include:%{s}.example.org a:%{o} -all").A("xn--exmple-cua.org", "192.0.2.1");
        var result = await CheckAsync(("élise", "exämple.org"));
        Assert.Equal((SpfVerdict.Pass, "a:%{o}"), (result.Verdict, result.Mechanism));
    }

    [Fact]
    public async Task Problems_name_their_place()
    {
        zone.Txt("a.example", "v=spf1 moo -all").Txt("b.example", "v=spf1 -all", "v=spf1 ~all").Fail("c.example", DnsStatus.Bogus)
            .Txt("d.example", "v=spf1 redirect=none.example").Txt("e.example", "v=spf1 ip4:1.2.3.4/33");
        Assert.Equal("\"moo\" is no mechanism", (await CheckAsync(("x", "a.example"))).Problem);
        Assert.Equal("b.example has several SPF records", (await CheckAsync(("x", "b.example"))).Problem);
        Assert.Equal("no answer for c.example Txt (Bogus)", (await CheckAsync(("x", "c.example"))).Problem);
        Assert.Equal("redirect= leads to none.example, which has no SPF record", (await CheckAsync(("x", "d.example"))).Problem);
        Assert.Equal("\"ip4:1.2.3.4/33\" has a bad prefix length", (await CheckAsync(("x", "e.example"))).Problem);
    }

    [Fact]
    public async Task Twenty_seconds_without_a_result_is_a_temperror()
    {
        var silent = new SilentResolver();
        var check = new SpfEvaluator(silent, time, new SpfOptions()).CheckAsync(Client, "h.example", ("a", "example.org"), TestContext.Current.CancellationToken).AsTask();
        await silent.Asked.Task;
        time.Advance(TimeSpan.FromSeconds(20));
        var result = await check;
        Assert.Equal((SpfVerdict.TempError, "no result within 20 s"), (result.Verdict, result.Problem));
        Assert.Equal(0, time.ArmedTimers);
    }

    [Fact]
    public async Task Whoever_asks_may_cancel()
    {
        using var cancel = new CancellationTokenSource();
        var silent = new SilentResolver();
        var check = new SpfEvaluator(silent, time, new SpfOptions()).CheckAsync(Client, "h.example", ("a", "example.org"), cancel.Token).AsTask();
        await silent.Asked.Task;
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => check);
    }

    // RFC 7208 §11.1: what one message can make us ask.
    [Fact]
    public async Task A_record_made_to_ask_asks_no_more_than_the_limits_allow()
    {
        var record = "v=spf1 " + string.Concat(Enumerable.Range(0, 200).Select(i => $"mx:m{i}.example ")) + "-all";
        zone.Txt("example.org", record);
        for (var i = 0; i < 200; i++)
            for (var host = 0; host < 10; host++)
                zone.Mx($"m{i}.example", (ushort)host, $"h{host}.m{i}.example");
        var result = await CheckAsync(("a", "example.org"));
        Assert.Equal(SpfVerdict.PermError, result.Verdict);
        Assert.True(zone.Questions <= 1 + 10 + 100, $"{zone.Questions} questions");
    }

    [Theory]
    [InlineData("%{l}", 400)]
    [InlineData("text\r\n250 OK", null)]
    [InlineData("naïve", null)]
    public async Task An_explanation_is_fit_for_a_reply_line(string text, int? length)
    {
        zone.Txt("example.org", "v=spf1 -all exp=why.example.org").Txt("why.example.org", text);
        Assert.Equal(length, (await CheckAsync((new string('a', 1000), "example.org"))).Explanation?.Length);
        Assert.Null((await CheckAsync(("élise\r\n", "example.org"))).Explanation?.IndexOfAny(['\r', '\n', 'é']) is >= 0 ? "unsafe" : null);
    }

    [Fact]
    public async Task A_huge_record_and_a_growing_macro_end_quickly()
    {
        zone.Txt("huge.example", "v=spf1 " + new string('a', 70_000)).Txt("grow.example", "v=spf1 a:" + string.Concat(Enumerable.Repeat("%{s}", 1900)) + " -all");
        Assert.Equal(SpfVerdict.PermError, (await CheckAsync(("a", "huge.example"))).Verdict);
        Assert.Equal(SpfVerdict.Fail, (await CheckAsync((new string('x', 64), "grow.example"))).Verdict);
    }

    // Changed copies of the records of the suite: any result, no exception, few questions.
    [Fact]
    public async Task Broken_records_give_a_result()
    {
        string[] seeds =
        [
            "v=spf1 include:%{d2}.spf.example ip4:192.0.2.0/24 ip6:2001:db8::/32 a:%{h}/24//64 mx//96 ptr:example.org exists:%{ir}.%{v}.%{l1r+-}.example -all exp=e.example",
            "v=spf1 ?a ~mx:%{o} redirect=example.org x-y.z=%{c}%%%_%-",
        ];
        var random = new Random(7208);
        for (var round = 0; round < 20_000; round++)
        {
            var record = seeds[round % seeds.Length].ToCharArray();
            for (var change = random.Next(1, 6); change > 0; change--)
                record[random.Next(7, record.Length)] = random.Next(4) == 0 ? (char)random.Next(256) : "%{}/:=.-+ 0123456789adimprsx"[random.Next(28)];
            var broken = new ZoneResolver().Txt("example.org", new string(record)).A("example.org", "198.51.100.1");
            var result = await new SpfEvaluator(broken, time, new SpfOptions()).CheckAsync(Client, "h.example", ("a+b", "example.org"), TestContext.Current.CancellationToken);
            Assert.True(broken.Questions <= 40, new string(record));
            Assert.True(result.Verdict is not SpfVerdict.TempError, new string(record));
        }
    }

    private ValueTask<SpfResult> CheckAsync((string, string) sender) =>
        new SpfEvaluator(zone, time, new SpfOptions()).CheckAsync(Client, "helo.example", sender, TestContext.Current.CancellationToken);

    private sealed class SilentResolver : DnsResolver
    {
        public TaskCompletionSource Asked { get; } = new();

        public override async ValueTask<DnsAnswer> QueryAsync(string name, DnsType type, CancellationToken cancel)
        {
            var never = new TaskCompletionSource<DnsAnswer>();
            await using var registration = cancel.Register(() => never.TrySetCanceled(cancel));
            Asked.TrySetResult();
            return await never.Task;
        }
    }
}
