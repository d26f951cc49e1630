using Facteur.Mail;
using Facteur.Storage;
using Facteur.Storage.Queue;

namespace Facteur.Tests.Storage;

// What the sender is owed, and what people do to the queue.
public abstract partial class StoreContract
{
    private static readonly TimeSpan Patience = TimeSpan.FromHours(1);

    private async Task<OwedReport?> OwedAsync() => (await Store.Queue.OwedReportsAsync(Now, Patience, 10, default)).SingleOrDefault();

    private async Task ReportAsync(params QueueRecipientId[] recipients)
    {
        await using var intake = await IntakeAsync(Message());
        var report = Outgoing(sender: "") with { Kind = "report" };
        await Store.DeliverAsync([new Facteur.Storage.Delivery(intake, []) { Queued = [new(report, [To("ada@demo.test", destination: "reports.test")])], Reported = recipients }], default);
    }

    [Fact]
    public async Task A_report_waits_for_the_others_of_its_message_but_not_for_ever()
    {
        await EnqueueAsync(Outgoing(), To("a@far.test"), To("b@slow.test"));
        await RecordAsync((await LeaseAsync("far.test"))!, QueueState.Failed, QueueReport.Failure);
        Assert.Null(await OwedAsync());
        var slow = (await LeaseAsync("slow.test"))!;
        Assert.Null(await OwedAsync());
        await RecordAsync(slow, QueueState.Waiting);
        var owed = (await OwedAsync())!;
        Assert.Equal(("a@far.test", QueueReport.Failure), (Assert.Single(owed.Recipients).Address, owed.Recipients[0].Owed));
        Time.Advance(TimeSpan.FromMinutes(15));
        Assert.Null(await OwedAsync());
        Time.Advance(TimeSpan.FromMinutes(45));
        Assert.NotNull(await OwedAsync());
        await RestartAsync();
        Assert.NotNull(await OwedAsync());
        await ReportAsync(owed.Recipients[0].Id);
        Assert.Null(await OwedAsync());
        Assert.Equal(QueueReport.None, (await Store.Queue.RecipientsAsync(owed.Message.Id, default))[0].Owed);
    }

    [Fact]
    public async Task What_is_owed_since_a_report_was_written_stays_owed()
    {
        var id = await EnqueueAsync(Outgoing(), To("a@far.test"));
        await RecordAsync((await LeaseAsync("far.test"))!, QueueState.Waiting, QueueReport.Delay);
        var delay = (await OwedAsync())!;
        Assert.Equal(QueueReport.Delay, delay.Recipients[0].Owed);
        Time.Advance(TimeSpan.FromMinutes(15));
        await RecordAsync((await LeaseAsync("far.test"))!, QueueState.Failed, QueueReport.Failure);
        await ReportAsync(delay.Recipients[0].Id);
        var failure = (await OwedAsync())!;
        Assert.Equal((QueueReport.Failure, false), (failure.Recipients[0].Owed, failure.Recipients[0].DelayReported));
        await ReportAsync(failure.Recipients[0].Id);
        Assert.Null(await OwedAsync());
        Time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(1, await Store.Queue.PurgeAsync(Now, 10, default));
        Assert.Null(await Store.Queue.FindAsync(id, default));
    }

    [Fact]
    public async Task A_delay_is_told_once_and_not_after_it_is_over()
    {
        var id = await EnqueueAsync(Outgoing(), To("a@far.test"), To("b@far.test"));
        await RecordAsync((await LeaseAsync("far.test"))!, QueueState.Waiting, QueueReport.Delay);
        var owed = (await OwedAsync())!;
        await ReportAsync(owed.Recipients[0].Id);
        Assert.Equal(owed.Recipients[1].Id, Assert.Single((await OwedAsync())!.Recipients).Id);
        Assert.Equal([true, false], (await Store.Queue.RecipientsAsync(id, default)).Select(one => one.DelayReported));
        Time.Advance(TimeSpan.FromMinutes(15));
        await RecordAsync((await LeaseAsync("far.test"))!, QueueState.Delivered);
        Assert.Null(await OwedAsync());
    }

