using Facteur.Storage;
using Facteur.Storage.Emails;
using Facteur.Storage.Queue;

namespace Facteur.Tests.Storage;

// What accounts sent: rows that go with the queue, and messages that wait as a whole.
public abstract partial class StoreContract
{
    private const string Held = "(held)";

    private async Task<(SubmissionId Id, QueueId? Queue)> SubmitAsync(AccountRecord account, DateTimeOffset? notBefore, params NewQueueRecipient[] recipients)
    {
        var draft = new SubmissionDraft(account.Id, new EmailId(7), new ThreadId(3), 2, notBefore ?? Now, """{"envelope":null}""");
        await using var intake = await IntakeAsync(Message());
        IReadOnlyList<QueueSubmission> queued = recipients.Length == 0 ? [] : [new(Outgoing(account.Id) with { NotBefore = notBefore }, recipients)];
        IReadOnlyList<DeliveryTarget> targets = recipients.Length == 0 ? [Target(await InboxAsync(account.Id))] : [];
        var receipt = await Store.DeliverAsync([new Facteur.Storage.Delivery(intake, targets) { Queued = queued, Submission = draft }], default);
        return (Assert.Single(receipt.Submissions), receipt.Queued.Count > 0 ? receipt.Queued[0] : null);
    }

    private async Task<SubmissionRecord> SubmissionAsync(AccountRecord account, SubmissionId id) => (await Store.Submissions.FindAsync(account.Id, id, default))!;

    [Fact]
    public async Task A_submission_is_noted_by_the_commit_that_takes_its_message()
    {
        var (ada, bob) = (await AddAccountAsync(), await AddAccountAsync("bob@demo.test"));
        Assert.Equal(default, await Store.Submissions.StateAsync(ada.Id, default));
        var (first, queue) = await SubmitAsync(ada, null, To("x@far.test"));
        var (second, none) = await SubmitAsync(ada, null);
        Assert.Null(none);
        await RestartAsync();
        var record = await SubmissionAsync(ada, first);
        Assert.Equal(new SubmissionRecord(first, ada.Id, queue, new EmailId(7), new ThreadId(3), 2, Now, """{"envelope":null}""", record.Created, record.Created), record);
        Assert.Null((await SubmissionAsync(ada, second)).Queue);
        Assert.Null(await Store.Submissions.FindAsync(bob.Id, first, default));
        Assert.Equal([first, second], (await Store.Submissions.ListAsync(ada.Id, default, 10, default)).Select(one => one.Id));
        Assert.Equal([second], (await Store.Submissions.ListAsync(ada.Id, first, 10, default)).Select(one => one.Id));
        Assert.Empty(await Store.Submissions.ListAsync(bob.Id, default, 10, default));
    }

    [Fact]
    public async Task A_delivery_that_is_refused_notes_no_submission()
    {
        var account = await AddAccountAsync(quota: 100);
        var draft = new SubmissionDraft(account.Id, new EmailId(7), new ThreadId(3), 0, Now, "{}");
        await using var intake = await IntakeAsync(Message());
        var delivery = new Facteur.Storage.Delivery(intake, [Target(await InboxAsync(account.Id))]) { Submission = draft };
        Assert.Equal(StoreRefusal.OverQuota, await RefusedAsync(async () => await Store.DeliverAsync([delivery], default)));
        Assert.Empty(await Store.Submissions.ListAsync(account.Id, default, 10, default));
        Assert.Equal(default, await Store.Submissions.StateAsync(account.Id, default));
    }

