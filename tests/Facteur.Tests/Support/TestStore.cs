using Facteur.Storage.Embedded;
using Microsoft.Extensions.Logging.Abstractions;

namespace Facteur.Tests.Support;

/// <summary>
/// Stores of tests that are about something else than a store's beginning: the migrations run once, and what they leave is copied into each new
/// folder. Those of upgrades, of faults and of the whole server begin with an empty folder.
/// </summary>
internal static class TestStore
{
    private const string DatabaseName = "facteur.db";

    private static readonly Lazy<Task<byte[]>> Empty = new(MakeAsync);

    /// <summary>Opens the store of a folder, or an empty one there.</summary>
    public static Task<EmbeddedStore> OpenAsync(string folder, TimeProvider time) =>
        OpenAsync(new EmbeddedStoreOptions { Folder = folder, SegmentOctets = 1024 * 1024 }, time);

    public static async Task<EmbeddedStore> OpenAsync(EmbeddedStoreOptions options, TimeProvider time)
    {
        Directory.CreateDirectory(options.Folder);
        var database = Path.Combine(options.Folder, DatabaseName);
        if (!File.Exists(database)) await File.WriteAllBytesAsync(database, await Empty.Value);
        return await EmbeddedStore.OpenAsync(options, time, NullLogger<EmbeddedStore>.Instance, default);
    }

    private static async Task<byte[]> MakeAsync()
    {
        using var folder = new TemporaryFolder();
        var store = await EmbeddedStore.OpenAsync(new EmbeddedStoreOptions { Folder = folder.Path }, TimeProvider.System, NullLogger<EmbeddedStore>.Instance, default);
        await store.DisposeAsync();
        return await File.ReadAllBytesAsync(folder[DatabaseName]);
    }
}
