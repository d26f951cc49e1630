using Facteur.Storage;

namespace Facteur.Delivery.Filtering.Bayes;

/// <summary>
/// How much a message looks like spam by its words, 0 to 1. Each word has a probability (Robinson: the fewer times it was met, the nearer to
/// what is assumed of an unknown one); the words that say most are combined by Fisher's method, once for and once against.
/// </summary>
internal sealed class BayesFilter(BayesCorpus corpus)
{
    /// <summary>Weight, in meetings, of what is assumed of a word before it is met.</summary>
    private const double Strength = 1;

    /// <summary>Weight of what all accounts know of a word against what this one does.</summary>
    private const double SharedStrength = 2;

    /// <summary>Words this near to one half say nothing.</summary>
    private const double Neutral = 0.1;

    /// <summary>Words that say most; more make every long message a certainty.</summary>
    private const int MaxWords = 150;

    /// <summary>Words that must say something before there is an answer.</summary>
    private const int MinWords = 5;

    /// <summary>The words of all accounts; null when they do not count or too few messages were sorted.</summary>
    public async ValueTask<Counts?> SharedAsync(BayesTokens tokens, BayesSettings settings, CancellationToken cancel)
    {
        if (!settings.Shared || !(await corpus.TotalsAsync(BayesCorpus.SharedSpace, cancel)).Suffices(settings)) return null;
        var (words, totals) = await corpus.CountsAsync(BayesCorpus.SharedSpace, tokens, cancel);
        return totals.Suffices(settings) ? new Counts(words, totals) : null;
    }

    /// <summary>Is there anything to compare with for this account?</summary>
    public async ValueTask<bool> IsReadyAsync(AccountId account, BayesSettings settings, CancellationToken cancel) =>
        (await corpus.TotalsAsync(BayesCorpus.SpaceOf(account), cancel)).Suffices(settings)
        || (settings.Shared && (await corpus.TotalsAsync(BayesCorpus.SharedSpace, cancel)).Suffices(settings));

    /// <summary>Probability of spam for one account; null when nothing can be said.</summary>
    public async ValueTask<double?> JudgeAsync(AccountId account, BayesTokens tokens, Counts? shared, BayesSettings settings, CancellationToken cancel)
    {
        Counts? own = null;
        if ((await corpus.TotalsAsync(BayesCorpus.SpaceOf(account), cancel)).Suffices(settings))
        {
            var (words, totals) = await corpus.CountsAsync(BayesCorpus.SpaceOf(account), tokens, cancel);
            if (totals.Suffices(settings)) own = new Counts(words, totals);
        }
        return own is null && shared is null ? null : Combine(tokens.Keys, own, shared);
    }

    /// <summary>Points of a probability: none near one half, all of them near certainty.</summary>
    public static double Points(double probability, BayesSettings settings)
    {
        var sure = (probability - 0.5) * 2;
        return sure >= 0 ? settings.SpamPoints * sure * sure * sure : settings.HamPoints * sure * sure * sure;
    }

    internal static double? Combine(IReadOnlyList<string> keys, Counts? own, Counts? shared)
    {
        var probabilities = new List<double>(keys.Count);
        foreach (var key in keys)
        {
            var assumed = shared?.Probability(key, 0.5, Strength) ?? 0.5;
            var probability = own?.Probability(key, assumed, shared is null ? Strength : SharedStrength) ?? assumed;
            if (Math.Abs(probability - 0.5) >= Neutral) probabilities.Add(Math.Clamp(probability, 0.01, 0.99));
        }
        if (probabilities.Count < MinWords) return null;
        var telling = probabilities.OrderByDescending(probability => Math.Abs(probability - 0.5)).Take(MaxWords).ToList();
        var spam = 1 - ChiSquare(-2 * telling.Sum(probability => Math.Log(1 - probability)), telling.Count);
        var ham = 1 - ChiSquare(-2 * telling.Sum(Math.Log), telling.Count);
        return (1 + spam - ham) / 2;
    }

    /// <summary>Probability that chi-square with 2n degrees of freedom is at least this.</summary>
    private static double ChiSquare(double value, int n)
    {
        // With MaxWords and the bounds of a probability, half the value stays under 700, where the exponential is still a number.
        var half = value / 2;
        var term = Math.Exp(-half);
        var sum = term;
        for (var i = 1; i < n; i++)
        {
            term *= half / i;
            sum += term;
        }
        return Math.Min(1, sum);
    }

    /// <summary>Counts of one corpus for the words of one message.</summary>
    internal sealed class Counts(IReadOnlyDictionary<string, StateEntry> words, BayesTotals totals)
    {
        public double? Probability(string key, double assumed, double strength)
        {
            if (!words.TryGetValue(key, out var entry)) return null;
            // A word taken back twice, or forgotten in between, is not met a negative number of times.
            var (inSpam, inHam) = (Math.Max(0, entry.First), Math.Max(0, entry.Second));
            if (inSpam + inHam == 0) return null;
            // Shares of each kind, so that more of one kind sorted makes no difference.
            var spamShare = (double)inSpam / totals.Spam;
            var hamShare = (double)inHam / totals.Ham;
            var met = inSpam + inHam;
            return ((strength * assumed) + (met * (spamShare / (spamShare + hamShare)))) / (strength + met);
        }
    }
}