    [Fact]
    public async Task A_submission_changes_with_what_becomes_of_its_queue_entry()
    {
        var account = await AddAccountAsync();
        var told = 0;
        Store.Submissions.Changed += _ => Interlocked.Increment(ref told);
        var (id, queue) = await SubmitAsync(account, null, To("x@far.test"), To("y@near.test"));
        var states = new List<ModSeq> { await Store.Submissions.StateAsync(account.Id, default) };
        async Task MovedAsync()
        {
            states.Add(await Store.Submissions.StateAsync(account.Id, default));
            Assert.True(states[^1].CompareTo(states[^2]) > 0);
            Assert.Equal(states[^1], (await SubmissionAsync(account, id)).Changed);
        }

        await RecordAsync((await LeaseAsync("far.test"))!, QueueState.Waiting);
        await MovedAsync();
        await Store.Queue.ChangeAsync(new QueueFilter { Message = queue, Destination = "near.test" }, QueueChange.Hold, null, null, default);
        await MovedAsync();
        await using var report = await IntakeAsync(Message());
        var row = Event(TraceKind.ReportReceived, account.Id) with { Queue = queue };
        var entry = Assert.Single((await Store.DeliverAsync([new Facteur.Storage.Delivery(report, [Target(await InboxAsync(account.Id))]) { Trace = [row] }], default)).Entries);
        await MovedAsync();
        Assert.Equal(entry.Email, Assert.Single(await Store.Trace.FindAsync(new TraceQuery { Queue = queue }, 10, default), one => one.Kind == TraceKind.ReportReceived).Email);
        Assert.True(await Store.Submissions.TouchAsync(account.Id, id, default));
        await MovedAsync();
        await EnqueueAsync(Outgoing(account.Id), To("z@far.test"));
        Assert.Equal(states[^1], await Store.Submissions.StateAsync(account.Id, default));
        SpinWait.SpinUntil(() => Volatile.Read(ref told) == states.Count, TimeSpan.FromSeconds(10));
        Assert.Equal(states.Count, told);
    }

    [Fact]
    public async Task Changes_of_submissions_are_known_until_their_removal_is_forgotten()
    {
        var account = await AddAccountAsync();
        var (first, _) = await SubmitAsync(account, null, To("x@far.test"));
        var (second, _) = await SubmitAsync(account, null);
        var state = await Store.Submissions.StateAsync(account.Id, default);
        Assert.Null(await Store.Submissions.ChangesSinceAsync(account.Id, new ModSeq(state.Value + 1), default));
        var all = (await Store.Submissions.ChangesSinceAsync(account.Id, default, default))!;
        Assert.Equal([first, second], all.Changed.Select(one => one.Id));
        Assert.Equal(state, all.State);
        Assert.True(await Store.Submissions.RemoveAsync(account.Id, second, default));
        Assert.False(await Store.Submissions.RemoveAsync(account.Id, second, default));
        Assert.False(await Store.Submissions.TouchAsync(account.Id, second, default));
        var since = (await Store.Submissions.ChangesSinceAsync(account.Id, state, default))!;
        Assert.Empty(since.Changed);
        Assert.Equal((second, since.State), Assert.Single(since.Removed));
        Time.Advance(TimeSpan.FromDays(1));
        await Store.Queue.PurgeAsync(Now, 10, default);
        Assert.Null(await Store.Submissions.ChangesSinceAsync(account.Id, state, default));
        Assert.Empty((await Store.Submissions.ChangesSinceAsync(account.Id, since.State, default))!.Removed);
    }

    [Fact]
    public async Task A_submission_goes_with_its_queue_entry_or_after_the_same_time()
    {
        var account = await AddAccountAsync();
        var (sent, _) = await SubmitAsync(account, null, To("x@far.test"));
        var (waiting, _) = await SubmitAsync(account, null, To("x@near.test"));
        var (local, _) = await SubmitAsync(account, null);
        await RecordAsync((await LeaseAsync("far.test"))!, QueueState.Delivered);
        Time.Advance(TimeSpan.FromDays(30));
        await Store.Queue.PurgeAsync(Now, 10, default);
        Assert.Equal([waiting], (await Store.Submissions.ListAsync(account.Id, default, 10, default)).Select(one => one.Id));
        Assert.Equal([sent, local], (await Store.Submissions.ChangesSinceAsync(account.Id, (await SubmissionAsync(account, waiting)).Changed, default))!.Removed.Select(one => one.Id));
    }

