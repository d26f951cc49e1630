using Facteur.Storage;
using Facteur.Storage.Queue;

namespace Facteur.Tests.Storage;

public abstract partial class StoreContract
{
    private TraceEvent Event(
        TraceKind kind, AccountId? account = null, string transaction = "T1", string messageId = "m@demo.test", string sender = "ada@demo.test", string recipient = "",
        params KeyValuePair<string, string>[] detail) => new(Now, kind, account, transaction, messageId, sender, recipient, detail);

    private async Task<List<TraceKind>> KindsAsync(TraceQuery query) => [.. (await Store.Trace.FindAsync(query, 1000, default)).Select(one => one.Kind)];

    [Fact]
    public async Task The_life_of_a_message_is_found_by_each_of_its_names()
    {
        var account = await AddAccountAsync("bob@demo.test");
        await using var intake = await IntakeAsync(Message());
        var delivery = new Facteur.Storage.Delivery(intake, [Target(await InboxAsync(account.Id))])
        {
            Queued = [new(Outgoing(), [To("x@far.test")]), new(Outgoing(), [To("y@far.test")])],
            Trace =
            [
                Event(TraceKind.Accepted, detail: [new("remote", "192.0.2.1"), new("spf", "pass")]), Event(TraceKind.Stored, account.Id, recipient: "bob@demo.test"),
                Event(TraceKind.Queued, recipient: "y@far.test"),
            ],
        };
        var receipt = await Store.DeliverAsync([delivery], default);
        await Store.Trace.AppendAsync([Event(TraceKind.Refused, transaction: "T2", messageId: "other@demo.test", recipient: "BOB@demo.test")], default);
        for (var round = 0; round < 2; round++)
        {
            Assert.Equal([TraceKind.Accepted, TraceKind.Stored, TraceKind.Queued], await KindsAsync(new TraceQuery { Transaction = "T1" }));
            Assert.Equal([TraceKind.Refused], await KindsAsync(new TraceQuery { MessageId = "other@demo.test" }));
            Assert.Equal([TraceKind.Stored, TraceKind.Refused], await KindsAsync(new TraceQuery { Address = "Bob@Demo.test" }));
            Assert.Equal([TraceKind.Stored], await KindsAsync(new TraceQuery { Address = "bob@demo.test", Account = account.Id }));
            Assert.Equal([TraceKind.Stored], await KindsAsync(new TraceQuery { Account = account.Id }));
            Assert.Equal([TraceKind.Stored], await KindsAsync(new TraceQuery { Email = receipt.Entries[0].Email }));
            Assert.Equal([TraceKind.Queued], await KindsAsync(new TraceQuery { Queue = receipt.Queued[1] }));
            Assert.Empty(await KindsAsync(new TraceQuery { Queue = receipt.Queued[0] }));
            Assert.Empty(await KindsAsync(new TraceQuery { Transaction = "T1", Account = new AccountId(999) }));
            Assert.Equal(4, (await KindsAsync(new TraceQuery())).Count);
            var accepted = (await Store.Trace.FindAsync(new TraceQuery { Transaction = "T1" }, 1, default)).Single();
            Assert.Equal([new("remote", "192.0.2.1"), new("spf", "pass")], accepted.Detail);
            await RestartAsync();
        }
    }

