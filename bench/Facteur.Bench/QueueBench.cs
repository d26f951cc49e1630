using System.Diagnostics;
using System.Text;
using Facteur.Mail;
using Facteur.Storage;
using Facteur.Storage.Embedded;
using Facteur.Storage.Queue;
using static Facteur.Bench.StoreRun;

namespace Facteur.Bench;

/// <summary>One message to 100,000 recipients at 2,000 destinations, and what the trace costs a delivery: <c>queue [folder]</c>.</summary>
internal static class QueueBench
{
    private const int Recipients = 100_000;
    private const int Destinations = 2_000;

    public static async Task RunAsync(string parent)
    {
        var folder = Path.Combine(parent, "facteur-queue-bench");
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        await using (var store = await OpenAsync(folder)) await LoadAsync(store);
        await TimeAsync("open with 100,000 waiting", async () => await (await OpenAsync(folder)).DisposeAsync());
        await using (var store = await OpenAsync(folder))
        {
            await DrainAsync(store);
            await TimeAsync("purge all", async () => await store.Queue.PurgeAsync(TimeProvider.System.GetUtcNow() + TimeSpan.FromDays(1), 10, default));
            await TraceAsync(store);
        }
        Directory.Delete(folder, recursive: true);
    }

    private static async Task LoadAsync(EmbeddedStore store)
    {
        await EnqueueAsync(store, 100);
        GC.Collect();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        using var self = Process.GetCurrentProcess();
        var resident = self.WorkingSet64;
        await TimeAsync("enqueue 100,000 at 2,000 destinations", () => EnqueueAsync(store, Recipients));
        self.Refresh();
        var peak = (self.WorkingSet64 - resident) / 1048576;
        Print("memory with them", $"+{(GC.GetTotalMemory(forceFullCollection: true) - before) / 1048576.0:F1} MiB kept, +{peak} MiB resident");
        var now = TimeProvider.System.GetUtcNow();
        await TimeAsync("DueAsync(100), 100 times", () => RepeatAsync(100, async () => await store.Queue.DueAsync(now, 100, default)));
        await TimeAsync("DueAsync(2000), 100 times", () => RepeatAsync(100, async () => await store.Queue.DueAsync(now, 2000, default)));
        await TimeAsync("NextDueAsync, 100 times", () => RepeatAsync(100, async () => await store.Queue.NextDueAsync(now, default)));
        await TimeAsync("first page of the list", async () => await store.Queue.ListAsync(new QueueFilter(), null, 100, default));
        await TimeAsync("stats of 50", async () => await store.Queue.StatsAsync(50, default));
        await TimeAsync("hold one destination of 50", async () => await store.Queue.ChangeAsync(new QueueFilter { Destination = "d7.bench.test" }, QueueChange.Hold, null, null, default));
    }

