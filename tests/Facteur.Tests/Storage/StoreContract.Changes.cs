using Facteur.Storage;

namespace Facteur.Tests.Storage;

public abstract partial class StoreContract
{
    [Fact]
    public async Task Flags_change_with_a_new_modseq_only_where_they_differ()
    {
        var inbox = await InboxAsync((await AddAccountAsync()).Id);
        for (var i = 0; i < 3; i++) await AddAsync(inbox);
        var added = await Store.StoreFlagsAsync(inbox.Id, [new(1, 2)], FlagChange.Add, new FlagSet(MessageFlags.Seen, ["$Label1"]), null, default);
        Assert.Equal([1u, 2u], added.Changed.Select(entry => entry.Uid.Value));
        Assert.Equal(["$Label1"], added.Keywords.Names);
        Assert.All(added.Changed, entry => Assert.Equal(added.HighestModSeq, entry.ModSeq));
        var again = await Store.StoreFlagsAsync(inbox.Id, All, FlagChange.Add, new FlagSet(MessageFlags.Seen, ["$label1"]), null, default);
        Assert.Equal([3u], again.Changed.Select(entry => entry.Uid.Value));
        var removed = await Store.StoreFlagsAsync(inbox.Id, All, FlagChange.Remove, new FlagSet(MessageFlags.None, ["$Label1", "$other"]), null, default);
        Assert.All(removed.Changed, entry => Assert.Equal(MessageFlags.Seen, entry.Flags));
        var replaced = await Store.StoreFlagsAsync(inbox.Id, Uids(new Uid(2)), FlagChange.Replace, new FlagSet(MessageFlags.Deleted, []), null, default);
        Assert.Equal(MessageFlags.Deleted, Assert.Single(replaced.Changed).Flags);
        var none = await Store.StoreFlagsAsync(inbox.Id, Uids(new Uid(2)), FlagChange.Replace, new FlagSet(MessageFlags.Deleted, []), null, default);
        Assert.Empty(none.Changed);
        Assert.Equal(replaced.HighestModSeq, none.HighestModSeq);
        var after = await RefreshAsync(inbox);
        Assert.Equal((1, 1), (after.Unseen, after.Deleted));
        Assert.True(after.DeletedSize > 0 && after.DeletedSize < after.Size);
    }

    [Fact]
    public async Task Unchangedsince_leaves_later_changes_alone()
    {
        var inbox = await InboxAsync((await AddAccountAsync()).Id);
        await AddAsync(inbox);
        var last = await AddAsync(inbox);
        var bump = await Store.StoreFlagsAsync(inbox.Id, Uids(new Uid(1)), FlagChange.Add, new FlagSet(MessageFlags.Seen, []), null, default);
        var result = await Store.StoreFlagsAsync(inbox.Id, All, FlagChange.Add, new FlagSet(MessageFlags.Flagged, []), last.ModSeq, default);
        Assert.Equal([2u], result.Changed.Select(entry => entry.Uid.Value));
        Assert.Equal([1u], result.Modified.Select(uid => uid.Value));
        Assert.True(result.HighestModSeq.Value > bump.HighestModSeq.Value);
    }

    [Fact]
    public async Task Keywords_take_56_places_and_free_ones_are_used_again()
    {
        var inbox = await InboxAsync((await AddAccountAsync()).Id);
        var names = Enumerable.Range(0, MessageFlags.MaxKeywords).Select(i => $"k{i}").ToArray();
        var entry = await AddAsync(inbox, keywords: names);
        Assert.Equal(StoreRefusal.TooManyKeywords, await RefusedAsync(() => AddAsync(inbox, keywords: "one-more")));
        await Store.StoreFlagsAsync(inbox.Id, All, FlagChange.Remove, new FlagSet(MessageFlags.None, ["k7"]), null, default);
        var other = await AddAsync(inbox, keywords: "one-more");
        await RestartAsync();
        var snapshot = await LookAsync(inbox.Id);
        Assert.Equal(7, snapshot.Keywords.IndexOf("ONE-MORE"));
        Assert.Equal(MessageFlags.Keyword(7), snapshot[1].Flags);
        Assert.False(snapshot[0].Flags.HasAny(MessageFlags.Keyword(7)));
        Assert.Equal((entry.Uid, other.Uid), (snapshot[0].Uid, snapshot[1].Uid));
    }

