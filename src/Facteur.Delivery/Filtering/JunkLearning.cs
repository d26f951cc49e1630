using System.Threading.Channels;
using Facteur.Delivery.Filtering.Bayes;
using Facteur.Delivery.Filtering.Connections;
using Facteur.Storage;

namespace Facteur.Delivery.Filtering;

/// <summary>One thing to do in the background.</summary>
internal abstract record LearningJob(AccountId Account);

/// <summary>A message's words are at hand.</summary>
internal sealed record LearnTokens(AccountId Account, BayesClass Sorted, BayesTokens Tokens) : LearningJob(Account);

/// <summary>Messages of a mailbox are to be read.</summary>
/// <param name="IsKept">Their senders are correspondents from now on.</param>
internal sealed record LearnMessages(AccountId Account, BayesClass Sorted, MailboxId Mailbox, IReadOnlyList<UidRange> Uids, bool IsKept)
    : LearningJob(Account);

/// <summary>If the account is gone, so is what was learnt from it.</summary>
internal sealed record ForgetAccount(AccountId Account) : LearningJob(Account);

/// <summary>What waits to be learnt, bounded: what does not fit is not learnt, and nothing waits for it.</summary>
public sealed class JunkLearning : IDisposable
{
    private const int MaxWaiting = 1_000;

    // Some of each day's mail is enough to know what an account's mail looks like.
    private static readonly RateLimit SelfDaily = new(20.0 / (24 * 60), 20);

    private readonly Channel<LearningJob> jobs = Channel.CreateBounded<LearningJob>(
        new BoundedChannelOptions(MaxWaiting) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private readonly TokenBuckets<(AccountId, BayesClass)> self;
    private readonly FilterSettingsReader settings;
    private readonly StateStore state;

    internal JunkLearning(BayesTrainer trainer, FilterSettingsReader settings, KnownCorrespondents correspondents, StateStore state, TimeProvider time)
    {
        (Trainer, this.settings, Correspondents, this.state) = (trainer, settings, correspondents, state);
        self = new TokenBuckets<(AccountId, BayesClass)>(time, 50_000);
    }

    /// <summary>Learns at once, for whoever has a message in hand.</summary>
    public BayesTrainer Trainer { get; }

    internal KnownCorrespondents Correspondents { get; }
    internal ChannelReader<LearningJob> Jobs => jobs.Reader;

    internal async ValueTask<BayesSettings> SettingsAsync(CancellationToken cancel) => (await settings.SiteAsync(cancel)).Bayes;

    internal bool MayLearnBySelf(AccountId account, BayesClass sorted) => self.TryTake((account, sorted), SelfDaily);

    internal void Add(LearningJob job) => jobs.Writer.TryWrite(job);

    /// <summary>Removes all that was learnt from an account.</summary>
    internal async ValueTask ForgetAsync(AccountId account, CancellationToken cancel)
    {
        foreach (var space in (string[])[BayesCorpus.SpaceOf(account), BayesTrainer.VerdictSpace(account), KnownCorrespondents.Space(account)])
            await state.RemoveSpaceAsync(space, cancel);
    }

    public void Dispose() => Trainer.Dispose();
}
