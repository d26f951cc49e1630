using System.Globalization;
using System.Text;
using Facteur.Delivery.Filtering;
using Facteur.Storage;
using Facteur.Tests.Net.Dialing;
using static Facteur.Tests.Delivery.Filtering.FilterFixture;

namespace Facteur.Tests.Delivery.Filtering.Checkers;

/// <summary>A scripted rspamd: what it is told, what its answers mean, and every way in which it fails.</summary>
public sealed class RspamdTests
{
    private sealed record Request(string Head, byte[] Body);

    private static Target Serve(List<Request> requests, string body, string status = "200 OK") => new(async (stream, cancel) =>
    {
        while (await ReadAsync(stream, cancel) is { } request)
        {
            lock (requests) requests.Add(request);
            await stream.WriteAsync(Encoding.UTF8.GetBytes($"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}"), cancel);
        }
    });

    private static async Task<Request?> ReadAsync(Stream stream, CancellationToken cancel)
    {
        var head = new List<byte>();
        var octet = new byte[1];
        while (!(head.Count >= 4 && head[^1] == '\n' && head[^3] == '\n'))
        {
            if (await stream.ReadAsync(octet, cancel) == 0) return null;
            head.Add(octet[0]);
        }
        var text = Encoding.Latin1.GetString([.. head]);
        var length = int.Parse(text.Split('\n').Single(line => line.StartsWith("Content-Length:", StringComparison.Ordinal))[15..], CultureInfo.InvariantCulture);
        var body = new byte[length];
        await stream.ReadExactlyAsync(body, cancel);
        return new Request(text, body);
    }

    private static string Settings(int port, string more = "") => $$"""{ "headers": false, "rspamd": { "url": "http://127.0.0.1:{{port}}"{{more}} } }""";

    private static async Task<FilterVerdict> AskAsync(string answer, string more = "", FilterInput? input = null)
    {
        await using var rspamd = Serve([], answer);
        using var fixture = new FilterFixture(Settings(rspamd.Port, more));
        return await fixture.Policy.JudgeAsync(input ?? Input(Plain), default);
    }

    [Fact]
    public async Task It_is_told_the_envelope_and_streamed_the_message_without_our_fields()
    {
        var requests = new List<Request>();
        await using var rspamd = Serve(requests, """{ "action": "no action", "score": 1.0 }""");
        using var fixture = new FilterFixture(Settings(rspamd.Port, """, "password": "geheim" """));
        const string ours = "Return-Path: <a@example.org>\r\n";
        var message = Plain.ReplaceLineEndings("\r\n") + string.Concat(Enumerable.Repeat("0123456789abcdef\r\n", 100_000));
        var input = Input(Encoding.UTF8.GetBytes(ours + message), "a@example.org", Moi, Ami) with { Start = ours.Length, Peer = Peer("10.0.0.9") };
        var verdict = await fixture.Policy.JudgeAsync(input, default);
        Assert.Equal(("rspamd", 0.7), (verdict.Reasons.Single().Name, verdict.Score));
        var request = Assert.Single(requests);
        Assert.StartsWith("POST /checkv2 HTTP/1.1\r\n", request.Head, StringComparison.Ordinal);
        foreach (var field in new[] { "From: a@example.org", "Ip: 10.0.0.9", "Helo: mail.example.org", "Queue-Id: t-1", "Password: geheim" }) Assert.Contains($"\r\n{field}\r\n", request.Head, StringComparison.Ordinal);
        Assert.Contains("moi@demo.test", request.Head, StringComparison.Ordinal);
        Assert.Contains("ami@demo.test", request.Head, StringComparison.Ordinal);
        Assert.True(Encoding.UTF8.GetBytes(message).AsSpan().SequenceEqual(request.Body));
        Assert.InRange(((MemorySource)input.Source).LargestRead, 1, 64 * 1024);
    }

    [Theory]
    [InlineData("""{ "action": "no action", "score": 2.0, "symbols": { "A": { "score": 1.5 }, "B": { "score": 0 }, "C": { "score": 0.5 } } }""", FilterAction.Accept, 1.4)]
    [InlineData("""{ "action": "greylist", "score": 4.0 }""", FilterAction.Accept, 2.8)]
    [InlineData("""{ "action": "add header", "score": 6.5 }""", FilterAction.Junk, 5)]
    [InlineData("""{ "action": "rewrite subject", "score": 10 }""", FilterAction.Junk, 7)]
    [InlineData("""{ "action": "no action", "score": 1e300 }""", FilterAction.Reject, 700)]
    public async Task Its_points_are_weighed(string answer, FilterAction action, double score)
    {
        var verdict = await AskAsync(answer);
        Assert.Equal((action, score), (verdict.Action, verdict.Score));
    }

    [Fact]
    public async Task Symbols_that_count_are_readable()
    {
        var verdict = await AskAsync("""{ "action": "no action", "score": 2.0, "symbols": { "LOW": { "score": 0.01 }, "BAYES_SPAM": { "score": 1.5 }, "R_SPF": { "score": -0.5 } } }""");
        Assert.Equal("rspamd gives 2.0 points: BAYES_SPAM 1.5, R_SPF -0.5", verdict.Reasons.Single().English);
    }

