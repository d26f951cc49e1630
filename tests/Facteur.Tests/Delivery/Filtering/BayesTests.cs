using System.Text;
using Facteur.Delivery.Filtering;
using Facteur.Delivery.Filtering.Bayes;
using Facteur.Mail;
using Facteur.Storage;
using static Facteur.Tests.Delivery.Filtering.FilterFixture;

namespace Facteur.Tests.Delivery.Filtering;

/// <summary>The filter that learns.</summary>
public sealed class BayesTests
{
    private static readonly BayesSettings Settings = new();

    private static Task<bool> TrainAsync(FilterFixture fixture, int seed, bool isSpam, BayesClass? sorted = null, FilterRecipient? owner = null, BayesSettings? settings = null) =>
        fixture.Policy.Learning.Trainer.TrainAsync(
            (owner ?? Moi).Account, new MemorySource(SpamCorpus.Message(seed, isSpam)), sorted ?? (isSpam ? BayesClass.Spam : BayesClass.Ham), settings ?? Settings, default).AsTask();

    private static async Task TrainAsync(FilterFixture fixture, int messages, FilterRecipient? owner = null, BayesSettings? settings = null)
    {
        for (var seed = 0; seed < messages; seed++)
        {
            await TrainAsync(fixture, seed, isSpam: true, null, owner, settings);
            await TrainAsync(fixture, seed, isSpam: false, null, owner, settings);
        }
    }

    private static async Task<double> PointsAsync(FilterFixture fixture, byte[] message, FilterRecipient? owner = null)
    {
        var verdict = await fixture.Policy.JudgeAsync(Input(message, "x@example.org", owner ?? Moi), default);
        return verdict.For((owner ?? Moi).Account).Reasons.SingleOrDefault(reason => reason.Name == "bayes")?.Score ?? 0;
    }

    [Fact]
    public async Task It_tells_spam_from_wanted_mail_after_some_were_sorted()
    {
        using var fixture = new FilterFixture("""{ "bayes": { "automatic": false } }""");
        await TrainAsync(fixture, 60);
        int caught = 0, wronged = 0;
        const int asked = 200;
        for (var seed = 1_000; seed < 1_000 + asked; seed++)
        {
            if (await PointsAsync(fixture, SpamCorpus.Message(seed, isSpam: true)) >= 4) caught++;
            if (await PointsAsync(fixture, SpamCorpus.Message(seed, isSpam: false)) >= 0.1) wronged++;
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"caught {caught}, wronged {wronged} of {asked}");
        Assert.InRange(caught, asked * 95 / 100, asked);
        Assert.InRange(wronged, 0, asked / 100);
    }

    [Fact]
    public async Task Nothing_counts_before_enough_of_both_kinds_was_sorted()
    {
        using var fixture = new FilterFixture("""{ "bayes": { "minimumMessages": 10, "automatic": false } }""");
        await TrainAsync(fixture, 9);
        await TrainAsync(fixture, 100, isSpam: true);
        Assert.Equal(0, await PointsAsync(fixture, SpamCorpus.Message(500, isSpam: true)));
        await TrainAsync(fixture, 100, isSpam: false);
        Assert.InRange(await PointsAsync(fixture, SpamCorpus.Message(500, isSpam: true)), 3, 5.5);
    }

    [Fact]
    public async Task What_one_account_sorted_counts_for_another_until_it_sorts_by_itself()
    {
        using var fixture = new FilterFixture("""{ "bayes": { "automatic": false } }""");
        await TrainAsync(fixture, 40, Ami);
        var message = SpamCorpus.Message(700, isSpam: true);
        Assert.InRange(await PointsAsync(fixture, message, Moi), 3, 5.5);

        // Who wants what others call spam has the last word.
        for (var seed = 0; seed < 40; seed++)
        {
            await TrainAsync(fixture, 2_000 + seed, isSpam: true, BayesClass.Ham, Moi, Settings with { Shared = false });
            await TrainAsync(fixture, 2_000 + seed, isSpam: false, BayesClass.Spam, Moi, Settings with { Shared = false });
        }
        Assert.InRange(await PointsAsync(fixture, message, Moi), -3, 0);
        Assert.InRange(await PointsAsync(fixture, message, Ami), 3, 5.5);
    }

    [Fact]
    public async Task Moving_back_takes_back_what_was_learnt()
    {
        using var fixture = new FilterFixture();
        await TrainAsync(fixture, 3);
        var before = await CountsAsync(fixture, "bayes:1");
        var shared = await CountsAsync(fixture, "bayes:shared");
        Assert.Equal((3, 3), before["#"]);
        Assert.True(await TrainAsync(fixture, 50, isSpam: false, BayesClass.Spam));
        Assert.False(await TrainAsync(fixture, 50, isSpam: false, BayesClass.Spam)); // the same again changes nothing
        Assert.Equal((4, 3), (await CountsAsync(fixture, "bayes:1"))["#"]);
        Assert.True(await TrainAsync(fixture, 50, isSpam: false, BayesClass.Ham));
        var after = await CountsAsync(fixture, "bayes:1");
        Assert.Equal((3, 4), after["#"]);
        Assert.DoesNotContain(after, word => word.Value.Spam > before.GetValueOrDefault(word.Key).Spam);
        Assert.Equal(after.Sum(word => word.Value.Ham - before.GetValueOrDefault(word.Key).Ham), (await CountsAsync(fixture, "bayes:shared")).Sum(word => word.Value.Ham - shared.GetValueOrDefault(word.Key).Ham));
    }

