using Facteur.Storage;
using Facteur.Storage.Embedded.Emails;
using Facteur.Storage.Emails;
using Facteur.Tests.Support;

namespace Facteur.Tests.Storage;

/// <summary>Which accounts are kept in memory, and when one is read anew.</summary>
public sealed class AccountViewsTests : IDisposable
{
    private readonly FakeTime time = new();
    private readonly List<long> loads = [];
    private readonly AccountViews views;
    private long modSeq = 10;

    public AccountViewsTests() => views = new AccountViews(Load, time, maxEmails: 3000);

    public void Dispose() => views.Dispose();

    [Fact]
    public async Task An_account_is_read_once_and_dropped_when_idle()
    {
        await LookAsync(1);
        await LookAsync(1);
        time.Advance(TimeSpan.FromMinutes(6));
        await LookAsync(2);
        time.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal((1, false), (views.Count, views.IsWatched(new AccountId(1))));
        time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal((0, 0), (views.Count, time.ArmedTimers));
        await LookAsync(1);
        Assert.Equal([1, 2, 1], loads);
    }

    [Fact]
    public async Task Past_the_bound_the_one_not_looked_at_for_longest_goes()
    {
        foreach (var account in new[] { 1, 2, 3 }) await LookAsync(account); // of 1000 emails each
        await LookAsync(1);
        await LookAsync(4);
        Assert.Equal([true, false, true, true], new[] { 1, 2, 3, 4 }.Select(account => views.IsWatched(new AccountId(account))));
    }

    [Fact]
    public async Task What_nobody_noted_is_read_anew()
    {
        await LookAsync(1);
        modSeq = 12;
        views.Publish(new AccountId(1), new AccountCommit(new ModSeq(11), Log: null, []));
        views.Publish(new AccountId(1), new AccountCommit(new ModSeq(12), new AccountLog(), []));
        Assert.Equal(12, (await views.LookAsync(new AccountId(1), default)).ModSeq.Value);
        Assert.Equal([1, 1], loads);
    }

    [Fact]
    public async Task More_than_anybody_asks_for_is_not_kept()
    {
        await LookAsync(1);
        for (modSeq = 11; modSeq < 40; modSeq++)
        {
            var log = new AccountLog();
            for (var n = 0; n < 1000; n++) log.Add(AccountEventKind.Touched, new EmailId(1 + n), default, new ModSeq(modSeq));
            views.Publish(new AccountId(1), new AccountCommit(new ModSeq(modSeq), log, []));
        }
        modSeq = 39;
        Assert.Equal(39, (await views.LookAsync(new AccountId(1), default)).ModSeq.Value);
        Assert.Equal([1, 1], loads);
    }

    [Fact]
    public async Task A_commit_on_an_email_that_is_not_known_has_the_account_read_anew()
    {
        await LookAsync(1);
        var log = new AccountLog();
        log.Add(AccountEventKind.Touched, new EmailId(5000), default, new ModSeq(modSeq = 11));
        views.Publish(new AccountId(1), new AccountCommit(new ModSeq(11), log, []));
        await LookAsync(1);
        Assert.Equal([1, 1], loads);
    }

    [Fact]
    public async Task A_removed_account_is_refused_from_then_on()
    {
        await LookAsync(1);
        views.Remove(new AccountId(1));
        await Assert.ThrowsAsync<StoreRefusedException>(() => LookAsync(1));
    }

    private async Task LookAsync(long account) => Assert.Equal(1000, (await views.LookAsync(new AccountId(account), default)).Count);

    private EmbeddedAccountSnapshot Load(AccountId account)
    {
        loads.Add(account.Value);
        var rows = new EmailRow[1000];
        for (var i = 0; i < rows.Length; i++) rows[i] = EmbeddedAccountSnapshot.Key(new EmailId(i + 1)) with { Thread = new ThreadId(i + 1) };
        return new EmbeddedAccountSnapshot(account, new ModSeq(modSeq), [], null)
        {
            Emails = ChunkList<EmailRow, ByEmail>.Of(rows), Hidden = ChunkList<EmailRow, ByEmail>.Empty, Links = ChunkList<ThreadLink, ByThread>.Empty,
        };
    }
}
