using Facteur.Storage;

namespace Facteur.Accounts;

/// <summary>An account to be made. What is left out comes from the defaults of its domain.</summary>
public sealed record AccountDraft(string Address)
{
    public string? DisplayName { get; init; }

    public AccountKind Kind { get; init; }

    /// <summary>Null: one is generated, but for a shared account, which has none.</summary>
    public string? Password { get; init; }

    /// <summary>No password is made: credentials follow from elsewhere.</summary>
    public bool WithoutPassword { get; init; }

    /// <summary>What is left out is not taken from the defaults of the domain.</summary>
    public bool WithoutDefaults { get; init; }

    /// <summary>Null: as the domain's defaults say.</summary>
    public long? QuotaOctets { get; init; }

    /// <summary>Names of groups of its domain; null: as the domain's defaults say, for an account of a person.</summary>
    public IReadOnlyList<string>? Groups { get; init; }
}

/// <summary>The setting "defaults" of a domain: what its new accounts begin with. A later change touches none that are there.</summary>
/// <param name="Locale">Language of the account ("fr", "en"); null: the domain's, also when that changes.</param>
/// <param name="Groups">Names of groups that accounts of persons join.</param>
public sealed record DomainDefaults(long? QuotaOctets = null, string? Locale = null, IReadOnlyList<string>? Groups = null);
