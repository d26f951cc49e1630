using Facteur.Storage.Contacts;

namespace Facteur.Jmap;

/// <summary>The address book of an account (RFC 9610 §2): one, which is always there and is the default.</summary>
internal sealed class AddressBookType : ListedType
{
    public const string Id = "b1";

    public static readonly AddressBookType Instance = new();

    private AddressBookType()
        : base("AddressBook", JmapCapabilities.Contacts, "name", "description", "sortOrder", "isDefault", "isSubscribed", "shareWith", "myRights")
    {
    }

    public override ValueTask<IReadOnlyList<ListedObject>> ListAsync(JmapCall call, JmapAccount account, CancellationToken cancel) => new([ToObject()]);

    private static ListedObject ToObject() => ListedObject.Of(Id, writer =>
    {
        writer.WriteString("name"u8, "Contacts");
        writer.WriteNull("description"u8);
        writer.WriteNumber("sortOrder"u8, 0);
        writer.WriteBoolean("isDefault"u8, true);
        writer.WriteBoolean("isSubscribed"u8, true);
        writer.WriteNull("shareWith"u8);
        writer.WriteStartObject("myRights"u8);
        writer.WriteBoolean("mayRead"u8, true);
        writer.WriteBoolean("mayWrite"u8, true);
        writer.WriteBoolean("mayShare"u8, false);
        writer.WriteBoolean("mayDelete"u8, false);
        writer.WriteEndObject();
    });
}
