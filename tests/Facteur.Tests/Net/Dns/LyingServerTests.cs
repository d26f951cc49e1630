using System.Net;
using Facteur.Net.Dns;
using Facteur.Tests.Support;

namespace Facteur.Tests.Net.Dns;

/// <summary>What the resolver makes of servers that fail, lie or are silent (R-13): always a value, never for long.</summary>
public sealed class LyingServerTests
{
    private static readonly TimeSpan queryTime = TimeSpan.FromSeconds(5);
    private readonly CancellationToken cancel = TestContext.Current.CancellationToken;
    private readonly FakeTime time = new();

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(9)]
    public async Task An_error_is_a_failure_and_not_an_absence(int code)
    {
        await using var server = new TestDnsServer(request => new DnsTestReply(request) { Code = code });
        using var resolver = Resolver(server);
        var answer = await resolver.QueryAsync("example.org", DnsType.Mx, cancel);
        Assert.Equal(DnsStatus.ServerFailure, answer.Status);
        Assert.True(answer.IsTemporaryFailure);
    }

    [Fact]
    public async Task The_next_server_answers_for_one_that_fails()
    {
        await using var failing = new TestDnsServer(request => new DnsTestReply(request) { Code = 5 });
        await using var good = Good();
        using var resolver = Resolver(failing, good);
        Assert.Equal(DnsStatus.Success, (await resolver.QueryAsync("example.org", DnsType.A, cancel)).Status);
        Assert.Single(failing.Requests);
    }

    [Theory]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(9)]
    [InlineData(12)]
    public async Task An_extended_error_says_bogus_and_no_other_server_is_asked(int extendedError)
    {
        await using var validating = new TestDnsServer(request => new DnsTestReply(request) { Code = 2 }.Opt(extendedError, "signature expired"));
        await using var other = Good();
        using var resolver = Resolver(validating, other);
        Assert.Equal(DnsStatus.Bogus, (await resolver.QueryAsync("example.org", DnsType.A, cancel)).Status);
        Assert.Empty(other.Requests);
    }

    [Fact]
    public async Task Other_extended_errors_are_not_bogus()
    {
        await using var server = new TestDnsServer(request => new DnsTestReply(request) { Code = 2 }.Opt(22, "no reachable authority"));
        using var resolver = Resolver(server);
        Assert.Equal(DnsStatus.ServerFailure, (await resolver.QueryAsync("example.org", DnsType.A, cancel)).Status);
    }

    [Fact]
    public async Task An_answer_with_checking_disabled_tells_bogus_where_the_resolver_does_not()
    {
        await using var server = new TestDnsServer(request => request.IsCheckingDisabled
            ? new DnsTestReply(request).Answer(DnsType.A, 60, Rdata.A("192.0.2.66"))
            : new DnsTestReply(request) { Code = 2 });
        using var resolver = Resolver(server);
        var answer = await resolver.QueryAsync("example.org", DnsType.A, cancel);
        Assert.Equal(DnsStatus.Bogus, answer.Status);
        Assert.Empty(answer.Records);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    public async Task A_server_that_does_not_validate_may_not_answer_for_one_that_does(int code)
    {
        await using var other = Good("127.0.0.2");
        await using var validating = new TestDnsServer(request => new DnsTestReply(request) { Code = code });
        using var resolver = Resolver(other, validating, trusted: "127.0.0.1");
        Assert.Equal(DnsStatus.ServerFailure, (await resolver.QueryAsync("example.org", DnsType.A, cancel)).Status);
        Assert.Empty(other.Requests);
        using var doubting = Resolver(validating, other, trusted: "127.0.0.3");
        Assert.Equal(DnsStatus.Success, (await doubting.QueryAsync("example.org", DnsType.A, cancel)).Status);
    }

    [Fact]
    public async Task Nor_when_the_one_that_validates_is_slow_but_when_it_is_gone()
    {
        await using var other = Good("127.0.0.2");
        await using (var slow = new TestDnsServer(_ => (DnsTestReply?)null))
        {
            using var resolver = Resolver(slow, other, trusted: "127.0.0.1");
            var asking = resolver.QueryAsync("example.org", DnsType.A, cancel).AsTask();
            for (var attempt = 0; attempt < 2; attempt++)
            {
                await slow.NextAsync();
                time.Advance(queryTime);
            }
            Assert.Equal(DnsStatus.Timeout, (await asking).Status);
            Assert.Empty(other.Requests);
        }
        IPEndPoint closed;
        await using (var gone = Good()) closed = gone.EndPoint;
        using var alone = new StubResolver(Options(other) with { Servers = [closed, other.EndPoint], TrustedServers = [IPAddress.Loopback] }, time);
        var answer = await alone.QueryAsync("example.org", DnsType.A, cancel);
        Assert.Equal((DnsStatus.Success, false), (answer.Status, answer.IsAuthentic));
    }

    [Fact]
    public async Task Silence_is_a_timeout_after_every_attempt()
    {
        await using var server = new TestDnsServer(_ => (DnsTestReply?)null);
        using var resolver = Resolver(server);
        var asking = resolver.QueryAsync("example.org", DnsType.A, cancel).AsTask();
        for (var attempt = 0; attempt < 2; attempt++)
        {
            await server.NextAsync();
            Assert.False(asking.IsCompleted);
            time.Advance(queryTime);
        }
        Assert.Equal(DnsStatus.Timeout, (await asking).Status);
    }

    [Fact]
    public async Task The_deadline_ends_a_question_whatever_the_servers_do()
    {
        await using var server = new TestDnsServer(_ => (DnsTestReply?)null);
        using var resolver = new StubResolver(Options(server) with { QueryTimeout = TimeSpan.FromMinutes(5), Deadline = TimeSpan.FromSeconds(7) }, time);
        var asking = resolver.QueryAsync("example.org", DnsType.A, cancel).AsTask();
        await server.NextAsync();
        time.Advance(TimeSpan.FromSeconds(7));
        Assert.Equal(DnsStatus.Timeout, (await asking).Status);
    }

    [Fact]
    public async Task The_end_of_the_process_ends_questions()
    {
        await using var server = new TestDnsServer(_ => (DnsTestReply?)null);
        var resolver = Resolver(server);
        var asking = resolver.QueryAsync("example.org", DnsType.A, cancel).AsTask();
        await server.NextAsync();
        resolver.Dispose();
        Assert.Equal(DnsStatus.Timeout, (await asking).Status);
        Assert.Equal(DnsStatus.Timeout, (await resolver.QueryAsync("other.example", DnsType.A, cancel)).Status);
    }

    [Fact]
    public async Task A_lost_query_is_asked_again()
    {
        var first = true;
        await using var server = new TestDnsServer(request =>
        {
            if (!first) return new DnsTestReply(request).Answer(DnsType.A, 60, Rdata.A("192.0.2.1"));
            first = false;
            return null;
        });
        using var resolver = Resolver(server);
        var asking = resolver.QueryAsync("example.org", DnsType.A, cancel).AsTask();
        await server.NextAsync();
        time.Advance(queryTime);
        Assert.Equal(DnsStatus.Success, (await asking).Status);
    }

    [Fact]
    public async Task While_all_servers_are_dead_each_is_asked_once_and_for_a_moment()
    {
        var isSilent = true;
        await using var server = new TestDnsServer(request => isSilent ? null : new DnsTestReply(request).Answer(DnsType.A, 60, Rdata.A("192.0.2.1")));
        using var resolver = Resolver(server);
        var moment = new StubResolverOptions().DeadQueryTimeout;
        async Task DieAsync(string name)
        {
            var asking = resolver.QueryAsync(name, DnsType.A, cancel).AsTask();
            for (var i = 0; i < 2; i++)
            {
                await server.NextAsync();
                time.Advance(moment);
                Assert.False(asking.IsCompleted);
                time.Advance(queryTime - moment);
            }
            Assert.Equal(DnsStatus.Timeout, (await asking).Status);
        }

        await DieAsync("0.example");
        for (var i = 1; i < 3; i++)
        {
            var asking = resolver.QueryAsync($"{i}.example", DnsType.A, cancel).AsTask();
            await server.NextAsync();
            time.Advance(moment);
            Assert.Equal(DnsStatus.Timeout, (await asking).Status);
        }
        Assert.Equal(4, server.Requests.Count);

        // A server that is only slow has its usual time again when the time of the dead is over, however often it was asked meanwhile.
        time.Advance(new StubResolverOptions().DeadTime - 2 * moment);
        await DieAsync("3.example");
        isSilent = false;
        Assert.Equal(DnsStatus.Success, (await resolver.QueryAsync("4.example", DnsType.A, cancel)).Status);
        isSilent = true;
        await server.NextAsync();
        await DieAsync("5.example");
    }

    [Fact]
    public async Task A_dead_server_is_asked_last_until_its_time_is_over()
    {
        await using var dead = new TestDnsServer(_ => (DnsTestReply?)null);
        await using var good = Good();
        using var resolver = Resolver(dead, good);
        for (var i = 0; i < 2; i++)
        {
            var asking = resolver.QueryAsync($"{i}.example", DnsType.A, cancel).AsTask();
            await dead.NextAsync();
            time.Advance(queryTime);
            Assert.Equal(DnsStatus.Success, (await asking).Status);
        }
        Assert.Equal(DnsStatus.Success, (await resolver.QueryAsync("2.example", DnsType.A, cancel)).Status);
        Assert.Equal(2, dead.Requests.Count);
        time.Advance(TimeSpan.FromSeconds(31));
        var again = resolver.QueryAsync("3.example", DnsType.A, cancel).AsTask();
        await dead.NextAsync();
        time.Advance(queryTime);
        Assert.Equal(DnsStatus.Success, (await again).Status);
    }

    [Fact]
    public async Task Servers_that_cannot_be_reached_cost_no_time()
    {
        await using var good = Good();
        IPEndPoint closed;
        await using (var gone = Good()) closed = gone.EndPoint;
        // Ports where nobody listens; on IPv6 too, which this machine may not have at all.
        using var resolver = new StubResolver(Options(good) with { Servers = [closed, new(IPAddress.IPv6Loopback, closed.Port), good.EndPoint] }, time);
        Assert.Equal(DnsStatus.Success, (await resolver.QueryAsync("example.org", DnsType.A, cancel)).Status);
        using var alone = new StubResolver(Options(good) with { Servers = [closed] }, time);
        Assert.Equal(DnsStatus.Timeout, (await alone.QueryAsync("example.org", DnsType.A, cancel)).Status);
    }

    [Fact]
    public async Task Without_any_server_every_answer_is_a_failure()
    {
        using var resolver = new StubResolver(new StubResolverOptions { Servers = [] }, time);
        var answer = await resolver.QueryAsync("example.org", DnsType.A, cancel);
        Assert.Equal((DnsStatus.Timeout, false), (answer.Status, answer.IsAuthentic));
        using var nowhere = new StubResolver(new StubResolverOptions { Servers = [new(IPAddress.Broadcast, 53), new(IPAddress.IPv6Any, 0), new(IPAddress.Any, 0)] }, time);
        Assert.True((await nowhere.QueryAsync("example.org", DnsType.A, cancel)).IsTemporaryFailure);
    }

    [Fact]
    public async Task Cut_replies_with_TCP_closed_are_a_failure()
    {
        await using var server = new TestDnsServer(request => new DnsTestReply(request) { IsTruncated = true }.Answer(DnsType.A, 60, Rdata.A("192.0.2.1")), withTcp: false);
        using var resolver = Resolver(server);
        Assert.True((await resolver.QueryAsync("example.org", DnsType.A, cancel)).IsTemporaryFailure);
    }

    [Fact]
    public async Task Cut_replies_with_TCP_silent_are_a_timeout()
    {
        await using var server = new TestDnsServer(request => request.IsTcp ? null : new DnsTestReply(request) { IsTruncated = true });
        using var resolver = Resolver(server);
        var asking = resolver.QueryAsync("example.org", DnsType.A, cancel).AsTask();
        for (var attempt = 0; attempt < 2; attempt++)
        {
            while (!(await server.NextAsync()).IsTcp) continue;
            time.Advance(queryTime);
        }
        Assert.Equal(DnsStatus.Timeout, (await asking).Status);
    }

    [Theory]
    [InlineData("wrong id")]
    [InlineData("wrong question")]
    [InlineData("wrong type")]
    [InlineData("a question")]
    [InlineData("another port")]
    [InlineData("too short")]
    [InlineData("no question")]
    public async Task Forged_replies_are_not_believed(string forgery)
    {
        await using var server = new TestDnsServer((Func<DnsRequest, IEnumerable<byte[]>>)(request =>
        {
            var lie = new DnsTestReply(request) { IsAuthenticData = true }.Answer(DnsType.A, 60, Rdata.A("192.0.2.66")).Build();
            var truth = new DnsTestReply(request).Answer(DnsType.A, 60, Rdata.A("192.0.2.1")).Build();
            switch (forgery)
            {
                case "wrong id": lie[1] ^= 1; break;
                case "wrong question": lie[14] ^= 1; break;
                case "wrong type": lie[12 + request.Question.Length - 3] ^= 2; break;
                case "a question": lie[2] &= 0x7F; break;
                case "too short": lie = lie[..7]; break;
                case "no question": lie[5] = 0; break;
                case "another port":
                    TestDnsServer.SendFromElsewhere(request, lie);
                    return [truth];
            }
            return [lie, truth];
        }));
        using var resolver = Resolver(server);
        var answer = await resolver.QueryAsync("example.org", DnsType.A, cancel);
        Assert.Equal([new AddressRecordData(IPAddress.Parse("192.0.2.1"))], answer.Records);
    }

    [Fact]
    public async Task A_flood_of_guesses_is_answered_over_TCP()
    {
        await using var server = new TestDnsServer((Func<DnsRequest, IEnumerable<byte[]>>)(request =>
            request.IsTcp
                ? [new DnsTestReply(request).Answer(DnsType.A, 60, Rdata.A("192.0.2.1")).Build()]
                : Enumerable.Range(1, 20).Select(i => new DnsTestReply((ushort)(request.Id + i), request.Question).Answer(DnsType.A, 60, Rdata.A("192.0.2.66")).Build())));
        using var resolver = Resolver(server);
        var answer = await resolver.QueryAsync("example.org", DnsType.A, cancel);
        Assert.Equal([new AddressRecordData(IPAddress.Parse("192.0.2.1"))], answer.Records);
    }

    [Fact]
    public async Task Nonsense_is_a_failure_and_the_next_server_is_asked()
    {
        await using var mad = new TestDnsServer((Func<DnsRequest, IEnumerable<byte[]>>)(request => [[.. new DnsTestReply(request).Answer(DnsType.A, 60, [1, 2, 3]).Build()]]));
        await using var good = Good();
        using var resolver = Resolver(mad, good);
        Assert.Equal(DnsStatus.Success, (await resolver.QueryAsync("example.org", DnsType.A, cancel)).Status);
        using var alone = Resolver(mad);
        Assert.Equal(DnsStatus.ServerFailure, (await alone.QueryAsync("example.org", DnsType.A, cancel)).Status);
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(1, false)]
    [InlineData(4, true)]
    public async Task A_server_that_does_not_know_EDNS_is_asked_without_and_remembered(int code, bool repeatsQuestion)
    {
        await using var server = new TestDnsServer((Func<DnsRequest, IEnumerable<byte[]>>)(request => !request.HasOpt
            ? [new DnsTestReply(request) { IsAuthenticData = true }.Answer(DnsType.A, 0, Rdata.A("192.0.2.1")).Build()]
            : repeatsQuestion ? [new DnsTestReply(request) { Code = code }.Build()]
            : [[.. Rdata.Short(request.Id), 0x81, (byte)(0x80 | code), 0, 0, 0, 0, 0, 0, 0, 0]]));
        using var resolver = Resolver(server);
        for (var i = 0; i < 2; i++) Assert.True((await resolver.QueryAsync("example.org", DnsType.A, cancel)).IsAuthentic);
        Assert.Equal([true, false, false], server.Requests.Select(request => request.HasOpt));
        time.Advance(TimeSpan.FromMinutes(16));
        await resolver.QueryAsync("example.org", DnsType.A, cancel);
        Assert.True(server.Requests[3].HasOpt);
    }

    [Fact]
    public async Task A_circle_of_CNAMEs_ends()
    {
        await using var inside = new TestDnsServer(request => new DnsTestReply(request)
            .Answer(DnsType.Cname, 60, Rdata.Name("b.example")).Answer("b.example", DnsType.Cname, 60, Rdata.Name(request.Name)));
        using var one = Resolver(inside);
        Assert.Equal(DnsStatus.ServerFailure, (await one.QueryAsync("a.example", DnsType.Mx, cancel)).Status);
        await using var across = new TestDnsServer(request => new DnsTestReply(request).Answer(DnsType.Cname, 60, Rdata.Name(request.Name == "a.example" ? "b.example" : "a.example")));
        using var other = Resolver(across);
        Assert.Equal(DnsStatus.ServerFailure, (await other.QueryAsync("a.example", DnsType.Mx, cancel)).Status);
        Assert.InRange(across.Requests.Count, 10, 14);
        await using var longer = new TestDnsServer(request => new DnsTestReply(request).Answer(DnsType.Cname, 60, Rdata.Name("x" + request.Name)));
        using var last = Resolver(longer);
        Assert.Equal(DnsStatus.ServerFailure, (await last.QueryAsync("a.example", DnsType.Mx, cancel)).Status);
    }

    [Fact]
    public async Task A_CNAME_to_what_cannot_be_asked_for_is_a_failure()
    {
        await using var server = new TestDnsServer(request => new DnsTestReply(request).Answer(DnsType.Cname, 60, [3, (byte)'a', (byte)'.', (byte)'b', 0]));
        using var resolver = Resolver(server);
        var answer = await resolver.QueryAsync("a.example", DnsType.A, cancel);
        Assert.Equal((DnsStatus.ServerFailure, @"a\046b"), (answer.Status, answer.CanonicalName));
    }

    private static TestDnsServer Good(string address = "127.0.0.1") =>
        new(request => new DnsTestReply(request) { IsAuthenticData = true }.Answer(DnsType.A, 60, Rdata.A("192.0.2.1")), address: address);

    private static StubResolverOptions Options(params TestDnsServer[] servers) =>
        new() { Servers = [.. servers.Select(server => server.EndPoint)], QueryTimeout = queryTime, Attempts = 2, Deadline = TimeSpan.FromMinutes(1) };

    private StubResolver Resolver(params TestDnsServer[] servers) => new(Options(servers), time);

    private StubResolver Resolver(TestDnsServer first, TestDnsServer second, string trusted) =>
        new(Options(first, second) with { TrustedServers = [IPAddress.Parse(trusted)] }, time);
}
