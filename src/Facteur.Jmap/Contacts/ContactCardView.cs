using System.Text.Json;
using Facteur.Storage.Contacts;

namespace Facteur.Jmap;

/// <summary>A card as JMAP has it (RFC 9610 §3): the card as it is kept, with its id and the address book that it is in.</summary>
internal static class ContactCardView
{
    /// <summary>Properties that are of JMAP, and not of the card.</summary>
    public static readonly string[] Own = ["id", "addressBookIds"];

    /// <param name="properties">Null: all. Any name: a card has properties that nothing here knows.</param>
    public static void Write(Utf8JsonWriter writer, ContactRecord record, IReadOnlyCollection<string>? properties)
    {
        using var card = JsonDocument.Parse(record.Card);
        writer.WriteStartObject();
        writer.WriteString("id"u8, ContactCardType.IdOf(record.Id));
        if (properties?.Contains("addressBookIds") != false) WriteBooks(writer);
        foreach (var property in card.RootElement.EnumerateObject())
            if (properties?.Contains(property.Name) != false) property.WriteTo(writer);
        writer.WriteEndObject();
    }

    public static void WriteBooks(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("addressBookIds"u8);
        writer.WriteBoolean(AddressBookType.Id, true);
        writer.WriteEndObject();
    }
}
