using System.Text.Json;
using Facteur.Accounts;
using Facteur.Storage;

namespace Facteur.Jmap;

/// <summary>Identity/set: forbiddenFrom for an address that the account may not send as (RFC 8621 §6.3).</summary>
internal sealed class IdentitySet() : ListedSet<Identity>(IdentityType.Instance)
{
    // More identities, or longer signatures together, than an account may have.
    private const string TooMuch = "overQuota";

    protected override ValueTask<Identity?> FindAsync(JmapCall call, JmapAccount account, string id, CancellationToken cancel) => IdentityType.FindAsync(call, account, id, cancel);

    protected override async ValueTask<JmapCreated> CreateAsync(JmapCall call, JmapAccount account, JsonElement value, CancellationToken cancel)
    {
        var reader = new JmapObjectReader(value);
        reader.Only("name", "email", "replyTo", "bcc", "textSignature", "htmlSignature");
        if (reader.String("email") is null) reader.Invalid("email", "email is missing");
        var wanted = IdentityReader.Read(reader, 0);
        reader.Check();
        if (!await MaySendAsAsync(call, account, wanted, cancel)) throw new JmapSetException(new JmapSetError("forbiddenFrom", $"{wanted.Address} is not an address of the account"));
        var added = await DoAsync(TooMuch, () => call.Services.Accounts.AddIdentityAsync(account.Address, wanted, cancel, besideOwn: true));
        return new JmapCreated(JmapIds.Of(added), ListedPatch.Differences(IdentityType.ToObject(added), value));
    }

    protected override async ValueTask<Action<Utf8JsonWriter>?> UpdateAsync(JmapCall call, JmapAccount account, Identity before, JmapPatch patch, CancellationToken cancel)
    {
        using var applied = new ListedPatch(IdentityType.Instance, IdentityType.ToObject(before), patch, "email", "mayDelete");
        var wanted = IdentityReader.Read(applied.Wanted, before.Id);
        applied.Wanted.Check();
        if (!await MaySendAsAsync(call, account, wanted, cancel)) throw new JmapSetException(new JmapSetError("forbidden", $"{wanted.Address} is not an address of the account any more"));
        var after = await DoAsync(TooMuch, () => call.Services.Accounts.UpdateIdentityAsync(account.Address, wanted, cancel));
        return ListedPatch.Differences(IdentityType.ToObject(after), applied.Wanted.Value);
    }

    protected override async ValueTask DestroyAsync(JmapCall call, JmapAccount account, Identity before, CancellationToken cancel)
    {
        if (!IdentityType.MayDelete(before)) throw new JmapSetException(new JmapSetError("forbidden", "the identity of the account itself stays"));
        await DoAsync(TooMuch, () => call.Services.Accounts.RemoveIdentityAsync(account.Address, JmapIds.Of(before)[1..], cancel));
    }

    private static ValueTask<bool> MaySendAsAsync(JmapCall call, JmapAccount account, Identity identity, CancellationToken cancel) =>
        new RecipientDirectory(call.Services.Store.Directory, call.Services.Store.Settings).MaySendAsAsync(account.Id, identity.Address, cancel);
}