    [Fact]
    public async Task Submissions_of_a_removed_account_go_with_it()
    {
        var account = await AddAccountAsync();
        await SubmitAsync(account, null);
        await Store.Directory.RemoveAccountAsync(account.Id, default);
        await PurgeAsync();
        Assert.Empty(await Store.Submissions.ListAsync(account.Id, default, 10, default));
        Assert.Equal(default, await Store.Submissions.StateAsync(account.Id, default));
    }

    [Fact]
    public async Task A_message_that_waits_is_taken_back_as_a_whole_or_not_at_all()
    {
        var account = await AddAccountAsync();
        var later = Now + TimeSpan.FromSeconds(30);
        var (id, queue) = await SubmitAsync(account, later, To("x@far.test", destination: Held), To("y@demo.test", destination: Held));
        Assert.True(await Store.Queue.WithdrawAsync(queue!.Value, "ada", default));
        Assert.False(await Store.Queue.WithdrawAsync(queue.Value, "ada", default));
        Assert.All(await Store.Queue.RecipientsAsync(queue.Value, default), one => Assert.Equal((QueueState.Cancelled, QueueReport.None), (one.State, one.Owed)));
        Assert.Equal(await Store.Submissions.StateAsync(account.Id, default), (await SubmissionAsync(account, id)).Changed);
        Time.Advance(TimeSpan.FromDays(1));
        Assert.Null(await LeaseAsync(Held));

        var (_, leased) = await SubmitAsync(account, null, To("x@far.test"), To("y@near.test"));
        var lease = (await LeaseAsync("far.test"))!;
        Assert.False(await Store.Queue.WithdrawAsync(leased!.Value, "ada", default));
        Assert.All(await Store.Queue.RecipientsAsync(leased.Value, default), one => Assert.Equal(QueueState.Waiting, one.State));
        await RecordAsync(lease, QueueState.Delivered);
        Assert.False(await Store.Queue.WithdrawAsync(leased.Value, "ada", default));
        Assert.Equal("near.test", Assert.Single(await Store.Queue.DueAsync(Now, 10, default)).Destination);
        Assert.False(await Store.Queue.WithdrawAsync(new QueueId(1_000), "ada", default));
    }

    [Fact]
    public async Task A_released_message_is_in_mailboxes_and_under_way_by_one_commit_without_a_second_body()
    {
        var (ada, bob) = (await AddAccountAsync(), await AddAccountAsync("bob@demo.test"));
        var due = Now + TimeSpan.FromHours(1);
        var (id, queue) = await SubmitAsync(ada, due, To("x@far.test", destination: Held), To("bob@demo.test", destination: Held), To("gone@demo.test", destination: Held));
        Time.Advance(TimeSpan.FromHours(1));
        await RestartAsync();
        var lease = (await LeaseAsync(Held))!;
        var before = await Store.Submissions.StateAsync(ada.Id, default);
        await using (var message = (await Store.ReopenAsync(lease.Message.Content, default))!)
        {
            var facts = await message.CompleteAsync(default);
            Assert.Equal("Bonjour", facts.Subject);
            var release = new QueueRelease(lease, "DKIM-Signature: x\r\n"u8.ToArray(), [(lease.Recipients[0].Id, "far.test")],
                [Result(lease.Recipients[1], QueueState.Delivered), Result(lease.Recipients[2], QueueState.Failed, QueueReport.Failure)]);
            var receipt = await Store.DeliverAsync([new Facteur.Storage.Delivery(message, [Target(await InboxAsync(bob.Id))]) { Released = release }], default);
            Assert.Equal(bob.Id, (await Store.ListMailboxesAsync(bob.Id, default)).First(mailbox => mailbox.Id == Assert.Single(receipt.Entries).Mailbox).Account);
        }
        Assert.True((await SubmissionAsync(ada, id)).Changed.CompareTo(before) > 0);
        await RestartAsync();
        Assert.Null(await LeaseAsync(Held));
        var onward = (await LeaseAsync("far.test"))!;
        Assert.Equal(("x@far.test", 0), (Assert.Single(onward.Recipients).Address, onward.Recipients[0].Attempts));
        Assert.Equal("DKIM-Signature: x\r\n"u8.ToArray(), onward.Message.Prefix.ToArray());
        await RecordAsync(onward, QueueState.Delivered);
        Assert.Equal(QueueReport.Failure, Assert.Single(Assert.Single(await Store.Queue.OwedReportsAsync(Now, TimeSpan.Zero, 10, default)).Recipients).Owed);

        // One body for the queue and the mailbox: it stays while either has it.
        var stored = Assert.Single(await BodiesAsync((await InboxAsync(bob.Id)).Id));
        Assert.Equal(await BodyAsync(onward.Message.Content), stored);
    }