    [Fact]
    public async Task A_message_with_a_report_owed_is_not_purged()
    {
        await EnqueueAsync(Outgoing(), To("a@far.test") with { State = QueueState.Failed, Report = QueueReport.Failure, Answer = "suppressed" });
        Time.Advance(TimeSpan.FromDays(9));
        Assert.Equal(0, await Store.Queue.PurgeAsync(Now, 10, default));
        var owed = (await OwedAsync())!;
        await ReportAsync(owed.Recipients[0].Id);
        Assert.Equal(1, await Store.Queue.PurgeAsync(Now, 10, default));
    }

    [Fact]
    public async Task People_hold_release_retry_redirect_fail_and_cancel()
    {
        var queue = Store.Queue;
        var id = await EnqueueAsync(Outgoing(), To("a@far.test"), To("b@far.test"), To("c@far.test", DsnNotify.Never), To("d@near.test"));
        var message = new QueueFilter { Message = id };
        Assert.Equal(3, await queue.ChangeAsync(message with { Destination = "far.test" }, QueueChange.Hold, null, null, default));
        Assert.Null(await LeaseAsync("far.test"));
        Assert.Equal((0, 3, (DateTimeOffset?)null), (await queue.StatsAsync(5, default)).Where(one => one.Destination == "far.test").Select(one => (one.Waiting, one.Held, one.NextAttempt)).Single());
        Assert.Equal(0, await queue.ChangeAsync(message with { Destination = "far.test" }, QueueChange.Retry, null, null, default));
        await RestartAsync();
        queue = Store.Queue;
        Assert.Null(await LeaseAsync("far.test"));
        Assert.Equal(3, await queue.ChangeAsync(message, QueueChange.Release, null, null, default));
        await RecordAsync((await LeaseAsync("far.test"))!, QueueState.Waiting);
        Assert.Null(await LeaseAsync("far.test"));
        Assert.Equal(1, await queue.ChangeAsync(new QueueFilter { Address = "A@far.test" }, QueueChange.Retry, null, null, default));
        var lease = (await LeaseAsync("far.test"))!;
        Assert.Equal("a@far.test", Assert.Single(lease.Recipients).Address);
        Assert.Equal(0, await queue.ChangeAsync(new QueueFilter { Recipient = lease.Recipients[0].Id }, QueueChange.Cancel, null, null, default));
        Assert.Equal(1, await queue.ChangeAsync(new QueueFilter { Address = "b@far.test" }, QueueChange.Redirect, ("z@new.test", "new.test"), null, default));
        Assert.Equal("z@new.test", Assert.Single((await LeaseAsync("new.test"))!.Recipients).Address);
        Assert.Equal(1, await queue.ChangeAsync(new QueueFilter { Address = "c@far.test" }, QueueChange.Fail, null, "by hand", default));
        Assert.Equal(1, await queue.ChangeAsync(new QueueFilter { Address = "d@near.test" }, QueueChange.Cancel, null, null, default));
        await RecordAsync(lease, QueueState.Delivered);
        var rows = await queue.RecipientsAsync(id, default);
        Assert.Equal([QueueState.Delivered, QueueState.Waiting, QueueState.Failed, QueueState.Cancelled], rows.Select(one => one.State));
        Assert.Equal(("by hand", QueueReport.None), (rows[2].LastAnswer, rows[2].Owed));
        foreach (var change in Enum.GetValues<QueueChange>())
            Assert.Equal(0, await queue.ChangeAsync(new QueueFilter { Address = "a@far.test", States = Enum.GetValues<QueueState>() }, change, ("x@y", "y"), null, default));
        var trace = await Store.Trace.FindAsync(new TraceQuery { Queue = id }, 50, default);
        Assert.Equal(["hold", "release", "retry", "redirect", "fail", "cancel"], trace.Select(one => one.Detail[0].Value));
        Assert.Equal(("by hand", "c@far.test"), (trace[4].Detail[^1].Value, trace[4].Recipient));
    }

    [Fact]
    public async Task A_failure_by_hand_is_told_as_notify_asks()
    {
        var id = await EnqueueAsync(Outgoing(), To("a@far.test"), To("b@far.test", DsnNotify.Success), To("c@far.test", DsnNotify.Failure), To("d@far.test", DsnNotify.Never));
        Assert.Equal(4, await Store.Queue.ChangeAsync(new QueueFilter { Message = id }, QueueChange.Fail, null, "no", default));
        Assert.Equal(["a@far.test", "c@far.test"], (await OwedAsync())!.Recipients.Select(one => one.Address));
        var nobody = await EnqueueAsync(Outgoing(sender: ""), To("e@far.test"));
        Assert.Equal(1, await Store.Queue.ChangeAsync(new QueueFilter { Message = nobody }, QueueChange.Fail, null, "no", default));
        Assert.Equal(id, (await OwedAsync())!.Message.Id);
    }

