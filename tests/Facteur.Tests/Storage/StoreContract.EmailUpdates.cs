using Facteur.Storage;
using Facteur.Storage.Emails;

namespace Facteur.Tests.Storage;

public abstract partial class StoreContract
{
    [Fact]
    public async Task Keywords_are_set_on_every_entry_of_an_email()
    {
        var account = (await AddAccountAsync()).Id;
        var (inbox, archive) = (await InboxAsync(account), await MailboxAsync(account, "Archive"));
        var entry = await AddAsync(inbox, flags: MessageFlags.Flagged);
        await Store.CopyAsync(inbox.Id, Uids(entry.Uid), archive.Id, default);
        using var view = await Store.OpenViewAsync(archive.Id, default);
        var before = await AccountAsync(account);

        var updated = await UpdateAsync(account,
            new EmailUpdate(entry.Email) { Add = new FlagSet(MessageFlags.Seen, ["projet"]), Remove = new FlagSet(MessageFlags.Flagged, []) },
            new EmailUpdate(new EmailId(999)), new EmailUpdate(entry.Email) { Add = new FlagSet(MessageFlags.Seen, []) });
        Assert.Equal([EmailOutcome.Done, EmailOutcome.NotFound, EmailOutcome.Unchanged], updated.Outcomes);
        Assert.Equal((before.ModSeq, new ModSeq(before.ModSeq.Value + 1)), (updated.Before, updated.After));
        foreach (var mailbox in new[] { inbox, archive })
        {
            var snapshot = await LookAsync(mailbox.Id);
            var flags = snapshot[0].Flags;
            Assert.True(flags.Has(MessageFlags.Seen | MessageFlags.Keyword(snapshot.Keywords.IndexOf("projet"))));
            Assert.False(flags.Has(MessageFlags.Flagged));
            Assert.Equal(updated.After, snapshot[0].ModSeq);
        }
        Assert.True((await AccountAsync(account)).TryFind(entry.Email, out var row));
        Assert.Equal((updated.After, 2), (row.Changed, row.PlaceCount));

        // RFC 8620 §5.3: ifInState.
        Assert.Equal(StoreRefusal.StateMismatch, await RefusedAsync(async () => await Store.Emails.UpdateAsync(account, before.ModSeq, [], default)));
        updated = await Store.Emails.UpdateAsync(account, updated.After, [new EmailUpdate(entry.Email) { Replace = new FlagSet(MessageFlags.Draft | MessageFlags.Deleted, ["x"]) }], default);
        var now = await AccountAsync(account);
        Assert.True(now.TryFind(entry.Email, out row));
        Assert.Equal(["$draft", "x"], now.KeywordsOf(row).Order(StringComparer.Ordinal));
        await view.RefreshAsync(default);
    }

    [Fact]
    public async Task A_delivery_can_be_meant_for_one_state()
    {
        var account = (await AddAccountAsync()).Id;
        var inbox = await InboxAsync(account);
        var state = (await AccountAsync(account)).ModSeq;
        await using (var intake = await IntakeAsync(Message()))
            await Store.DeliverAsync([new Facteur.Storage.Delivery(intake, [Target(inbox)]) { IfState = state }], default);
        await using (var late = await IntakeAsync(Message()))
            Assert.Equal(StoreRefusal.StateMismatch, await RefusedAsync(async () => await Store.DeliverAsync([new Facteur.Storage.Delivery(late, [Target(inbox)]) { IfState = state }], default)));
        Assert.Equal(1, (await AccountAsync(account)).Count);
    }

