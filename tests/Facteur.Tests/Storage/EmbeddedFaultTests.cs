using System.Collections.Concurrent;
using System.Security.Cryptography;
using Facteur.Storage;
using Facteur.Storage.Embedded;
using Facteur.Storage.Embedded.Sqlite;
using Facteur.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Facteur.Tests.Storage;

using Delivery = Facteur.Storage.Delivery;

/// <summary>What the embedded engine does when a device or a process fails .</summary>
public sealed class EmbeddedFaultTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("facteur-faults-").FullName;
    private readonly FaultyFiles files = new();
    private readonly FakeTime time = new();

    private string Folder => Path.Combine(root, "store");

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public async Task After_a_power_cut_all_that_was_acknowledged_is_there()
    {
        await using var store = await OpenAsync(Folder);
        var inboxes = new[] { await AddInboxAsync(store, "a"), await AddInboxAsync(store, "b") };
        var acknowledged = new ConcurrentDictionary<string, bool>();
        using var stop = new CancellationTokenSource();
        var writers = Enumerable.Range(0, 6).Select(writer => Task.Run(async () =>
        {
            var random = new Random(writer);
            while (!stop.IsCancellationRequested)
            {
                var message = Message(random.Next(200, 60_000), random);
                await DeliverAsync(store, message, inboxes);
                acknowledged[Hash(message)] = true;
            }
        })).ToList();
        for (var cut = 0; cut < 3; cut++)
        {
            var goal = acknowledged.Count + 25;
            while (acknowledged.Count < goal && !writers.Exists(writer => writer.IsCompleted)) await Task.Yield();
            await CheckCopyAsync(CopyAsAfterPowerCut(cut, [.. acknowledged.Keys], out var promised), promised);
        }
        await stop.CancelAsync();
        await Task.WhenAll(writers);
    }

    [Fact]
    public async Task A_flipped_bit_is_an_error_of_its_message_alone()
    {
        var (small, large, other) = (Message(500, new Random(1)), Message(100_000, new Random(2)), Message(100_000, new Random(3)));
        MailboxId inbox;
        await using (var store = await OpenAsync(Folder))
        {
            inbox = await AddInboxAsync(store, "a");
            foreach (var message in new[] { small, large, other }) await DeliverAsync(store, message, inbox);
        }
        var pack = Assert.Single(Directory.GetFiles(Path.Combine(Folder, "packs")));
        using (var file = new FileStream(pack, FileMode.Open))
        {
            file.Position = 70_000;
            var octet = file.ReadByte();
            file.Position = 70_000;
            file.WriteByte((byte)(octet ^ 4));
        }
        await using var again = await OpenAsync(Folder);
        var bodies = new List<byte[]?>();
        await using var reader = again.ReadEmails(inbox, [UidRange.All], EmailFields.Entry);
        while (await reader.ReadAsync(default)) bodies.Add(await TryReadAsync(again, reader.Body));
        Assert.Equal([small, null, other], bodies);
    }

    [Fact]
    public async Task What_lies_behind_the_last_commit_is_free_again()
    {
        MailboxId inbox;
        await using (var store = await OpenAsync(Folder))
        {
            inbox = await AddInboxAsync(store, "a");
            await DeliverAsync(store, Message(50_000, new Random(1)), inbox);
        }
        var pack = Assert.Single(Directory.GetFiles(Path.Combine(Folder, "packs")));
        using (var file = new FileStream(pack, FileMode.Open))
        {
            file.Position = 51_000;
            file.Write(RandomNumberGenerator.GetBytes(200_000));
        }
        await File.WriteAllBytesAsync(Path.Combine(Folder, "packs", "00000009.pack"), new byte[100]);
        await using var again = await OpenAsync(Folder);
        await DeliverAsync(again, Message(60_000, new Random(2)), inbox);
        Assert.Empty(await again.CheckConsistencyAsync(default));
        Assert.Equal([Path.GetFileName(pack)], Directory.GetFiles(Path.Combine(Folder, "packs")).Select(Path.GetFileName));
        await CheckBodiesAsync(again, inbox, Message(50_000, new Random(1)), Message(60_000, new Random(2)));
    }

    [Fact]
    public async Task A_full_disk_refuses_mail_and_still_takes_flags_and_expunges()
    {
        await using var store = await OpenAsync(Folder);
        var inbox = await AddInboxAsync(store, "a");
        await DeliverAsync(store, Message(500, new Random(1)), inbox);
        await DeliverAsync(store, Message(500, new Random(2)), inbox);
        files.Available = 1000;
        await Assert.ThrowsAsync<StoreFullException>(() => DeliverAsync(store, Message(500, new Random(3)), inbox));
        await Assert.ThrowsAsync<StoreFullException>(() => DeliverAsync(store, Message(100_000, new Random(3)), inbox));
        Assert.Single((await store.StoreFlagsAsync(inbox, [new(1, 1)], FlagChange.Add, new FlagSet(MessageFlags.Deleted, []), null, default)).Changed);
        Assert.Single((await store.ExpungeAsync(inbox, [UidRange.All], onlyDeleted: true, default)).Removed);
        files.Available = null;
        files.FullForSegments = true;
        await Assert.ThrowsAsync<StoreFullException>(() => DeliverAsync(store, Message(100_000, new Random(3)), inbox));
        files.FullForSegments = false;
        await DeliverAsync(store, Message(100_000, new Random(4)), inbox);
        files.FullForWrites = true;
        await Assert.ThrowsAsync<StoreFullException>(() => DeliverAsync(store, Message(100_000, new Random(5)), inbox));
        files.FullForWrites = false;
        await DeliverAsync(store, Message(100_000, new Random(6)), inbox);
        await CheckBodiesAsync(store, inbox, Message(500, new Random(2)), Message(100_000, new Random(4)), Message(100_000, new Random(6)));
        Assert.Empty(await store.CheckConsistencyAsync(default));
    }

    [Fact]
    public async Task After_a_failed_flush_nothing_is_taken_until_the_store_is_opened_again()
    {
        MailboxId inbox;
        await using (var store = await OpenAsync(Folder))
        {
            inbox = await AddInboxAsync(store, "a");
            await DeliverAsync(store, Message(20_000, new Random(1)), inbox);
            files.FailFlush = true;
            await Assert.ThrowsAsync<StoreFailedException>(() => DeliverAsync(store, Message(20_000, new Random(2)), inbox));
            files.FailFlush = false;
            await Assert.ThrowsAsync<StoreFailedException>(() => DeliverAsync(store, Message(500, new Random(3)), inbox));
            await CheckBodiesAsync(store, inbox, Message(20_000, new Random(1)));
        }
        await using var again = await OpenAsync(Folder);
        await DeliverAsync(again, Message(20_000, new Random(4)), inbox);
        await CheckBodiesAsync(again, inbox, Message(20_000, new Random(1)), Message(20_000, new Random(4)));
        Assert.Empty(await again.CheckConsistencyAsync(default));
    }

    [Fact]
    public async Task Expunged_mail_goes_after_its_retention_and_its_segments_with_it()
    {
        // Without the one that is made ready for later, whenever that is done.
        int Segments() => Directory.GetFiles(Path.Combine(Folder, "packs"), "*.pack").Length;
        await using var store = await OpenAsync(Folder);
        var inbox = await AddInboxAsync(store, "a");
        for (var i = 0; i < 30; i++) await DeliverAsync(store, Message(200_000, new Random(i)), inbox);
        var before = Segments();
        BodyReference gone;
        await using (var reader = store.ReadEmails(inbox, [new(1, 1)], EmailFields.Entry))
        {
            Assert.True(await reader.ReadAsync(default));
            gone = reader.Body;
        }
        await store.ExpungeAsync(inbox, [new(1, 29)], onlyDeleted: false, default);
        await store.PurgeAsync(default);
        Assert.Equal(before, Segments());
        await using (var held = (await store.OpenBodyAsync(gone, default))!)
        {
            time.Advance(TimeSpan.FromDays(31));
            await store.PurgeAsync(default);
            Assert.Null(await store.OpenBodyAsync(gone, default));
            Assert.Equal(10, await held.ReadAsync(100_000, new byte[10], default));
        }
        await store.PurgeAsync(default);
        Assert.True(Segments() < before);
        await CheckBodiesAsync(store, inbox, Message(200_000, new Random(29)));
        Assert.Empty(await store.CheckConsistencyAsync(default));
    }

    [Fact]
    public async Task A_torn_search_text_is_written_again()
    {
        MailboxId inbox;
        await using (var store = await OpenAsync(Folder))
        {
            inbox = await AddInboxAsync(store, "a");
            for (var i = 0; i < 5; i++) await DeliverAsync(store, Message(3000, new Random(i), $"mot{i}"), inbox);
            Assert.Single(await store.SearchTextAsync(inbox, "mot4", false, default));
        }
        var text = Assert.Single(Directory.GetFiles(Path.Combine(Folder, "search")));
        using (var file = new FileStream(text, FileMode.Open)) file.SetLength(file.Length / 2);
        using (var file = new FileStream(text, FileMode.Append)) file.Write(new byte[100]);
        await using var again = await OpenAsync(Folder);
        for (var i = 0; i < 5; i++) Assert.Equal([new Uid((uint)i + 1)], await again.SearchTextAsync(inbox, $"mot{i}", false, default));
    }

    [Fact]
    public async Task Only_one_opens_a_folder()
    {
        await using var store = await OpenAsync(Folder);
        await Assert.ThrowsAsync<InvalidOperationException>(() => OpenAsync(Folder));
    }

    [Fact]
    public async Task A_store_of_version_1_is_brought_up_to_date_where_it_is()
    {
        Directory.CreateDirectory(Folder);
        using (var database = SqliteConnection.Open(Path.Combine(Folder, "facteur.db"), readOnly: false, 100, 0))
        {
            using var script = new StreamReader(typeof(EmbeddedStore).Assembly.GetManifestResourceStream("Facteur.Storage.Embedded.Migrations.0001.sql")!);
            database.RunScript(await script.ReadToEndAsync());
            database.RunScript("""
                INSERT INTO domain (name) VALUES ('demo.test');
                INSERT INTO account (domain, address, display_name, created) VALUES (1, 'a@demo.test', 'A', 0);
                INSERT INTO address (folded, address, account) VALUES ('a@demo.test', 'a@demo.test', 1);
                PRAGMA user_version = 1;
                """);
        }
        await using var store = await OpenAsync(Folder);
        Assert.Equal("A", (await store.Directory.ResolveAsync("a", "demo.test", default)).Exact!.Account!.DisplayName);
        Assert.True((await store.Directory.FindAddressAsync("a@demo.test", default))!.Enabled);
        Assert.Empty(await store.CheckConsistencyAsync(default));
    }

    [Fact]
    public async Task A_store_of_a_newer_program_is_not_opened()
    {
        await (await OpenAsync(Folder)).DisposeAsync();
        using (var database = SqliteConnection.Open(Path.Combine(Folder, "facteur.db"), readOnly: false, 100, 0)) database.Run("PRAGMA user_version = 999");
        Assert.Contains("newer program", (await Assert.ThrowsAsync<InvalidOperationException>(() => OpenAsync(Folder))).Message);
    }

    private Task<EmbeddedStore> OpenAsync(string folder) => EmbeddedStore.OpenAsync(
        new EmbeddedStoreOptions { Folder = folder, SegmentOctets = 2 * 1024 * 1024, CheckpointOctets = long.MaxValue }, time, NullLogger.Instance, files, default).AsTask();

    // In the order in which a power cut would find things: what is promised first, what carries the promise last.
    private string CopyAsAfterPowerCut(int number, string[] acknowledged, out string[] promised)
    {
        promised = acknowledged;
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

    private async Task CheckCopyAsync(string folder, string[] promised)
    {
        await using var store = await EmbeddedStore.OpenAsync(new EmbeddedStoreOptions { Folder = folder }, time, NullLogger<EmbeddedStore>.Instance, default);
        Assert.Empty(await store.CheckConsistencyAsync(default));
        foreach (var domain in await store.Directory.ListDomainsAsync(default))
        {
            foreach (var account in await store.Directory.ListAccountsAsync(domain.Id, default))
            {
                var inbox = (await store.FindMailboxAsync(account.Id, "INBOX", default))!;
                var found = new List<string>();
                await using var reader = store.ReadEmails(inbox.Id, [UidRange.All], EmailFields.Entry);
                while (await reader.ReadAsync(default)) found.Add(Hash((await TryReadAsync(store, reader.Body))!));
                Assert.Empty(promised.Except(found));
                Assert.Equal(found.Count, found.Distinct().Count());
            }
        }
    }

    private static async Task CheckBodiesAsync(EmbeddedStore store, MailboxId inbox, params byte[][] expected)
    {
        var bodies = new List<byte[]?>();
        await using var reader = store.ReadEmails(inbox, [UidRange.All], EmailFields.Entry);
        while (await reader.ReadAsync(default)) bodies.Add(await TryReadAsync(store, reader.Body));
        Assert.Equal(expected, bodies);
    }

    private static async Task<byte[]?> TryReadAsync(EmbeddedStore store, BodyReference reference)
    {
        await using var body = (await store.OpenBodyAsync(reference, default))!;
        var octets = new byte[body.Length];
        try
        {
            return await body.ReadAsync(0, octets, default) == octets.Length ? octets : null;
        }
        catch (DamagedMessageException)
        {
            return null;
        }
    }

    private static async Task<MailboxId> AddInboxAsync(EmbeddedStore store, string name)
    {
        var domain = await store.Directory.FindDomainAsync("demo.test", default) ?? await store.Directory.AddDomainAsync("demo.test", default);
        var account = await store.Directory.AddAccountAsync(domain.Id, $"{name}@demo.test", name, default);
        return (await store.FindMailboxAsync(account.Id, "INBOX", default))!.Id;
    }

    private async Task DeliverAsync(EmbeddedStore store, byte[] message, params MailboxId[] mailboxes)
    {
        await using var intake = store.BeginMessage(null);
        for (var at = 0; at < message.Length; at += 5000) await intake.WriteAsync(message.AsMemory(at, Math.Min(5000, message.Length - at)), default);
        await intake.CompleteAsync(default);
        await store.DeliverAsync([new Delivery(intake, [.. mailboxes.Select(mailbox => new DeliveryTarget(mailbox, FlagSet.Empty, time.GetUtcNow()))])], default);
    }

    private static byte[] Message(int octets, Random random, string word = "mot")
    {
        var header = System.Text.Encoding.ASCII.GetBytes($"Subject: test\r\nMessage-ID: <{random.NextInt64()}@demo.test>\r\n\r\n{word}\r\n");
        var message = new byte[Math.Max(octets, header.Length)];
        random.NextBytes(message);
        for (var i = 0; i < message.Length; i++) message[i] = (byte)(' ' + (message[i] % 90));
        header.CopyTo(message, 0);
        return message;
    }

    private static string Hash(byte[] octets) => Convert.ToHexString(SHA256.HashData(octets));
}
