using System.Text.Json;
using System.Text.Json.Serialization;
using Facteur.Mail;

namespace Facteur.Accounts;

/// <summary>An address with the name that stands before it (EmailAddress, RFC 8621 §4.1.2.3).</summary>
/// <param name="Name">Null for none.</param>
public sealed record NamedAddress(string? Name, string Email)
{
    /// <summary>As it stands in a header field, unencoded.</summary>
    public override string ToString() => Name is null ? Email : $"{Name} <{Email}>";

    /// <summary>Reads a list as people write it: "Claire &lt;claire@exemple.fr&gt;, paul@exemple.fr". What is no address in full is kept as it stands, for a check to refuse.</summary>
    public static IReadOnlyList<NamedAddress> ParseList(string text)
    {
        var items = AddressParser.ParseList(System.Text.Encoding.UTF8.GetBytes(text), IdentitiesSetting.MaxAddresses + 1);
        return [.. items.Where(item => item.Kind == AddressItemKind.Mailbox).Select(Of)];
    }

    private static NamedAddress Of(AddressItem item) =>
        new(string.IsNullOrEmpty(item.DisplayName) ? null : item.DisplayName, item.Domain.Length == 0 ? item.LocalPart : $"{MailAddress.QuoteLocalPart(item.LocalPart)}@{item.Domain}");
}

/// <summary>A list of addresses; also in the form of one address alone, which earlier versions wrote.</summary>
internal sealed class NamedAddressesConverter : JsonConverter<IReadOnlyList<NamedAddress>>
{
    public override IReadOnlyList<NamedAddress>? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String
            ? [new NamedAddress(null, reader.GetString()!)]
            : JsonSerializer.Deserialize(ref reader, DirectoryJson.Default.ListNamedAddress);

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<NamedAddress> value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(writer, [.. value], DirectoryJson.Default.ListNamedAddress);
}
