using Facteur.Load;

namespace Facteur.Browse.Measures;

/// <summary>What every webmail does: opening and searching, by the same hands.</summary>
internal static class CommonMeasures
{
    /// <summary>Clicks on one row after the other, each not open before, until its body is visible; back to the list between them.</summary>
    public static async Task OpenAsync(Webmail site, Results results, string key, int rounds)
    {
        await using var visit = await Visit.BeginAsync(site);
        await visit.ListAsync();
        results.Write(key, await Rounds.RunAsync(rounds, row => site.OpenByMouseAsync(visit, row)));
    }

    /// <summary>Types words that stand in the subjects of one message in some hundreds, another each time.</summary>
    public static async Task SearchAsync(Webmail site, Results results, string key, int rounds)
    {
        await using var visit = await Visit.BeginAsync(site);
        await visit.ListAsync();
        results.Write(key, await Rounds.RunAsync(rounds, round => site.SearchAsync(visit, ProjectNames.Of(round % ProjectNames.Count))));
    }
}
