using System.Text.Json;
using Facteur.Accounts;

namespace Facteur.Jmap;

/// <summary>Names and addresses that an account writes under (RFC 8621 §6). The default one is listed first.</summary>
internal sealed class IdentityType : ListedType
{
    public static readonly IdentityType Instance = new();

    private IdentityType()
        : base("Identity", JmapCapabilities.Submission, "name", "email", "replyTo", "bcc", "textSignature", "htmlSignature", "mayDelete")
    {
    }

    public override async ValueTask<IReadOnlyList<ListedObject>> ListAsync(JmapCall call, JmapAccount account, CancellationToken cancel) =>
        [.. (await call.Services.Accounts.ListIdentitiesAsync(account.Address, cancel)).OrderByDescending(one => one.IsDefault).Select(ToObject)];

    /// <summary>The identity of an id as sent, which may be "#creationId"; null when the account has none.</summary>
    public static async ValueTask<Identity?> FindAsync(JmapCall call, JmapAccount account, string id, CancellationToken cancel) =>
        JmapIds.TryReadIdentity(call.Request.ResolveId(id), out var number)
            ? (await call.Services.Accounts.ListIdentitiesAsync(account.Address, cancel)).FirstOrDefault(one => one.Id == number)
            : null;

    public static ListedObject ToObject(Identity identity) => ListedObject.Of(JmapIds.Of(identity), writer =>
    {
        writer.WriteString("name"u8, identity.Name);
        writer.WriteString("email"u8, identity.Address);
        WriteAddresses(writer, "replyTo", identity.ReplyTo);
        WriteAddresses(writer, "bcc", identity.Bcc);
        writer.WriteString("textSignature"u8, identity.SignatureText ?? "");
        writer.WriteString("htmlSignature"u8, identity.SignatureHtml ?? "");
        writer.WriteBoolean("mayDelete"u8, MayDelete(identity));
    });

    /// <summary>The one of the account's own name stays: an account without any identity could not write.</summary>
    public static bool MayDelete(Identity identity) => identity.Id != 0;

    private static void WriteAddresses(Utf8JsonWriter writer, string name, IReadOnlyList<NamedAddress>? addresses)
    {
        if (addresses is null)
        {
            writer.WriteNull(name);
            return;
        }
        writer.WriteStartArray(name);
        foreach (var address in addresses)
        {
            writer.WriteStartObject();
            writer.WriteString("name"u8, address.Name);
            writer.WriteString("email"u8, address.Email);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }
}
