using System.Collections.Concurrent;
using System.Globalization;
using Facteur.Storage;

namespace Facteur.Delivery.Filtering.Bayes;

/// <summary>Messages sorted so far.</summary>
internal readonly record struct BayesTotals(long Spam, long Ham)
{
    public bool Suffices(BayesSettings settings) => Spam >= settings.MinimumMessages && Ham >= settings.MinimumMessages;
}

/// <summary>Counts of words: space "bayes:ACCOUNT" or "bayes:shared", key a word, First in spam, Second in wanted mail; key "#" counts messages.</summary>
internal sealed class BayesCorpus(StateStore state, TimeProvider time)
{
    public const string SharedSpace = "bayes:shared";
    public const string TotalsKey = "#";

    /// <summary>Totals are looked up again after this; training in this process shows at once.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(5);
    private const int MaxRemembered = 100_000;

    private readonly ConcurrentDictionary<string, (BayesTotals Totals, long At)> totals = new();

    public static string SpaceOf(AccountId account) => string.Create(CultureInfo.InvariantCulture, $"bayes:{account.Value}");

    /// <summary>So that mail for who never sorted costs no look-up.</summary>
    public async ValueTask<BayesTotals> TotalsAsync(string space, CancellationToken cancel)
    {
        if (totals.TryGetValue(space, out var known) && time.GetElapsedTime(known.At) < Fresh) return known.Totals;
        var read = Of(await state.GetAsync(space, TotalsKey, cancel));
        if (totals.Count >= MaxRemembered) totals.Clear();
        totals[space] = (read, time.GetTimestamp());
        return read;
    }

    public void Forget(string space) => totals.TryRemove(space, out _);

    /// <summary>Counts of the words and of the messages, in one look-up.</summary>
    public async ValueTask<(IReadOnlyDictionary<string, StateEntry> Words, BayesTotals Totals)> CountsAsync(string space, BayesTokens tokens, CancellationToken cancel)
    {
        var found = await state.GetManyAsync(space, [TotalsKey, .. tokens.Keys], cancel);
        return (found, Of(found.GetValueOrDefault(TotalsKey)));
    }

    private static BayesTotals Of(StateEntry? entry) => entry is null ? default : new BayesTotals(Math.Max(0, entry.First), Math.Max(0, entry.Second));
}
