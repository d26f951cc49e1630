using System.Diagnostics;

namespace Facteur.Browse;

/// <summary>How often something is repeated: so many times, or fewer where that would take too long, but never fewer than five times.</summary>
internal static class Rounds
{
    private const int Least = 5;
    private static readonly TimeSpan longest = TimeSpan.FromSeconds(40);

    /// <param name="wanted">Rounds that count; one more goes before them, in which both sides compile their code and fill their caches.</param>
    public static async Task<List<T>> RunAsync<T>(int wanted, Func<int, Task<T>> round)
    {
        await round(0);
        var (results, clock) = (new List<T>(wanted), Stopwatch.StartNew());
        while (results.Count < wanted && (results.Count < Least || clock.Elapsed < longest)) results.Add(await round(results.Count + 1));
        return results;
    }
}
