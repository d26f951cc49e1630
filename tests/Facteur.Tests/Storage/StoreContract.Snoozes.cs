using Facteur.Storage;
using Facteur.Storage.Emails;

namespace Facteur.Tests.Storage;

public abstract partial class StoreContract
{
    [Fact]
    public async Task Snoozed_emails_fall_due_in_order()
    {
        var account = (await AddAccountAsync()).Id;
        var inbox = await InboxAsync(account);
        var (a, b) = (await AddAsync(inbox), await AddAsync(inbox));
        var now = Time.GetUtcNow();
        now = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMillisecond));
        Assert.Null(await Store.Snoozes.NextDueAsync(default));
        var state = (await AccountAsync(account)).ModSeq;
        var later = new SnoozeRecord(account, a.Email, now.AddHours(2), inbox.Id, MarkUnread: true);
        var sooner = new SnoozeRecord(account, b.Email, now.AddHours(1), null, MarkUnread: false);
        await Store.Snoozes.SetAsync(later, default);
        await Store.Snoozes.SetAsync(sooner, default);
        Assert.Equal([a.Email, b.Email], (await Store.Emails.ChangesSinceAsync(account, state, default))!.Emails.Select(change => change.Email));
        Assert.Equal(sooner.Until, await Store.Snoozes.NextDueAsync(default));
        Assert.Empty(await Store.Snoozes.DueAsync(now, 10, default));
        Assert.Equal([sooner], await Store.Snoozes.DueAsync(now.AddHours(1), 10, default));
        Assert.Equal([sooner, later], await Store.Snoozes.DueAsync(now.AddHours(3), 10, default));
        Assert.Equal([sooner], await Store.Snoozes.DueAsync(now.AddHours(3), 1, default));

        await Store.Snoozes.SetAsync(later with { Until = now.AddMinutes(5) }, default); // replaces
        await RestartAsync();
        Assert.Equal(now.AddMinutes(5), await Store.Snoozes.NextDueAsync(default));
        Assert.Equal([later with { Until = now.AddMinutes(5) }], (await Store.Snoozes.FindAsync(account, [a.Email, new EmailId(99)], default)).Values);
        state = (await AccountAsync(account)).ModSeq;
        Assert.True(await Store.Snoozes.RemoveAsync(account, a.Email, default));
        Assert.False(await Store.Snoozes.RemoveAsync(account, a.Email, default));
        Assert.Equal(a.Email, Assert.Single((await Store.Emails.ChangesSinceAsync(account, state, default))!.Emails).Email);
        await Store.ExpungeAsync(inbox.Id, All, onlyDeleted: false, default); // it goes with its email
        Assert.Null(await Store.Snoozes.NextDueAsync(default));
    }

    [Fact]
    public async Task Only_emails_of_the_account_can_be_snoozed()
    {
        var (account, other) = ((await AddAccountAsync()).Id, (await AddAccountAsync("bob@demo.test")).Id);
        var entry = await AddAsync(await InboxAsync(account));
        var snooze = new SnoozeRecord(other, entry.Email, Time.GetUtcNow(), null, false);
        Assert.Equal(StoreRefusal.NotPossible, await RefusedAsync(async () => await Store.Snoozes.SetAsync(snooze, default)));
        await Store.Snoozes.SetAsync(snooze with { Account = account }, default);
        Assert.False(await Store.Snoozes.RemoveAsync(other, entry.Email, default));
        Assert.Empty(await Store.Snoozes.FindAsync(other, [entry.Email], default));
    }
}
