namespace Facteur.Browse.Measures;

/// <summary>The first list: from the navigation to its first rows on the screen, with a cold cache, signed in before.</summary>
internal static class ListMeasure
{
    public static async Task RunAsync(Webmail site, Results results, string key, int rounds, Throttle? throttle)
    {
        var lists = await Rounds.RunAsync(rounds, async _ =>
        {
            await using var visit = await Visit.BeginAsync(site, throttle);
            return await visit.ListAsync();
        });
        results.Write(key, [.. lists.Select(list => list.Rows)], new Dictionary<string, double>
        {
            ["shownP50"] = Median(lists.Select(list => list.Shown)),
            ["atWorkP50"] = Median(lists.Select(list => list.AtWork)),
            ["firstPaintP50"] = Median(lists.Select(list => list.FirstPaint)),
            ["largestPaintP50"] = Median(lists.Select(list => list.LargestPaint)),
            // The largest: what some visits load besides counts.
            ["scriptOctets"] = lists.Max(list => list.ScriptOctets),
            ["octets"] = lists.Max(list => list.Octets),
            ["requests"] = lists.Max(list => list.Requests),
        });
    }

    private static double Median(IEnumerable<double> values) => Results.Percentile(values.Order().ToArray(), 0.5);
}