    private static async Task DrainAsync(EmbeddedStore store)
    {
        await TimeAsync("a commit by itself, 200 times", () => RepeatAsync(200, async () => await store.State.AddAsync("bench", [new("k", 1, 0)], default)));
        await TimeAsync("Lease of 50, 200 times", () => RepeatAsync(200, async () =>
        {
            var lease = await LeaseAsync(store, "d3.bench.test");
            await store.Queue.ReleaseAsync(lease!, default);
        }));
        var next = 0;
        await TimeAsync("Lease and Record of 50, 200 times", () => RepeatAsync(200, () => DeliverAsync(store, $"d{next++}.bench.test", true)));
        next = 0;
        await TimeAsync("Lease and Record of 1, 200 times", () => RepeatAsync(200, () => DeliverAsync(store, $"d{300 + next++}.bench.test", true, 1)));
        next = 200;
        await TimeAsync("Lease and Record of 50, to the end, 20 at once", () => Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(async () =>
        {
            for (var i = Interlocked.Increment(ref next); i < Destinations; i = Interlocked.Increment(ref next)) await DeliverAsync(store, $"d{i}.bench.test", false);
        }))));
        for (var i = 0; i < Destinations; i++) await DeliverAsync(store, $"d{i}.bench.test", false);
        await store.Queue.ChangeAsync(new QueueFilter(), QueueChange.Cancel, null, null, default);
    }

    private static ValueTask<QueueLease?> LeaseAsync(EmbeddedStore store, string destination, int max = 50)
    {
        var now = TimeProvider.System.GetUtcNow();
        return store.Queue.LeaseAsync(destination, now, now + TimeSpan.FromMinutes(5), max, default);
    }

    private static async Task DeliverAsync(EmbeddedStore store, string destination, bool again, int max = 50)
    {
        if (await LeaseAsync(store, destination, max) is not { } lease) return;
        var now = TimeProvider.System.GetUtcNow();
        var results = lease.Recipients.Select((recipient, i) => new AttemptResult(
            recipient.Id, again && i % 10 == 0 ? QueueState.Waiting : QueueState.Delivered, now, QueueReport.None, now, TimeSpan.FromMilliseconds(80),
            "mx1.bench.test", "250 2.0.0 Ok: queued as 4bZ9Xk2q3Yz", 250, "2.0.0", "TLS 1.3")).ToList();
        await store.Queue.RecordAsync(lease, results, [], default);
    }

    private static async Task EnqueueAsync(EmbeddedStore store, int recipients)
    {
        await using var intake = store.BeginMessage(null);
        await intake.WriteAsync(Encoding.ASCII.GetBytes("Subject: lettre\r\nFrom: ada@bench.test\r\n\r\n" + new string('x', 30_000)), default);
        await intake.CompleteAsync(default);
        var to = Enumerable.Range(0, recipients).Select(n => new NewQueueRecipient($"reader{n}@d{n % Destinations}.bench.test", $"d{n % Destinations}.bench.test", DsnNotify.Unstated, null)).ToList();
        var message = new QueueMessage { Transaction = "T1", Sender = "letter@bench.test", MessageId = "letter@bench.test" };
        await store.DeliverAsync([new Storage.Delivery(intake, []) { Queued = [new QueueSubmission(message, to)] }], default);
    }

    private static async Task TraceAsync(EmbeddedStore store)
    {
        var domain = await store.Directory.AddDomainAsync("bench.test", default);
        var account = await store.Directory.AddAccountAsync(domain.Id, "ada@bench.test", "Ada", default);
        var inbox = (await store.FindMailboxAsync(account.Id, "INBOX", default))!.Id;
        var results = new Dictionary<int, List<(double Rate, double Processor)>> { [0] = [], [2] = [] };
        for (var round = 0; round < 10; round++)
            foreach (var rows in results.Keys) results[rows].Add(await IngestAsync(store, account.Id, inbox, rows, round));
        foreach (var (rows, rounds) in results)
            Print($"deliver 4 KiB, 50 at once, {rows} trace rows", $"{Median(rounds.Select(one => one.Rate)):F0}/s, processor {Median(rounds.Select(one => one.Processor)):F0} us each (medians of 10); least {rounds.Min(one => one.Processor):F0} us");
        var now = TimeProvider.System.GetUtcNow();
        await TimeAsync("trace of a message id, 100 times", () => RepeatAsync(100, async () => await store.Trace.FindAsync(new TraceQuery { MessageId = "1.2.0.7@bench.test" }, 100, default)));
        await TimeAsync("trace of the account, last second", async () => await store.Trace.FindAsync(new TraceQuery { Account = account.Id, Since = now - TimeSpan.FromSeconds(1) }, 1000, default));
    }

    private static async Task<(double Rate, double Processor)> IngestAsync(EmbeddedStore store, AccountId account, MailboxId inbox, int rows, int round)
    {
        var body = Encoding.ASCII.GetBytes(new string('x', 3600));
        var (count, clock) = (0, Stopwatch.StartNew());
        using var self = Process.GetCurrentProcess();
        var processor = self.TotalProcessorTime;
        await Task.WhenAll(Enumerable.Range(0, 50).Select(deliverer => Task.Run(async () =>
        {
            for (var n = 0; clock.Elapsed < TimeSpan.FromSeconds(1.5); n++)
            {
                await using var intake = store.BeginMessage(4096);
                var id = $"{round}.{rows}.{deliverer}.{n}";
                await intake.WriteAsync(Encoding.ASCII.GetBytes($"Subject: {n}\r\nMessage-ID: <{id}@bench.test>\r\nFrom: bob@far.test\r\n\r\n"), default);
                await intake.WriteAsync(body, default);
                await intake.CompleteAsync(default);
                var delivery = new Storage.Delivery(intake, [new DeliveryTarget(inbox, FlagSet.Empty, TimeProvider.System.GetUtcNow())]) { Trace = rows > 0 ? Trace(account, id) : [] };
                await store.DeliverAsync([delivery], default);
                Interlocked.Increment(ref count);
            }
        })));
        self.Refresh();
        return (count / clock.Elapsed.TotalSeconds, (self.TotalProcessorTime - processor).TotalMilliseconds * 1000 / count);
    }

    private static double Median(IEnumerable<double> values) => values.Order().ElementAt(5);

    private static TraceEvent[] Trace(AccountId account, string id)
    {
        var now = TimeProvider.System.GetUtcNow();
        return
        [
            new(now, TraceKind.Accepted, account, $"T{id}", $"{id}@bench.test", "bob@far.test", "ada@bench.test",
            [
                new("remote", "192.0.2.1"), new("hello", "mx.far.test"), new("tls", "TLS 1.3 AES_256_GCM"), new("spf", "pass"), new("dkim", "pass (far.test)"),
                new("dmarc", "pass"), new("score", "-1.2"),
            ]),
            new(now, TraceKind.Stored, account, $"T{id}", $"{id}@bench.test", "bob@far.test", "ada@bench.test", [new("mailbox", "INBOX")]),
        ];
    }

    private static async Task RepeatAsync(int times, Func<Task> action)
    {
        for (var i = 0; i < times; i++) await action();
    }
}
