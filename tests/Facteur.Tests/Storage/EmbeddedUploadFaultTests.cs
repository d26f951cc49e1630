using Facteur.Storage;
using Facteur.Storage.Emails;
using Facteur.Storage.Embedded;
using Facteur.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Facteur.Tests.Storage;

/// <summary>Uploads when a device or a process fails.</summary>
public sealed class EmbeddedUploadFaultTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("facteur-uploads-").FullName;
    private readonly FaultyFiles files = new();
    private readonly FakeTime time = new();

    private string Folder => Path.Combine(root, "store");

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public async Task After_a_power_cut_every_upload_that_was_answered_is_there()
    {
        await using var store = await OpenAsync(Folder);
        var owner = await AddOwnerAsync(store);
        var answered = new List<(UploadRecord Upload, int Seed)>();
        for (var seed = 0; seed < 30; seed++) answered.Add((await UploadAsync(store, owner, Content(seed)), seed));
        await using var unfinished = store.Uploads.Begin(owner, null);
        await unfinished.WriteAsync(new byte[300_000], default);

        var copy = Path.Combine(root, "cut");
        Directory.CreateDirectory(Path.Combine(copy, "packs"));
        foreach (var name in new[] { "facteur.db", "facteur.db-wal" }) File.Copy(Path.Combine(Folder, name), Path.Combine(copy, name));
        files.CopyDurable(Path.Combine(copy, "packs"));

        await using var after = await EmbeddedStore.OpenAsync(new EmbeddedStoreOptions { Folder = copy }, time, NullLogger<EmbeddedStore>.Instance, default);
        Assert.Empty(await after.CheckConsistencyAsync(default));
        foreach (var (upload, seed) in answered)
        {
            var found = (await after.Uploads.FindAsync(owner, upload.Id, default))!;
            Assert.Equal(Content(seed), await ReadAsync(after, found.Body));
        }
    }

    [Fact]
    public async Task A_full_disk_refuses_an_upload_and_leaves_nothing_of_it()
    {
        await using var store = await OpenAsync(Folder);
        var owner = await AddOwnerAsync(store);
        var first = await UploadAsync(store, owner, Content(1, 100_000));
        files.FullForWrites = true;
        await Assert.ThrowsAsync<StoreFullException>(() => UploadAsync(store, owner, Content(2, 100_000)));
        files.FullForWrites = false;
        files.Available = 0;
        await Assert.ThrowsAsync<StoreFullException>(() => UploadAsync(store, owner, Content(3, 100_000)));
        await Assert.ThrowsAsync<StoreFullException>(() => UploadAsync(store, owner, [1]));
        await Assert.ThrowsAsync<StoreFullException>(async () => await store.Uploads.ReferAsync(owner, first.Body, "text/plain", default));
        Assert.Empty(await store.CheckConsistencyAsync(default));
        time.Advance(UploadStore.Lifetime + TimeSpan.FromMinutes(1));
        await store.PurgeAsync(default);
        Assert.Null(await store.OpenBodyAsync(first.Body, default));
        files.Available = null;
        Assert.Equal(Content(4, 100_000), await ReadAsync(store, (await UploadAsync(store, owner, Content(4, 100_000))).Body));
        Assert.Empty(await store.CheckConsistencyAsync(default));
    }

    [Fact]
    public async Task An_upload_whose_flush_fails_is_not_answered()
    {
        UploadOwner owner;
        UploadRecord first;
        await using (var store = await OpenAsync(Folder))
        {
            owner = await AddOwnerAsync(store);
            first = await UploadAsync(store, owner, Content(1, 100_000));
            files.FailFlush = true;
            await Assert.ThrowsAsync<StoreFailedException>(() => UploadAsync(store, owner, Content(2, 100_000)));
            files.FailFlush = false;
        }
        await using var again = await OpenAsync(Folder);
        Assert.Equal(Content(1, 100_000), await ReadAsync(again, first.Body));
        Assert.Null(await again.Uploads.FindAsync(owner, new UploadId(first.Id.Value + 1), default));
        Assert.Empty(await again.CheckConsistencyAsync(default));
    }

    private Task<EmbeddedStore> OpenAsync(string folder) => EmbeddedStore.OpenAsync(
        new EmbeddedStoreOptions { Folder = folder, SegmentOctets = 2 * 1024 * 1024, CheckpointOctets = long.MaxValue }, time, NullLogger.Instance, files, default).AsTask();

    private static async Task<UploadOwner> AddOwnerAsync(EmbeddedStore store)
    {
        var domain = await store.Directory.AddDomainAsync("demo.test", default);
        var account = await store.Directory.AddAccountAsync(domain.Id, "a@demo.test", "A", default);
        return new UploadOwner(account.Id, account.Id);
    }

    private static async Task<UploadRecord> UploadAsync(EmbeddedStore store, UploadOwner owner, byte[] content)
    {
        await using var intake = store.Uploads.Begin(owner, content.Length);
        for (var at = 0; at < content.Length; at += 5000) await intake.WriteAsync(content.AsMemory(at, Math.Min(5000, content.Length - at)), default);
        return await intake.CompleteAsync("application/octet-stream", default);
    }

    private static async Task<byte[]> ReadAsync(EmbeddedStore store, BodyReference reference)
    {
        await using var body = (await store.OpenBodyAsync(reference, default))!;
        var octets = new byte[body.Length];
        Assert.Equal(octets.Length, await body.ReadAsync(0, octets, default));
        return octets;
    }

    private static byte[] Content(int seed, int? octets = null)
    {
        var random = new Random(seed);
        var content = new byte[octets ?? random.Next(1, 90_000)];
        random.NextBytes(content);
        return content;
    }
}
