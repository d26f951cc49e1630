using Facteur.Storage;
using Facteur.Storage.Emails;

namespace Facteur.Tests.Storage;

using Mailbox = Facteur.Storage.Mailbox;

public abstract partial class StoreContract
{
    private async Task<AccountSnapshot> AccountAsync(AccountId account) => await Store.Emails.LookAsync(account, default);

    private async Task<EmailsUpdated> UpdateAsync(AccountId account, params EmailUpdate[] updates) => await Store.Emails.UpdateAsync(account, null, updates, default);

    private async Task<Mailbox> MailboxAsync(AccountId account, string name) =>
        await Store.FindMailboxAsync(account, name, default) ?? await Store.CreateMailboxAsync(account, name, MailboxRole.None, default);

    private static (int Total, int Unread, int Threads, int UnreadThreads) Counts(AccountSnapshot snapshot, Mailbox mailbox)
    {
        var counts = snapshot.FindMailbox(mailbox.Id)!;
        return (counts.TotalEmails, counts.UnreadEmails, counts.TotalThreads, counts.UnreadThreads);
    }

    private static string Where(AccountSnapshot snapshot, EmailId email) => snapshot.TryFind(email, out var row)
        ? string.Join(" ", Enumerable.Range(0, row.PlaceCount).Select(i => snapshot.FindMailbox(row.Place(i).Mailbox)!.Mailbox.Name))
        : "nowhere";

    [Fact]
    public async Task An_account_shows_each_email_once_with_its_mailboxes_and_keywords()
    {
        var account = (await AddAccountAsync()).Id;
        var (inbox, archive) = (await InboxAsync(account), await MailboxAsync(account, "Archive"));
        var first = await AddAsync(inbox, Message(id: "a"), MessageFlags.Flagged, "Projet", "$Forwarded");
        await Store.CopyAsync(inbox.Id, Uids(first.Uid), archive.Id, default);
        await Store.StoreFlagsAsync(archive.Id, All, FlagChange.Add, new FlagSet(MessageFlags.Seen, ["autre"]), null, default);
        var answer = await AddAsync(inbox, Message(id: "b", references: "<a@demo.test>"));

        var snapshot = await AccountAsync(account);
        Assert.Equal(2, snapshot.Count);
        Assert.True(snapshot.TryFind(first.Email, out var row));
        Assert.Equal("INBOX Archive", Where(snapshot, first.Email));
        Assert.Equal(["$flagged", "$forwarded", "$seen", "autre", "projet"], snapshot.KeywordsOf(row).Order(StringComparer.Ordinal));
        Assert.True(snapshot.HasKeyword(row, "PROJET"));
        Assert.True(snapshot.HasKeyword(row, "$seen"));
        Assert.False(snapshot.HasKeyword(row, "$draft"));
        Assert.Equal([first.Email, answer.Email], snapshot.Thread(row.Thread).Select(one => one.Id));
        Assert.Empty(snapshot.Thread(new ThreadId(answer.Email.Value)));
        Assert.Equal((2, 1, 1, 1), Counts(snapshot, inbox));
        Assert.Equal((1, 0, 1, 1), Counts(snapshot, archive)); // RFC 8621 §2: the unread email of the thread need not be in this mailbox
        Assert.Equal(Time.GetUtcNow().ToUnixTimeMilliseconds(), row.ReceivedAt);
        Assert.Equal(await BodyAsync(row.Body), (await BodiesAsync(archive.Id))[0]);
    }

    [Fact]
    public async Task Receivedat_is_the_date_the_message_came_with()
    {
        var account = (await AddAccountAsync()).Id;
        var inbox = await InboxAsync(account);
        await using var intake = await IntakeAsync(Message());
        var at = new DateTimeOffset(2019, 5, 4, 12, 0, 0, TimeSpan.FromHours(2));
        var entry = (await Store.DeliverAsync([new Facteur.Storage.Delivery(intake, [new DeliveryTarget(inbox.Id, FlagSet.Empty, at)])], default)).Entries[0];
        Assert.True((await AccountAsync(account)).TryFind(entry.Email, out var row));
        Assert.Equal(at.ToUnixTimeMilliseconds(), row.ReceivedAt); // RFC 8621 §4.1.1: "the internal date in IMAP"
    }

