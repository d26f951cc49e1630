using System.Text.Json;
using Facteur.Mail;

namespace Facteur.Jmap;

/// <summary>Writes address lists as EmailAddress[] and EmailAddressGroup[] (RFC 8621 §4.1.2.3, §4.1.2.4).</summary>
internal static class AddressWriter
{
    /// <summary>Every mailbox; groups are not told.</summary>
    public static void WriteList(Utf8JsonWriter json, IReadOnlyList<AddressItem> items)
    {
        json.WriteStartArray();
        foreach (var item in items)
            if (item.Kind == AddressItemKind.Mailbox) Write(json, item);
        json.WriteEndArray();
    }

    /// <summary>Groups; mailboxes outside of any stand together in groups without a name.</summary>
    public static void WriteGroups(Utf8JsonWriter json, IReadOnlyList<AddressItem> items)
    {
        var isOpen = false;
        json.WriteStartArray();
        foreach (var item in items)
        {
            if (item.Kind == AddressItemKind.GroupEnd)
            {
                if (isOpen) EndGroup(json);
                isOpen = false;
                continue;
            }
            if (item.Kind == AddressItemKind.GroupStart && isOpen) EndGroup(json);
            if (item.Kind == AddressItemKind.GroupStart || !isOpen) StartGroup(json, item.Kind == AddressItemKind.GroupStart ? item.DisplayName : null);
            isOpen = true;
            if (item.Kind == AddressItemKind.Mailbox) Write(json, item);
        }
        if (isOpen) EndGroup(json);
        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, AddressItem item)
    {
        json.WriteStartObject();
        WriteName(json, item.DisplayName);
        json.WriteString("email"u8, AddressSpec(item.LocalPart, item.Domain));
        json.WriteEndObject();
    }

    /// <summary>The addr-spec (RFC 5322 §3.4.1); what is left of it where something is missing.</summary>
    public static string AddressSpec(string localPart, string domain) =>
        domain.Length == 0 ? localPart : $"{MailAddress.QuoteLocalPart(localPart)}@{domain}";

    private static void StartGroup(Utf8JsonWriter json, string? name)
    {
        json.WriteStartObject();
        WriteName(json, name);
        json.WriteStartArray("addresses"u8);
    }

    private static void EndGroup(Utf8JsonWriter json)
    {
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteName(Utf8JsonWriter json, string? name)
    {
        if (string.IsNullOrEmpty(name)) json.WriteNull("name"u8);
        else json.WriteString("name"u8, HeaderText.Compose(name));
    }
}
