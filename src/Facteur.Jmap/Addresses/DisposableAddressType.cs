using System.Security.Cryptography;
using System.Text;
using Facteur.Accounts;
using Facteur.Jmap.Push;
using Facteur.Storage;

namespace Facteur.Jmap;

/// <summary>Addresses that an account made to give to one correspondent each, and switches off when they are abused: docs/jmap.md.</summary>
internal sealed class DisposableAddressType : ListedType
{
    public static readonly DisposableAddressType Instance = new();

    private DisposableAddressType()
        : base("DisposableAddress", JmapCapabilities.FacteurAddresses, "email", "label", "isEnabled", "messageCount", "lastUsedAt")
    {
    }

    public override async ValueTask<IReadOnlyList<ListedObject>> ListAsync(JmapCall call, JmapAccount account, CancellationToken cancel) =>
        [.. (await call.Services.Accounts.ListDisposablesAsync(account.Address, cancel)).Select(ToObject)];

    /// <summary>Null when the account has none of that id.</summary>
    public static async ValueTask<DisposableAddress?> FindAsync(JmapCall call, JmapAccount account, string id, CancellationToken cancel) =>
        (await call.Services.Accounts.ListDisposablesAsync(account.Address, cancel)).FirstOrDefault(one => IdOf(one.Address) == id);

    /// <summary>Addresses have no number, and are longer than an id may be: a hash of the address, which never changes.</summary>
    public static string IdOf(AddressRecord address) => "d" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(address.Address)).AsSpan(0, 10));

    public static ListedObject ToObject(DisposableAddress one) => ListedObject.Of(IdOf(one.Address), writer =>
    {
        writer.WriteString("email"u8, one.Address.Address);
        writer.WriteString("label"u8, one.Address.Label);
        writer.WriteBoolean("isEnabled"u8, one.Address.Enabled);
        writer.WriteNumber("messageCount"u8, one.Messages);
        PushDates.Write(writer, "lastUsedAt", one.LastUsed);
    });
}
