using Facteur.Storage;
using Facteur.Storage.Embedded;
using Facteur.Tests.Support;

namespace Facteur.Tests.Storage;

/// <summary>The embedded engine keeps the contract.</summary>
public sealed class EmbeddedStoreTests : StoreContract
{
    private readonly string folder = Directory.CreateTempSubdirectory("facteur-store-").FullName;

    protected override async ValueTask<MailStore> OpenAsync() =>
        await TestStore.OpenAsync(new EmbeddedStoreOptions { Folder = folder, SegmentOctets = 1024 * 1024, MaxMailboxes = 110, MaxExpungedRanges = 50 }, Time);

    protected override async ValueTask<MailStore> ReopenAsync()
    {
        await Store.DisposeAsync();
        return await OpenAsync();
    }

    protected override async ValueTask CloseAsync()
    {
        await Store.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    protected override Task PurgeAsync() => ((EmbeddedStore)Store).PurgeAsync(default);
}
