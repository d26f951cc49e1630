using System.Diagnostics;
using Facteur.Jmap;
using Facteur.Storage;
using Facteur.Storage.Searching;
using Facteur.Tests.Support;

namespace Facteur.Tests.Jmap;

/// <summary>Filters made to hurt are refused, or answered at a bounded cost (S-12); and what keeps ordinary ones cheap.</summary>
public sealed class QueryHostileTests
{
    [Fact]
    public async Task Deep_and_wide_filters_are_refused()
    {
        await using var jmap = await JmapHarness.StartAsync();
        for (var i = 0; i < 20; i++) await jmap.DeliverAsync($"Subject: {i}\n\n");
        var clock = Stopwatch.StartNew();
        foreach (var open in (string[])["NOT", "AND", "OR"])
            await jmap.CallAsync("Email/query", Querying.Arguments(Nested(open, 25)), "unsupportedFilter");
        Assert.Empty(await jmap.QueryAsync(Nested("AND", 18, """{"from": "nobody"}""")));
        await jmap.CallAsync("Email/query", Querying.Arguments(Many(10_000, i => $$"""{"hasKeyword": "k{{i}}"}""")), "unsupportedFilter");
        await jmap.CallAsync("Email/query", Querying.Arguments(Many(300, i => $$"""{"text": "w{{i}}"}""")), "unsupportedFilter");
        await jmap.CallAsync("Email/query", Querying.Arguments($$"""{"text": "{{string.Join(' ', Enumerable.Range(0, 500))}}"}"""), "unsupportedFilter");
        await jmap.CallAsync("Email/query", Querying.Arguments($$"""{"text": "{{new string('a', 100_000)}}"}"""), "unsupportedFilter");
        await jmap.CallAsync("Email/query", Querying.Arguments($$"""{"inMailboxOtherThan": [{{string.Join(',', Enumerable.Repeat("\"m1\"", 5_000))}}]}"""), "unsupportedFilter");
        await jmap.CallAsync("Email/query", Querying.Arguments("{}", $"[{string.Join(',', Enumerable.Repeat("{\"property\": \"size\"}", 100))}]"), "unsupportedSort");
        await jmap.CallAsync("Mailbox/query", $"{{\"filter\": {Nested("NOT", 25, "{}")}}}", "unsupportedFilter");
        Assert.True(clock.Elapsed < ProcessorTime.Endless, $"{clock.ElapsedMilliseconds} ms");
    }

    // The request object itself ends such nesting (RFC 8620 §3.6.1 notJSON), or the filter does.
    [Fact]
    public async Task A_filter_ten_thousand_deep_ends_at_once()
    {
        await using var jmap = await JmapHarness.StartAsync();
        var clock = Stopwatch.StartNew();
        try
        {
            var answer = await jmap.RequestAsync($$"""[["Email/query", {"accountId": "{{jmap.AccountId}}", "filter": {{Nested("NOT", 10_000)}}}, "0"]]""");
            Assert.True(answer.TryGetProperty("type", out _) || answer.GetProperty("methodResponses")[0][0].GetString() == "error");
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Assert.IsNotType<IndexOutOfRangeException>(e); // refused as a whole
        }
        Assert.True(clock.Elapsed < ProcessorTime.Endless, $"{clock.ElapsedMilliseconds} ms");
    }

    [Fact]
    public async Task As_much_as_is_allowed_is_answered()
    {
        await using var jmap = await JmapHarness.StartAsync();
        for (var i = 0; i < 20; i++) await jmap.DeliverAsync($"Subject: {i}\n\nsome text");
        var clock = Stopwatch.StartNew();
        Assert.Equal(20, (await jmap.QueryAsync(Many(900, i => $$"""{"notKeyword": "k{{i}}"}"""))).Count);
        Assert.Empty(await jmap.QueryAsync(Many(900, i => $$"""{"header": ["X-{{i}}", "y"]}""")));
        Assert.Empty(await jmap.QueryAsync(Many(150, i => $$"""{"text": "nothing{{i}}"}""")));
        Assert.Empty(await jmap.QueryAsync($$"""{"header": ["{{new string('h', 5_000)}}"]}"""));
        Assert.Empty(await jmap.QueryAsync("""{"header": ["é\u0000:", "y"]}"""));
        await jmap.QueryAsync($$"""{"query": "{{string.Concat(Enumerable.Repeat("-{a (from:b OR ", 1_000))}}"}""");
        Assert.True(clock.Elapsed < ProcessorTime.Endless, $"{clock.ElapsedMilliseconds} ms");
    }

    [Theory]
    [InlineData("a b", "a|b")]
    [InlineData("  'a b'  c", "a b|c")]
    [InlineData("\"a 'b' c\" d", "a 'b' c|d")]
    [InlineData("'it\\'s \\\\ \\\"x\\\"'", "it's \\ \"x\"")]
    [InlineData("l'été d'Ada", "l'été|d'Ada")]
    [InlineData("'open a", "'open|a")]
    [InlineData("\"", "\"")]
    [InlineData("''", "")]
    [InlineData("a\\b", "a\\b")]
    public void Words_and_phrases(string text, string tokens) => Assert.Equal(tokens, string.Join('|', SearchStrings.Tokens(text)));

    [Fact]
    public void Results_kept_are_bounded_and_of_their_state()
    {
        var results = new EmailResults(maxOctets: 40_000);
        var (ada, bob) = (new AccountId(1), new AccountId(2));
        var list = new EmailId[500];
        results.Keep(ada, "q", new ModSeq(5), list);
        Assert.Equal((new ModSeq(5), list), results.Find(ada, "q"));
        Assert.Null(results.Find(bob, "q"));
        results.Keep(ada, "q", new ModSeq(4), []); // late
        Assert.Equal((new ModSeq(5), list), results.Find(ada, "q"));
        for (var i = 0; i < 8; i++)
        {
            results.Keep(bob, $"q{i}", new ModSeq(1), list);
            Assert.NotNull(results.Find(ada, "q")); // in use
        }
        Assert.InRange(Enumerable.Range(0, 8).Count(i => results.Find(bob, $"q{i}") is not null), 6, 8);
        results.Keep(bob, "large", new ModSeq(1), new EmailId[2_000]);
        Assert.Null(results.Find(bob, "large"));
    }

    [Fact]
    public void The_first_ones_chosen_are_the_first_of_all()
    {
        var random = new Random(9);
        for (var round = 0; round < 300; round++)
        {
            var all = Enumerable.Range(0, random.Next(400)).Select(i => new Ranked(random.Next(50), i, random.Next(60))).ToList();
            var (count, collapse) = (random.Next(1, 40), random.Next(2) == 0);
            var chooser = new FirstChooser(count, collapse);
            foreach (var one in all.OrderBy(_ => random.Next()))
                if (chooser.MayTake(one)) chooser.Add(one);
            var sorted = all.Order();
            var wanted = (collapse ? sorted.DistinctBy(one => one.Thread) : sorted).Take(count).Select(one => one.Id);
            Assert.Equal(wanted, chooser.Finish(1).Select(one => one.Value));
        }
    }

    [Fact]
    public async Task How_a_search_is_read_is_told()
    {
        await using var jmap = await JmapHarness.StartAsync();
        await jmap.Store.CreateMailboxAsync(jmap.Ada.Id, "Travaux", MailboxRole.None, default);
        var answer = await jmap.CallAsync("Search/parse", """{"query": "from:bob -est:lu form:x dans:trav", "language": "fr", "timeZone": "Europe/Paris", "cursor": 33}""");
        Assert.Equal("de:bob est:non_lu \"form:x\" libellé:trav", answer.GetProperty("canonical").GetString());
        Assert.False(answer.GetProperty("leavesOutJunkAndTrash").GetBoolean());
        Assert.Equal(["de", "est", null, "dans"], answer.GetProperty("chips").EnumerateArray().Select(one => one.GetProperty("operator").GetString()));
        Assert.Equal("unknownOperator", Assert.Single(answer.GetProperty("hints").EnumerateArray()).GetProperty("type").GetString());
        Assert.Equal("dans:Travaux", Assert.Single(answer.GetProperty("completions").EnumerateArray()).GetProperty("text").GetString());
        await jmap.CallAsync("Search/parse", "{}", "invalidArguments");
        foreach (var zone in (string[])["nowhere", "", "/dev/zero", "../../../../etc/passwd", "Europe/../../../../dev/zero", "Europe//Paris\\u0000", "Europe", "C:\\\\x", new string('a', 65)])
            await jmap.CallAsync("Search/parse", $$"""{"query": "", "timeZone": "{{zone}}"}""", "invalidArguments"); // S-22
    }

    private static string Nested(string operation, int depth, string inner = "{}") =>
        string.Concat(Enumerable.Repeat($$"""{"operator": "{{operation}}", "conditions": [""", depth)) + inner + string.Concat(Enumerable.Repeat("]}", depth));

    private static string Many(int count, Func<int, string> condition) =>
        $$"""{"operator": "AND", "conditions": [{{string.Join(',', Enumerable.Range(0, count).Select(condition))}}]}""";
}