    [Fact]
    public async Task An_email_goes_to_other_mailboxes_with_its_flags_and_dates()
    {
        var account = (await AddAccountAsync()).Id;
        var (inbox, archive, work) = (await InboxAsync(account), await MailboxAsync(account, "Archive"), await MailboxAsync(account, "Travail"));
        var entry = await AddAsync(inbox, flags: MessageFlags.Answered, keywords: "projet");
        Time.Advance(TimeSpan.FromDays(1));
        var told = System.Threading.Channels.Channel.CreateUnbounded<EmailsMoved>();
        Store.EmailsMoved += moved => told.Writer.TryWrite(moved);

        Assert.Equal([EmailOutcome.Done], (await UpdateAsync(account, new EmailUpdate(entry.Email) { AddTo = [work.Id, archive.Id], RemoveFrom = [inbox.Id] })).Outcomes);
        Assert.Equal("Archive Travail", Where(await AccountAsync(account), entry.Email));
        Assert.Empty(await BodiesAsync(inbox.Id));
        foreach (var mailbox in new[] { archive, work })
        {
            await using var reader = Store.ReadEmails(mailbox.Id, All, EmailFields.Entry);
            Assert.True(await reader.ReadAsync(default));
            Assert.Equal((entry.Email, Time.GetUtcNow().AddDays(-1)), (reader.Entry.Email, reader.InternalDate));
            Assert.True(reader.Entry.Flags.Has(MessageFlags.Answered | MessageFlags.Keyword((await LookAsync(mailbox.Id)).Keywords.IndexOf("projet"))));
        }
        var (first, second) = (await told.Reader.ReadAsync(), await told.Reader.ReadAsync());
        Assert.Equal((inbox.Id, work.Id, archive.Id, false, false), (first.From, first.To, second.To, first.IsCopy, second.IsCopy));
        Assert.Equal([(entry.Uid, new Uid(1))], first.Emails);
        var vanished = (await Store.ChangesSinceAsync(inbox.Id, entry.ModSeq, default)).Vanished;
        Assert.Equal([new UidRange(entry.Uid.Value, entry.Uid.Value)], vanished);

        await UpdateAsync(account, new EmailUpdate(entry.Email) { ReplaceMailboxes = [inbox.Id, work.Id] });
        Assert.Equal("INBOX Travail", Where(await AccountAsync(account), entry.Email));
        await UpdateAsync(account, new EmailUpdate(entry.Email) { ReplaceMailboxes = [work.Id], Add = new FlagSet(MessageFlags.Seen, []) });
        Assert.Equal("Travail", Where(await AccountAsync(account), entry.Email));
        Assert.True((await LookAsync(work.Id))[0].Flags.Has(MessageFlags.Seen | MessageFlags.Answered));
    }

    [Fact]
    public async Task A_pop3_program_sees_a_moved_email_as_the_same_and_copies_as_others()
    {
        var account = (await AddAccountAsync()).Id;
        var (inbox, archive) = (await InboxAsync(account), await MailboxAsync(account, "Archive"));
        var entry = await AddAsync(inbox);
        await UpdateAsync(account, new EmailUpdate(entry.Email) { ReplaceMailboxes = [archive.Id] });
        Assert.Empty(await Store.ReadPopUidlsAsync(archive.Id, UidRange.All, default)); // none of its own: the email's
        await UpdateAsync(account, new EmailUpdate(entry.Email) { AddTo = [inbox.Id] });
        Assert.Single(await Store.ReadPopUidlsAsync(inbox.Id, UidRange.All, default));
        await UpdateAsync(account, new EmailUpdate(entry.Email) { RemoveFrom = [archive.Id] });
        await UpdateAsync(account, new EmailUpdate(entry.Email) { ReplaceMailboxes = [archive.Id] });
        Assert.Empty(await Store.ReadPopUidlsAsync(archive.Id, UidRange.All, default));
    }

    [Fact]
    public async Task An_update_that_cannot_be_done_leaves_its_email_as_it_was_and_the_others_go_on()
    {
        var account = (await AddAccountAsync()).Id;
        var other = await InboxAsync((await AddAccountAsync("bob@demo.test")).Id);
        var (inbox, archive) = (await InboxAsync(account), await MailboxAsync(account, "Archive"));
        var full = await Store.CreateMailboxAsync(account, "Plein", MailboxRole.None, default);
        for (var i = 0; i < MessageFlags.MaxKeywords; i++) await AddAsync(full, flags: default, keywords: $"k{i}");
        var (a, b) = (await AddAsync(inbox), await AddAsync(inbox));
        await Store.CopyAsync(inbox.Id, Uids(b.Uid), full.Id, default);
        var seen = new FlagSet(MessageFlags.Seen, []);
        var before = await AccountAsync(account);
        var updated = await UpdateAsync(account,
            new EmailUpdate(a.Email) { AddTo = [other.Id], Add = seen },
            new EmailUpdate(a.Email) { AddTo = [new MailboxId(9999)] },
            new EmailUpdate(a.Email) { RemoveFrom = [inbox.Id], Add = seen },
            new EmailUpdate(a.Email) { ReplaceMailboxes = [] },
            new EmailUpdate(b.Email) { Add = new FlagSet(MessageFlags.Seen, ["encore"]), AddTo = [archive.Id] });
        Assert.Equal([EmailOutcome.NoSuchMailbox, EmailOutcome.NoSuchMailbox, EmailOutcome.NoMailbox, EmailOutcome.NoMailbox, EmailOutcome.TooManyKeywords], updated.Outcomes);
        Assert.Equal(before.ModSeq, updated.After);
        Assert.Equal(before.ModSeq, (await AccountAsync(account)).ModSeq);
        Assert.Equal("INBOX Plein", Where(await AccountAsync(account), b.Email));
        Assert.False((await LookAsync(inbox.Id))[0].Flags.Has(MessageFlags.Seen));
    }

