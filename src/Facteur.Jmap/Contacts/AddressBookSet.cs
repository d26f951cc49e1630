using System.Text.Json;

namespace Facteur.Jmap;

/// <summary>AddressBook/set (RFC 9610 §2.3): an account has one address book, which is neither renamed nor taken away. Its rights and the capability say so beforehand.</summary>
internal sealed class AddressBookSet() : ListedSet<ListedObject>(AddressBookType.Instance)
{
    protected override IReadOnlyList<string> MoreArguments => ["onDestroyRemoveContents", "onSuccessSetIsDefault"];

    protected override async ValueTask<ListedObject?> FindAsync(JmapCall call, JmapAccount account, string id, CancellationToken cancel) =>
        (await AddressBookType.Instance.ListAsync(call, account, cancel)).FirstOrDefault(one => one.Id == id);

    protected override ValueTask<JmapCreated> CreateAsync(JmapCall call, JmapAccount account, JsonElement value, CancellationToken cancel) =>
        throw new JmapSetException(new JmapSetError("forbidden", "an account has one address book"));

    // What is sent as it is already is nothing to refuse.
    protected override ValueTask<Action<Utf8JsonWriter>?> UpdateAsync(JmapCall call, JmapAccount account, ListedObject before, JmapPatch patch, CancellationToken cancel)
    {
        string[] properties = [.. AddressBookType.Instance.Properties];
        using var applied = new ListedPatch(AddressBookType.Instance, before, patch, properties);
        applied.Wanted.Check();
        return default;
    }

    protected override ValueTask DestroyAsync(JmapCall call, JmapAccount account, ListedObject before, CancellationToken cancel) =>
        throw new JmapSetException(new JmapSetError("forbidden", "the only address book stays"));
}