    [Fact]
    public async Task What_another_has_taken_meanwhile_is_not_released()
    {
        var (ada, bob) = (await AddAccountAsync(), await AddAccountAsync("bob@demo.test"));
        await SubmitAsync(ada, null, To("bob@demo.test", destination: Held));
        var lost = (await LeaseAsync(Held))!;
        Time.Advance(LeaseTime);
        var lease = (await LeaseAsync(Held))!;
        async Task ReleaseAsync(QueueLease by)
        {
            await using var message = (await Store.ReopenAsync(by.Message.Content, default))!;
            var release = new QueueRelease(by, default, [], [Result(by.Recipients[0], QueueState.Delivered)]);
            await Store.DeliverAsync([new Facteur.Storage.Delivery(message, [Target(await InboxAsync(bob.Id))]) { Released = release }], default);
        }

        Assert.Equal(StoreRefusal.StateMismatch, await RefusedAsync(() => ReleaseAsync(lost)));
        Assert.Empty(await BodiesAsync((await InboxAsync(bob.Id)).Id));
        await ReleaseAsync(lease);
        Assert.Equal(StoreRefusal.StateMismatch, await RefusedAsync(() => ReleaseAsync(lease)));
        Assert.Single(await BodiesAsync((await InboxAsync(bob.Id)).Id));
    }

    [Fact]
    public async Task A_release_that_is_refused_leaves_the_lease_as_it_was()
    {
        var (ada, bob) = (await AddAccountAsync(), await AddAccountAsync("bob@demo.test", quota: 10));
        await SubmitAsync(ada, null, To("bob@demo.test", destination: Held));
        var lease = (await LeaseAsync(Held))!;
        await using var message = (await Store.ReopenAsync(lease.Message.Content, default))!;
        var release = new QueueRelease(lease, default, [], [Result(lease.Recipients[0], QueueState.Delivered)]);
        var delivery = new Facteur.Storage.Delivery(message, [Target(await InboxAsync(bob.Id))]) { Released = release };
        Assert.Equal(StoreRefusal.OverQuota, await RefusedAsync(async () => await Store.DeliverAsync([delivery], default)));
        Assert.Single(await RecordAsync(lease, QueueState.Waiting));
    }

    [Fact]
    public async Task A_message_that_was_purged_is_not_opened_again()
    {
        var id = await EnqueueAsync(Outgoing(), To("x@far.test"));
        var lease = (await LeaseAsync("far.test"))!;
        await using var message = (await Store.ReopenAsync(lease.Message.Content, default))!;
        await RecordAsync(lease, QueueState.Delivered);
        Time.Advance(TimeSpan.FromDays(1));
        await Store.Queue.PurgeAsync(Now, 10, default);
        Assert.Null(await Store.Queue.FindAsync(id, default));
        Assert.Null(await Store.ReopenAsync(lease.Message.Content, default));
        var delivery = new Facteur.Storage.Delivery(message, [Target(await InboxAsync((await AddAccountAsync()).Id))]);
        Assert.Equal(StoreRefusal.NotPossible, await RefusedAsync(async () => await Store.DeliverAsync([delivery], default)));
    }
}