    [Fact]
    public async Task Expunge_takes_deleted_ones_or_all_asked_for()
    {
        var inbox = await InboxAsync((await AddAccountAsync()).Id);
        for (var i = 0; i < 4; i++) await AddAsync(inbox, flags: i % 2 == 0 ? MessageFlags.Deleted : MessageFlags.None);
        Assert.Equal([3u], (await Store.ExpungeAsync(inbox.Id, [new(2, 9)], onlyDeleted: true, default)).Removed.Select(uid => uid.Value));
        Assert.Equal([1u], (await Store.ExpungeAsync(inbox.Id, All, onlyDeleted: true, default)).Removed.Select(uid => uid.Value));
        Assert.Empty((await Store.ExpungeAsync(inbox.Id, All, onlyDeleted: true, default)).Removed);
        Assert.Equal([2u, 4u], (await Store.ExpungeAsync(inbox.Id, All, onlyDeleted: false, default)).Removed.Select(uid => uid.Value));
        await RestartAsync();
        Assert.Equal(5u, (await AddAsync(inbox)).Uid.Value);
    }

    [Fact]
    public async Task Copies_keep_email_date_flags_and_keywords()
    {
        var account = await AddAccountAsync();
        var inbox = await InboxAsync(account.Id);
        var archive = (await Store.FindMailboxAsync(account.Id, "Archive", default))!;
        await AddAsync(archive, keywords: "other");
        var entry = await AddAsync(inbox, flags: MessageFlags.Flagged, keywords: "mine");
        var copied = await Store.CopyAsync(inbox.Id, [new(1, 7)], archive.Id, default);
        Assert.Equal(archive.UidValidity, copied.UidValidity);
        Assert.Equal([(new Uid(1), new Uid(2))], copied.Copied);
        var there = (await LookAsync(archive.Id))[1];
        var snapshot = await LookAsync(archive.Id);
        Assert.Equal(entry.Email, there.Email);
        Assert.Equal(MessageFlags.Flagged | MessageFlags.Keyword(snapshot.Keywords.IndexOf("mine")), there.Flags);
        await using var here = Store.ReadEmails(inbox.Id, All, EmailFields.Entry);
        await using var copy = Store.ReadEmails(archive.Id, Uids(new Uid(2)), EmailFields.Entry);
        Assert.True(await here.ReadAsync(default) && await copy.ReadAsync(default));
        Assert.Equal(here.InternalDate, copy.InternalDate);
        Assert.Equal((here.Thread, here.Body), (copy.Thread, copy.Body));
        Assert.Empty((await Store.CopyAsync(inbox.Id, [new(5, 7)], archive.Id, default)).Copied);
    }

    [Fact]
    public async Task Move_is_a_copy_and_an_expunge_in_one_step()
    {
        var account = await AddAccountAsync();
        var inbox = await InboxAsync(account.Id);
        var trash = (await Store.FindMailboxAsync(account.Id, "Trash", default))!;
        for (var i = 0; i < 3; i++) await AddAsync(inbox);
        using var view = await Store.OpenViewAsync(inbox.Id, default);
        var before = await view.RefreshAsync(default);
        var moved = await Store.MoveAsync(inbox.Id, [new(1, 2)], trash.Id, default);
        Assert.Equal([(new Uid(1), new Uid(1)), (new Uid(2), new Uid(2))], moved.Copied);
        var (expunged, changed) = (new List<int>(), new List<int>());
        Assert.Equal(0, before.Compare(await view.RefreshAsync(default), expunged, changed));
        Assert.Equal([0, 1], expunged);
        Assert.Empty(changed);
        Assert.Equal(3, (await Store.GetQuotaAsync(account.Id, default)).Messages);

        // Into itself: new UIDs, the same messages.
        var again = await Store.MoveAsync(trash.Id, All, trash.Id, default);
        Assert.Equal([3u, 4u], again.Copied.Select(pair => pair.Target.Value));
        Assert.Equal(2, (await RefreshAsync(trash)).Messages);
        var bob = await InboxAsync((await AddAccountAsync("bob@demo.test")).Id);
        Assert.Equal(StoreRefusal.NotPossible, await RefusedAsync(async () => await Store.CopyAsync(trash.Id, All, bob.Id, default)));
    }

