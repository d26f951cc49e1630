using System.Text;
using Facteur.Mail;
using Facteur.Storage;

namespace Facteur.Tests.Storage;

using Delivery = Facteur.Storage.Delivery;
using Mailbox = Facteur.Storage.Mailbox;

public abstract partial class StoreContract
{
    [Fact]
    public async Task A_delivery_answers_where_the_message_is()
    {
        var inbox = await InboxAsync((await AddAccountAsync()).Id);
        var first = await AddAsync(inbox);
        var second = await AddAsync(inbox);
        Assert.Equal((1u, 2u), (first.Uid.Value, second.Uid.Value));
        Assert.Equal(inbox.UidValidity, first.UidValidity);
        Assert.True(second.ModSeq.Value > first.ModSeq.Value);
        Assert.NotEqual(first.Email, second.Email);
        var after = await RefreshAsync(inbox);
        Assert.Equal((2, 2, 3u, second.ModSeq), (after.Messages, after.Unseen, after.UidNext, after.HighestModSeq));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8_192)]
    [InlineData(8_193)]
    [InlineData(65_535)]
    [InlineData(65_536)]
    [InlineData(65_537)]
    [InlineData(1_000_003)]
    public async Task A_body_comes_back_as_it_went_in(int length)
    {
        var inbox = await InboxAsync((await AddAccountAsync()).Id);
        var message = new byte[length];
        new Random(length).NextBytes(message);
        Message().AsSpan(0, Math.Min(length, 200)).CopyTo(message);
        foreach (var (step, hint) in new (int, long?)[] { (int.MaxValue, null), (4093, null), (4093, length), (4093, 10), (100_000, length * 20L) })
        {
            await using var intake = await IntakeAsync(message, step, hint);
            await Store.DeliverAsync([new Delivery(intake, [Target(inbox)])], default);
        }
        await RestartAsync();
        foreach (var body in await BodiesAsync(inbox.Id)) Assert.Equal(message, body);
        await using var reader = Store.ReadEmails(inbox.Id, All, EmailFields.Entry);
        Assert.True(await reader.ReadAsync(default));
        Assert.Equal(length, reader.Size);
        Assert.Equal(message, await BodyAsync(reader.Body, step: 30_011));
    }

    [Fact]
    public async Task One_message_to_many_mailboxes_is_all_or_nothing()
    {
        var ada = await InboxAsync((await AddAccountAsync("ada@demo.test")).Id);
        var bob = await InboxAsync((await AddAccountAsync("bob@demo.test")).Id);
        var full = await InboxAsync((await AddAccountAsync("eve@demo.test", quota: 10)).Id);
        await using var intake = await IntakeAsync(Message());
        Assert.Equal(StoreRefusal.OverQuota, await RefusedAsync(async () =>
            await Store.DeliverAsync([new Delivery(intake, [Target(ada), Target(bob), Target(full)])], default)));
        Assert.Equal((0, 0, 1u), ((await RefreshAsync(ada)).Messages, (await RefreshAsync(bob)).Messages, (await RefreshAsync(ada)).UidNext));

        var receipt = await Store.DeliverAsync([new Delivery(intake, [Target(ada), Target(bob), Target(ada, MessageFlags.Seen)])], default);
        Assert.Equal([ada.Id, bob.Id, ada.Id], receipt.Entries.Select(entry => entry.Mailbox));
        Assert.Equal(receipt.Entries[0].Email, receipt.Entries[2].Email);
        Assert.NotEqual(receipt.Entries[0].Email, receipt.Entries[1].Email);
        Assert.Equal((2, 1), ((await RefreshAsync(ada)).Messages, (await RefreshAsync(ada)).Unseen));
        Assert.Equal(1, (await Store.GetQuotaAsync(ada.Account, default)).Messages);
    }

    [Fact]
    public async Task Several_messages_are_one_step()
    {
        var inbox = await InboxAsync((await AddAccountAsync()).Id);
        await using var one = await IntakeAsync(Message("un"));
        await using var two = await IntakeAsync(Message("deux", new string('x', 20_000)));
        Assert.Equal(StoreRefusal.NoSuchMailbox, await RefusedAsync(async () => await Store.DeliverAsync(
            [new Delivery(one, [Target(inbox)]), new Delivery(two, [Target(inbox with { Id = new MailboxId(999) })])], default)));
        Assert.Equal(0, (await RefreshAsync(inbox)).Messages);
        var receipt = await Store.DeliverAsync([new Delivery(one, [Target(inbox)]), new Delivery(two, [Target(inbox)])], default);
        Assert.Equal([1u, 2u], receipt.Entries.Select(entry => entry.Uid.Value));
    }

    [Fact]
    public async Task An_abandoned_message_leaves_no_trace()
    {
        var inbox = await InboxAsync((await AddAccountAsync()).Id);
        for (var i = 0; i < 20; i++) await (await IntakeAsync(Message(body: new string('x', 300_000)))).DisposeAsync();
        await using (var open = Store.BeginMessage(null)) await open.WriteAsync(new byte[200_000], default);
        await AddAsync(inbox);
        Assert.Single(await BodiesAsync(inbox.Id));
    }

    [Fact]
    public async Task Facts_of_a_message_are_read_beside_its_entry()
    {
        var inbox = await InboxAsync((await AddAccountAsync()).Id);
        var date = new DateTimeOffset(2020, 2, 3, 4, 5, 6, TimeSpan.FromHours(5.5));
        await using var intake = await IntakeAsync(Message("Re: Été", "Voilà.", id: "m1"));
        await Store.DeliverAsync([new Delivery(intake, [new DeliveryTarget(inbox.Id, new FlagSet(MessageFlags.Flagged, ["Travail"]), date) { PopUidl = "old-1" }])], default);
        await using var reader = Store.ReadEmails(inbox.Id, All,
            EmailFields.Envelope | EmailFields.BodyStructure | EmailFields.Parts | EmailFields.Preview | EmailFields.FoldedHeaders | EmailFields.SortKeys);
        Assert.True(await reader.ReadAsync(default));
        Assert.Equal(date, reader.InternalDate);
        Assert.Equal(date.Offset, reader.InternalDate.Offset);
        Assert.Equal(Time.GetUtcNow().ToUnixTimeMilliseconds(), reader.SaveDate.ToUnixTimeMilliseconds());
        Assert.Equal("old-1", reader.PopUidl);
        Assert.Contains("<m1@demo.test>", Encoding.ASCII.GetString(reader.Envelope));
        Assert.StartsWith("(\"TEXT\"", Encoding.ASCII.GetString(reader.BodyStructure), StringComparison.OrdinalIgnoreCase);
        Assert.Equal("text", PartTable.Parse(reader.Parts).Type);
        Assert.Equal("Voilà.", reader.Preview.Trim());
        Assert.Equal("<m1@demo.test>", reader.MessageId);
        Assert.Equal(new DateTimeOffset(2026, 3, 14, 10, 0, 0, TimeSpan.FromHours(1)), reader.SentDate);
        Assert.Contains("ete", Encoding.UTF8.GetString(reader.FoldedHeaders));
        Assert.Equal("Été", reader.BaseSubject, ignoreCase: true);
        Assert.False(await reader.ReadAsync(default));
    }

    [Fact]
    public async Task Answers_share_the_thread_of_what_they_answer()
    {
        var account = await AddAccountAsync();
        var inbox = await InboxAsync(account.Id);
        await AddAsync(inbox, Message("a", id: "a"));
        await AddAsync(inbox, Message("Re: a", id: "b", references: "<a@demo.test>"));
        await AddAsync(inbox, Message("Re: a", id: "d", references: "<c@demo.test>"));
        await AddAsync(inbox, Message("Re: a", id: "c", references: "<x@demo.test>"));
        await AddAsync(inbox, Message("a", id: "e"));
        var threads = new List<ThreadId>();
        await using var reader = Store.ReadEmails(inbox.Id, All, EmailFields.Entry);
        while (await reader.ReadAsync(default)) threads.Add(reader.Thread);
        Assert.Equal(threads[0], threads[1]);
        Assert.Equal(threads[2], threads[3]);
        Assert.Equal(3, threads.Distinct().Count());
    }

    [Fact]
    public async Task Reading_passes_over_what_is_gone_and_keeps_the_order()
    {
        var inbox = await InboxAsync((await AddAccountAsync()).Id);
        for (var i = 0; i < 100; i++) await AddAsync(inbox);
        await Store.ExpungeAsync(inbox.Id, [new(10, 90)], onlyDeleted: false, default);
        var seen = new List<uint>();
        await using var reader = Store.ReadEmails(inbox.Id, [new(95, 97), new(5, 12), new(1, 2), new(96, 99), new(2, 2)], EmailFields.Envelope);
        while (await reader.ReadAsync(default)) seen.Add(reader.Entry.Uid.Value);
        Assert.Equal([1, 2, 5, 6, 7, 8, 9, 95, 96, 97, 98, 99], seen);
    }

    [Fact]
    public async Task Quota_counts_a_message_once_and_gives_back_what_is_expunged()
    {
        var message = Message();
        var account = await AddAccountAsync(quota: message.Length * 2);
        var inbox = await InboxAsync(account.Id);
        var archive = (await Store.FindMailboxAsync(account.Id, "Archive", default))!;
        var first = await AddAsync(inbox, message);
        await Store.CopyAsync(inbox.Id, All, archive.Id, default);
        await AddAsync(inbox, message);
        Assert.Equal(new Quota(message.Length * 2, message.Length * 2, 2), await Store.GetQuotaAsync(account.Id, default));
        Assert.Equal(StoreRefusal.OverQuota, await RefusedAsync(() => AddAsync(inbox, message)));
        await Store.ExpungeAsync(inbox.Id, Uids(first.Uid), onlyDeleted: false, default);
        Assert.Equal(StoreRefusal.OverQuota, await RefusedAsync(() => AddAsync(inbox, message)));
        await Store.ExpungeAsync(archive.Id, All, onlyDeleted: false, default);
        await AddAsync(inbox, message);
    }
}
