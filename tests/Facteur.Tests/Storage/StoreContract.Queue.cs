using Facteur.Mail;
using Facteur.Storage;
using Facteur.Storage.Queue;

namespace Facteur.Tests.Storage;

// The queue: messages in, leases, what attempts bring.
public abstract partial class StoreContract
{
    protected static readonly TimeSpan LeaseTime = TimeSpan.FromMinutes(5);

    protected DateTimeOffset Now => Time.GetUtcNow();

    private static NewQueueRecipient To(string address, DsnNotify notify = DsnNotify.Unstated, string? destination = null) =>
        new(address, destination ?? address[(address.IndexOf('@') + 1)..], notify, null);

    private static QueueMessage Outgoing(AccountId? account = null, string sender = "ada@demo.test") =>
        new() { Account = account, Transaction = "T1", Sender = sender, MessageId = $"{Guid.NewGuid():N}@demo.test" };

    private async Task<QueueId> EnqueueAsync(QueueMessage message, params NewQueueRecipient[] recipients)
    {
        await using var intake = await IntakeAsync(Message());
        var receipt = await Store.DeliverAsync([new Facteur.Storage.Delivery(intake, []) { Queued = [new QueueSubmission(message, recipients)] }], default);
        return Assert.Single(receipt.Queued);
    }

    private ValueTask<QueueLease?> LeaseAsync(string destination, int max = 100) => Store.Queue.LeaseAsync(destination, Now, Now + LeaseTime, max, default);

    private AttemptResult Result(QueueRecipient recipient, QueueState state, QueueReport report = QueueReport.None, TimeSpan? again = null) =>
        new(recipient.Id, state, Now + (again ?? TimeSpan.FromMinutes(15)), report, Now, TimeSpan.FromMilliseconds(120), "mx.far.test", $"answer for {recipient.Address}", 250, "2.0.0", "TLS 1.3");

    private async Task<IReadOnlyList<QueueRecipientId>> RecordAsync(QueueLease lease, QueueState state, QueueReport report = QueueReport.None, TimeSpan? again = null) =>
        await Store.Queue.RecordAsync(lease, [.. lease.Recipients.Select(recipient => Result(recipient, state, report, again))], [], default);

    [Fact]
    public async Task A_message_enters_the_queue_with_its_local_delivery_and_comes_out_as_it_went_in()
    {
        var account = await AddAccountAsync();
        var inbox = await InboxAsync(account.Id);
        var body = Message(body: new string('x', 20_000));
        await using var intake = await IntakeAsync(body);
        var message = new QueueMessage
        {
            Account = account.Id, Transaction = "T9", Sender = "ada@demo.test", EnvelopeId = "env 1", Return = DsnReturn.Headers, Body = BodyType.EightBitMime,
            SmtpUtf8 = true, RequireTls = true, Prefix = "DKIM-Signature: x\r\n"u8.ToArray(), SkipOctets = 7, MessageId = "m@demo.test", Subject = "Été",
            Locale = "fr", Created = Now, NotBefore = Now, Expires = Now + TimeSpan.FromDays(2), Kind = "mail",
        };
        NewQueueRecipient[] recipients =
        [
            new("bob@far.test", "far.test", DsnNotify.Success | DsnNotify.Failure, "rfc822;bob@far.test"), To("eve@other.test"),
            To("held@other.test") with { State = QueueState.Held }, To("no@other.test") with { State = QueueState.Failed, Answer = "suppressed", Report = QueueReport.Failure },
        ];
        var receipt = await Store.DeliverAsync([new Facteur.Storage.Delivery(intake, [Target(inbox)]) { Queued = [new(message, recipients)] }], default);
        Assert.Single(receipt.Entries);
        var id = Assert.Single(receipt.Queued);
        await RestartAsync();
        var found = (await Store.Queue.FindAsync(id, default))!;
        Assert.Equal(message.Prefix.ToArray(), found.Prefix.ToArray());
        Assert.Equal(message with { Id = id, Content = found.Content, Prefix = default }, found with { Prefix = default });
        Assert.Equal(body, await BodyAsync(found.Content));
        var rows = await Store.Queue.RecipientsAsync(id, default);
        Assert.Equal(recipients.Select(one => (one.Address, one.Destination, one.Notify, one.OriginalRecipient, one.State)), rows.Select(one => (one.Address, one.Destination, one.Notify, one.OriginalRecipient, one.State)));
        Assert.Equal(("suppressed", QueueReport.Failure, (DateTimeOffset?)Now), (rows[3].LastAnswer, rows[3].Owed, rows[3].Finished));
        Assert.Equal([new("far.test", 1, Now), new("other.test", 1, Now)], await Store.Queue.DueAsync(Now, 10, default));
        Assert.Null(await Store.Queue.FindAsync(new QueueId(id.Value + 1), default));
    }