    // RFC 8621 §2, the example of unreadThreads.
    [Fact]
    public async Task Emails_in_the_trash_are_threads_of_their_own_when_unread_threads_are_counted()
    {
        var account = (await AddAccountAsync()).Id;
        var (inbox, trash) = (await InboxAsync(account), (await Store.FindMailboxAsync(account, "Trash", default))!);
        await AddAsync(inbox, Message(id: "a"), MessageFlags.Seen);
        var second = await AddAsync(inbox, Message(id: "b", references: "<a@demo.test>"));
        Assert.Equal((2, 1, 1, 1), Counts(await AccountAsync(account), inbox));
        await Store.MoveAsync(inbox.Id, Uids(second.Uid), trash.Id, default);
        Assert.Equal((1, 0, 1, 0), Counts(await AccountAsync(account), inbox));
        Assert.Equal((1, 1, 1, 1), Counts(await AccountAsync(account), trash));
    }

    [Fact]
    public async Task Deleted_entries_are_not_seen_and_their_emails_come_back_when_the_flag_is_taken_off()
    {
        var account = (await AddAccountAsync()).Id;
        var (inbox, archive) = (await InboxAsync(account), await MailboxAsync(account, "Archive"));
        var entry = await AddAsync(inbox);
        var known = (await AccountAsync(account)).ModSeq;
        var deleted = new FlagSet(MessageFlags.Deleted, []);
        await Store.StoreFlagsAsync(inbox.Id, All, FlagChange.Add, deleted, null, default);
        Assert.Equal("nowhere", Where(await AccountAsync(account), entry.Email));
        Assert.Equal((0, 0, 0, 0), Counts(await AccountAsync(account), inbox));
        var changes = (await Store.Emails.ChangesSinceAsync(account, known, default))!;
        Assert.Equal((entry.Email, ChangeKind.Destroyed), (Assert.Single(changes.Emails).Email, changes.Emails[0].Kind));
        Assert.Equal([EmailOutcome.NotFound], (await UpdateAsync(account, new EmailUpdate(entry.Email) { AddTo = [archive.Id] })).Outcomes);

        known = changes.Snapshot.ModSeq;
        await Store.StoreFlagsAsync(inbox.Id, All, FlagChange.Remove, deleted, null, default);
        changes = (await Store.Emails.ChangesSinceAsync(account, known, default))!;
        Assert.Equal(ChangeKind.Created, Assert.Single(changes.Emails).Kind); // to who saw it go
        Assert.Equal("INBOX", Where(changes.Snapshot, entry.Email));
    }

    [Fact]
    public async Task Changes_tell_what_came_changed_and_went_since_a_state()
    {
        var account = (await AddAccountAsync()).Id;
        var inbox = await InboxAsync(account);
        var (a, b) = (await AddAsync(inbox), await AddAsync(inbox));
        var state = (await AccountAsync(account)).ModSeq;
        Assert.Empty((await Store.Emails.ChangesSinceAsync(account, state, default))!.Emails);
        Assert.Null(await Store.Emails.ChangesSinceAsync(account, new ModSeq(state.Value + 1), default));

        var c = await AddAsync(inbox);
        var d = await AddAsync(inbox);
        await Store.StoreFlagsAsync(inbox.Id, Uids(a.Uid), FlagChange.Add, new FlagSet(MessageFlags.Seen, []), null, default);
        await Store.ExpungeAsync(inbox.Id, Uids(b.Uid, d.Uid), onlyDeleted: false, default); // of d, nobody has heard
        var changes = (await Store.Emails.ChangesSinceAsync(account, state, default))!;
        Assert.Equal(
            [(c.Email, ChangeKind.Created), (a.Email, ChangeKind.Updated), (b.Email, ChangeKind.Destroyed)],
            changes.Emails.Select(change => (change.Email, change.Kind)));
        Assert.Equal(new ThreadId(b.Email.Value), changes.Emails[2].Thread);
        Assert.Equal(changes.Emails.Select(change => change.ModSeq).Order(), changes.Emails.Select(change => change.ModSeq));
        var mailbox = Assert.Single(changes.Mailboxes);
        Assert.Equal((inbox.Id, ChangeKind.Updated, true), (mailbox.Mailbox, mailbox.Kind, mailbox.OnlyCounts));
    }

