using System.Text.Json;
using Facteur.Accounts;

namespace Facteur.Jmap;

/// <summary>
/// DisposableAddress/set: docs/jmap.md. The server makes the address up: one of a person's own choice could be taken for that of somebody else of the domain.
/// </summary>
internal sealed class DisposableAddressSet() : ListedSet<DisposableAddress>(DisposableAddressType.Instance)
{
    protected override ValueTask<DisposableAddress?> FindAsync(JmapCall call, JmapAccount account, string id, CancellationToken cancel) =>
        DisposableAddressType.FindAsync(call, account, id, cancel);

    protected override async ValueTask<JmapCreated> CreateAsync(JmapCall call, JmapAccount account, JsonElement value, CancellationToken cancel)
    {
        var accounts = call.Services.Accounts;
        var reader = new JmapObjectReader(value);
        reader.Only("label", "isEnabled");
        var (label, isEnabled) = Read(reader);
        var made = await DoAsync("overQuota", () => accounts.AddDisposableAsync(account.Address, null, label, cancel));
        if (!isEnabled) made = await accounts.UpdateDisposableAsync(made with { Enabled = false }, cancel);
        return new JmapCreated(DisposableAddressType.IdOf(made), writer =>
        {
            writer.WriteString("email"u8, made.Address);
            if (!reader.Has("label") || made.Label != label) writer.WriteString("label"u8, made.Label);
            if (!reader.Has("isEnabled")) writer.WriteBoolean("isEnabled"u8, true);
            writer.WriteNumber("messageCount"u8, 0);
            writer.WriteNull("lastUsedAt"u8);
        });
    }

    protected override async ValueTask<Action<Utf8JsonWriter>?> UpdateAsync(JmapCall call, JmapAccount account, DisposableAddress before, JmapPatch patch, CancellationToken cancel)
    {
        using var applied = new ListedPatch(DisposableAddressType.Instance, DisposableAddressType.ToObject(before), patch, "email", "messageCount", "lastUsedAt");
        var (label, isEnabled) = Read(applied.Wanted);
        var after = await call.Services.Accounts.UpdateDisposableAsync(before.Address with { Label = label, Enabled = isEnabled }, cancel);
        return after.Label == label ? null : writer => writer.WriteString("label"u8, after.Label);
    }

    protected override async ValueTask DestroyAsync(JmapCall call, JmapAccount account, DisposableAddress before, CancellationToken cancel) =>
        await call.Services.Accounts.RemoveDisposableAsync(before.Address, cancel);

    private static (string Label, bool IsEnabled) Read(JmapObjectReader reader)
    {
        var (label, isEnabled) = (reader.String("label") ?? "", reader.Bool("isEnabled") ?? true);
        if (!AccountService.IsLabel(label)) reader.Invalid("label", $"label is one line of at most {AccountService.MaxLabel} characters");
        reader.Check();
        return (label, isEnabled);
    }
}