    [Fact]
    public async Task Old_and_new_rows_are_found_among_thousands_and_old_ones_go()
    {
        var start = Now;
        for (var day = 0; day < 10; day++)
        {
            await Store.Trace.AppendAsync([.. Enumerable.Range(0, 1000).Select(n => Event(
                TraceKind.Accepted, new AccountId(n % 7), $"T{day}-{n}", $"m{n}@demo.test", $"s{n % 50}@far.test", $"r{day}@demo.test"))], default);
            if (day == 6) await RestartAsync();
            Time.Advance(TimeSpan.FromDays(1));
        }
        Assert.Equal($"r3@demo.test", Assert.Single(await Store.Trace.FindAsync(new TraceQuery { Transaction = "t3-500" }, 10, default)).Recipient);
        Assert.Equal(10, (await KindsAsync(new TraceQuery { MessageId = "m77@demo.test" })).Count);
        Assert.Equal(3, (await KindsAsync(new TraceQuery { MessageId = "m77@demo.test", Since = start + TimeSpan.FromDays(2), Until = start + TimeSpan.FromDays(4) })).Count);
        Assert.Equal(200, (await KindsAsync(new TraceQuery { Address = "S7@far.test" })).Count);
        Assert.Equal(["T0-7", "T0-57"], (await Store.Trace.FindAsync(new TraceQuery { Address = "s7@far.test" }, 2, default)).Select(one => one.Transaction));
        Assert.Equal(1000, (await KindsAsync(new TraceQuery { Since = start + TimeSpan.FromDays(9) })).Count);
        Assert.Equal(429, (await Store.Trace.FindAsync(new TraceQuery { Account = new AccountId(1), Since = start + TimeSpan.FromDays(7) }, 2000, default)).Count);
        for (var removed = 1; removed > 0;) removed = await Store.Trace.PurgeAsync(start + TimeSpan.FromDays(5), 700, default);
        Assert.Empty(await KindsAsync(new TraceQuery { Transaction = "T4-500" }));
        Assert.Equal([TraceKind.Accepted], await KindsAsync(new TraceQuery { Transaction = "T5-500" }));
        Assert.Equal(5, (await KindsAsync(new TraceQuery { MessageId = "m77@demo.test" })).Count);
        for (var removed = 1; removed > 0;) removed = await Store.Trace.PurgeAsync(Now, 3000, default);
        await Store.Trace.AppendAsync([Event(TraceKind.Sent)], default);
        Assert.Equal([TraceKind.Sent], await KindsAsync(new TraceQuery()));
        await RestartAsync();
        Assert.Equal([TraceKind.Sent], await KindsAsync(new TraceQuery { MessageId = "m@demo.test" }));
    }

    [Fact]
    public async Task A_program_is_noted_once_for_each_message_and_kind()
    {
        var account = await AddAccountAsync();
        var inbox = await InboxAsync(account.Id);
        var entry = await AddAsync(inbox, Message(id: "noted"));
        var other = await AddAsync(inbox);
        for (var i = 0; i < 3; i++)
        {
            Store.Trace.Note(TraceKind.Fetched, account.Id, inbox.Id, [entry.Email, other.Email], "imap", "Thunderbird 128", "192.0.2.7");
            Assert.Equal([TraceKind.Fetched], await KindsAsync(new TraceQuery { Email = entry.Email }));
        }
        Store.Trace.Note(TraceKind.Fetched, account.Id, inbox.Id, [entry.Email], "pop3", "Thunderbird 128", "192.0.2.7");
        Store.Trace.Note(TraceKind.Deleted, account.Id, inbox.Id, [entry.Email], "imap", "Thunderbird 128", "192.0.2.7");
        await RestartAsync();
        Assert.Equal([TraceKind.Fetched, TraceKind.Fetched, TraceKind.Deleted], await KindsAsync(new TraceQuery { MessageId = "noted@demo.test", Account = account.Id }));
        var fetched = (await Store.Trace.FindAsync(new TraceQuery { Email = entry.Email }, 1, default)).Single();
        Assert.Equal("imap, Thunderbird 128, 192.0.2.7, INBOX, ada@demo.test", string.Join(", ", fetched.Detail.Select(one => one.Value).Append(fetched.Recipient)));
    }

    [Fact]
    public async Task Hostile_texts_are_kept_printable_and_bounded()
    {
        var odd = "a\r\nb\0\uD800c\u007F😀\"\\" + new string('x', 2000);
        await Store.Trace.AppendAsync([Event(TraceKind.Refused, null, odd, odd, odd, odd, new KeyValuePair<string, string>(odd, odd))], default);
        var found = Assert.Single(await Store.Trace.FindAsync(new TraceQuery { Transaction = odd, MessageId = odd, Address = odd }, 10, default));
        Assert.Equal(1000, found.Transaction.Length);
        Assert.StartsWith("a  b \uFFFDc 😀\"\\xxx", found.Detail[0].Value, StringComparison.Ordinal);
        Assert.Equal(found.Transaction, found.Detail[0].Key);
    }
}
