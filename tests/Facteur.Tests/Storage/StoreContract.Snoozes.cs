using Facteur.Storage;
using Facteur.Storage.Emails;

namespace Facteur.Tests.Storage;

public abstract partial class StoreContract
{
    private async Task<DateTimeOffset> SnoozeAsync(AccountId account, EmailId email, TimeSpan by)
    {
        var until = DateTimeOffset.FromUnixTimeMilliseconds(Time.GetUtcNow().Add(by).ToUnixTimeMilliseconds());
        Assert.Equal([EmailOutcome.Done], (await UpdateAsync(account, new EmailUpdate(email) { Snooze = new EmailSnooze(until) })).Outcomes);
        return until;
    }

    private async Task<bool> IsSnoozedAsync(AccountId account, EmailId email) => (await Store.Snoozes.FindAsync(account, [email], default)).ContainsKey(email);

    [Fact]
    public async Task Snoozed_emails_fall_due_in_order()
    {
        var account = (await AddAccountAsync()).Id;
        var inbox = await InboxAsync(account);
        var (a, b) = (await AddAsync(inbox), await AddAsync(inbox));
        Assert.Null(await Store.Snoozes.NextDueAsync(default));
        var state = (await AccountAsync(account)).ModSeq;
        var rings = 0;
        Store.Snoozes.Changed += () => rings++;
        var later = new SnoozeRecord(account, a.Email, await SnoozeAsync(account, a.Email, TimeSpan.FromHours(2)), MarkUnread: true);
        var sooner = new SnoozeRecord(account, b.Email, await SnoozeAsync(account, b.Email, TimeSpan.FromHours(1)), MarkUnread: true);
        Assert.Equal(2, rings);
        Assert.Equal([a.Email, b.Email], (await Store.Emails.ChangesSinceAsync(account, state, default))!.Emails.Select(change => change.Email));
        Assert.Equal(sooner.Until, await Store.Snoozes.NextDueAsync(default));
        Assert.Empty(await Store.Snoozes.DueAsync(Time.GetUtcNow(), 10, default));
        Assert.Equal([sooner], await Store.Snoozes.DueAsync(sooner.Until, 10, default));
        Assert.Equal([sooner, later], await Store.Snoozes.DueAsync(later.Until, 10, default));
        Assert.Equal([sooner], await Store.Snoozes.DueAsync(later.Until, 1, default));

        state = (await AccountAsync(account)).ModSeq;
        later = later with { Until = await SnoozeAsync(account, a.Email, TimeSpan.FromMinutes(5)) }; // where it is, with another time
        Assert.Equal(a.Email, Assert.Single((await Store.Emails.ChangesSinceAsync(account, state, default))!.Emails).Email);
        await RestartAsync();
        Assert.Equal(later.Until, await Store.Snoozes.NextDueAsync(default));
        Assert.Equal([later], (await Store.Snoozes.FindAsync(account, [a.Email, new EmailId(99)], default)).Values);
        await Store.ExpungeAsync((await MailboxAsync(account, "Snoozed")).Id, All, onlyDeleted: false, default); // it goes with its email
        Assert.Null(await Store.Snoozes.NextDueAsync(default));
    }

    [Fact]
    public async Task What_is_snoozed_leaves_the_inbox_and_comes_back_on_top()
    {
        var account = (await AddAccountAsync()).Id;
        var (inbox, work) = (await InboxAsync(account), await Store.CreateMailboxAsync(account, "Travail", MailboxRole.None, default));
        var entry = await AddAsync(inbox, flags: MessageFlags.Seen, keywords: "projet");
        await Store.CopyAsync(inbox.Id, Uids(entry.Uid), work.Id, default);
        var until = await SnoozeAsync(account, entry.Email, TimeSpan.FromHours(3));
        var place = await MailboxAsync(account, "Snoozed");
        Assert.Equal((MailboxRole.Snoozed, true), (place.Role, place.Subscribed));
        Assert.Equal("Travail Snoozed", Where(await AccountAsync(account), entry.Email));
        Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal([EmailOutcome.Unchanged], (await UpdateAsync(account, new EmailUpdate(entry.Email) { WakeBy = Time.GetUtcNow() })).Outcomes);

        Time.Advance(TimeSpan.FromHours(3));
        Assert.Equal([EmailOutcome.Done, EmailOutcome.Unchanged], (await UpdateAsync(account, new EmailUpdate(entry.Email) { WakeBy = Time.GetUtcNow() }, new EmailUpdate(entry.Email) { WakeBy = Time.GetUtcNow() })).Outcomes);
        var snapshot = await AccountAsync(account);
        Assert.Equal("INBOX Travail", Where(snapshot, entry.Email));
        Assert.True(snapshot.TryFind(entry.Email, out var row));
        Assert.Equal(["projet"], snapshot.KeywordsOf(row));
        Assert.Equal(Time.GetUtcNow().ToUnixTimeSeconds(), row.ReturnedAt);
        Assert.True(row.ListedAt > row.ReceivedAt && until.ToUnixTimeMilliseconds() < row.ListedAt);
        await using (var reader = Store.ReadEmails(inbox.Id, All, EmailFields.Entry))
        {
            Assert.True(await reader.ReadAsync(default));
            Assert.Equal((Time.GetUtcNow().ToUnixTimeSeconds(), TimeSpan.Zero), (reader.InternalDate.ToUnixTimeSeconds(), reader.InternalDate.Offset));
        }
        Assert.False(await IsSnoozedAsync(account, entry.Email));
        await RestartAsync();
        Assert.True((await AccountAsync(account)).TryFind(entry.Email, out var again));
        Assert.Equal((row.ReturnedAt, row.ReceivedAt), (again.ReturnedAt, again.ReceivedAt));
    }

