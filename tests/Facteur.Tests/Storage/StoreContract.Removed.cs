using Facteur.Storage;
using Facteur.Storage.Emails;

namespace Facteur.Tests.Storage;

public abstract partial class StoreContract
{
    [Fact]
    public async Task What_left_its_last_mailbox_is_listed_and_put_back_once_until_it_is_purged()
    {
        var (account, other) = ((await AddAccountAsync()).Id, (await AddAccountAsync("bob@demo.test")).Id);
        var (inbox, work) = (await InboxAsync(account), await Store.CreateMailboxAsync(account, "Travail", MailboxRole.None, default));
        var kept = await AddAsync(inbox, Message("reste"));
        await Store.CopyAsync(inbox.Id, Uids(kept.Uid), work.Id, default);
        var message = Message("parti");
        var (first, again) = (await AddAsync(inbox, Message("brouillon", id: "d")), await AddAsync(inbox, Message("brouillon 2", id: "d")));
        var gone = await AddAsync(inbox, message);
        await Store.ExpungeAsync(inbox.Id, Uids(first.Uid), onlyDeleted: false, default);
        Time.Advance(TimeSpan.FromMinutes(1));
        await Store.ExpungeAsync(inbox.Id, Uids(kept.Uid, again.Uid), onlyDeleted: false, default);
        Time.Advance(TimeSpan.FromMinutes(1));
        await Store.ExpungeAsync(inbox.Id, Uids(gone.Uid), onlyDeleted: false, default);

        var listed = await Store.Emails.ListRemovedAsync(account, 10, default);
        Assert.Equal(["parti", "brouillon 2"], listed.Select(one => one.Subject)); // the other is in Travail still, and a draft counts once
        Assert.Contains("ada@demo.test", listed[0].From, StringComparison.Ordinal);
        Assert.Single(await Store.Emails.ListRemovedAsync(account, 1, default));
        Assert.Empty(await Store.Emails.ListRemovedAsync(other, 10, default));

        // Neither of others, nor into a mailbox of others.
        var theirs = await InboxAsync(other);
        Assert.Equal(0, await Store.Emails.RestoreAsync(other, [gone.Email], theirs.Id, default));
        Assert.Equal(StoreRefusal.NoSuchMailbox, await RefusedAsync(async () => await Store.Emails.RestoreAsync(account, [gone.Email], theirs.Id, default)));

        await RestartAsync();
        Assert.Equal(1, await Store.Emails.RestoreAsync(account, [gone.Email, gone.Email, kept.Email, new EmailId(9_999)], inbox.Id, default));
        Assert.Equal(message, Assert.Single(await BodiesAsync(inbox.Id)));
        Assert.Equal(["brouillon 2"], (await Store.Emails.ListRemovedAsync(account, 10, default)).Select(one => one.Subject));
        Assert.Equal(0, await Store.Emails.RestoreAsync(account, [gone.Email], inbox.Id, default));
        Assert.Equal(2, (await Store.GetQuotaAsync(account, default)).Messages);
    }
}
