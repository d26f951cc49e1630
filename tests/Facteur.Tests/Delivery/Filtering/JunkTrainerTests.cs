using System.Text;
using Facteur.Delivery.Filtering;
using Facteur.Delivery.Filtering.Bayes;
using Facteur.Storage;
using Facteur.Storage.Embedded;
using Facteur.Tests.Support;
using static Facteur.Tests.Delivery.Filtering.FilterFixture;

namespace Facteur.Tests.Delivery.Filtering;

/// <summary>Sorting mail in a store teaches the filter.</summary>
public sealed class JunkTrainerTests : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private readonly FilterFixture fixture = new();
    private EmbeddedStore store = null!;
    private JunkTrainer trainer = null!;
    private AccountId account;

    public async ValueTask InitializeAsync()
    {
        store = await TestStore.OpenAsync(folder["store"], fixture.Time);
        var domain = await store.Directory.AddDomainAsync("demo.test", default);
        account = (await store.Directory.AddAccountAsync(domain.Id, "moi@demo.test", "", default)).Id;
        trainer = new JunkTrainer(store, fixture.Policy.Learning);
        await trainer.StartAsync(default);
    }

    public async ValueTask DisposeAsync()
    {
        await trainer.StopAsync(default);
        trainer.Dispose();
        await store.DisposeAsync();
        fixture.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task Into_junk_is_spam_and_out_of_it_takes_that_back()
    {
        var (inbox, junk) = (await BoxAsync("INBOX"), await BoxAsync("Junk"));
        var uid = await AddAsync(inbox, SpamCorpus.Message(1, isSpam: true));
        await fixture.Policy.Correspondents.NoteKeptAsync(account, AuthorOf(SpamCorpus.Message(1, isSpam: true)), default);

        var moved = await store.MoveAsync(inbox, One(uid), junk, default);
        await SeeAsync(1, 0);
        await WaitAsync(async () => !await fixture.Policy.Correspondents.IsKnownAsync(account, [AuthorOf(SpamCorpus.Message(1, isSpam: true))], default));

        await store.MoveAsync(junk, One(moved.Copied[0].Target), inbox, default);
        await SeeAsync(0, 1);
        await WaitAsync(() => fixture.Policy.Correspondents.IsKnownAsync(account, [AuthorOf(SpamCorpus.Message(1, isSpam: true))], default));
    }

    [Fact]
    public async Task A_program_that_copies_and_deletes_teaches_the_same()
    {
        var (inbox, junk) = (await BoxAsync("INBOX"), await BoxAsync("Junk"));
        var uid = await AddAsync(inbox, SpamCorpus.Message(2, isSpam: true));
        await store.CopyAsync(inbox, One(uid), junk, default);
        await store.StoreFlagsAsync(inbox, One(uid), FlagChange.Add, new FlagSet(MessageFlags.Deleted, []), null, default);
        await store.ExpungeAsync(inbox, One(uid), onlyDeleted: true, default);
        await SeeAsync(1, 0);
    }

    [Fact]
    public async Task Many_moved_at_once_are_learnt_in_the_background()
    {
        var (inbox, junk, archive) = (await BoxAsync("INBOX"), await BoxAsync("Junk"), await BoxAsync("Archive"));
        for (var seed = 0; seed < 30; seed++)
        {
            await AddAsync(inbox, SpamCorpus.Message(seed, isSpam: true));
            await AddAsync(archive, SpamCorpus.Message(seed, isSpam: false));
        }
        await store.MoveAsync(inbox, [UidRange.All], junk, default);
        await store.MoveAsync(archive, [UidRange.All], inbox, default); // says nothing
        await SeeAsync(30, 0);
        await store.MoveAsync(inbox, [UidRange.All], archive, default);
        await SeeAsync(30, 30);
        var verdict = await fixture.Policy.JudgeAsync(Input(SpamCorpus.Message(900, isSpam: true), "x@example.org", new FilterRecipient("moi@demo.test", account, new DomainId(1))), default);
        Assert.Equal(FilterAction.Junk, verdict.For(account).Action);
        Assert.Equal("bayes", verdict.For(account).Reasons.Single().Name);
    }

    [Theory]
    [InlineData(MailboxRole.Inbox, MailboxRole.Junk, BayesClass.Spam)]
    [InlineData(MailboxRole.None, MailboxRole.Junk, BayesClass.Spam)]
    [InlineData(MailboxRole.Junk, MailboxRole.Inbox, BayesClass.Ham)]
    [InlineData(MailboxRole.Junk, MailboxRole.None, BayesClass.Ham)]
    [InlineData(MailboxRole.Inbox, MailboxRole.Archive, BayesClass.Ham)]
    [InlineData(MailboxRole.Junk, MailboxRole.Trash, null)]
    [InlineData(MailboxRole.Inbox, MailboxRole.Trash, null)]
    [InlineData(MailboxRole.Trash, MailboxRole.Inbox, null)]
    [InlineData(MailboxRole.Sent, MailboxRole.None, null)]
    public void A_move_says_what_it_says(MailboxRole from, MailboxRole to, BayesClass? sorted) => Assert.Equal(sorted, JunkTrainer.Sorted(from, to));

    [Fact]
    public async Task Mail_of_correspondents_is_learnt_as_wanted_some_of_it_each_day()
    {
        var recipient = new FilterRecipient("moi@demo.test", account, new DomainId(1));
        await fixture.Policy.Correspondents.NoteSentAsync(account, ["a@example.org"], default);
        for (var i = 0; i < 25; i++)
            await fixture.Policy.JudgeAsync(Input(Plain.Replace("<1@example.org>", $"<{i}@example.org>", StringComparison.Ordinal), "a@example.org", recipient), default);
        await SeeAsync(0, 20);
    }

    [Fact]
    public async Task What_an_account_taught_goes_with_it()
    {
        await fixture.Policy.Correspondents.NoteSentAsync(account, ["a@example.org"], default);
        await store.MoveAsync(await BoxAsync("INBOX"), One(await AddAsync(await BoxAsync("INBOX"), SpamCorpus.Message(3, isSpam: true))), await BoxAsync("Junk"), default);
        await SeeAsync(1, 0);
        await store.Directory.RemoveAccountAsync(account, default);
        await WaitAsync(async () => !(await fixture.State.SpacesAsync("", default)).Any(space => space.EndsWith($":{account.Value}", StringComparison.Ordinal)));
        Assert.Equal(["bayes:shared"], await fixture.State.SpacesAsync("", default));
    }

    private async Task<MailboxId> BoxAsync(string name) => (await store.FindMailboxAsync(account, name, default))!.Id;

    private async Task<Uid> AddAsync(MailboxId mailbox, byte[] message)
    {
        await using var intake = store.BeginMessage(message.Length);
        await intake.WriteAsync(message, default);
        await intake.CompleteAsync(default);
        var receipt = await store.DeliverAsync([new Facteur.Storage.Delivery(intake, [new DeliveryTarget(mailbox, FlagSet.Empty, fixture.Time.GetUtcNow())])], default);
        return receipt.Entries[0].Uid;
    }

    private static UidRange[] One(Uid uid) => [new UidRange(uid.Value, uid.Value)];

    private static string AuthorOf(byte[] message)
    {
        var text = Encoding.UTF8.GetString(message);
        var start = text.IndexOf('<', StringComparison.Ordinal) + 1;
        return text[start..text.IndexOf('>', StringComparison.Ordinal)];
    }

    /// <summary>Waits until so many messages were learnt.</summary>
    private Task SeeAsync(long spam, long ham) => WaitAsync(async () =>
        await fixture.State.GetAsync(BayesCorpus.SpaceOf(account), BayesCorpus.TotalsKey, default) is { } totals && (totals.First, totals.Second) == (spam, ham));

    private async Task WaitAsync(Func<ValueTask<bool>> seen)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!await seen()) await fixture.State.ChangedAsync(limit.Token);
    }
}
