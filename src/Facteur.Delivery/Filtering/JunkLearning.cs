using System.Threading.Channels;
using Facteur.Delivery.Filtering.Bayes;
using Facteur.Delivery.Filtering.Connections;
using Facteur.Storage;

namespace Facteur.Delivery.Filtering;

/// <summary>One thing to learn: a message's words at hand, or messages of a mailbox to read.</summary>
internal abstract record LearningJob(AccountId Account, BayesClass Sorted);

internal sealed record LearnTokens(AccountId Account, BayesClass Sorted, BayesTokens Tokens) : LearningJob(Account, Sorted);

/// <param name="IsKept">Their senders are correspondents from now on.</param>
internal sealed record LearnMessages(AccountId Account, BayesClass Sorted, MailboxId Mailbox, IReadOnlyList<UidRange> Uids, bool IsKept) : LearningJob(Account, Sorted);

/// <summary>What waits to be learnt, bounded: what does not fit is not learnt, and nothing waits for it.</summary>
public sealed class JunkLearning
{
    private const int MaxWaiting = 1_000;

    // Some of each day's mail is enough to know what an account's mail looks like.
    private static readonly RateLimit SelfDaily = new(20.0 / (24 * 60), 20);

    private readonly Channel<LearningJob> jobs = Channel.CreateBounded<LearningJob>(new BoundedChannelOptions(MaxWaiting) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private readonly TokenBuckets<(AccountId, BayesClass)> self;
    private readonly FilterSettingsReader settings;

    internal JunkLearning(BayesTrainer trainer, FilterSettingsReader settings, KnownCorrespondents correspondents, TimeProvider time)
    {
        (Trainer, this.settings, Correspondents) = (trainer, settings, correspondents);
        self = new TokenBuckets<(AccountId, BayesClass)>(time, 50_000);
    }

    /// <summary>Learns at once, for whoever has a message in hand.</summary>
    public BayesTrainer Trainer { get; }

    internal KnownCorrespondents Correspondents { get; }
    internal ChannelReader<LearningJob> Jobs => jobs.Reader;

    internal async ValueTask<BayesSettings> SettingsAsync(CancellationToken cancel) => (await settings.SiteAsync(cancel)).Bayes;

    internal bool MayLearnBySelf(AccountId account, BayesClass sorted) => self.TryTake((account, sorted), SelfDaily);

    internal void Learn(AccountId account, BayesTokens tokens, BayesClass sorted) => jobs.Writer.TryWrite(new LearnTokens(account, sorted, tokens));

    internal void Learn(LearnMessages messages) => jobs.Writer.TryWrite(messages);
}
