using System.Text.Json;
using Facteur.Delivery.Filtering;

namespace Facteur.Jmap;

/// <summary>BlockedSender/set (docs/jmap.md): blocks and unblocks; an entry is not changed into another.</summary>
internal sealed class BlockedSenderSet() : ListedSet<string>(BlockedSenderType.Instance)
{
    protected override async ValueTask<string?> FindAsync(JmapCall call, JmapAccount account, string id, CancellationToken cancel) =>
        (await BlockedSenderType.Of(call).ListAsync(account.Id, cancel)).FirstOrDefault(entry => BlockedSenderType.IdOf(entry) == id);

    protected override async ValueTask<JmapCreated> CreateAsync(JmapCall call, JmapAccount account, JsonElement value, CancellationToken cancel)
    {
        var reader = new JmapObjectReader(value);
        reader.Only("email");
        var sent = reader.String("email") ?? "";
        if (reader.IsValid && !BlockedSenders.TryNormalize(sent, out _)) reader.Invalid("email", "email is neither an address nor a domain such as @example.org");
        reader.Check();
        var entry = await DoAsync("overQuota", () => BlockedSenderType.Of(call).AddAsync(account.Id, sent, cancel));
        return new JmapCreated(BlockedSenderType.IdOf(entry), entry == sent ? null : writer => writer.WriteString("email"u8, entry));
    }

    protected override ValueTask<Action<Utf8JsonWriter>?> UpdateAsync(JmapCall call, JmapAccount account, string before, JmapPatch patch, CancellationToken cancel) =>
        throw new JmapSetException(new JmapSetError("forbidden", "another sender is another entry"));

    protected override async ValueTask DestroyAsync(JmapCall call, JmapAccount account, string before, CancellationToken cancel) =>
        await BlockedSenderType.Of(call).RemoveAsync(account.Id, before, cancel);
}
