using System.Text.Json;
using Facteur.Accounts;

namespace Facteur.Jmap;

/// <summary>Reads an Identity as a client wants it (RFC 8621 §6); what is wrong with it is noted by property.</summary>
internal static class IdentityReader
{
    public static Identity Read(JmapObjectReader reader, int id)
    {
        var identity = new Identity(id, reader.String("name") ?? "", reader.String("email") ?? "")
        {
            ReplyTo = Addresses(reader, "replyTo"), Bcc = Addresses(reader, "bcc"),
            SignatureText = NullIfEmpty(reader.String("textSignature")), SignatureHtml = NullIfEmpty(reader.String("htmlSignature")),
        };
        if (reader.IsValid && IdentitiesSetting.Problem(identity) is { } problem) reader.Invalid(NameOf(problem.Property), problem.Sentence);
        return identity;
    }

    private static string NameOf(string property) => property switch
    {
        nameof(Identity.Name) => "name",
        nameof(Identity.ReplyTo) => "replyTo",
        nameof(Identity.Bcc) => "bcc",
        nameof(Identity.SignatureText) => "textSignature",
        nameof(Identity.SignatureHtml) => "htmlSignature",
        _ => "email",
    };

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private static List<NamedAddress>? Addresses(JmapObjectReader reader, string name)
    {
        if (reader.Array(name) is not { } list || list.GetArrayLength() == 0) return null;
        var addresses = new List<NamedAddress>();
        foreach (var element in list.EnumerateArray())
        {
            if (Address(element) is not { } address)
            {
                reader.Invalid(name, $"{name} is not a list of objects with name and email");
                return null;
            }
            addresses.Add(address);
        }
        return addresses;
    }

    private static NamedAddress? Address(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty("email"u8, out var email) || email.ValueKind != JsonValueKind.String) return null;
        if (!element.TryGetProperty("name"u8, out var name) || name.ValueKind == JsonValueKind.Null) return new NamedAddress(null, email.GetString()!);
        return name.ValueKind == JsonValueKind.String ? new NamedAddress(name.GetString(), email.GetString()!) : null;
    }
}
