using System.Diagnostics;
using System.Text;
using Facteur.Storage;
using Facteur.Storage.Embedded;
using static Facteur.Bench.StoreRun;

namespace Facteur.Bench;

/// <summary>Deliveries per second and the times of a mailbox of 100,000 messages, on a store in a fresh folder: <c>store [folder]</c>.</summary>
internal static class StoreBench
{
    private const int Large = 100_000;

    public static async Task RunAsync(string parent)
    {
        var folder = Path.Combine(parent, "facteur-store-bench");
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        await using var store = await OpenAsync(folder);
        var domain = await store.Directory.AddDomainAsync("bench.test", default);
        var inboxes = new List<MailboxId>();
        for (var i = 0; i < 20; i++)
        {
            var account = await store.Directory.AddAccountAsync(domain.Id, $"user{i}@bench.test", "User", default);
            inboxes.Add((await store.FindMailboxAsync(account.Id, "INBOX", default))!.Id);
        }
        foreach (var octets in new[] { 4 * 1024, 50 * 1024 }) await TakeInAsync(store, octets);
        foreach (var octets in new[] { 4 * 1024, 50 * 1024 })
            foreach (var deliverers in new[] { 1, 10, 50 })
                await DeliverAsync(store, inboxes, octets, deliverers, TimeSpan.FromSeconds(4));
        await PrefixAsync(store, inboxes[0]);
        await LargeMailboxAsync(store, (await store.Directory.AddAccountAsync(domain.Id, "large@bench.test", "Large", default)).Id);
        Directory.Delete(folder, recursive: true);
    }

