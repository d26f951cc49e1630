using System.Net;
using Facteur.Net.Dns;

namespace Facteur.Tests.Net.Dns;

/// <summary>What the resolver makes of truthful servers.</summary>
public sealed class StubResolverTests
{
    private readonly CancellationToken cancel = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Reads_every_type_that_is_asked_for()
    {
        var data = new Dictionary<DnsType, byte[]>
        {
            [DnsType.A] = Rdata.A("192.0.2.7"),
            [DnsType.Aaaa] = Rdata.A("2001:db8::7"),
            [DnsType.Mx] = Rdata.Mx(10, "MX1.Example.org"),
            [DnsType.Txt] = Rdata.Txt("v=spf1 ", "é\u00ff", ""),
            [DnsType.Ptr] = Rdata.Name("host.example.org"),
            [DnsType.Ns] = Rdata.Name("ns.example.org"),
            [DnsType.Cname] = Rdata.Name("target.example.org"),
            [DnsType.Srv] = [0, 1, 0, 2, 3, 0xE1, .. Rdata.Name("imap.example.org")],
            [DnsType.Tlsa] = [3, 1, 1, 0xAB, 0xCD],
            [DnsType.Caa] = [128, 5, .. "Issue"u8, .. "ca.example"u8],
            [DnsType.Soa] = [.. Rdata.Name("ns.example.org"), .. Rdata.Name("root.example.org"), .. Rdata.Numbers(2026, 1, 2, 3, 300)],
        };
        await using var server = new TestDnsServer(request => new DnsTestReply(request).Answer(request.Type, 60, data[request.Type]).Opt());
        using var resolver = Resolver(server);
        async Task<DnsRecordData> One(DnsType type) => Assert.Single((await resolver.QueryAsync("example.org", type, cancel)).Records);
        Assert.Equal(new AddressRecordData(IPAddress.Parse("192.0.2.7")), await One(DnsType.A));
        Assert.Equal(new AddressRecordData(IPAddress.Parse("2001:db8::7")), await One(DnsType.Aaaa));
        Assert.Equal(new MxRecordData(10, "mx1.example.org"), await One(DnsType.Mx));
        Assert.Equal(new TxtRecordData("v=spf1 é\u00ff"), await One(DnsType.Txt));
        Assert.Equal(new NameRecordData("host.example.org"), await One(DnsType.Ptr));
        Assert.Equal(new NameRecordData("ns.example.org"), await One(DnsType.Ns));
        Assert.Equal(new NameRecordData("target.example.org"), await One(DnsType.Cname));
        Assert.Equal(new SrvRecordData(1, 2, 993, "imap.example.org"), await One(DnsType.Srv));
        var tlsa = Assert.IsType<TlsaRecordData>(await One(DnsType.Tlsa));
        Assert.Equal((3, 1, 1, "ABCD"), (tlsa.Usage, tlsa.Selector, tlsa.MatchingType, Convert.ToHexString(tlsa.Data)));
        Assert.Equal(new CaaRecordData(128, "issue", "ca.example"), await One(DnsType.Caa));
        Assert.Equal(new SoaRecordData("ns.example.org", 2026, 300), await One(DnsType.Soa));
    }

    [Fact]
    public async Task The_null_MX_has_an_empty_name()
    {
        await using var server = new TestDnsServer(request => new DnsTestReply(request).Answer(DnsType.Mx, 60, Rdata.Mx(0, "")));
        using var resolver = Resolver(server);
        var answer = await resolver.QueryAsync("example.org.", DnsType.Mx, cancel);
        Assert.Equal([new MxRecordData(0, "")], answer.Records);
    }

    [Theory]
    [InlineData(3, DnsStatus.NoSuchName)]
    [InlineData(0, DnsStatus.NoData)]
    public async Task Absence_is_an_answer(int code, DnsStatus status)
    {
        await using var server = new TestDnsServer(request => new DnsTestReply(request) { Code = code, IsAuthenticData = true }.Soa("example.org", 900, 300));
        using var resolver = Resolver(server);
        var answer = await resolver.QueryAsync("Gone.Example.org", DnsType.A, cancel);
        Assert.Equal((status, true, TimeSpan.FromSeconds(300), "gone.example.org"), (answer.Status, answer.IsAuthentic, answer.Ttl, answer.CanonicalName));
        Assert.True(answer.IsDefinite);
    }

