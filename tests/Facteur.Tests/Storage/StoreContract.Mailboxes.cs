using Facteur.Storage;

namespace Facteur.Tests.Storage;

using Mailbox = Facteur.Storage.Mailbox;

public abstract partial class StoreContract
{
    [Fact]
    public async Task An_account_begins_with_the_standard_mailboxes()
    {
        var account = await AddAccountAsync();
        var mailboxes = await Store.ListMailboxesAsync(account.Id, default);
        Assert.Equal(["INBOX", "Archive", "Drafts", "Junk", "Sent", "Trash"], mailboxes.Select(mailbox => mailbox.Name));
        Assert.Equal(
            [MailboxRole.Inbox, MailboxRole.Archive, MailboxRole.Drafts, MailboxRole.Junk, MailboxRole.Sent, MailboxRole.Trash],
            mailboxes.Select(mailbox => mailbox.Role));
        Assert.All(mailboxes, mailbox => Assert.True(mailbox is { Subscribed: true, Selectable: true, UidNext: 1 } && mailbox.HighestModSeq.Value > 0));
        Assert.Equal("INBOX", (await Store.FindMailboxAsync(account.Id, "iNbOx", default))!.Name);
        Assert.Null(await Store.FindMailboxAsync(account.Id, "archive", default));
    }