    [Fact]
    public async Task Changes_tell_of_mailboxes_and_of_those_whose_threads_were_read_elsewhere()
    {
        var account = (await AddAccountAsync()).Id;
        var (inbox, archive) = (await InboxAsync(account), await MailboxAsync(account, "Archive"));
        await AddAsync(archive, Message(id: "a"), MessageFlags.Seen);
        var answer = await AddAsync(inbox, Message(id: "b", references: "<a@demo.test>"));
        var old = await Store.CreateMailboxAsync(account, "Ancien", MailboxRole.None, default);
        var state = (await AccountAsync(account)).ModSeq;

        await Store.StoreFlagsAsync(inbox.Id, Uids(answer.Uid), FlagChange.Add, new FlagSet(MessageFlags.Seen, []), null, default);
        var changes = (await Store.Emails.ChangesSinceAsync(account, state, default))!;
        Assert.Equal([(inbox.Id, true), (archive.Id, true)], changes.Mailboxes.OrderBy(change => change.Mailbox.Value).Select(change => (change.Mailbox, change.OnlyCounts)));

        state = changes.Snapshot.ModSeq;
        var fresh = await Store.CreateMailboxAsync(account, "Nouveau", MailboxRole.None, default);
        await Store.CreateMailboxAsync(account, "Passager", MailboxRole.None, default);
        await Store.DeleteMailboxAsync((await Store.FindMailboxAsync(account, "Passager", default))!.Id, default);
        await Store.RenameMailboxAsync(account, "Archive", "Coffre", default);
        await Store.SetSubscribedAsync(account, "INBOX", false, default);
        await Store.DeleteMailboxAsync(old.Id, default);
        changes = (await Store.Emails.ChangesSinceAsync(account, state, default))!;
        Assert.Equal(
            [(fresh.Id, ChangeKind.Created, false), (archive.Id, ChangeKind.Updated, false), (inbox.Id, ChangeKind.Updated, false), (old.Id, ChangeKind.Destroyed, false)],
            changes.Mailboxes.Select(change => (change.Mailbox, change.Kind, change.OnlyCounts)));
        Assert.Empty(changes.Emails);
        Assert.False(changes.Snapshot.FindMailbox(inbox.Id)!.Mailbox.Subscribed);
        Assert.Equal("Coffre", changes.Snapshot.FindMailbox(archive.Id)!.Mailbox.Name);
        Assert.Null(changes.Snapshot.FindMailbox(old.Id));
    }

    [Fact]
    public async Task With_what_was_expunged_goes_the_memory_of_it_after_the_retention()
    {
        var account = (await AddAccountAsync()).Id;
        var inbox = await InboxAsync(account);
        await AddAsync(inbox);
        var state = (await AccountAsync(account)).ModSeq;
        await Store.ExpungeAsync(inbox.Id, All, onlyDeleted: false, default);
        var gone = (await AccountAsync(account)).ModSeq;
        Assert.Single((await Store.Emails.ChangesSinceAsync(account, state, default))!.Emails);
        Time.Advance(TimeSpan.FromDays(31));
        await PurgeAsync();
        Assert.Null(await Store.Emails.ChangesSinceAsync(account, state, default));
        Assert.Empty((await Store.Emails.ChangesSinceAsync(account, gone, default))!.Emails);
    }

