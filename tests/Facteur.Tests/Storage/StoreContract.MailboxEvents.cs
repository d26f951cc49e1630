using Facteur.Storage;
using Facteur.Storage.Annotations;
using Facteur.Storage.Emails;
using Facteur.Storage.MailboxEvents;

namespace Facteur.Tests.Storage;

using Delivery = Facteur.Storage.Delivery;
using Mailbox = Facteur.Storage.Mailbox;

public abstract partial class StoreContract
{
    /// <summary>Events that wait, of the account that waits longest: "APPEND INBOX 1:2", "FLAG INBOX 1 \Seen".</summary>
    private async Task<IReadOnlyList<string>> EventsAsync()
    {
        var told = new List<string>();
        var left = new Stack<MailboxEvent>();
        while (await Store.Events.NextAsync(1, default) is [var next])
        {
            var name = (await Store.ListMailboxesAsync(next.Account, default)).First(mailbox => mailbox.Id == next.Mailbox).Name;
            var uids = string.Join(',', next.Uids.Select(range => range.First == range.Last ? $"{range.First}" : $"{range.First}:{range.Last}"));
            told.Add($"{next.Cause.ToString().ToUpperInvariant()} {name} {uids}{(next.ChangedFlags.Count == 0 ? "" : " ")}{string.Join(' ', next.ChangedFlags)}");
            left.Push(next);
            await Store.Events.FinishAsync(new MailboxEventStep(next.Id, new Uid(next.Uids[^1].Last)), default);
        }
        return told;
    }

    private async Task<StoredEntry> AppendAsync(Mailbox mailbox, AccountId person, MessageFlags flags = default)
    {
        await using var intake = await IntakeAsync(Message());
        return (await Store.DeliverAsync([new Delivery(intake, [Target(mailbox, flags)]) { Person = person }], default)).Entries[0];
    }

    [Fact]
    public async Task Nothing_is_an_event_where_no_script_is_bound()
    {
        var account = (await AddAccountAsync()).Id;
        var inbox = await InboxAsync(account);
        var entry = await AppendAsync(inbox, account);
        await Store.StoreFlagsAsync(inbox.Id, Uids(entry.Uid), FlagChange.Add, new FlagSet(MessageFlags.Seen, []), null, account, default);
        Assert.Empty(await EventsAsync());
        await AnnotateAsync(PlaceOf(inbox), AnnotationStore.ScriptName, ""); // empty is none (RFC 6785 §2.3.1)
        await AnnotateAsync(new AnnotationPlace(account, null), AnnotationStore.ScriptName, "tri");
        await AppendAsync(inbox, account);
        Assert.Empty(await EventsAsync());
        await AppendAsync(await Store.CreateMailboxAsync(account, "Autre", MailboxRole.None, default), account);
        Assert.Equal(["APPEND Autre 1"], await EventsAsync());
        await AnnotateAsync(new AnnotationPlace(account, null), AnnotationStore.ScriptName, null);
        await AppendAsync(await MailboxAsync(account, "Autre"), account);
        Assert.Empty(await EventsAsync());
    }

    [Fact]
    public async Task Appends_copies_and_flags_are_events_and_what_the_server_does_is_none()
    {
        var account = (await AddAccountAsync()).Id;
        var (inbox, work) = (await InboxAsync(account), await Store.CreateMailboxAsync(account, "Travail", MailboxRole.None, default));
        await AnnotateAsync(new AnnotationPlace(account, null), AnnotationStore.ScriptName, "tri");
        var rings = 0;
        Store.Events.Added += () => rings++;
        var (a, b) = (await AddAsync(inbox), await AddAsync(inbox)); // delivered
        await Store.CopyAsync(inbox.Id, All, work.Id, default);
        Assert.Equal(0, rings);
        await Store.StoreFlagsAsync(inbox.Id, All, FlagChange.Add, new FlagSet(MessageFlags.Flagged, ["Projet"]), null, account, default);
        await Store.StoreFlagsAsync(inbox.Id, Uids(b.Uid), FlagChange.Add, new FlagSet(MessageFlags.Flagged, []), null, account, default); // it has it
        await Store.CopyAsync(inbox.Id, All, work.Id, account, default);
        await Store.MoveAsync(inbox.Id, Uids(a.Uid), work.Id, account, default);
        await AppendAsync(work, account);
        await UpdateAsync(account, new EmailUpdate(b.Email) { Add = new FlagSet(MessageFlags.Seen, []) });
        Assert.Equal(4, rings);
        await Store.Emails.UpdateAsync(account, null, [new EmailUpdate(b.Email) { Remove = new FlagSet(MessageFlags.Seen, []) }], account, default);
        Assert.Equal(["FLAG INBOX 1:2 \\Flagged Projet", "COPY Travail 3:4", "COPY Travail 5", "APPEND Travail 6", "FLAG INBOX 2 \\Seen", "FLAG Travail 2,4 \\Seen"], await EventsAsync());
    }