    [Fact]
    public async Task Create_makes_what_is_missing_above()
    {
        var account = (await AddAccountAsync()).Id;
        var made = await Store.CreateMailboxAsync(account, "inbox/a/E\u0301te\u0301", MailboxRole.None, default);
        Assert.Equal("INBOX/a/Été", made.Name);
        Assert.Equal(["INBOX", "INBOX/a", "INBOX/a/Été", "Archive"], (await Store.ListMailboxesAsync(account, default)).Take(4).Select(mailbox => mailbox.Name));
        Assert.Equal(StoreRefusal.AlreadyExists, await RefusedAsync(async () => await Store.CreateMailboxAsync(account, "INBOX/a", MailboxRole.None, default)));
        Assert.Equal(StoreRefusal.NotPossible, await RefusedAsync(async () => await Store.CreateMailboxAsync(account, "Envoyés", MailboxRole.Sent, default)));
        Assert.Equal(StoreRefusal.NoSuchAccount, await RefusedAsync(async () => await Store.CreateMailboxAsync(new AccountId(99), "x", MailboxRole.None, default)));
        Assert.Equal(MailboxRole.Flagged, (await Store.CreateMailboxAsync(account, "Important", MailboxRole.Flagged, default)).Role);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/a")]
    [InlineData("a/")]
    [InlineData("a//b")]
    [InlineData("a\u0000b")]
    [InlineData("a\nb")]
    [InlineData("../a")]
    [InlineData("a/.")]
    [InlineData("a\ud800")]
    public async Task Names_that_are_none_are_refused(string name)
    {
        var account = (await AddAccountAsync()).Id;
        Assert.Equal(StoreRefusal.BadName, await RefusedAsync(async () => await Store.CreateMailboxAsync(account, name, MailboxRole.None, default)));
        Assert.Null(await Store.FindMailboxAsync(account, name, default));
    }

    [Fact]
    public async Task Names_have_their_limits()
    {
        var account = (await AddAccountAsync()).Id;
        await Store.CreateMailboxAsync(account, new string('é', 127), MailboxRole.None, default);
        Assert.Equal(StoreRefusal.BadName, await RefusedAsync(async () => await Store.CreateMailboxAsync(account, new string('é', 128), MailboxRole.None, default)));
        Assert.Equal(StoreRefusal.BadName, await RefusedAsync(async () => await Store.CreateMailboxAsync(account, string.Join('/', Enumerable.Repeat("a", 101)), MailboxRole.None, default)));
        Assert.Equal(100 + 7, (await Store.ListMailboxesAsync(
            (await Store.CreateMailboxAsync(account, string.Join('/', Enumerable.Repeat("a", 100)), MailboxRole.None, default)).Account, default)).Count);
    }

    [Fact]
    public async Task A_name_used_again_gets_a_greater_uidvalidity()
    {
        var account = (await AddAccountAsync()).Id;
        var first = await Store.CreateMailboxAsync(account, "Factures", MailboxRole.None, default);
        await AddAsync(first);
        using var view = await Store.OpenViewAsync(first.Id, default);
        await Store.DeleteMailboxAsync(first.Id, default);
        Assert.True(view.IsDeleted);
        Assert.Null(await Store.FindMailboxAsync(account, "Factures", default));
        Assert.Equal(StoreRefusal.NoSuchMailbox, await RefusedAsync(() => AddAsync(first)));
        Assert.Equal(StoreRefusal.NoSuchMailbox, await RefusedAsync(async () => await Store.OpenViewAsync(first.Id, default)));
        var second = await Store.CreateMailboxAsync(account, "Factures", MailboxRole.None, default);
        Assert.True(second.UidValidity > first.UidValidity);
        Assert.Equal((0, 1u), (second.Messages, second.UidNext));
        Assert.Equal(0, (await Store.GetQuotaAsync(account, default)).Messages);
    }

    [Fact]
    public async Task Delete_leaves_the_name_when_mailboxes_stand_below()
    {
        var account = (await AddAccountAsync()).Id;
        var below = await Store.CreateMailboxAsync(account, "a/b", MailboxRole.None, default);
        var above = (await Store.FindMailboxAsync(account, "a", default))!;
        await AddAsync(above);
        await AddAsync(below);
        await Store.DeleteMailboxAsync(above.Id, default);
        var name = (await Store.FindMailboxAsync(account, "a", default))!;
        Assert.Equal((false, 0), (name.Selectable, name.Messages));
        Assert.Equal(1, (await RefreshAsync(below)).Messages);
        Assert.Equal(StoreRefusal.NotPossible, await RefusedAsync(async () => await Store.DeleteMailboxAsync(name.Id, default)));
        Assert.Equal(StoreRefusal.NoSuchMailbox, await RefusedAsync(() => AddAsync(name)));
        var again = await Store.CreateMailboxAsync(account, "a", MailboxRole.None, default);
        Assert.True(again.Selectable && again.UidValidity > above.UidValidity);
        Assert.Equal(StoreRefusal.NotPossible, await RefusedAsync(async () => await Store.DeleteMailboxAsync((await InboxAsync(account)).Id, default)));
    }

    [Fact]
    public async Task Rename_takes_what_is_below_along()
    {
        var account = (await AddAccountAsync()).Id;
        var below = await Store.CreateMailboxAsync(account, "a/b/c", MailboxRole.None, default);
        await Store.CreateMailboxAsync(account, "ab", MailboxRole.None, default);
        await Store.SetSubscribedAsync(account, "a/b", true, default);
        var entry = await AddAsync(below);
        await Store.RenameMailboxAsync(account, "a", "x/y", default);
        Assert.Null(await Store.FindMailboxAsync(account, "a/b", default));
        Assert.NotNull(await Store.FindMailboxAsync(account, "ab", default));
        var moved = (await Store.FindMailboxAsync(account, "x/y/b/c", default))!;
        Assert.Equal((below.Id, below.UidValidity, 1), (moved.Id, moved.UidValidity, moved.Messages));
        Assert.Equal(entry.Uid, (await LookAsync(moved.Id))[0].Uid);
        Assert.True((await Store.FindMailboxAsync(account, "x/y/b", default))!.Subscribed);
        Assert.Equal(StoreRefusal.NotPossible, await RefusedAsync(async () => await Store.RenameMailboxAsync(account, "x", "x/z", default)));
        Assert.Equal(StoreRefusal.AlreadyExists, await RefusedAsync(async () => await Store.RenameMailboxAsync(account, "x", "ab", default)));
        Assert.Equal(StoreRefusal.NoSuchMailbox, await RefusedAsync(async () => await Store.RenameMailboxAsync(account, "none", "z", default)));
    }

    [Fact]
    public async Task Renaming_the_inbox_moves_its_messages_and_keeps_it()
    {
        var account = (await AddAccountAsync()).Id;
        var inbox = await InboxAsync(account);
        await Store.CreateMailboxAsync(account, "INBOX/below", MailboxRole.None, default);
        var entry = await AddAsync(inbox, keywords: "k");
        await Store.RenameMailboxAsync(account, "INBOX", "Old", default);
        Assert.Equal((inbox.Id, 0, 2u), ((await RefreshAsync(inbox)).Id, (await RefreshAsync(inbox)).Messages, (await RefreshAsync(inbox)).UidNext));
        Assert.Equal(entry.Email, (await LookAsync((await Store.FindMailboxAsync(account, "Old", default))!.Id))[0].Email);
        Assert.NotNull(await Store.FindMailboxAsync(account, "INBOX/below", default));
    }

    [Fact]
    public async Task A_subscription_outlives_its_mailbox()
    {
        var account = (await AddAccountAsync()).Id;
        var mailbox = await Store.CreateMailboxAsync(account, "List", MailboxRole.None, default);
        Assert.False(mailbox.Subscribed);
        await Store.SetSubscribedAsync(account, "List", true, default);
        await Store.SetSubscribedAsync(account, "never there", true, default);
        await Store.SetSubscribedAsync(account, "Junk", false, default);
        await Store.DeleteMailboxAsync(mailbox.Id, default);
        await RestartAsync();
        Assert.Equal(
            [("INBOX", true), ("Archive", true), ("Drafts", true), ("List", false), ("Sent", true), ("Trash", true), ("never there", false)],
            (await Store.ListSubscriptionsAsync(account, default)).Select(one => (one.Name, one.Exists)));
    }

    [Fact]
    public async Task Mailboxes_of_one_account_are_limited()
    {
        var account = (await AddAccountAsync()).Id;
        var error = StoreRefusal.InUse;
        for (var i = 0; error == StoreRefusal.InUse && i < 200; i++)
        {
            try
            {
                await Store.CreateMailboxAsync(account, $"m{i}", MailboxRole.None, default);
            }
            catch (StoreRefusedException e)
            {
                error = e.Reason;
            }
        }
        Assert.Equal(StoreRefusal.TooManyMailboxes, error);
    }
}
