using System.Diagnostics;
using System.Text;
using Facteur.Storage;
using Facteur.Storage.Embedded;
using Facteur.Storage.Emails;
using static Facteur.Bench.StoreRun;

namespace Facteur.Bench;

/// <summary>Times of an account of 100,000 emails seen by email, on a store in a fresh folder: <c>accounts [folder]</c>.</summary>
internal static class AccountBench
{
    private const int Emails = 100_000;
    private const int Rounds = 300;

    public static async Task RunAsync(string parent)
    {
        var folder = Path.Combine(parent, "facteur-account-bench");
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        AccountId account;
        await using (var store = await OpenAsync(folder)) account = await FillAsync(store);
        await ColdAsync(folder, account);
        await ChangesAsync(folder, account);
        await UpdatesAsync(folder, account);
        await DetailsAsync(folder, account);
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>Deliveries to an account that nobody looks at, then to one that somebody does.</summary>
    private static async Task<AccountId> FillAsync(EmbeddedStore store)
    {
        var domain = await store.Directory.AddDomainAsync("bench.test", default);
        var account = (await store.Directory.AddAccountAsync(domain.Id, "large@bench.test", "Large", default)).Id;
        var inbox = (await store.FindMailboxAsync(account, "INBOX", default))!.Id;
        await TimeAsync($"deliver {Emails / 2} of 2 KB, nobody looks", () => DeliverAsync(store, inbox, 0, Emails / 2));
        await store.Emails.LookAsync(account, default);
        await TimeAsync($"deliver {Emails / 2} of 2 KB, somebody looks", () => DeliverAsync(store, inbox, Emails / 2, Emails / 2));
        return account;
    }

    private static async Task DeliverAsync(EmbeddedStore store, MailboxId mailbox, int first, int count)
    {
        var body = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("Le facteur passe deux fois par jour, le matin et le soir.\r\n", 33)));
        await Task.WhenAll(Enumerable.Range(0, 50).Select(deliverer => Task.Run(async () =>
        {
            for (var n = first + deliverer; n < first + count; n += 50) await DeliverOneAsync(store, mailbox, n, body);
        })));
    }

    // One in three answers the one of a multiple of ten before it.
    private static async Task<EmailId> DeliverOneAsync(EmbeddedStore store, MailboxId mailbox, int number, byte[] body)
    {
        var header = $"From: Ada <ada@bench.test>\r\nTo: Bob <bob@bench.test>\r\nSubject: Rapport {number}\r\nMessage-ID: <{number}@bench.test>\r\n"
            + (number % 3 == 0 ? $"References: <{number / 10 * 10}@bench.test>\r\n" : "") + "Date: Sat, 14 Mar 2026 10:00:00 +0100\r\n\r\n";
        await using var intake = store.BeginMessage(body.Length);
        await intake.WriteAsync(Encoding.UTF8.GetBytes(header), default);
        await intake.WriteAsync(body, default);
        await intake.CompleteAsync(default);
        var receipt = await store.DeliverAsync([new Storage.Delivery(intake, [new DeliveryTarget(mailbox, FlagSet.Empty, TimeProvider.System.GetUtcNow())])], default);
        return receipt.Entries[0].Email;
    }

    private static async Task ColdAsync(string folder, AccountId account)
    {
        for (var round = 0; round < 5; round++)
        {
            await using var store = await OpenAsync(folder);
            var before = GC.GetTotalMemory(forceFullCollection: true);
            await TimeAsync("look at 100,000 in a store just opened", async () => await store.Emails.LookAsync(account, default));
            if (round == 4) Print("memory of it", $"{(GC.GetTotalMemory(forceFullCollection: true) - before) / 1048576.0:F1} MiB");
        }
    }

    private static async Task ChangesAsync(string folder, AccountId account)
    {
        await using var store = await OpenAsync(folder);
        var inbox = (await store.FindMailboxAsync(account, "INBOX", default))!.Id;
        await store.Emails.LookAsync(account, default);
        await SpreadAsync("look after one delivery", async n =>
        {
            await DeliverOneAsync(store, inbox, Emails + n, "a\r\n"u8.ToArray());
            return async () => await store.Emails.LookAsync(account, default);
        });
        await SpreadAsync("changes after one delivery, look in them", async n =>
        {
            var state = (await store.Emails.LookAsync(account, default)).ModSeq;
            await DeliverOneAsync(store, inbox, Emails + Rounds + n, "a\r\n"u8.ToArray());
            return async () => await store.Emails.ChangesSinceAsync(account, state, default);
        });
        await SpreadAsync("look when nothing changed", _ => Task.FromResult<Func<Task>>(async () => await store.Emails.LookAsync(account, default)));
        var early = (await store.Emails.LookAsync(account, default)).ModSeq;
        await store.StoreFlagsAsync(inbox, [new(1, 10_000)], FlagChange.Replace, new FlagSet(MessageFlags.Seen, []), null, default);
        await TimeAsync("look after flags of 10,000", async () => await store.Emails.LookAsync(account, default));
        await TimeAsync("changes of 10,000", async () => await store.Emails.ChangesSinceAsync(account, early, default));
    }

    private static async Task UpdatesAsync(string folder, AccountId account)
    {
        await using var store = await OpenAsync(folder);
        var archive = (await store.FindMailboxAsync(account, "Archive", default))!.Id;
        var snapshot = await store.Emails.LookAsync(account, default);
        var emails = new List<EmailId>();
        for (var chunk = 0; emails.Count < 4096; chunk++)
            foreach (var row in snapshot.Chunk(chunk)) emails.Add(row.Id);
        emails.RemoveRange(4096, emails.Count - 4096);
        await TimeAsync("flags of 4096 emails", async () =>
            await store.Emails.UpdateAsync(account, null, emails.ConvertAll(email => new EmailUpdate(email) { Add = new FlagSet(MessageFlags.Flagged, []) }), default));
        await TimeAsync("4096 emails to Archive", async () =>
            await store.Emails.UpdateAsync(account, null, emails.ConvertAll(email => new EmailUpdate(email) { ReplaceMailboxes = [archive] }), default));
        await TimeAsync("look after it", async () => await store.Emails.LookAsync(account, default));
        await TimeAsync("4096 emails destroyed", async () =>
            await store.Emails.UpdateAsync(account, null, emails.ConvertAll(email => new EmailUpdate(email) { Destroy = true }), default));
        await TimeAsync("look after it", async () => await store.Emails.LookAsync(account, default));
    }

    private static async Task DetailsAsync(string folder, AccountId account)
    {
        await using var store = await OpenAsync(folder);
        var snapshot = await store.Emails.LookAsync(account, default);
        var emails = new List<EmailId>();
        foreach (var row in snapshot.Chunk(snapshot.ChunkCount / 2)) emails.Add(row.Id);
        await SpreadAsync("details of 50 for a list", _ => Task.FromResult<Func<Task>>(async () =>
        {
            await using var reader = store.Emails.ReadDetails(account, emails[..50], EmailFields.Envelope | EmailFields.Preview);
            while (await reader.ReadAsync(default))
            {
            }
        }));
    }

    /// <param name="prepare">Not measured; answers what is.</param>
    private static async Task SpreadAsync(string what, Func<int, Task<Func<Task>>> prepare)
    {
        var times = new List<double>(Rounds);
        for (var n = 0; n < Rounds; n++)
        {
            var action = await prepare(n);
            var start = Stopwatch.GetTimestamp();
            await action();
            times.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
        }
        times.Sort();
        Print(what, $"p50 {times[Rounds / 2]:F1} us, p99 {times[Rounds * 99 / 100]:F1} us");
    }
}
