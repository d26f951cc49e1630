using System.Collections.Concurrent;
using System.Text;
using Facteur.Mail;
using Facteur.Storage;
using Facteur.Storage.Embedded;
using Facteur.Storage.Queue;
using Facteur.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Facteur.Tests.Storage;

/// <summary>What becomes of the queue and the trace when a device or a process fails .</summary>
public sealed class EmbeddedQueueFaultTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("facteur-queue-faults-").FullName;
    private readonly FaultyFiles files = new();
    private readonly FakeTime time = new();

    private string Folder => Path.Combine(root, "store");
    private DateTimeOffset Now => time.GetUtcNow();

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public async Task After_a_power_cut_each_acknowledged_recipient_is_queued_or_has_its_end()
    {
        await using var store = await OpenAsync(Folder);
        var queued = new ConcurrentDictionary<string, bool>();
        var delivered = new ConcurrentDictionary<string, bool>();
        using var stop = new CancellationTokenSource();
        var workers = Enumerable.Range(0, 4).Select(worker => Task.Run(async () =>
        {
            for (var n = 0; !stop.IsCancellationRequested; n++)
            {
                string[] addresses = [$"a{worker}.{n}@far.test", $"b{worker}.{n}@far.test"];
                await EnqueueAsync(store, worker * 9000, addresses);
                foreach (var address in addresses) queued[address] = true;
                if (await store.Queue.LeaseAsync("far.test", Now, Now + TimeSpan.FromMinutes(5), 1, default) is not { } lease) continue;
                await RecordAsync(store, lease, QueueState.Delivered);
                delivered[lease.Recipients[0].Address] = true;
            }
        })).ToList();
        for (var cut = 0; cut < 3; cut++)
        {
            var goal = delivered.Count + 20;
            while (delivered.Count < goal && !workers.Exists(worker => worker.IsCompleted)) await Task.Yield();
            var (promised, final) = (queued.Keys.ToArray(), delivered.Keys.ToArray());
            await CheckCopyAsync(Copy(cut), promised, final);
        }
        await stop.CancelAsync();
        await Task.WhenAll(workers);
    }

    [Fact]
    public async Task On_a_full_disk_the_queue_still_records_and_takes_what_people_do()
    {
        await using var store = await OpenAsync(Folder);
        await EnqueueAsync(store, 100, "a@far.test", "b@far.test", "c@near.test");
        var lease = (await store.Queue.LeaseAsync("far.test", Now, Now + TimeSpan.FromMinutes(5), 10, default))!;
        files.Available = 1000;
        await Assert.ThrowsAsync<StoreFullException>(() => EnqueueAsync(store, 100, "d@far.test"));
        await Assert.ThrowsAsync<StoreFullException>(async () => await store.Trace.AppendAsync([Sent("x")], default));
        Assert.Equal(2, (await RecordAsync(store, lease, QueueState.Delivered)).Count);
        Assert.Equal(2, (await store.Trace.FindAsync(new TraceQuery { Queue = lease.Message.Id }, 10, default)).Count);
        Assert.Equal(1, await store.Queue.ChangeAsync(new QueueFilter(), QueueChange.Hold, null, null, default));
        Assert.Equal(1, await store.Queue.ChangeAsync(new QueueFilter(), QueueChange.Cancel, null, null, default));
        await store.Settings.SetAsync(SettingScope.Site, "limits", "{}"u8.ToArray(), default);
        time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(1, await store.Queue.PurgeAsync(Now, 10, default));
        Assert.Empty(await store.CheckConsistencyAsync(default));
    }

    [Fact]
    public async Task A_record_that_did_not_come_to_be_leaves_the_lease_as_it_was()
    {
        await using var store = await OpenAsync(Folder);
        await EnqueueAsync(store, 100, "a@far.test", "b@far.test");
        var lease = (await store.Queue.LeaseAsync("far.test", Now, Now + TimeSpan.FromMinutes(5), 10, default))!;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RecordAsync(store, lease, QueueState.Delivered, new CancellationToken(canceled: true)));
        Assert.Null(await store.Queue.LeaseAsync("far.test", Now, Now + TimeSpan.FromMinutes(5), 10, default));
        Assert.Equal(2, (await RecordAsync(store, lease, QueueState.Delivered)).Count);
        Assert.Empty(await RecordAsync(store, lease, QueueState.Failed));
    }

    [Fact]
    public async Task After_a_failed_device_nothing_is_recorded_and_the_next_process_has_all_of_it()
    {
        QueueId id;
        await using (var store = await OpenAsync(Folder))
        {
            id = await EnqueueAsync(store, 20_000, "a@far.test");
            files.FailFlush = true;
            await Assert.ThrowsAsync<StoreFailedException>(() => EnqueueAsync(store, 20_000, "b@far.test"));
            files.FailFlush = false;
            var lease = (await store.Queue.LeaseAsync("far.test", Now, Now + TimeSpan.FromMinutes(5), 10, default))!;
            await Assert.ThrowsAsync<StoreFailedException>(() => RecordAsync(store, lease, QueueState.Delivered));
            Assert.Null(await store.Queue.LeaseAsync("far.test", Now, Now + TimeSpan.FromMinutes(5), 10, default));
        }
        await using var again = await OpenAsync(Folder);
        var next = (await again.Queue.LeaseAsync("far.test", Now, Now + TimeSpan.FromMinutes(5), 10, default))!;
        Assert.Equal((id, "a@far.test", 0), (next.Message.Id, Assert.Single(next.Recipients).Address, next.Recipients[0].Attempts));
        Assert.Empty(await again.CheckConsistencyAsync(default));
    }

    [Fact]
    public async Task Times_that_a_wrong_clock_wrote_are_due_at_the_next_start()
    {
        var wrong = new FakeTime(Now + TimeSpan.FromDays(3650));
        await using (var store = await EmbeddedStore.OpenAsync(new EmbeddedStoreOptions { Folder = Folder }, wrong, NullLogger<EmbeddedStore>.Instance, default))
        {
            await EnqueueAsync(store, 100, "a@far.test");
            var late = wrong.GetUtcNow();
            var lease = (await store.Queue.LeaseAsync("far.test", late, late + TimeSpan.FromMinutes(5), 10, default))!;
            await store.Queue.RecordAsync(lease, [new(lease.Recipients[0].Id, QueueState.Waiting, late + TimeSpan.FromHours(1), QueueReport.None, late, TimeSpan.Zero, "", "421", 421, "", "")], [], default);
        }
        var right = new FakeTime();
        await using var again = await EmbeddedStore.OpenAsync(new EmbeddedStoreOptions { Folder = Folder }, right, NullLogger<EmbeddedStore>.Instance, default);
        Assert.Equal(new DueDestination("far.test", 1, right.GetUtcNow()), Assert.Single(await again.Queue.DueAsync(right.GetUtcNow(), 10, default)));
    }

    [Fact]
    public async Task A_lease_outlives_a_clock_that_is_set_forward()
    {
        await using var store = await OpenAsync(Folder);
        await EnqueueAsync(store, 100, "a@far.test");
        var lease = (await store.Queue.LeaseAsync("far.test", Now, Now + TimeSpan.FromMinutes(5), 10, default))!;
        var tomorrow = Now + TimeSpan.FromDays(1);
        Assert.Empty(await store.Queue.DueAsync(tomorrow, 10, default));
        Assert.Single(await RecordAsync(store, lease, QueueState.Delivered));
    }

    [Fact]
    public async Task Many_recipients_enter_in_one_commit_and_are_drained_by_destination()
    {
        await using var store = await OpenAsync(Folder);
        var recipients = Enumerable.Range(0, 20_000).Select(n => new NewQueueRecipient($"r{n}@d{n % 400}.test", $"d{n % 400}.test", DsnNotify.Unstated, null)).ToList();
        await using var intake = await IntakeAsync(store, 1000);
        await store.DeliverAsync([new Facteur.Storage.Delivery(intake, []) { Queued = [new QueueSubmission(Letter, recipients)] }], default);
        var due = await store.Queue.DueAsync(Now, 1000, default);
        Assert.Equal((400, 20_000), (due.Count, due.Sum(one => one.Due)));
        await EnqueueAsync(store, 100, "single@other.test");
        await Task.WhenAll(due.Chunk(100).Select(chunk => Task.Run(async () =>
        {
            foreach (var (destination, _, _) in chunk)
                while (await store.Queue.LeaseAsync(destination, Now, Now + TimeSpan.FromMinutes(5), 30, default) is { } lease) await RecordAsync(store, lease, QueueState.Delivered);
        })));
        Assert.Equal("other.test", Assert.Single(await store.Queue.DueAsync(Now, 10, default)).Destination);
        Assert.Empty(await store.CheckConsistencyAsync(default));
    }

    [Fact]
    public async Task Trace_rows_that_no_run_holds_yet_are_found_after_a_power_cut()
    {
        await using var store = await OpenAsync(Folder);
        for (var n = 0; n < 9; n++) await store.Trace.AppendAsync([.. Enumerable.Range(0, 1000).Select(i => Sent($"t{n}.{i}"))], default);
        await using var again = await OpenAsync(Copy(0));
        foreach (var id in new[] { "t0.0", "t4.95", "t4.96", "t8.191", "t8.999" })
            Assert.Single(await again.Trace.FindAsync(new TraceQuery { Transaction = id }, 10, default));
        Assert.Equal(9000, (await again.Trace.FindAsync(new TraceQuery { Address = "ada@demo.test" }, 10_000, default)).Count);
    }

    private static QueueMessage Letter => new() { Transaction = "T1", Sender = "ada@demo.test" };

    private TraceEvent Sent(string transaction) => new(Now, TraceKind.Sent, null, transaction, "", "ada@demo.test", "", []);

    private Task<EmbeddedStore> OpenAsync(string folder) => EmbeddedStore.OpenAsync(
        new EmbeddedStoreOptions { Folder = folder, SegmentOctets = 2 * 1024 * 1024, CheckpointOctets = long.MaxValue }, time, NullLogger.Instance, files, default).AsTask();

    private static async Task<MessageIntake> IntakeAsync(EmbeddedStore store, int octets)
    {
        var intake = store.BeginMessage(null);
        await intake.WriteAsync(Encoding.ASCII.GetBytes("Subject: lettre\r\n\r\n" + new string('x', octets)), default);
        await intake.CompleteAsync(default);
        return intake;
    }

    private static async Task<QueueId> EnqueueAsync(EmbeddedStore store, int octets, params string[] addresses)
    {
        await using var intake = await IntakeAsync(store, octets);
        var recipients = addresses.Select(address => new NewQueueRecipient(address, address[(address.IndexOf('@') + 1)..], DsnNotify.Unstated, null)).ToList();
        return (await store.DeliverAsync([new Facteur.Storage.Delivery(intake, []) { Queued = [new QueueSubmission(Letter, recipients)] }], default)).Queued[0];
    }

    private async Task<IReadOnlyList<QueueRecipientId>> RecordAsync(EmbeddedStore store, QueueLease lease, QueueState state, CancellationToken cancel = default) =>
        await store.Queue.RecordAsync(
            lease,
            [.. lease.Recipients.Select(one => new AttemptResult(one.Id, state, Now + TimeSpan.FromMinutes(5), QueueReport.None, Now, TimeSpan.Zero, "mx.test", "250 ok", 250, "2.0.0", ""))],
            [.. lease.Recipients.Select(one => Sent(one.Address) with { Recipient = one.Address, Queue = lease.Message.Id })], cancel);

    // In the order in which a power cut would find things: what is promised first, what carries the promise last.
    private string Copy(int number)
    {
        var copy = Path.Combine(root, $"cut{number}");
        Directory.CreateDirectory(Path.Combine(copy, "packs"));
        foreach (var name in new[] { "facteur.db", "facteur.db-wal" })
        {
            using var source = new FileStream(Path.Combine(Folder, name), FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var target = File.Create(Path.Combine(copy, name));
            source.CopyTo(target);
        }
        files.CopyDurable(Path.Combine(copy, "packs"));
        return copy;
    }

    private async Task CheckCopyAsync(string folder, string[] promised, string[] final)
    {
        await using var store = await EmbeddedStore.OpenAsync(new EmbeddedStoreOptions { Folder = folder }, time, NullLogger<EmbeddedStore>.Instance, default);
        Assert.Empty(await store.CheckConsistencyAsync(default));
        var items = await store.Queue.ListAsync(new QueueFilter { States = Enum.GetValues<QueueState>() }, null, 100_000, default);
        var states = items.ToDictionary(item => item.Recipient.Address, item => item.Recipient.State);
        Assert.All(promised, address => Assert.Contains(address, states.Keys));
        Assert.All(final, address => Assert.Equal(QueueState.Delivered, states[address]));
        foreach (var item in items.DistinctBy(item => item.Message.Id))
        {
            await using var body = (await store.OpenBodyAsync(item.Message.Content, default))!;
            Assert.Equal(body.Length, await body.ReadAsync(0, new byte[body.Length + 1], default));
        }
    }
}
