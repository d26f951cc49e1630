using System.Text;
using System.Text.Json;
using Facteur.Mail;

namespace Facteur.Jmap;

/// <summary>
/// Writes EmailAddress[] and EmailAddressGroup[] as address lists (RFC 8621 §4.1.2.3, §4.1.2.4). Drafts may hold addresses that are not finished: what is no
/// address is kept in quotes, where it stands for nothing else, until it is sent (RFC 8621 §4.6).
/// </summary>
internal static class DraftAddresses
{
    private const int MaxEmail = 400;

    /// <summary>Null when the value is not a list of addresses, or one holds a control character.</summary>
    public static string? Format(JsonElement value)
    {
        var list = new StringBuilder();
        return Append(list, value) ? list.ToString() : null;
    }

    public static string? FormatGroups(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Array) return null;
        var list = new StringBuilder();
        foreach (var group in value.EnumerateArray())
        {
            if (group.ValueKind != JsonValueKind.Object || !TryReadName(group, out var name) || !group.TryGetProperty("addresses", out var addresses)) return null;
            var isGroup = !string.IsNullOrWhiteSpace(name);
            if (list.Length > 0) list.Append(", ");
            if (isGroup) list.Append(EncodedWords.EncodePhrase(name!)).Append(": ");
            var before = list.Length;
            if (!Append(list, addresses)) return null;
            if (isGroup) list.Append(';');
            else if (list.Length == before && before > 0) list.Length -= 2;
        }
        return list.ToString();
    }

    private static bool Append(StringBuilder list, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Array) return false;
        var isFirst = true;
        foreach (var address in value.EnumerateArray())
        {
            if (!isFirst) list.Append(", ");
            isFirst = false;
            if (!AppendOne(list, address)) return false;
        }
        return true;
    }

    private static bool AppendOne(StringBuilder list, JsonElement address)
    {
        if (address.ValueKind != JsonValueKind.Object || !TryReadName(address, out var name)) return false;
        if (!address.TryGetProperty("email", out var value) || value.ValueKind != JsonValueKind.String) return false;
        var email = value.GetString()!.Trim();
        if (email.Length > MaxEmail || email.Any(DraftField.IsControl)) return false;
        var isAddress = MailAddress.TryParse(email, out var parsed);
        var written = isAddress ? parsed.ToString() : email.Length == 0 ? "" : MailAddress.QuoteLocalPart(email);
        if (!string.IsNullOrWhiteSpace(name)) list.Append(EncodedWords.EncodePhrase(name)).Append(" <").Append(written).Append('>');
        else if (isAddress) list.Append(written);
        else list.Append('<').Append(written).Append('>');
        return true;
    }

    private static bool TryReadName(JsonElement value, out string? name)
    {
        name = null;
        if (!value.TryGetProperty("name", out var found) || found.ValueKind == JsonValueKind.Null) return true;
        name = found.ValueKind == JsonValueKind.String ? found.GetString() : null;
        return name is not null;
    }
}
