using Facteur.Browse.Sites;
using Microsoft.Playwright;

namespace Facteur.Browse.Measures;

/// <summary>What only Facteur's webmail has a budget for.</summary>
internal static class FacteurMeasures
{
    /// <summary>From the key j to the frame that shows the highlight on the next row. Of the browser's own count (Event Timing), how many keys took more than 16 ms to the screen.</summary>
    public static async Task HighlightAsync(FacteurMail site, Results results, int rounds)
    {
        await using var visit = await site.BegunAsync();
        var times = await Rounds.RunAsync(rounds, _ => visit.TimeHighlightAsync("j"));
        var slow = await visit.Page.EvaluateAsync<double[]>("() => __probe.slowKeys");
        var applied = await visit.Page.EvaluateAsync<double[]>("() => __probe.applied");
        results.Write("highlight", times, new Dictionary<string, double> { ["appliedP95"] = Results.Percentile([.. applied.Order()], 0.95), ["over16"] = slow.Count(duration => duration > 16), ["longest"] = slow.Length == 0 ? 0 : slow.Max(), ["rows"] = await visit.Page.EvaluateAsync<double>("() => __site.rowCount()") });
    }

    /// <summary>
    /// What the page does for it: until the row has the highlight, and style, layout and painting of the frame. At sixty frames a second the end of a frame also waits for the one before to be shown,
    /// which is no work of anybody.
    /// </summary>
    /// <param name="launchUnpaced">Begins a browser that draws as soon as it can.</param>
    public static async Task HighlightWorkAsync(Func<Task<IBrowser>> launchUnpaced, BrowseOptions options, Results results, int rounds)
    {
        await using var browser = await launchUnpaced();
        var site = new FacteurMail(browser, options);
        await site.SignInAsync();
        await using var visit = await site.BegunAsync();
        await Rounds.RunAsync(rounds, _ => visit.TimeHighlightAsync("j"));
        results.Write("highlight-work", await visit.Page.EvaluateAsync<double[]>("() => __probe.own"));
    }

    /// <summary>The first conversation of a visit, by Enter, another each time.</summary>
    public static async Task OpenFirstAsync(FacteurMail site, Results results, int rounds) =>
        results.Write("open-first", await Rounds.RunAsync(rounds, async row =>
        {
            await using var visit = await site.BegunAsync();
            for (var step = 0; step <= row; step++) await visit.TimeHighlightAsync("j");
            await Visit.RestAsync();
            return await FacteurMail.OpenByKeyAsync(visit, "Enter");
        }));

    /// <summary>The ones after it, from the list: j, Enter, u.</summary>
    /// <param name="rest">What is done between the keys.</param>
    public static async Task OpenNextAsync(FacteurMail site, Results results, string key, int rounds, Func<Task> rest)
    {
        await using var visit = await site.BegunAsync();
        results.Write(key, await Rounds.RunAsync(rounds, async _ =>
        {
            await visit.TimeHighlightAsync("j");
            await rest();
            var elapsed = await FacteurMail.OpenByKeyAsync(visit, "Enter");
            await rest();
            await FacteurMail.BackAsync(visit);
            return elapsed;
        }));
    }

    /// <summary>From one conversation to the next, by j.</summary>
    /// <param name="rest">What is done between the keys.</param>
    public static async Task OpenNeighbourAsync(FacteurMail site, Results results, string key, int rounds, Func<Task> rest)
    {
        await using var visit = await site.BegunAsync();
        await visit.TimeHighlightAsync("j");
        await FacteurMail.OpenByKeyAsync(visit, "Enter");
        results.Write(key, await Rounds.RunAsync(rounds, async _ =>
        {
            await rest();
            return await FacteurMail.OpenByKeyAsync(visit, "j");
        }));
    }

    /// <summary>Octets of the page's objects with the first list, and after a way through the whole of it in jumps, each with all its rows loaded.</summary>
    public static async Task HeapAsync(FacteurMail site, Results results, int jumps)
    {
        await using var visit = await site.BegunAsync();
        var before = await visit.HeapAsync();
        for (var jump = 1; jump <= jumps; jump++)
        {
            await visit.Page.EvaluateAsync("part => __site.jump(part)", (double)jump / jumps);
            await visit.ReachAsync("isFull");
        }
        results.Write("heap", [await visit.HeapAsync()], new Dictionary<string, double> { ["firstList"] = before, ["jumps"] = jumps });
    }

    /// <summary>Frames while the wheel turns over a thousand rows at a hundred rows a second.</summary>
    public static async Task ScrollAsync(FacteurMail site, Results results)
    {
        const int Rows = 1_000;
        const int RowHeight = 40;
        await using var visit = await site.BegunAsync();
        await visit.Page.EvaluateAsync("() => __probe.frames()");
        await visit.Protocol.SendAsync("Input.synthesizeScrollGesture", new Dictionary<string, object>
        {
            ["x"] = 700, ["y"] = 400, ["yDistance"] = -Rows * RowHeight, ["speed"] = 100 * RowHeight, ["gestureSourceType"] = "mouse", ["preventFling"] = true,
        });
        var seen = (await visit.Page.EvaluateAsync("() => __probe.endFrames()"))!.Value;
        double Of(string name) => seen.GetProperty(name).GetDouble();
        results.Write("scroll", [Of("due") - Of("frames")], new Dictionary<string, double> { ["due"] = Of("due"), ["blank"] = Of("blank"), ["frames"] = Of("frames") });
    }
}