    [Fact]
    public async Task Asks_with_EDNS_and_for_authenticity_where_it_will_be_believed()
    {
        await using var server = new TestDnsServer(request => new DnsTestReply(request) { IsAuthenticData = true }.Answer(DnsType.A, 60, Rdata.A("192.0.2.1")));
        using var trusting = Resolver(server);
        Assert.True((await trusting.QueryAsync("example.org", DnsType.A, cancel)).IsAuthentic);
        using var doubting = new StubResolver(new StubResolverOptions { Servers = [server.EndPoint], TrustedServers = [] }, TimeProvider.System);
        Assert.False((await doubting.QueryAsync("example.org", DnsType.A, cancel)).IsAuthentic);
        Assert.Equal([(true, true, true), (true, false, false)], server.Requests.Select(r => (r.HasOpt, r.IsDnssecOk, r.WantsAuthenticData)));
        Assert.All(server.Requests, request => Assert.False(request.IsCheckingDisabled));
    }

    [Fact]
    public async Task Without_the_AD_bit_nothing_is_authentic()
    {
        await using var server = new TestDnsServer(request => new DnsTestReply(request).Answer(DnsType.A, 60, Rdata.A("192.0.2.1")));
        using var resolver = Resolver(server);
        Assert.False((await resolver.QueryAsync("example.org", DnsType.A, cancel)).IsAuthentic);
    }

    [Fact]
    public async Task Follows_the_chain_inside_a_reply()
    {
        await using var server = new TestDnsServer(request => new DnsTestReply(request) { IsAuthenticData = true }
            .Answer("b.example", DnsType.Cname, 30, Rdata.Name("C.example"))
            .Answer("c.example", DnsType.A, 60, Rdata.A("192.0.2.1"))
            .Answer("unrelated.example", DnsType.A, 5, Rdata.A("192.0.2.66"))
            .Answer(DnsType.Cname, 90, Rdata.Name("b.example")));
        using var resolver = Resolver(server);
        var answer = await resolver.QueryAsync("a.example", DnsType.A, cancel);
        Assert.Equal([new AddressRecordData(IPAddress.Parse("192.0.2.1"))], answer.Records);
        Assert.Equal(("c.example", TimeSpan.FromSeconds(30), true), (answer.CanonicalName, answer.Ttl, answer.IsAuthentic));
    }

