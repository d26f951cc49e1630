namespace Facteur.Jmap;

/// <summary>AddressBook/get (RFC 9610 §2).</summary>
internal sealed class AddressBookGet() : ListedGet(AddressBookType.Instance);
