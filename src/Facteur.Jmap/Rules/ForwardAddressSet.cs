using System.Text.Json;
using Facteur.Accounts;

namespace Facteur.Jmap;

/// <summary>
/// ForwardAddress/set (docs/jmap.md): adds an address, which is sent a code when it is not one of this server; confirms it by
/// <c>{"code": "…"}</c>; takes it away.
/// </summary>
internal sealed class ForwardAddressSet() : ListedSet<ForwardTarget>(ForwardAddressType.Instance)
{
    protected override async ValueTask<ForwardTarget?> FindAsync(JmapCall call, JmapAccount account, string id, CancellationToken cancel) =>
        (await ForwardAddressType.TargetsAsync(call, account, cancel)).FirstOrDefault(target => ForwardAddressType.IdOf(target.Address) == id);

    protected override async ValueTask<JmapCreated> CreateAsync(JmapCall call, JmapAccount account, JsonElement value, CancellationToken cancel)
    {
        var reader = new JmapObjectReader(value);
        reader.Only("email");
        if (reader.String("email") is not { } email || !EmailAddress.TryParse(email, out var address))
        {
            reader.Invalid("email", "email is no address");
            address = default;
        }
        reader.Check();
        await DoAsync("forbidden", async () =>
        {
            await call.Services.Delivery!.Confirmations.AskAsync(call.Services.Accounts, account.Address, address.ToString(), use: false, cancel);
            return true;
        });
        var added = (await ForwardAddressType.TargetsAsync(call, account, cancel)).First(target => target.Address == address.ToString());
        return new JmapCreated(ForwardAddressType.IdOf(added.Address), writer =>
        {
            writer.WriteString("email"u8, added.Address);
            writer.WriteBoolean("isConfirmed"u8, added.IsConfirmed);
            writer.WriteBoolean("isForwarding"u8, added.IsUsed);
        });
    }

    protected override async ValueTask<Action<Utf8JsonWriter>?> UpdateAsync(JmapCall call, JmapAccount account, ForwardTarget before, JmapPatch patch, CancellationToken cancel)
    {
        if (patch.Entries is not [{ Path: ["code"], Value: { ValueKind: JsonValueKind.String } code }])
            throw new JmapSetException(new JmapSetError("invalidProperties", "an address is confirmed by its code, and nothing else of it is changed", [.. patch.Entries.Select(entry => entry.Property)]));
        if (!await call.Services.Accounts.ConfirmForwardAsync(account.Address, before.Address, code.GetString()!, cancel))
            throw new JmapSetException(new JmapSetError("invalidProperties", "the code is wrong, older than a week, or was tried too often", ["code"]));
        return writer => writer.WriteBoolean("isConfirmed"u8, true);
    }

    protected override async ValueTask DestroyAsync(JmapCall call, JmapAccount account, ForwardTarget before, CancellationToken cancel) =>
        await call.Services.Accounts.RemoveForwardAsync(account.Address, before.Address, cancel);
}
