using Facteur.Storage;

namespace Facteur.Tests.Storage;

public abstract partial class StoreContract
{
    [Fact]
    public async Task Moves_and_copies_are_announced_with_the_roles_of_both_mailboxes()
    {
        var account = (await AddAccountAsync()).Id;
        var inbox = await InboxAsync(account);
        var junk = (await Store.FindMailboxAsync(account, "Junk", default))!;
        var told = System.Threading.Channels.Channel.CreateUnbounded<EmailsMoved>();
        Store.EmailsMoved += moved => told.Writer.TryWrite(moved);
        var (first, second) = (await AddAsync(inbox), await AddAsync(inbox));

        await Store.CopyAsync(inbox.Id, Uids(first.Uid), junk.Id, default);
        var copied = await told.Reader.ReadAsync();
        Assert.Equal((account, inbox.Id, MailboxRole.Inbox, junk.Id, MailboxRole.Junk, true), (copied.Account, copied.From, copied.FromRole, copied.To, copied.ToRole, copied.IsCopy));
        Assert.Equal([(first.Uid, new Uid(1))], copied.Emails);

        await Store.MoveAsync(inbox.Id, Uids(new Uid(99)), junk.Id, default); // nobody: nothing to tell
        await Store.MoveAsync(inbox.Id, Uids(first.Uid, second.Uid), junk.Id, default);
        var moved = await told.Reader.ReadAsync();
        Assert.False(moved.IsCopy);
        Assert.Equal([(first.Uid, new Uid(2)), (second.Uid, new Uid(3))], moved.Emails);
    }
}