    private static async Task DeliverAsync(EmbeddedStore store, List<MailboxId> inboxes, int octets, int deliverers, TimeSpan duration)
    {
        var body = Body(octets);
        var clock = Stopwatch.StartNew();
        var times = new List<double>[deliverers];
        using var before = Process.GetCurrentProcess();
        var processor = before.TotalProcessorTime;
        await Task.WhenAll(Enumerable.Range(0, deliverers).Select(deliverer => Task.Run(async () =>
        {
            var mine = times[deliverer] = [];
            for (var n = 0; clock.Elapsed < duration; n++)
            {
                var start = Stopwatch.GetTimestamp();
                await DeliverOneAsync(store, inboxes[(deliverer + n) % inboxes.Count], $"{octets}.{deliverers}.{deliverer}.{n}", body);
                mine.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
        })));
        var elapsed = clock.Elapsed.TotalSeconds;
        var sorted = times.SelectMany(list => list).Order().ToList();
        using var self = Process.GetCurrentProcess();
        Print($"deliver {octets / 1024} KiB, {deliverers} at once",
            $"{sorted.Count / elapsed:F0}/s, p50 {sorted[sorted.Count / 2]:F2} ms, p99 {sorted[sorted.Count * 99 / 100]:F2} ms, "
            + $"processor {(self.TotalProcessorTime - processor).TotalMilliseconds * 1000 / sorted.Count:F0} us each");
    }

    private static async Task TakeInAsync(EmbeddedStore store, int octets)
    {
        var body = Body(octets);
        for (var round = 0; round < 4; round++)
        {
            await TimeAsync($"take in 10,000 of {octets / 1024} KiB, no delivery", async () =>
            {
                for (var n = 0; n < 10_000; n++)
                {
                    await using var intake = store.BeginMessage(octets);
                    await intake.WriteAsync(Header($"{n}"), default);
                    await intake.WriteAsync(body, default);
                    await intake.CompleteAsync(default);
                }
            });
        }
    }

    /// <summary>Bodies with fields put before them at their end are read like others.</summary>
    private static async Task PrefixAsync(EmbeddedStore store, MailboxId mailbox)
    {
        var body = Body(300 * 1024);
        var prefix = Encoding.ASCII.GetBytes($"Authentication-Results: bench.test; {new string('a', 700)}\r\n");
        var entries = new List<Uid>[2];
        for (var kind = 0; kind < 2; kind++)
        {
            entries[kind] = [];
            for (var n = 0; n < 100; n++)
            {
                await using var intake = store.BeginMessage(body.Length);
                await intake.WriteAsync(Header($"prefix.{kind}.{n}"), default);
                await intake.WriteAsync(body, default);
                await intake.CompleteAsync(kind == 0 ? default : prefix, default);
                var receipt = await store.DeliverAsync([new Storage.Delivery(intake, [new DeliveryTarget(mailbox, FlagSet.Empty, TimeProvider.System.GetUtcNow())])], default);
                entries[kind].Add(receipt.Entries[0].Uid);
            }
        }
        for (var round = 0; round < 3; round++)
            foreach (var kind in new[] { 0, 1 })
                await TimeAsync($"read 100 bodies of 300 KiB 10 times{(kind == 0 ? "" : ", with a prefix")}", async () =>
                {
                    for (var again = 0; again < 10; again++) await ReadBodiesAsync(store, mailbox, entries[kind]);
                });
    }

    private static async Task ReadBodiesAsync(EmbeddedStore store, MailboxId mailbox, List<Uid> uids)
    {
        var buffer = new byte[64 * 1024];
        await using var reader = store.ReadEmails(mailbox, [new(uids[0].Value, uids[^1].Value)], EmailFields.Entry);
        while (await reader.ReadAsync(default))
        {
            await using var body = (await store.OpenBodyAsync(reader.Body, default))!;
            for (var at = 0L; at < body.Length;) at += await body.ReadAsync(at, buffer, default);
        }
    }

    private static async Task DeliverOneAsync(EmbeddedStore store, MailboxId mailbox, string id, byte[] body)
    {
        await using var intake = store.BeginMessage(body.Length);
        await intake.WriteAsync(Header(id), default);
        await intake.WriteAsync(body, default);
        await intake.CompleteAsync(default);
        await store.DeliverAsync([new Storage.Delivery(intake, [new DeliveryTarget(mailbox, FlagSet.Empty, TimeProvider.System.GetUtcNow())])], default);
    }

    private static async Task LargeMailboxAsync(EmbeddedStore store, AccountId account)
    {
        var inbox = (await store.FindMailboxAsync(account, "INBOX", default))!.Id;
        var body = Body(2000);
        await Task.WhenAll(Enumerable.Range(0, 50).Select(deliverer => Task.Run(async () =>
        {
            for (var n = 0; n < Large / 50; n++) await DeliverOneAsync(store, inbox, $"large.{deliverer}.{n}", body);
        })));
        for (var round = 0; round < 3; round++)
        {
            await TimeAsync("open a mailbox of 100,000", async () => (await store.OpenViewAsync(inbox, default)).Dispose());
            await TimeAsync("read 100,000 entries", () => ReadAsync(store, inbox, EmailFields.Entry));
            await TimeAsync("read 100,000 envelopes", () => ReadAsync(store, inbox, EmailFields.Envelope));
            await TimeAsync("read 100,000 envelopes and structures", () => ReadAsync(store, inbox, EmailFields.Envelope | EmailFields.BodyStructure));
            var flags = new FlagSet(round % 2 == 0 ? MessageFlags.Seen : MessageFlags.Flagged, []);
            await TimeAsync("change flags of 10,000", async () => await store.StoreFlagsAsync(inbox, [new(1, 10_000)], FlagChange.Replace, flags, null, default));
            await TimeAsync(round == 0 ? "search, texts written now" : "search", async () => await store.SearchTextAsync(inbox, "aiguille", false, default));
        }
        await TimeAsync("read 10,000 bodies", async () =>
        {
            var buffer = new byte[4096];
            await using var reader = store.ReadEmails(inbox, [new(1, 10_000)], EmailFields.Entry);
            while (await reader.ReadAsync(default))
            {
                await using var body = await store.OpenBodyAsync(reader.Body, default);
                await body!.ReadAsync(0, buffer, default);
            }
        });
        await TimeAsync("expunge 10,000", async () => await store.ExpungeAsync(inbox, [new(1, 10_000)], onlyDeleted: false, default));
    }

    private static async Task ReadAsync(EmbeddedStore store, MailboxId mailbox, EmailFields fields)
    {
        await using var reader = store.ReadEmails(mailbox, [UidRange.All], fields);
        while (await reader.ReadAsync(default))
        {
        }
    }

    private static byte[] Header(string id) => Encoding.UTF8.GetBytes(
        $"From: Ada Lovelace <ada@bench.test>\r\nTo: Bob <bob@bench.test>\r\nSubject: Rapport {id}\r\n"
        + $"Date: Sat, 14 Mar 2026 10:00:00 +0100\r\nMessage-ID: <{id}@bench.test>\r\nMIME-Version: 1.0\r\n"
        + "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n");

    private static byte[] Body(int octets)
    {
        var text = new StringBuilder(octets + 100);
        while (text.Length < octets - 300) text.Append("Le facteur passe deux fois par jour, le matin et le soir, et sonne toujours.\r\n");
        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