    [Fact]
    public async Task A_refused_delivery_leaves_nothing_in_the_queue_nor_in_the_trace()
    {
        var account = await AddAccountAsync(quota: 100);
        await using var intake = await IntakeAsync(Message());
        var delivery = new Facteur.Storage.Delivery(intake, [Target(await InboxAsync(account.Id))])
        {
            Queued = [new(Outgoing(), [To("bob@far.test")])], Trace = [Event(TraceKind.Stored, account.Id)],
        };
        Assert.Equal(StoreRefusal.OverQuota, await RefusedAsync(async () => await Store.DeliverAsync([delivery], default)));
        Assert.Empty(await Store.Queue.DueAsync(Now, 10, default));
        Assert.Empty(await Store.Queue.ListAsync(new QueueFilter(), null, 10, default));
        Assert.Empty(await Store.Trace.FindAsync(new TraceQuery(), 10, default));
    }

    [Fact]
    public async Task What_is_leased_is_not_due_until_its_lease_ends_or_is_given_back()
    {
        await EnqueueAsync(Outgoing(), To("a@far.test"), To("b@far.test"), To("c@far.test"));
        var lease = (await LeaseAsync("far.test", 2))!;
        Assert.Equal(["a@far.test", "b@far.test"], lease.Recipients.Select(one => one.Address));
        Assert.All(lease.Recipients, one => Assert.True(one.IsLeased));
        Assert.Equal(1, Assert.Single(await Store.Queue.DueAsync(Now, 10, default)).Due);
        var other = (await LeaseAsync("far.test"))!;
        Assert.Equal("c@far.test", Assert.Single(other.Recipients).Address);
        Assert.NotEqual(lease.Token, other.Token);
        Assert.Null(await LeaseAsync("far.test"));
        Assert.Equal(Now + LeaseTime, await Store.Queue.NextDueAsync(Now, default));
        await Store.Queue.ReleaseAsync(other, default);
        Assert.Equal(0, Assert.Single((await LeaseAsync("far.test"))!.Recipients).Attempts);

        Time.Advance(TimeSpan.FromMinutes(4));
        Assert.True(await Store.Queue.ExtendAsync(lease, Now + LeaseTime, default));
        Time.Advance(TimeSpan.FromMinutes(4));
        Assert.Equal("c@far.test", Assert.Single((await LeaseAsync("far.test"))!.Recipients).Address);
        Time.Advance(TimeSpan.FromMinutes(2));
        var next = (await LeaseAsync("far.test"))!;
        Assert.Equal(["a@far.test", "b@far.test"], next.Recipients.Select(one => one.Address));
        Assert.False(await Store.Queue.ExtendAsync(lease, Now + LeaseTime, default));
        Assert.Empty(await RecordAsync(lease, QueueState.Delivered));
        Assert.Equal(2, (await RecordAsync(next, QueueState.Delivered)).Count);
        Assert.Empty(await RecordAsync(next, QueueState.Failed));
        Assert.All((await Store.Queue.RecipientsAsync(lease.Message.Id, default)).Take(2), one => Assert.Equal((QueueState.Delivered, 1, false), (one.State, one.Attempts, one.IsLeased)));
    }