    [Fact]
    public async Task Changes_since_a_modseq_are_what_is_new_changed_and_gone()
    {
        var inbox = await InboxAsync((await AddAccountAsync()).Id);
        for (var i = 0; i < 10; i++) await AddAsync(inbox);
        var mark = (await RefreshAsync(inbox)).HighestModSeq;
        Assert.Empty((await Store.ChangesSinceAsync(inbox.Id, mark, default)).Changed);
        await Store.StoreFlagsAsync(inbox.Id, Uids(new Uid(3)), FlagChange.Add, new FlagSet(MessageFlags.Seen, []), null, default);
        await Store.ExpungeAsync(inbox.Id, [new(5, 6), new(8, 8)], onlyDeleted: false, default);
        await Store.ExpungeAsync(inbox.Id, [new(7, 7)], onlyDeleted: false, default);
        await AddAsync(inbox);
        await RestartAsync();
        var changes = await Store.ChangesSinceAsync(inbox.Id, mark, default);
        Assert.Equal([3u, 11u], changes.Changed.Select(entry => entry.Uid.Value));
        Assert.Equal([new UidRange(5, 8)], changes.Vanished);
        Assert.Equal((await RefreshAsync(inbox)).HighestModSeq, changes.HighestModSeq);
    }

    [Fact]
    public async Task What_vanished_long_ago_is_told_as_all_that_is_not_there()
    {
        var inbox = await InboxAsync((await AddAccountAsync()).Id);
        for (var i = 0; i < 130; i++) await AddAsync(inbox);
        var mark = (await RefreshAsync(inbox)).HighestModSeq;
        for (var i = 1u; i < 120; i += 2) await Store.ExpungeAsync(inbox.Id, Uids(new Uid(i)), onlyDeleted: false, default);
        await PurgeAsync();
        var recent = (await RefreshAsync(inbox)).HighestModSeq;
        await Store.ExpungeAsync(inbox.Id, [new(121, 123)], onlyDeleted: false, default);
        var gone = (await Store.ChangesSinceAsync(inbox.Id, mark, default)).Vanished.SelectMany(range => Enumerable.Range((int)range.First, (int)(range.Last - range.First + 1)));
        Assert.Equal(Enumerable.Range(0, 60).Select(i => (2 * i) + 1).Concat([121, 122, 123]), gone);
        Assert.Equal([new UidRange(121, 123)], (await Store.ChangesSinceAsync(inbox.Id, recent, default)).Vanished);
    }

    [Fact]
    public async Task Keywords_of_a_refused_delivery_do_not_confuse_those_who_look()
    {
        var inbox = await InboxAsync((await AddAccountAsync()).Id);
        await AddAsync(inbox, keywords: [.. Enumerable.Range(0, MessageFlags.MaxKeywords - 1).Select(i => $"k{i}")]);
        using var view = await Store.OpenViewAsync(inbox.Id, default);
        Assert.Equal(StoreRefusal.TooManyKeywords, await RefusedAsync(() => AddAsync(inbox, null, default, "last", "too-many")));
        await AddAsync(inbox, null, default, "last");
        var snapshot = await view.RefreshAsync(default);
        Assert.Equal(MessageFlags.Keyword(snapshot.Keywords.IndexOf("last")), snapshot[1].Flags);
    }