    [Theory]
    [InlineData(true, true, true)]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    public async Task Follows_a_chain_whose_end_is_missing(bool firstAuthentic, bool secondAuthentic, bool authentic)
    {
        await using var server = new TestDnsServer(request => request.Name == "a.example"
            ? new DnsTestReply(request) { IsAuthenticData = firstAuthentic }.Answer(DnsType.Cname, 20, Rdata.Name("b.example"))
            : new DnsTestReply(request) { IsAuthenticData = secondAuthentic }.Answer(DnsType.A, 60, Rdata.A("192.0.2.1")));
        using var resolver = Resolver(server);
        var answer = await resolver.QueryAsync("a.example", DnsType.A, cancel);
        Assert.Equal((DnsStatus.Success, "b.example", TimeSpan.FromSeconds(20), authentic), (answer.Status, answer.CanonicalName, answer.Ttl, answer.IsAuthentic));
        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task A_chain_that_ends_in_nothing_says_so()
    {
        await using var server = new TestDnsServer(request => new DnsTestReply(request) { Code = 3 }.Answer(DnsType.Cname, 20, Rdata.Name("gone.example")).Soa("example", 900, 300));
        using var resolver = Resolver(server);
        var answer = await resolver.QueryAsync("a.example", DnsType.A, cancel);
        Assert.Equal((DnsStatus.NoSuchName, "gone.example", TimeSpan.FromSeconds(20)), (answer.Status, answer.CanonicalName, answer.Ttl));
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Five_hundred_mail_exchangers_come_over_TCP()
    {
        await using var server = new TestDnsServer(request =>
        {
            var reply = new DnsTestReply(request) { IsTruncated = !request.IsTcp };
            for (var i = 0; request.IsTcp && i < 500; i++) reply.Answer(DnsType.Mx, 60, Rdata.Mx((ushort)i, $"mx{i}.{new string('x', 60)}.example"));
            return reply;
        });
        using var resolver = Resolver(server);
        var answer = await resolver.QueryAsync("example.org", DnsType.Mx, cancel);
        Assert.Equal(500, answer.Records.Count);
        Assert.Equal(499, ((MxRecordData)answer.Records[499]).Preference);
        Assert.Equal([false, true], server.Requests.Select(request => request.IsTcp));
    }

    [Fact]
    public async Task Names_of_other_scripts_are_asked_for_as_A_labels()
    {
        await using var server = new TestDnsServer(request => new DnsTestReply(request).Answer(DnsType.A, 60, Rdata.A("192.0.2.1")));
        using var resolver = Resolver(server);
        await resolver.QueryAsync("Bücher.Example", DnsType.A, cancel);
        await resolver.QueryAsync("例え.test", DnsType.A, cancel);
        Assert.Equal(["xn--bcher-kva.example", "xn--r8jz45g.test"], server.Requests.Select(request => request.Name));
    }

    [Fact]
    public async Task A_name_that_cannot_exist_is_not_asked_for()
    {
        await using var server = new TestDnsServer(request => new DnsTestReply(request).Answer(DnsType.A, 60, Rdata.A("192.0.2.1")));
        using var resolver = Resolver(server);
        foreach (var name in new[] { "a..b", ".a", new string('a', 64) + ".example", string.Join('.', Enumerable.Repeat("abcdefg", 32)), "a\\b.example", "a\0b.example", "\u0378.example", "-\u00ad.x\uffff" })
        {
            var answer = await resolver.QueryAsync(name, DnsType.A, cancel);
            Assert.Equal((name, DnsStatus.NoSuchName), (name, answer.Status));
        }
        Assert.Empty(server.Requests);
        Assert.Equal(DnsStatus.Success, (await resolver.QueryAsync(new string('a', 63) + "." + string.Join('.', Enumerable.Repeat("abcdefg", 23)) + ".abcde", DnsType.A, cancel)).Status);
        Assert.Equal(DnsStatus.Success, (await resolver.QueryAsync("_25._tcp.mx!.example", DnsType.A, cancel)).Status);
    }

    [Fact]
    public async Task Questions_come_from_other_ports_with_other_ids()
    {
        await using var server = new TestDnsServer(request => new DnsTestReply(request).Answer(DnsType.A, 0, Rdata.A("192.0.2.1")));
        using var resolver = Resolver(server);
        for (var i = 0; i < 24; i++) await resolver.QueryAsync("example.org", DnsType.A, cancel);
        Assert.True(server.Requests.Select(request => request.Id).Distinct().Count() > 20);
        Assert.True(server.Requests.Select(request => request.Source.Port).Distinct().Count() > 12);
    }

    [Fact]
    public async Task One_question_asked_by_many_goes_out_once()
    {
        var held = new TaskCompletionSource();
        await using var server = new TestDnsServer(request =>
        {
            held.Task.Wait(cancel);
            return new DnsTestReply(request).Answer(DnsType.A, 0, Rdata.A("192.0.2.1"));
        });
        using var resolver = Resolver(server);
        using var impatient = new CancellationTokenSource();
        var first = resolver.QueryAsync("example.org", DnsType.A, impatient.Token).AsTask();
        var others = Enumerable.Range(0, 50).Select(_ => resolver.QueryAsync("EXAMPLE.org.", DnsType.A, cancel).AsTask()).ToList();
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        held.SetResult();
        Assert.All(await Task.WhenAll(others), answer => Assert.Equal(DnsStatus.Success, answer.Status));
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Mixed_case_must_come_back()
    {
        await using var server = new TestDnsServer((Func<DnsRequest, IEnumerable<byte[]>>)(request =>
        [
            new DnsTestReply(request.Id, [.. request.Question.Select(octet => octet is >= 65 and <= 90 ? (byte)(octet | 32) : octet)]).Answer(DnsType.A, 60, Rdata.A("192.0.2.66")).Build(),
            new DnsTestReply(request).Answer("many-letters-in-this-name.example", DnsType.A, 60, Rdata.A("192.0.2.1")).Build(),
        ]));
        using var resolver = new StubResolver(new StubResolverOptions { Servers = [server.EndPoint], MixCase = true }, TimeProvider.System);
        var answer = await resolver.QueryAsync("many-letters-in-this-name.example", DnsType.A, cancel);
        Assert.Equal([new AddressRecordData(IPAddress.Parse("192.0.2.1"))], answer.Records);
        Assert.Contains(Assert.Single(server.Requests).Name, char.IsUpper);
    }

    private static StubResolver Resolver(TestDnsServer server) => new(new StubResolverOptions { Servers = [server.EndPoint] }, TimeProvider.System);
}
