using System.Text.Json.Serialization;

namespace Facteur.Accounts;

/// <summary>A name and address that an account writes under (what JMAP calls Identity, RFC 8621 §6).</summary>
/// <param name="Id">Of its account, never given again; 0 for the one of its name and primary address, which it has without any other.</param>
/// <param name="Name">Shown beside the address, or "".</param>
/// <param name="Address">One that the account may send as; "*@exemple.fr" stands for every address of a domain whose mail the account takes.</param>
public sealed record Identity(int Id, string Name, string Address)
{
    /// <summary>Where answers go; null: to <see cref="Address"/>.</summary>
    [JsonConverter(typeof(NamedAddressesConverter))]
    public IReadOnlyList<NamedAddress>? ReplyTo { get; init; }

    /// <summary>Who gets a copy that others do not see, unless the writer takes them out; null: nobody.</summary>
    [JsonConverter(typeof(NamedAddressesConverter))]
    public IReadOnlyList<NamedAddress>? Bcc { get; init; }

    /// <summary>Put under plain text, and what stands for it in HTML; null: none.</summary>
    public string? SignatureText { get; init; }
    public string? SignatureHtml { get; init; }

    /// <summary>The one new messages begin with; one of an account is.</summary>
    public bool IsDefault { get; init; }

    /// <summary>True when who writes under this identity may put the address into From: it is the identity's, with a sub-address or in its domain.</summary>
    /// <param name="address">As written.</param>
    public bool Covers(string address)
    {
        if (!EmailAddress.TryParse(address, out var written) || !EmailAddress.TryParse(Address, out var own) || written.Domain != own.Domain) return false;
        return own.LocalPart == "*" || written.LocalPart == own.LocalPart || written.LocalPart.StartsWith(own.LocalPart + "+", StringComparison.Ordinal);
    }

    // Lists are compared by what they hold.
    public bool Equals(Identity? other) =>
        other is not null && (Id, Name, Address, SignatureText, SignatureHtml, IsDefault) == (other.Id, other.Name, other.Address, other.SignatureText, other.SignatureHtml, other.IsDefault)
        && Same(ReplyTo, other.ReplyTo) && Same(Bcc, other.Bcc);

    public override int GetHashCode() => HashCode.Combine(Id, Name, Address, SignatureText, SignatureHtml);

    private static bool Same(IReadOnlyList<NamedAddress>? one, IReadOnlyList<NamedAddress>? other) => one is null ? other is null : other is not null && one.SequenceEqual(other);
}

/// <summary>The setting "identities" of an account.</summary>
/// <param name="NextId">Id that the next one gets.</param>
public sealed record IdentitiesSetting(IReadOnlyList<Identity> Identities, int NextId)
{
    public const int MaxIdentities = 100;
    public const int MaxName = 200;

    /// <summary>Addresses of one ReplyTo or Bcc.</summary>
    public const int MaxAddresses = 20;

    /// <summary>Characters of a signature, plain or HTML.</summary>
    public const int MaxSignature = 20_000;

    /// <summary>What is wrong with them in one sentence, but for whether the addresses may be used; null when nothing is.</summary>
    public string? Fault()
    {
        if (Identities.Count > MaxIdentities) return $"An account has at most {MaxIdentities} identities.";
        if (Identities.Count > 0 && Identities.Count(one => one.IsDefault) != 1) return "One identity is the default, and only one.";
        if (Identities.Any(one => one.Id < 0 || one.Id >= NextId) || Identities.DistinctBy(one => one.Id).Count() != Identities.Count)
            return "Each identity has an \"id\" of its own, 0 for the one of the account's name, below \"nextId\".";
        return Identities.Select(one => Problem(one)?.Sentence).FirstOrDefault(fault => fault is not null);
    }

    /// <summary>What is wrong with one in one sentence, but for whether the address may be used; null when nothing is.</summary>
    public static (string Property, string Sentence)? Problem(Identity one)
    {
        if (!IsName(one.Name)) return (nameof(Identity.Name), $"The name of an identity is one line of at most {MaxName} characters.");
        if (!EmailAddress.TryParse(one.Address, out _)) return (nameof(Identity.Address), $"\"{one.Address}\" is not an address in full.");
        if (Fault(one.ReplyTo) is { } reply) return (nameof(Identity.ReplyTo), reply);
        if (Fault(one.Bcc) is { } bcc) return (nameof(Identity.Bcc), bcc);
        var signature = $"A signature has at most {MaxSignature} characters.";
        return one.SignatureText?.Length > MaxSignature ? (nameof(Identity.SignatureText), signature)
            : one.SignatureHtml?.Length > MaxSignature ? (nameof(Identity.SignatureHtml), signature)
            : null;
    }

    private static bool IsName(string name) => name.Length <= MaxName && EmailAddress.IsPlainText(name);

    private static string? Fault(IReadOnlyList<NamedAddress>? addresses)
    {
        if (addresses is null) return null;
        if (addresses.Count is 0 or > MaxAddresses) return $"A list of addresses has 1 to {MaxAddresses} of them.";
        foreach (var (name, email) in addresses)
        {
            if (name is not null && !IsName(name)) return $"The name before an address is one line of at most {MaxName} characters.";
            if (!EmailAddress.TryParse(email, out _)) return $"\"{email}\" is not an address in full.";
        }
        return null;
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(IdentitiesSetting))]
[JsonSerializable(typeof(List<NamedAddress>))]
[JsonSerializable(typeof(DomainDefaults))]
internal sealed partial class DirectoryJson : JsonSerializerContext;