    [Fact]
    public async Task An_attempt_is_kept_with_its_answer_and_the_next_one_waits_for_its_time()
    {
        var id = await EnqueueAsync(Outgoing(), To("a@far.test"), To("b@far.test"));
        var lease = (await LeaseAsync("far.test"))!;
        var results = new[] { Result(lease.Recipients[0], QueueState.Delivered), Result(lease.Recipients[1], QueueState.Waiting) };
        Assert.Equal(lease.Recipients.Select(one => one.Id), await Store.Queue.RecordAsync(lease, results, [], default));
        Assert.Empty(await Store.Queue.DueAsync(Now, 10, default));
        var due = Now + TimeSpan.FromMinutes(15);
        Assert.Equal(due, await Store.Queue.NextDueAsync(Now, default));
        await RestartAsync();
        Assert.Equal(due, await Store.Queue.NextDueAsync(Now, default));
        Time.Advance(TimeSpan.FromMinutes(15));
        var again = (await LeaseAsync("far.test"))!;
        var recipient = Assert.Single(again.Recipients);
        Assert.Equal((1, "answer for b@far.test", "mx.far.test", 250, "2.0.0"), (recipient.Attempts, recipient.LastAnswer, recipient.LastHost, recipient.LastCode, recipient.LastEnhancedCode));
        await RecordAsync(again, QueueState.Failed);
        var attempts = await Store.Queue.AttemptsAsync(id, default);
        Assert.Equal(["a@far.test", "b@far.test", "b@far.test"], attempts.Select(one => one.Address));
        Assert.Equal((QueueState.Failed, "TLS 1.3", TimeSpan.FromMilliseconds(120), Now), (attempts[2].State, attempts[2].Security, attempts[2].Took, attempts[2].At));
        var stats = await Store.Queue.StatsAsync(10, default);
        Assert.Empty(stats);
    }

    [Fact]
    public async Task Leases_never_overlap_and_each_recipient_is_delivered_once()
    {
        for (var i = 0; i < 6; i++)
            await EnqueueAsync(Outgoing(), [.. Enumerable.Range(0, 40).Select(n => To($"r{i}.{n}@d{n % 3}.test"))]);
        var held = new System.Collections.Concurrent.ConcurrentDictionary<QueueRecipientId, int>();
        var delivered = new System.Collections.Concurrent.ConcurrentDictionary<QueueRecipientId, int>();
        await Task.WhenAll(Enumerable.Range(0, 12).Select(worker => Task.Run(async () =>
        {
            var random = new Random(worker);
            while (!(await Store.Queue.DueAsync(Now, 3, default) is { Count: 0 }))
            {
                if (await LeaseAsync($"d{random.Next(3)}.test", random.Next(1, 9)) is not { } lease) continue;
                Assert.All(lease.Recipients, one => Assert.Equal(lease.Message.Id, one.Message));
                foreach (var one in lease.Recipients) Assert.True(held.TryAdd(one.Id, worker));
                await Task.Yield();
                foreach (var one in lease.Recipients) Assert.True(held.TryRemove(one.Id, out _));
                if (random.Next(3) == 0)
                {
                    await Store.Queue.ReleaseAsync(lease, default);
                    continue;
                }
                foreach (var id in await RecordAsync(lease, QueueState.Delivered)) Assert.True(delivered.TryAdd(id, worker));
            }
        })));
        Assert.Equal(240, delivered.Count);
        Assert.All(await Store.Queue.ListAsync(new QueueFilter { States = [QueueState.Delivered] }, null, 500, default), one => Assert.Equal(1, one.Recipient.Attempts));
    }

