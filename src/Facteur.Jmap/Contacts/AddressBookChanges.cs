namespace Facteur.Jmap;

/// <summary>AddressBook/changes (RFC 9610 §2).</summary>
internal sealed class AddressBookChanges() : ListedChanges(AddressBookType.Instance);
