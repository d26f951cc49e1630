using System.Text.Json.Serialization;

namespace Facteur.Accounts;

/// <summary>A name and address that an account writes under (what JMAP calls Identity, RFC 8621 §6).</summary>
/// <param name="Id">Of its account, never given again; 0 for the one that an account has without any.</param>
/// <param name="Name">Shown beside the address, or "".</param>
/// <param name="Address">One that the account may send as.</param>
public sealed record Identity(int Id, string Name, string Address)
{
    /// <summary>Where answers go; null: to <see cref="Address"/>.</summary>
    public string? ReplyTo { get; init; }

    /// <summary>Put under plain text, and what stands for it in HTML; null: none.</summary>
    public string? SignatureText { get; init; }
    public string? SignatureHtml { get; init; }

    /// <summary>The one new messages begin with; one of an account is.</summary>
    public bool IsDefault { get; init; }
}

/// <summary>The setting "identities" of an account.</summary>
/// <param name="NextId">Id that the next one gets.</param>
public sealed record IdentitiesSetting(IReadOnlyList<Identity> Identities, int NextId)
{
    public const int MaxIdentities = 100;
    public const int MaxName = 200;

    /// <summary>Characters of a signature, plain or HTML.</summary>
    public const int MaxSignature = 20_000;

    /// <summary>What is wrong with them in one sentence, but for whether the addresses may be used; null when nothing is.</summary>
    public string? Fault()
    {
        if (Identities.Count > MaxIdentities) return $"An account has at most {MaxIdentities} identities.";
        if (Identities.Count > 0 && Identities.Count(one => one.IsDefault) != 1) return "One identity is the default, and only one.";
        if (Identities.Any(one => one.Id < 1 || one.Id >= NextId) || Identities.DistinctBy(one => one.Id).Count() != Identities.Count)
            return "Each identity has an \"id\" of its own from 1 on, below \"nextId\".";
        return Identities.Select(Fault).FirstOrDefault(fault => fault is not null);
    }

    internal static string? Fault(Identity one)
    {
        if (one.Name.Length > MaxName || !EmailAddress.IsPlainText(one.Name)) return $"The name of an identity is one line of at most {MaxName} characters.";
        if (!EmailAddress.TryParse(one.Address, out _)) return $"\"{one.Address}\" is not an address in full.";
        if (one.ReplyTo is { } reply && !EmailAddress.TryParse(reply, out _)) return $"\"{reply}\" is not an address in full.";
        return one.SignatureText?.Length > MaxSignature || one.SignatureHtml?.Length > MaxSignature ? $"A signature has at most {MaxSignature} characters." : null;
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(IdentitiesSetting))]
[JsonSerializable(typeof(DomainDefaults))]
internal sealed partial class DirectoryJson : JsonSerializerContext;
