using Facteur.Storage;
using Facteur.Storage.Emails;

namespace Facteur.Tests.Storage;

public abstract partial class StoreContract
{
    [Fact]
    public async Task Where_an_account_stands_is_known_without_looking_into_it()
    {
        var account = await AddAccountAsync();
        var inbox = await InboxAsync(account.Id);
        var empty = (await Store.GetModSeqsAsync(account.Id, default))!.Value;
        Assert.Equal(default, empty.LastEmail);
        var first = await AddAsync(inbox);
        Assert.Equal(new AccountModSeqs(first.ModSeq, first.ModSeq), await Store.GetModSeqsAsync(account.Id, default));
        var flags = await Store.StoreFlagsAsync(inbox.Id, All, FlagChange.Add, new FlagSet(MessageFlags.Seen, []), null, default);
        Assert.Equal(new AccountModSeqs(flags.HighestModSeq, first.ModSeq), await Store.GetModSeqsAsync(account.Id, default));
        Assert.Null(await Store.GetModSeqsAsync(new AccountId(999), default));
        await Store.Directory.RemoveAccountAsync(account.Id, default);
        Assert.Null(await Store.GetModSeqsAsync(account.Id, default));
    }

    [Fact]
    public async Task It_is_announced_what_is_a_new_message_and_what_is_not_and_every_change_at_all()
    {
        var account = await AddAccountAsync();
        var inbox = await InboxAsync(account.Id);
        var trash = (await Store.FindMailboxAsync(account.Id, "Trash", default))!;
        var changes = System.Threading.Channels.Channel.CreateUnbounded<AccountChange>();
        Store.AccountChanged += change => changes.Writer.TryWrite(change);
        async Task<AccountChange> NextAsync() => await changes.Reader.ReadAsync(default).AsTask().WaitAsync(TimeSpan.FromSeconds(10));

        var entry = await AddAsync(inbox);
        var added = await NextAsync();
        Assert.Equal((entry.ModSeq, true, inbox.Id), (added.ModSeq, added.HasNewEmails, Assert.Single(added.Mailboxes)));
        await Store.CopyAsync(inbox.Id, All, trash.Id, default);
        Assert.False((await NextAsync()).HasNewEmails);
        await Store.Emails.UpdateAsync(account.Id, null, [new EmailUpdate(entry.Email) { Snooze = new EmailSnooze(Time.GetUtcNow() + TimeSpan.FromDays(1)) }], default);
        var snoozed = await NextAsync();
        Assert.False(snoozed.HasNewEmails);
        Assert.Equal((await Store.GetModSeqsAsync(account.Id, default))!.Value.Last, snoozed.ModSeq);
    }
}
