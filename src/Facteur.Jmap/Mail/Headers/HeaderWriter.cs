using System.Text;
using System.Text.Json;
using Facteur.Mail;

namespace Facteur.Jmap;

/// <summary>Writes header fields in their forms (RFC 8621 §4.1.2, §4.1.3).</summary>
internal static class HeaderWriter
{
    /// <summary>Addresses read of one field; past it a field is no list that anybody sent.</summary>
    private const int MaxAddresses = 20_000;

    /// <summary>The value of a property: the last instance, or all of them.</summary>
    public static void WriteProperty(Utf8JsonWriter json, HeaderProperty property, int slot, HeaderValues header)
    {
        var count = header.Count(slot);
        if (property.All)
        {
            json.WriteStartArray();
            for (var i = 0; i < count; i++) Write(json, property.Form, header.Value(slot, i));
            json.WriteEndArray();
        }
        else if (count == 0) json.WriteNullValue();
        else Write(json, property.Form, header.Value(slot, count - 1));
    }

    /// <summary>All fields in order, in Raw form: EmailHeader[].</summary>
    public static void WriteAll(Utf8JsonWriter json, ReadOnlySpan<byte> block)
    {
        json.WriteStartArray();
        foreach (var field in new HeaderFields(block))
        {
            if (field.Name.IsEmpty) continue;
            json.WriteStartObject();
            json.WriteString("name"u8, field.Name);
            json.WritePropertyName("value"u8);
            WriteRaw(json, field.Value);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    /// <summary>One instance in a form.</summary>
    public static void Write(Utf8JsonWriter json, HeaderForm form, ReadOnlySpan<byte> value)
    {
        switch (form)
        {
            case HeaderForm.Raw:
                WriteRaw(json, value);
                break;
            case HeaderForm.Text:
                WriteText(json, value);
                break;
            case HeaderForm.Addresses:
                AddressWriter.WriteList(json, AddressParser.ParseList(value, MaxAddresses));
                break;
            case HeaderForm.GroupedAddresses:
                AddressWriter.WriteGroups(json, AddressParser.ParseList(value, MaxAddresses));
                break;
            case HeaderForm.MessageIds:
                WriteMessageIds(json, value);
                break;
            case HeaderForm.Date:
                WriteDate(json, value);
                break;
            default:
                WriteUrls(json, value);
                break;
        }
    }

    /// <summary>RFC 8621 §4.1.2.1: octets that are no UTF-8 become U+FFFD, NUL is dropped.</summary>
    public static void WriteRaw(Utf8JsonWriter json, ReadOnlySpan<byte> value)
    {
        if (Ascii.IsValid(value) && !value.Contains((byte)0)) json.WriteStringValue(value);
        else json.WriteStringValue(Encoding.UTF8.GetString(value).Replace("\0", "", StringComparison.Ordinal));
    }

    /// <summary>RFC 8621 §4.1.2.2.</summary>
    public static void WriteText(Utf8JsonWriter json, ReadOnlySpan<byte> value)
    {
        if (value.IndexOfAnyExceptInRange((byte)' ', (byte)'~') < 0 && value.IndexOf("=?"u8) < 0) json.WriteStringValue(value.Trim((byte)' '));
        else json.WriteStringValue(HeaderText.Read(value));
    }

    /// <summary>RFC 8621 §4.1.2.5: without angle brackets; null when there is none.</summary>
    public static void WriteMessageIds(Utf8JsonWriter json, ReadOnlySpan<byte> value)
    {
        var ids = MessageIds.Parse(value);
        if (ids.Count == 0)
        {
            json.WriteNullValue();
            return;
        }
        json.WriteStartArray();
        foreach (var id in ids) json.WriteStringValue(id.AsSpan(1, id.Length - 2));
        json.WriteEndArray();
    }

    /// <summary>RFC 8621 §4.1.2.6.</summary>
    public static void WriteDate(Utf8JsonWriter json, ReadOnlySpan<byte> value)
    {
        if (MailDate.TryParse(value, out var date)) JmapDates.Write(json, date);
        else json.WriteNullValue();
    }

    /// <summary>RFC 8621 §4.1.2.7; null when there is none, as of "List-Post: NO" (RFC 2369 §3.4).</summary>
    private static void WriteUrls(Utf8JsonWriter json, ReadOnlySpan<byte> value)
    {
        var urls = ListUrls.Read(value);
        if (urls.Count == 0)
        {
            json.WriteNullValue();
            return;
        }
        json.WriteStartArray();
        foreach (var url in urls) json.WriteStringValue(url);
        json.WriteEndArray();
    }
}
