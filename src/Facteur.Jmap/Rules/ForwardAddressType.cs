using Facteur.Accounts;

namespace Facteur.Jmap;

/// <summary>Addresses that mail may be sent on to, with those that nobody confirmed yet (docs/jmap.md).</summary>
internal sealed class ForwardAddressType : ListedType
{
    public static readonly ForwardAddressType Instance = new();

    private ForwardAddressType()
        : base("ForwardAddress", JmapCapabilities.FacteurRules, "email", "isConfirmed", "isForwarding")
    {
    }

    public override async ValueTask<IReadOnlyList<ListedObject>> ListAsync(JmapCall call, JmapAccount account, CancellationToken cancel) =>
        [.. (await TargetsAsync(call, account, cancel)).Select(target => ListedObject.Of(IdOf(target.Address), writer =>
        {
            writer.WriteString("email"u8, target.Address);
            writer.WriteBoolean("isConfirmed"u8, target.IsConfirmed);
            writer.WriteBoolean("isForwarding"u8, target.IsUsed);
        }))];

    public static async ValueTask<IReadOnlyList<ForwardTarget>> TargetsAsync(JmapCall call, JmapAccount account, CancellationToken cancel) =>
        (await call.Services.Accounts.GetForwardAsync(account.Address, cancel))?.Targets ?? [];

    public static string IdOf(string address) => "f" + BlockedSenderType.DigestOf(address);
}