    [Fact]
    public async Task Events_survive_and_each_step_is_taken_once_with_what_it_does()
    {
        var account = (await AddAccountAsync()).Id;
        var (inbox, work) = (await InboxAsync(account), await Store.CreateMailboxAsync(account, "Travail", MailboxRole.None, default));
        foreach (var _ in Enumerable.Range(0, 3)) await AddAsync(work);
        await AnnotateAsync(PlaceOf(inbox), AnnotationStore.ScriptName, "tri");
        await Store.CopyAsync(work.Id, All, inbox.Id, account, default);
        await RestartAsync();
        var one = Assert.Single(await Store.Events.NextAsync(10, default));
        Assert.Equal((MailboxCause.Copy, account, inbox.Id, new UidRange(1, 3)), (one.Cause, one.Person, one.Mailbox, Assert.Single(one.Uids)));

        // A message is filed, and the step taken, in one commit.
        var step = new MailboxEventStep(one.Id, new Uid(1)) { Add = new FlagSet(MessageFlags.Deleted, ["Vu"]) };
        await using (var first = await IntakeAsync(Message("copie"))) await Store.DeliverAsync([new Delivery(first, [Target(work)]) { Step = step }], default);
        Assert.True((await LookAsync(inbox.Id))[0].Flags.Has(MessageFlags.Deleted));
        await using var again = await IntakeAsync(Message("encore"));
        Assert.Equal(StoreRefusal.StateMismatch, await RefusedAsync(() => Store.DeliverAsync([new Delivery(again, [Target(work)]) { Step = step }], default).AsTask()));
        Assert.Equal(4, (await RefreshAsync(work)).Messages);
        await RestartAsync();
        Assert.Equal([new UidRange(2, 3)], Assert.Single(await Store.Events.NextAsync(10, default)).Uids);
        await Store.Events.FinishAsync(new MailboxEventStep(one.Id, new Uid(3)) { Remove = new FlagSet(MessageFlags.Seen, []) }, default);
        Assert.Empty(await Store.Events.NextAsync(10, default));
        Assert.Equal(StoreRefusal.StateMismatch, await RefusedAsync(() => Store.Events.FinishAsync(step with { Uid = new Uid(3) }, default).AsTask()));
    }

    [Fact]
    public async Task Each_account_has_its_turn_and_events_go_with_their_mailbox()
    {
        var (ada, bob) = ((await AddAccountAsync()).Id, (await AddAccountAsync("bob@demo.test")).Id);
        var work = await Store.CreateMailboxAsync(ada, "Travail", MailboxRole.None, default);
        foreach (var account in (AccountId[])[ada, bob]) await AnnotateAsync(new AnnotationPlace(account, null), AnnotationStore.ScriptName, "tri");
        await AppendAsync(work, ada);
        await AppendAsync(await InboxAsync(ada), ada);
        await AppendAsync(await InboxAsync(bob), ada); // by another
        Assert.Equal([(ada, ada), (bob, ada)], (await Store.Events.NextAsync(10, default)).Select(one => (one.Account, one.Person)));
        await Store.DeleteMailboxAsync(work.Id, default);
        Assert.Equal([(await InboxAsync(bob)).Id, (await InboxAsync(ada)).Id], (await Store.Events.NextAsync(10, default)).OrderByDescending(one => one.Account.Value).Select(one => one.Mailbox));
        await Store.Directory.RemoveAccountAsync(ada, default);
        await PurgeAsync();
        Assert.Equal(bob, Assert.Single(await Store.Events.NextAsync(10, default)).Account);
    }

    [Fact]
    [Trait("Promise", "S-12")]
    public async Task What_waits_is_bounded_and_a_command_of_many_messages_is_few_rows()
    {
        var account = (await AddAccountAsync()).Id;
        var (inbox, work) = (await InboxAsync(account), await Store.CreateMailboxAsync(account, "Travail", MailboxRole.None, default));
        var entry = await AddAsync(inbox);
        foreach (var _ in Enumerable.Range(0, 7)) await Store.CopyAsync(inbox.Id, All, inbox.Id, default); // 128
        await Store.CopyAsync(inbox.Id, All, work.Id, default);
        foreach (var _ in Enumerable.Range(0, 4)) await Store.CopyAsync(work.Id, All, work.Id, default); // 2048
        await AnnotateAsync(new AnnotationPlace(account, null), AnnotationStore.ScriptName, "tri");
        await Store.StoreFlagsAsync(work.Id, All, FlagChange.Add, new FlagSet(MessageFlags.Seen, []), null, account, default);
        Assert.Equal(["FLAG Travail 1:1000 \\Seen", "FLAG Travail 1001:2000 \\Seen", "FLAG Travail 2001:2048 \\Seen"], await EventsAsync());
        Assert.Equal(1u, entry.Uid.Value);
    }
}