    [Fact]
    public async Task The_queue_is_listed_in_pages_by_what_is_asked()
    {
        var ada = await AddAccountAsync();
        for (var i = 0; i < 5; i++)
            await EnqueueAsync(Outgoing(i < 3 ? ada.Id : null, $"s{i}@demo.test"), [.. Enumerable.Range(0, 7).Select(n => To($"r{n}@d{n % 2}.test"))]);
        await RecordAsync((await LeaseAsync("d1.test"))!, QueueState.Delivered);
        Assert.Equal(32, (await PagesAsync(new QueueFilter())).Count);
        Assert.Equal(35, (await PagesAsync(new QueueFilter { States = Enum.GetValues<QueueState>() })).Count);
        Assert.Equal(3, (await PagesAsync(new QueueFilter { States = [QueueState.Delivered] })).Count);
        Assert.Equal(18, (await PagesAsync(new QueueFilter { Account = ada.Id })).Count);
        Assert.Equal(5, (await PagesAsync(new QueueFilter { Address = "R2@d0.test" })).Count);
        Assert.Equal(4, (await PagesAsync(new QueueFilter { Sender = "s4@DEMO.test", Destination = "d0.test" })).Count);
        Assert.Empty(await PagesAsync(new QueueFilter { Message = new QueueId(99) }));
        Assert.Equal((3, 21), await Store.Queue.CountSinceAsync(ada.Id, Now, default));
        Assert.Equal((0, 0), await Store.Queue.CountSinceAsync(ada.Id, Now + TimeSpan.FromSeconds(1), default));
        var stats = await Store.Queue.StatsAsync(1, default);
        Assert.Equal(("d0.test", 20, 0, Now), (stats[0].Destination, stats[0].Waiting, stats[0].Held, stats[0].Oldest));
        Assert.Equal("answer for r5@d1.test", (await Store.Queue.StatsAsync(9, default))[1].LastAnswer);
    }

    [Fact]
    public async Task A_late_bounce_finds_its_message()
    {
        var id = await EnqueueAsync(Outgoing() with { MessageId = "one@demo.test", EnvelopeId = "b=17" }, To("a@far.test"));
        Assert.Equal(id, (await Store.Queue.FindByMessageIdAsync("one@demo.test", default))!.Id);
        Assert.Equal(id, (await Store.Queue.FindByMessageIdAsync("b=17", default))!.Id);
        Assert.Null(await Store.Queue.FindByMessageIdAsync("two@demo.test", default));
    }

    [Fact]
    public async Task Finished_messages_go_in_small_steps()
    {
        var large = await EnqueueAsync(Outgoing(), [.. Enumerable.Range(0, 2500).Select(n => To($"r{n}@far.test"))]);
        var small = await EnqueueAsync(Outgoing(), To("a@near.test"));
        while (await LeaseAsync("far.test", 1000) is { } lease) await RecordAsync(lease, QueueState.Delivered);
        await RecordAsync((await LeaseAsync("near.test"))!, QueueState.Delivered);
        Time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(1, await Store.Queue.PurgeAsync(Now, 1, default));
        Assert.Null(await Store.Queue.FindAsync(large, default));
        Assert.NotNull(await Store.Queue.FindAsync(small, default));
        Assert.Equal(1, await Store.Queue.PurgeAsync(Now, 10, default));
        Assert.Empty(await Store.Queue.ListAsync(new QueueFilter { States = Enum.GetValues<QueueState>() }, null, 10, default));
    }

    private async Task<List<QueueListItem>> PagesAsync(QueueFilter filter)
    {
        var items = new List<QueueListItem>();
        for (QueueRecipientId? after = null; ;)
        {
            var page = await Store.Queue.ListAsync(filter, after, 6, default);
            items.AddRange(page);
            if (page.Count == 0) break;
            after = page[^1].Recipient.Id;
        }
        Assert.Equal(items.Select(one => one.Recipient.Id.Value).Order(), items.Select(one => one.Recipient.Id.Value));
        Assert.All(items, one => Assert.Equal(one.Message.Id, one.Recipient.Message));
        return items;
    }
}
