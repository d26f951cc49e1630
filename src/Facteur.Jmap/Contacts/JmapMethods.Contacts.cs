namespace Facteur.Jmap;

public static partial class JmapMethods
{
    private static partial IEnumerable<JmapMethod> Contacts() =>
    [
        new AddressBookGet(), new AddressBookChanges(), new AddressBookSet(),
        new ContactCardGet(), new ContactCardChanges(), new ContactCardQuery(), new ContactCardQueryChanges(), new ContactCardSet(), new ContactCardCopy(),
    ];
}