    [Theory]
    [InlineData("""{ "action": "reject", "score": 20 }""", "", FilterAction.Reject, "550 5.7.1 the message looks like spam")]
    [InlineData("""{ "action": "reject", "score": 20, "messages": { "smtp_message": "Gtube\r\n pattern" } }""", "", FilterAction.Reject, "550 5.7.1 Gtube pattern")]
    [InlineData("""{ "action": "reject", "score": 16 }""", ", \"reject\": false", FilterAction.Junk, null)]
    [InlineData("""{ "action": "soft reject", "score": 1, "messages": { "smtp_message": "Ratelimit exceeded" } }""", "", FilterAction.Defer, "451 4.7.1 Ratelimit exceeded")]
    public async Task Its_verdicts_are_kept(string answer, string settings, FilterAction action, string? refusal)
    {
        var verdict = await AskAsync(answer, settings);
        Assert.Equal((action, refusal), (verdict.Action, verdict.Refusal?.ToString()));
    }

    [Fact]
    public async Task It_adds_fields_that_say_nothing_of_who_wrote()
    {
        var verdict = await AskAsync("""
            { "action": "no action", "score": 0, "milter": { "add_headers": { "X-Spamd-Bar": "//", "X-Spam-Level": { "value": "*\r\nFrom: evil@example.org", "order": 1 },
              "X-List": [ "a", { "value": "b" } ], "From": "evil@example.org", "X-Facteur-Spam": "no", "Content-Type": "text/html", "X Bad": "c" } } }
            """);
        Assert.Equal([new AddedField("X-Spamd-Bar", "//"), new AddedField("X-Spam-Level", "*\r\n\tFrom: evil@example.org"), new AddedField("X-List", "a"), new AddedField("X-List", "b")], verdict.AddedFields);
    }

    [Theory]
    [InlineData("not json", "200 OK")]
    [InlineData("[]", "200 OK")]
    [InlineData("""{ "score": 3 }""", "200 OK")]
    [InlineData("""{ "action": 3 }""", "200 OK")]
    [InlineData("busy", "503 Busy")]
    public async Task An_answer_that_is_none_is_an_outage(string answer, string status)
    {
        await using var rspamd = Serve([], answer, status);
        using var fixture = new FilterFixture(Settings(rspamd.Port));
        var verdict = await fixture.Policy.JudgeAsync(Input(Plain), default);
        Assert.Equal((FilterAction.Accept, "rspamd.failed"), (verdict.Action, verdict.Reasons.Single().Name));
        fixture.Settings.Set(SettingScope.Site, FilterSettings.Document, Settings(rspamd.Port, ", \"onFailure\": \"defer\""));
        verdict = await fixture.Policy.JudgeAsync(Input(Plain), default);
        Assert.Equal((FilterAction.Defer, "451 4.7.1 the message cannot be checked now; try again later"), (verdict.Action, verdict.Refusal!.ToString()));
    }

    [Fact]
    public async Task One_that_hangs_has_its_time_and_no_more()
    {
        var asked = new TaskCompletionSource();
        await using var rspamd = new Target(async (stream, cancel) =>
        {
            await ReadAsync(stream, cancel);
            asked.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancel);
        });
        using var fixture = new FilterFixture(Settings(rspamd.Port, ", \"timeout\": \"00:00:20\""));
        var judging = fixture.Policy.JudgeAsync(Input(Plain), default).AsTask();
        await asked.Task;
        fixture.Time.Advance(TimeSpan.FromSeconds(19));
        Assert.False(judging.IsCompleted);
        fixture.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal("rspamd.failed", (await judging).Reasons.Single().Name);
    }

    [Fact]
    public async Task One_that_is_gone_is_left_alone_for_a_while()
    {
        await using var rspamd = Serve([], "", "500 Broken");
        using var fixture = new FilterFixture(Settings(rspamd.Port));
        var connections = 0;
        for (var i = 0; i < 6; i++)
        {
            await fixture.Policy.JudgeAsync(Input(Plain), default);
            if (i == 2) connections = rspamd.Connections;
        }
        Assert.Equal(connections, rspamd.Connections);
        fixture.Time.Advance(TimeSpan.FromSeconds(16));
        await using var mended = Serve([], """{ "action": "add header", "score": 9 }""");
        fixture.Settings.Set(SettingScope.Site, FilterSettings.Document, Settings(mended.Port));
        Assert.Equal(FilterAction.Junk, (await fixture.Policy.JudgeAsync(Input(Plain), default)).Action);
    }

    [Fact]
    public async Task Long_messages_are_not_shown()
    {
        await using var rspamd = Serve([], """{ "action": "reject", "score": 20 }""");
        using var fixture = new FilterFixture(Settings(rspamd.Port, ", \"maxOctets\": 50"));
        var verdict = await fixture.Policy.JudgeAsync(Input(Plain), default);
        Assert.Equal("rspamd.size", verdict.Reasons.Single().Name);
        Assert.Equal(0, rspamd.Connections);
    }

    [Fact]
    public async Task An_address_that_is_none_leaves_it_out()
    {
        using var fixture = new FilterFixture("""{ "headers": false, "rspamd": { "url": "ftp://x" }, "clamd": { "address": "nowhere" }, "milters": [ { "address": "unix:relative" } ] }""");
        Assert.Empty((await fixture.Policy.JudgeAsync(Input(Plain), default)).Reasons);
    }
}
