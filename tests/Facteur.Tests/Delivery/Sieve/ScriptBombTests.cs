using Facteur.Delivery.Sieve;

namespace Facteur.Tests.Delivery.Sieve;

/// <summary>Scripts made to cost much delay no delivery for long, nor every delivery (S-12).</summary>
public sealed class ScriptBombTests
{
    // It stops when its work is used up, which SieveLimits.MaxWork bounds to a fraction of a second on an idle machine.
    private static readonly string bomb = "require \"variables\"; set \"a\" \"0123456789\";\n" + string.Concat(Enumerable.Repeat("set \"a\" \"${a}${a}${a}${a}\";\n", 10))
        + string.Concat(Enumerable.Repeat("set :length \"b\" \"${a}${a}${a}${a}${a}${a}\";\n", 2_000));

    [Fact]
    [Trait("promise", "S-12")]
    public async Task A_bomb_is_kept_told_and_after_three_times_not_run_for_an_hour()
    {
        await using var fixture = await ScriptFixture.CreateAsync(bomb);
        for (var i = 0; i < 4; i++) await fixture.SendAsync();
        var faults = (await fixture.TraceAsync()).Where(line => line.StartsWith("The filter script", StringComparison.Ordinal)).ToList();
        Assert.All(faults.Take(3), line => Assert.EndsWith("the script takes too long for this message; the message was kept", line, StringComparison.Ordinal));
        Assert.EndsWith("it rests for an hour, or until it is changed; the message was kept", faults[3], StringComparison.Ordinal);
        Assert.Equal(5, (await fixture.InAsync("INBOX")).Count); // four letters and one notice
        await fixture.SendAsync();
        Assert.EndsWith("it rests for an hour, or until it is changed; the message was kept", (await fixture.TraceAsync()).Last(line => line.StartsWith("The filter script", StringComparison.Ordinal)), StringComparison.Ordinal); // it was not run
        await fixture.ActivateAsync("keep; # mended");
        await fixture.SendAsync();
        Assert.Equal(5, (await fixture.TraceAsync()).Count(line => line.StartsWith("The filter script", StringComparison.Ordinal)));
    }

    [Fact]
    public void Scores_are_percent()
    {
        Facteur.Delivery.Filtering.FilterVerdict verdict = new(Facteur.Delivery.Filtering.FilterAction.Accept, 0, [], null);
        double? Of(double score, double junkAt = 5, Facteur.Delivery.Filtering.FilterAction action = Facteur.Delivery.Filtering.FilterAction.Accept) =>
            ScriptContexts.SpamPercent(verdict, new(action, score, junkAt, []));
        Assert.Equal([0, 0, 24.5, 49], ((double[])[-3, 0, 2.5, 7]).Select(score => Of(score)!.Value)); // not Junk is under 50
        Assert.Equal([50, 50, 100, 100], ((double[])[0, 5, 15, 90]).Select(score => Of(score, 5, Facteur.Delivery.Filtering.FilterAction.Junk)!.Value));
        Assert.Null(ScriptContexts.SpamPercent(Facteur.Delivery.Filtering.FilterVerdict.Unchecked, new(Facteur.Delivery.Filtering.FilterAction.Accept, 0, 5, [])));
        Assert.Null(ScriptContexts.SpamPercent(null, null));
    }
}
