using System.Globalization;
using Facteur.Delivery.Filtering.Connections;
using Facteur.Mail;
using Facteur.Storage;

namespace Facteur.Delivery.Filtering.Bayes;

/// <summary>
/// Learns how an account sorts its mail. What was learnt of a message is remembered: the same again changes nothing, the contrary takes the
/// former back, whatever protocol moved it in between.
/// </summary>
public sealed class BayesTrainer : IDisposable
{
    // A verdict older than this is not taken back any more.
    private static readonly TimeSpan VerdictRemembered = TimeSpan.FromDays(365);

    // Words met once or twice are most of a corpus and say least.
    private static readonly TimeSpan RareRemembered = TimeSpan.FromDays(180);
    private static readonly TimeSpan Remembered = TimeSpan.FromDays(730);
    private const long RareMeetings = 5;

    // So that no single account writes what spam is for all.
    private static readonly RateLimit SharedDaily = new(200.0 / (24 * 60), 200);

    private readonly StateStore state;
    private readonly BayesCorpus corpus;
    private readonly TimeProvider time;
    private readonly TokenBuckets<AccountId> sharing;
    private readonly SemaphoreSlim oneAtATime = new(1);

    internal BayesTrainer(StateStore state, BayesCorpus corpus, TimeProvider time)
    {
        (this.state, this.corpus, this.time) = (state, corpus, time);
        sharing = new TokenBuckets<AccountId>(time, 50_000);
    }

    /// <summary>Learns a stored message; false when it was known as that already.</summary>
    /// <param name="root">Part tree of the message.</param>
    /// <param name="settings">Says whether all accounts learn of it.</param>
    public async ValueTask<bool> TrainAsync(AccountId account, IMessageSource message, MessagePart root, BayesClass sorted, BayesSettings settings, CancellationToken cancel) =>
        await TrainAsync(account, await BayesTokens.ReadAsync(message, root, cancel), sorted, settings, cancel);

    /// <summary>Learns a message whose part tree is not at hand: it is parsed as it is read.</summary>
    public async ValueTask<bool> TrainAsync(AccountId account, IMessageSource message, BayesClass sorted, BayesSettings settings, CancellationToken cancel)
    {
        var parser = new MimeParser(MimeLimits.Default);
        var buffer = new byte[32 * 1024];
        for (long at = 0; await message.ReadAsync(at, buffer, cancel) is var count and > 0; at += count) parser.Write(buffer.AsSpan(0, count));
        return await TrainAsync(account, message, PartTable.Parse(parser.Complete().Parts.Span), sorted, settings, cancel);
    }

    public async ValueTask<bool> TrainAsync(AccountId account, BayesTokens tokens, BayesClass sorted, BayesSettings settings, CancellationToken cancel)
    {
        await oneAtATime.WaitAsync(cancel);
        try
        {
            var verdicts = VerdictSpace(account);
            var former = await state.GetAsync(verdicts, tokens.Identity, cancel);
            var was = (BayesClass?)former?.First;
            if (was == sorted) return false;
            // What was shared is taken back from there, too; what was not then, is not now.
            var shares = former is null ? settings.Shared && sharing.TryTake(account, SharedDaily) : former.Second > 0;
            await AddAsync(BayesCorpus.SpaceOf(account), tokens, was, sorted, cancel);
            if (shares) await AddAsync(BayesCorpus.SharedSpace, tokens, was, sorted, cancel);
            await state.SetAsync(verdicts, [new StateEntry(tokens.Identity, (long)sorted, shares ? 1 : 0, null, time.GetUtcNow() + VerdictRemembered)], cancel);
            FilterMetrics.LearntOne(sorted);
            return true;
        }
        finally
        {
            oneAtATime.Release();
        }
    }

    public void Dispose() => oneAtATime.Dispose();

    private async ValueTask AddAsync(string space, BayesTokens tokens, BayesClass? was, BayesClass sorted, CancellationToken cancel)
    {
        var spam = (sorted == BayesClass.Spam ? 1 : 0) - (was == BayesClass.Spam ? 1 : 0);
        var ham = (sorted == BayesClass.Ham ? 1 : 0) - (was == BayesClass.Ham ? 1 : 0);
        var (known, _) = await corpus.CountsAsync(space, tokens, cancel);
        var now = time.GetUtcNow();
        var changes = new List<StateChange>(tokens.Keys.Count + 1) { new(BayesCorpus.TotalsKey, spam, ham) };
        foreach (var key in tokens.Keys)
        {
            var met = known.TryGetValue(key, out var entry) ? entry.First + entry.Second : 0;
            changes.Add(new StateChange(key, spam, ham, null, now + (met + 1 >= RareMeetings ? Remembered : RareRemembered)));
        }
        await state.AddAsync(space, changes, cancel);
        corpus.Forget(space);
    }

    internal static string VerdictSpace(AccountId account) => string.Create(CultureInfo.InvariantCulture, $"bayes-verdict:{account.Value}");
}