    [Fact]
    public async Task Who_moves_it_takes_it_back()
    {
        var account = (await AddAccountAsync()).Id;
        var (inbox, archive) = (await InboxAsync(account), await MailboxAsync(account, "Archive"));
        var entry = await AddAsync(archive);
        await SnoozeAsync(account, entry.Email, TimeSpan.FromHours(1));
        Assert.Equal("Snoozed", Where(await AccountAsync(account), entry.Email));
        // By IMAP.
        await Store.MoveAsync((await MailboxAsync(account, "Snoozed")).Id, All, archive.Id, default);
        Assert.False(await IsSnoozedAsync(account, entry.Email));
        // By its own word: to the inbox, or where the update says.
        await SnoozeAsync(account, entry.Email, TimeSpan.FromHours(1));
        Assert.Equal([EmailOutcome.Done], (await UpdateAsync(account, new EmailUpdate(entry.Email) { EndSnooze = true })).Outcomes);
        Assert.Equal("INBOX", Where(await AccountAsync(account), entry.Email));
        await SnoozeAsync(account, entry.Email, TimeSpan.FromHours(1));
        await UpdateAsync(account, new EmailUpdate(entry.Email) { EndSnooze = true, ReplaceMailboxes = [archive.Id] });
        Assert.Equal("Archive", Where(await AccountAsync(account), entry.Email));
        Assert.False(await IsSnoozedAsync(account, entry.Email));
        // What is not put off has nothing to be taken back.
        Assert.Equal([EmailOutcome.Unchanged], (await UpdateAsync(account, new EmailUpdate(entry.Email) { AddTo = [archive.Id], EndSnooze = true })).Outcomes);
    }

    [Fact]
    public async Task An_answer_brings_the_conversation_back()
    {
        var (account, other) = ((await AddAccountAsync()).Id, (await AddAccountAsync("bob@demo.test")).Id);
        var (inbox, archive) = (await InboxAsync(account), await MailboxAsync(account, "Archive"));
        var (first, alone) = (await AddAsync(archive, Message(id: "un"), MessageFlags.Seen), await AddAsync(inbox));
        foreach (var email in (EmailId[])[first.Email, alone.Email]) await SnoozeAsync(account, email, TimeSpan.FromHours(1));
        // Neither what goes to Junk, nor what its owner puts there, nor the same for somebody else.
        await AnswerAsync(await MailboxAsync(account, "Junk"), endsSnoozes: true);
        await AnswerAsync(inbox, endsSnoozes: false);
        await AnswerAsync(await InboxAsync(other), endsSnoozes: true);
        Assert.True(await IsSnoozedAsync(account, first.Email));
        var state = (await AccountAsync(account)).ModSeq;
        await AnswerAsync(inbox, endsSnoozes: true);
        Assert.Equal("INBOX", Where(await AccountAsync(account), first.Email));
        Assert.False(await IsSnoozedAsync(account, first.Email));
        Assert.True(await IsSnoozedAsync(account, alone.Email));
        Assert.Contains(first.Email, (await Store.Emails.ChangesSinceAsync(account, state, default))!.Emails.Select(change => change.Email));
        var snapshot = await LookAsync(inbox.Id);
        var entry = Enumerable.Range(0, snapshot.Count).Select(place => snapshot[place]).Single(one => one.Email == first.Email);
        Assert.True(entry.Flags.Has(MessageFlags.Seen)); // as it was: the answer is what is new

        async Task AnswerAsync(Facteur.Storage.Mailbox to, bool endsSnoozes)
        {
            await using var intake = await IntakeAsync(Message("Re: Bonjour", references: "<un@demo.test>"));
            await Store.DeliverAsync([new Facteur.Storage.Delivery(intake, [Target(to)]) { EndsSnoozes = endsSnoozes }], default);
        }
    }

    [Fact]
    public async Task Only_emails_of_the_account_can_be_snoozed()
    {
        var (account, other) = ((await AddAccountAsync()).Id, (await AddAccountAsync("bob@demo.test")).Id);
        var entry = await AddAsync(await InboxAsync(account));
        Assert.Equal([EmailOutcome.NotFound], (await UpdateAsync(other, new EmailUpdate(entry.Email) { Snooze = new EmailSnooze(Time.GetUtcNow().AddHours(1)) })).Outcomes);
        await SnoozeAsync(account, entry.Email, TimeSpan.FromHours(1));
        Time.Advance(TimeSpan.FromHours(2));
        Assert.Equal([EmailOutcome.NotFound], (await UpdateAsync(other, new EmailUpdate(entry.Email) { WakeBy = Time.GetUtcNow() })).Outcomes);
        Assert.Empty(await Store.Snoozes.FindAsync(other, [entry.Email], default));
        Assert.True(await IsSnoozedAsync(account, entry.Email));
    }

    [Fact]
    public async Task A_mailbox_of_that_name_is_taken_for_what_is_snoozed()
    {
        var account = (await AddAccountAsync()).Id;
        var named = await Store.CreateMailboxAsync(account, "Snoozed", MailboxRole.None, default);
        var entry = await AddAsync(await InboxAsync(account));
        await SnoozeAsync(account, entry.Email, TimeSpan.FromHours(1));
        Assert.Equal((MailboxRole.Snoozed, 1), ((await RefreshAsync(named)).Role, (await RefreshAsync(named)).Messages));
        // One that is deleted while it waits does not come back.
        await Store.DeleteMailboxAsync(named.Id, default);
        Time.Advance(TimeSpan.FromHours(2));
        await UpdateAsync(account, new EmailUpdate(entry.Email) { WakeBy = Time.GetUtcNow() });
        Assert.Null(await Store.Snoozes.NextDueAsync(default));
    }
}