    [Fact]
    public async Task Words_seldom_met_are_forgotten_before_those_met_often()
    {
        using var fixture = new FilterFixture();
        for (var seed = 0; seed < 10; seed++) await TrainAsync(fixture, seed, isSpam: true);
        var all = (await CountsAsync(fixture, "bayes:1")).Count;
        fixture.Time.Advance(TimeSpan.FromDays(181));
        await fixture.State.PurgeAsync(fixture.Time.GetUtcNow(), int.MaxValue, default);
        var left = await CountsAsync(fixture, "bayes:1");
        Assert.InRange(left.Count, 10, all - 10);
        Assert.All(left.Where(word => word.Key != "#"), word => Assert.True(word.Value.Spam >= 5));
    }

    [Fact]
    public async Task A_message_has_so_many_words_and_no_more_and_none_is_readable()
    {
        var text = new StringBuilder("From: a@example.org\r\nSubject: secret\r\n\r\n");
        for (var i = 0; i < 200_000; i++) text.Append("mot").Append(i).Append(' ');
        var input = Input(Encoding.ASCII.GetBytes(text.ToString()));
        var tokens = await BayesTokens.ReadAsync(input.Source, PartTable.Parse(input.Facts.Parts.Span), default);
        Assert.Equal(BayesTokens.MaxKeys, tokens.Keys.Count);
        Assert.Equal(tokens.Keys.Count, tokens.Keys.Distinct().Count());
        Assert.All(tokens.Keys, key => Assert.Equal(11, key.Length));
        Assert.InRange(((MemorySource)input.Source).LargestRead, 1, 64 * 1024);
    }

    [Theory]
    [InlineData("子供の学校", 4)] // pairs of what has no blanks
    [InlineData("deux mots", 2)]
    [InlineData("a bc", 0)]
    [InlineData("l'été -- rendez-vous_", 2)]
    [InlineData("100€ 50%", 2)]
    public void Text_is_cut_into_words(string text, int count)
    {
        var tokens = new TokenSet();
        Words.Split(FoldedText.Fold(text), "", tokens);
        Assert.Equal(count, tokens.Keys.Count);
    }

    [Fact]
    public async Task Links_count_wherever_their_text_is_cut()
    {
        const string html = "<a href=\"http://www.spam.example/x\">x</a>";
        var expected = new TokenSet();
        foreach (var host in new[] { "www.spam.example", "spam.example" }) expected.Add("link:" + host);
        for (var pad = 8 * 1024 - 40; pad < 8 * 1024 + 2; pad++)
        {
            var input = Input(Encoding.ASCII.GetBytes("Content-Type: text/html\r\n\r\n" + new string(' ', pad) + html));
            var tokens = await BayesTokens.ReadAsync(input.Source, PartTable.Parse(input.Facts.Parts.Span), default);
            Assert.Subset(tokens.Keys.ToHashSet(), expected.Keys.ToHashSet());
        }
    }

    [Fact]
    public async Task Identity_is_the_same_before_delivery_and_after()
    {
        var before = Input(Plain);
        var after = Input("Return-Path: <a@example.org>\nReceived: by mx\nX-Facteur-Spam: no\n" + Plain);
        var one = await BayesTokens.ReadAsync(before.Source, PartTable.Parse(before.Facts.Parts.Span), default);
        var other = await BayesTokens.ReadAsync(after.Source, PartTable.Parse(after.Facts.Parts.Span), default);
        Assert.Equal(one.Identity, other.Identity);
        Assert.Equal(one.Keys, other.Keys);
    }

    [Fact]
    public async Task Mail_for_who_never_sorted_costs_no_look_up()
    {
        using var fixture = new FilterFixture();
        await fixture.Policy.JudgeAsync(Input(Plain), default);
        var reads = fixture.State.Reads;
        for (var i = 0; i < 10; i++) await fixture.Policy.JudgeAsync(Input(Plain), default);
        Assert.Equal(reads + 10, fixture.State.Reads); // the correspondents
    }

    private static async Task<Dictionary<string, (long Spam, long Ham)>> CountsAsync(FilterFixture fixture, string space) =>
        (await fixture.State.ListAsync(space, "", null, int.MaxValue, default)).ToDictionary(entry => entry.Key, entry => (entry.First, entry.Second));
}