    [Fact]
    public async Task A_destroyed_email_leaves_every_mailbox_and_makes_room()
    {
        var account = (await AddAccountAsync()).Id;
        var (inbox, archive) = (await InboxAsync(account), await MailboxAsync(account, "Archive"));
        var (a, b) = (await AddAsync(inbox), await AddAsync(inbox));
        await Store.CopyAsync(inbox.Id, All, archive.Id, default);
        await Store.StoreFlagsAsync(archive.Id, All, FlagChange.Add, new FlagSet(MessageFlags.Deleted, []), null, default);
        var state = (await AccountAsync(account)).ModSeq;
        var updated = await UpdateAsync(account, new EmailUpdate(a.Email) { Destroy = true }, new EmailUpdate(a.Email) { Destroy = true });
        Assert.Equal([EmailOutcome.Done, EmailOutcome.NotFound], updated.Outcomes);
        Assert.Equal([b.Email], (await LookAsync(archive.Id)) is var left ? Enumerable.Range(0, left.Count).Select(i => left[i].Email) : []);
        Assert.Equal(1, (await Store.GetQuotaAsync(account, default)).Messages);
        var changes = (await Store.Emails.ChangesSinceAsync(account, state, default))!;
        Assert.Equal((a.Email, ChangeKind.Destroyed), (Assert.Single(changes.Emails).Email, changes.Emails[0].Kind));
    }

    [Fact]
    public async Task Properties_of_a_mailbox_change_together_or_not_at_all()
    {
        var account = (await AddAccountAsync()).Id;
        var inbox = await InboxAsync(account);
        var work = await Store.CreateMailboxAsync(account, "Travail", MailboxRole.None, default);
        var below = await Store.CreateMailboxAsync(account, "Travail/2026", MailboxRole.None, default);
        await AccountAsync(account);
        await Store.Emails.UpdateMailboxAsync(
            work.Id, new MailboxUpdate { Name = "Projets/Travail", Role = MailboxRole.Important, SortOrder = 7, Subscribed = true, Color = "#336699" }, default);
        foreach (var mailbox in new[] { (await AccountAsync(account)).FindMailbox(work.Id)!.Mailbox, (await Store.FindMailboxAsync(account, "Projets/Travail", default))! })
        {
            Assert.Equal((work.Id, MailboxRole.Important, 7, true, "#336699"), (mailbox.Id, mailbox.Role, mailbox.SortOrder, mailbox.Subscribed, mailbox.Color));
            Assert.True(mailbox.PropertiesChanged.CompareTo(mailbox.Created) > 0);
        }
        Assert.Equal("Projets/Travail/2026", (await AccountAsync(account)).FindMailbox(below.Id)!.Mailbox.Name);
        Assert.NotNull(await Store.FindMailboxAsync(account, "Projets", default));

        async Task<StoreRefusal> RefuseAsync(MailboxId mailbox, MailboxUpdate update) => await RefusedAsync(async () => await Store.Emails.UpdateMailboxAsync(mailbox, update, default));
        Assert.Equal(StoreRefusal.NoSuchMailbox, await RefuseAsync(new MailboxId(999), new MailboxUpdate { SortOrder = 1 }));
        Assert.Equal(StoreRefusal.AlreadyExists, await RefuseAsync(below.Id, new MailboxUpdate { Name = "INBOX", SortOrder = 1 }));
        Assert.Equal(StoreRefusal.BadName, await RefuseAsync(below.Id, new MailboxUpdate { Name = "a//b" }));
        Assert.Equal(StoreRefusal.NotPossible, await RefuseAsync(inbox.Id, new MailboxUpdate { Name = "Autre" }));
        Assert.Equal(StoreRefusal.NotPossible, await RefuseAsync(inbox.Id, new MailboxUpdate { Role = MailboxRole.None }));
        Assert.Equal(StoreRefusal.NotPossible, await RefuseAsync(work.Id, new MailboxUpdate { Name = "Projets/Travail/2026/ici" }));
        Assert.Equal(StoreRefusal.NotPossible, await RefuseAsync(below.Id, new MailboxUpdate { Role = MailboxRole.Important, SortOrder = 1 }));
        Assert.Equal(0, (await AccountAsync(account)).FindMailbox(below.Id)!.Mailbox.SortOrder);

        await RestartAsync();
        Assert.Equal(7, (await AccountAsync(account)).FindMailbox(work.Id)!.Mailbox.SortOrder);
        await Store.Emails.UpdateMailboxAsync(work.Id, new MailboxUpdate { Role = MailboxRole.None, Color = "", Subscribed = false }, default);
        await Store.Emails.UpdateMailboxAsync(below.Id, new MailboxUpdate { Role = MailboxRole.Important }, default);
        Assert.Equal(MailboxRole.Important, (await AccountAsync(account)).FindMailbox(below.Id)!.Mailbox.Role);
    }
}