    [Fact]
    public async Task Accounts_that_are_not_there_are_refused_and_removed_ones_too()
    {
        var account = (await AddAccountAsync()).Id;
        Assert.Equal(0, (await AccountAsync(account)).Count);
        Assert.Equal(StoreRefusal.NoSuchAccount, await RefusedAsync(() => AccountAsync(new AccountId(99))));
        await Store.Directory.RemoveAccountAsync(account, default);
        Assert.Equal(StoreRefusal.NoSuchAccount, await RefusedAsync(() => AccountAsync(account)));
        Assert.Equal(StoreRefusal.NoSuchAccount, await RefusedAsync(() => UpdateAsync(account)));
    }

    [Fact]
    public async Task Details_come_in_the_order_asked_without_those_of_others()
    {
        var account = (await AddAccountAsync()).Id;
        var other = (await AddAccountAsync("bob@demo.test")).Id;
        var inbox = await InboxAsync(account);
        var (a, b, c) = (await AddAsync(inbox, Message("Un", id: "a")), await AddAsync(inbox, Message("Re: Deux")), await AddAsync(await InboxAsync(other)));
        var gone = await AddAsync(inbox);
        await Store.ExpungeAsync(inbox.Id, Uids(gone.Uid), onlyDeleted: false, default);
        var all = Enum.GetValues<EmailFields>().Aggregate((x, y) => x | y);
        await using var reader = Store.Emails.ReadDetails(account, [b.Email, c.Email, gone.Email, new EmailId(9999), a.Email, b.Email], all);
        Assert.True(await reader.ReadAsync(default));
        Assert.Equal((b.Email, "Re: Deux"), (reader.Email, reader.Subject));
        Assert.Equal("Deux", reader.BaseSubject, ignoreCase: true);
        Assert.Equal("Un mot.", reader.Preview.Trim());
        Assert.False(reader.Envelope.IsEmpty || reader.BodyStructure.IsEmpty || reader.Parts.IsEmpty || reader.FoldedHeaders.IsEmpty);
        Assert.Equal(new DateTimeOffset(2026, 3, 14, 10, 0, 0, TimeSpan.FromHours(1)), reader.SentDate);
        Assert.True(reader.HeaderSize > 0 && reader.HeaderSize < reader.Body.Size);
        Assert.False(reader.HasAttachment);
        Assert.True(await reader.ReadAsync(default));
        Assert.Equal((a.Email, "Un", "<a@demo.test>"), (reader.Email, reader.Subject, reader.MessageId));
        Assert.True(await reader.ReadAsync(default));
        Assert.Equal(b.Email, reader.Email);
        Assert.False(await reader.ReadAsync(default));
    }

    [Fact]
    public async Task Texts_of_an_account_are_searched_across_mailboxes()
    {
        var account = (await AddAccountAsync()).Id;
        var (inbox, archive) = (await InboxAsync(account), await MailboxAsync(account, "Archive"));
        var (a, b) = (await AddAsync(inbox, Message(body: "une aiguille")), await AddAsync(archive, Message(body: "Aiguille aussi")));
        await AddAsync(inbox, Message(body: "du foin"));
        await Store.CopyAsync(inbox.Id, Uids(a.Uid), archive.Id, default);
        Assert.Equal([a.Email, b.Email], await Store.Emails.SearchTextAsync(account, "aiguille", false, default));
        Assert.Equal(3, (await Store.Emails.SearchTextAsync(account, "", false, default)).Count);
        Assert.Empty(await Store.Emails.SearchTextAsync(account, "vache", true, default));
        Assert.Equal(3, (await Store.Emails.SearchTextAsync(account, "bonjour", true, default)).Count);
    }
}