    [Fact]
    public async Task A_long_mailbox_goes_in_steps()
    {
        var account = (await AddAccountAsync()).Id;
        var mailbox = await Store.CreateMailboxAsync(account, "long", MailboxRole.None, default);
        await AddAsync(mailbox);
        for (var count = 1; count < 4096; count *= 2) await Store.CopyAsync(mailbox.Id, All, mailbox.Id, default);
        Assert.Equal(4096, (await RefreshAsync(mailbox)).Messages);
        await Store.DeleteMailboxAsync(mailbox.Id, default);
        Assert.Null(await Store.FindMailboxAsync(account, "long", default));
        await PurgeAsync();
        Assert.Equal(0, (await Store.GetQuotaAsync(account, default)).Messages);
    }

    [Fact]
    public async Task Views_share_snapshots_and_are_called_after_the_commit()
    {
        var inbox = await InboxAsync((await AddAccountAsync()).Id);
        using var one = await Store.OpenViewAsync(inbox.Id, default);
        using var two = await Store.OpenViewAsync(inbox.Id, default);
        Assert.Same(await one.RefreshAsync(default), await two.RefreshAsync(default));
        var called = new TaskCompletionSource();
        one.Changed += () => called.TrySetResult();
        await AddAsync(inbox);
        Assert.Equal(1, (await two.RefreshAsync(default)).Count);
        await called.Task.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(2u, (await one.RefreshAsync(default)).UidNext);
        Assert.False(one.IsDeleted);
    }

    [Fact]
    public async Task Account_changes_are_announced_in_order()
    {
        var account = await AddAccountAsync();
        var inbox = await InboxAsync(account.Id);
        var seen = new List<ModSeq>();
        var last = new TaskCompletionSource();
        var wanted = long.MaxValue;
        Store.AccountChanged += change =>
        {
            Assert.Equal(account.Id, change.Account);
            lock (seen) seen.Add(change.ModSeq);
            if (change.ModSeq.Value >= Volatile.Read(ref wanted)) last.TrySetResult();
        };
        for (var i = 0; i < 20; i++) await AddAsync(inbox);
        Volatile.Write(ref wanted, (await RefreshAsync(inbox)).HighestModSeq.Value + 1);
        await AddAsync(inbox);
        await last.Task.WaitAsync(TimeSpan.FromSeconds(10));
        lock (seen) Assert.Equal(seen.Order(), seen);
    }

    [Fact]
    public async Task Uids_and_modseqs_ascend_under_concurrent_writers()
    {
        var account = await AddAccountAsync();
        var inbox = await InboxAsync(account.Id);
        var trash = (await Store.FindMailboxAsync(account.Id, "Trash", default))!;
        var entries = new System.Collections.Concurrent.ConcurrentBag<StoredEntry>();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(async () =>
        {
            var mark = new ModSeq(0);
            for (var i = 0; i < 25; i++)
            {
                var entry = await AddAsync(inbox, Message(body: new string('x', writer * 3000)));
                entries.Add(entry);
                Assert.True((await LookAsync(inbox.Id)).IndexOf(entry.Uid) >= 0);
                var flags = await Store.StoreFlagsAsync(inbox.Id, Uids(entry.Uid), FlagChange.Add, new FlagSet(MessageFlags.Seen, [$"w{writer}"]), null, default);
                Assert.True(flags.HighestModSeq.CompareTo(entry.ModSeq) > 0 && entry.ModSeq.CompareTo(mark) > 0);
                mark = flags.HighestModSeq;
                if (i % 3 == 0) await Store.MoveAsync(inbox.Id, Uids(entry.Uid), trash.Id, default);
                if (i % 3 == 1) await Store.ExpungeAsync(inbox.Id, Uids(entry.Uid), onlyDeleted: false, default);
            }
        })));
        Assert.Equal(Enumerable.Range(1, 200).Select(i => (uint)i), entries.Select(entry => entry.Uid.Value).Order());
        Assert.Equal(200, entries.Select(entry => entry.ModSeq).Distinct().Count());
        Assert.Equal(8 * 8, (await RefreshAsync(inbox)).Messages);
        Assert.Equal(8 * 9, (await RefreshAsync(trash)).Messages);
    }
}