    [Fact]
    public async Task The_longest_waiting_come_first_and_one_lease_is_of_one_message()
    {
        var first = await EnqueueAsync(Outgoing(), To("a@far.test"), To("b@slow.test"));
        Time.Advance(TimeSpan.FromSeconds(1));
        var second = await EnqueueAsync(Outgoing(), To("c@far.test"));
        Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(["far.test", "slow.test"], (await Store.Queue.DueAsync(Now, 10, default)).Select(one => one.Destination).Order());
        Assert.Single(await Store.Queue.DueAsync(Now, 1, default));
        var lease = (await LeaseAsync("far.test"))!;
        Assert.Equal(first, lease.Message.Id);
        await RecordAsync(lease, QueueState.Waiting, again: TimeSpan.Zero);
        Assert.Equal(second, (await LeaseAsync("far.test"))!.Message.Id);
        Assert.Equal(first, (await LeaseAsync("far.test"))!.Message.Id);
        Assert.Null(await Store.Queue.LeaseAsync("nowhere.test", Now, Now + LeaseTime, 10, default));
    }

    [Fact]
    public async Task What_is_sent_later_waits_and_a_clock_that_goes_back_stalls_nothing()
    {
        var later = Now + TimeSpan.FromDays(3);
        await EnqueueAsync(Outgoing() with { NotBefore = later }, To("later@far.test"));
        await EnqueueAsync(Outgoing(), To("now@near.test"));
        Assert.Equal(later, await Store.Queue.NextDueAsync(Now, default));
        var lease = (await LeaseAsync("near.test"))!;
        await RecordAsync(lease, QueueState.Waiting, again: TimeSpan.FromDays(30));
        Assert.Equal(Now + QueueStore.LongestStep, await Store.Queue.NextDueAsync(Now, default));

        var before = Now - TimeSpan.FromDays(1);
        Assert.Equal("near.test", Assert.Single(await Store.Queue.DueAsync(before, 10, default)).Destination);
        Assert.Equal(later, await Store.Queue.NextDueAsync(before, default));
        Time.Advance(TimeSpan.FromDays(3));
        Assert.Equal(2, (await Store.Queue.DueAsync(Now, 10, default)).Count);
    }

    [Fact]
    public async Task New_work_is_announced_after_its_commit()
    {
        var due = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        Store.Queue.WorkAdded += () => due.TrySetResult(Store.Queue.DueAsync(Now, 10, default).AsTask().Result.Count);
        await EnqueueAsync(Outgoing(), To("a@far.test"));
        Assert.Equal(1, await due.Task.WaitAsync(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public async Task A_queued_body_stays_when_its_mail_is_gone_and_goes_with_the_queue()
    {
        var account = await AddAccountAsync();
        var inbox = await InboxAsync(account.Id);
        await using var intake = await IntakeAsync(Message(body: new string('x', 30_000)));
        var receipt = await Store.DeliverAsync([new Facteur.Storage.Delivery(intake, [Target(inbox)]) { Queued = [new(Outgoing(account.Id), [To("a@far.test")])] }], default);
        await Store.ExpungeAsync(inbox.Id, All, onlyDeleted: false, default);
        Time.Advance(TimeSpan.FromDays(40));
        await Store.Directory.RemoveAccountAsync(account.Id, default);
        await PurgeAsync();
        var lease = (await LeaseAsync("far.test"))!;
        Assert.Null(lease.Message.Account);
        Assert.True((await BodyAsync(lease.Message.Content)).Length > 30_000);
        Assert.Equal(0, await Store.Queue.PurgeAsync(Now + TimeSpan.FromDays(1), 10, default));
        await RecordAsync(lease, QueueState.Delivered);
        Assert.Equal(0, await Store.Queue.PurgeAsync(Now, 10, default));
        Time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(1, await Store.Queue.PurgeAsync(Now, 10, default));
        Assert.Null(await Store.Queue.FindAsync(receipt.Queued[0], default));
        Assert.Null(await Store.OpenBodyAsync(lease.Message.Content, default));
    }
}
