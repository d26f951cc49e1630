using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Facteur.Net.Ldap;

namespace Facteur.Accounts.Ldap;

/// <summary>Attributes of an entry that mean something here.</summary>
/// <param name="Mail">Address; the first of the domain is the account's, others are further addresses of it.</param>
/// <param name="Name">Display name.</param>
/// <param name="Aliases">More addresses; null for none. "smtp:" before one is passed over, as in proxyAddresses of Active Directory.</param>
/// <param name="Groups">Groups by name, or by distinguished name of which the first value counts, as in memberOf; null for none.</param>
public sealed record LdapAttributes(string Mail = "mail", string Name = "displayName", string? Aliases = null, string? Groups = null);

/// <summary>
/// The setting "ldap" of a domain, or of the site for all domains that have none: passwords are checked by a directory elsewhere. Only who
/// administers the server may write it, for it names hosts of the house that are connected to.
/// </summary>
/// <param name="Servers">"ldaps://host" or "ldap://host", asked in this order; none: passwords are ours.</param>
/// <param name="StartTls">On ldap: go over to TLS first. False only to this machine.</param>
/// <param name="CaFile">PEM file of the only authorities that are believed; null: those of the system.</param>
/// <param name="BindDn">Name to search by; null: as nobody.</param>
/// <param name="UserDn">Name of a user with {user}, {local} or {domain} in it; null: the user is searched for.</param>
/// <param name="Base">Where users are searched for.</param>
/// <param name="Filter">What finds the one entry of a user, with {user}, {local} or {domain} in it. Default (mail={user}).</param>
/// <param name="ListFilter">What finds all users, for facteur ldap sync. Default (mail=*).</param>
/// <param name="TimeoutSeconds">Longest wait for an answer. Default 5: somebody waits for the login.</param>
/// <param name="Connections">Most connections to the directory at once. Default 4.</param>
/// <param name="CreateAccounts">Who logs in and has no account yet is given one.</param>
public sealed record LdapSetting(
    IReadOnlyList<string>? Servers = null, bool StartTls = true, string? CaFile = null, string? BindDn = null, string? Password = null,
    string? UserDn = null, string? Base = null, string? Filter = null, string? ListFilter = null, LdapAttributes? Attributes = null,
    [property: Range(1, 60)] int TimeoutSeconds = 5, [property: Range(1, 64)] int Connections = 4, bool CreateAccounts = false)
{
    /// <summary>Name of the document.</summary>
    public const string Document = "ldap";

    /// <summary>What may stand in braces.</summary>
    internal static readonly IReadOnlyList<string> Names = ["user", "local", "domain"];

    [JsonIgnore]
    public bool IsOn => Servers is { Count: > 0 };

    internal string FilterText => Filter ?? "(mail={user})";

    internal string ListFilterText => ListFilter ?? "(mail=*)";

    internal LdapAttributes AttributeNames => Attributes ?? new LdapAttributes();

    /// <summary>What is wrong with it in one sentence; null when nothing is.</summary>
    public string? Fault()
    {
        if (!IsOn) return null;
        if (Servers!.FirstOrDefault(server => !LdapServerAddress.TryParse(server, out _)) is { } wrong)
            return $"\"{wrong}\" is no directory; allowed is ldaps://host, ldap://host or one of these with :port.";
        if (UserDn is null && string.IsNullOrWhiteSpace(Base)) return "\"base\" is missing: where users are searched for, such as ou=people,dc=example,dc=org. Or set \"userDn\".";
        if (UserDn is not null && !HasName(UserDn)) return "\"userDn\" needs {user} or {local} in it.";
        if (UserDn is null && !HasName(FilterText)) return "\"filter\" needs {user} or {local} in it: it has to find one user.";
        if (BindDn is null != Password is null) return BindDn is null ? "\"password\" needs a \"bindDn\"." : "\"bindDn\" needs a \"password\".";
        if (BindDn is { Length: 0 } || Password is { Length: 0 }) return "\"bindDn\" and \"password\" cannot be empty; leave both out to search as nobody.";
        if (CaFile is not null && !Path.IsPathFullyQualified(CaFile)) return "\"caFile\" is a path from the root.";
        if (AttributeNames.Mail.Length == 0) return "\"attributes.mail\" cannot be empty.";
        return FilterFault(FilterText, Names) ?? FilterFault(ListFilterText, []);
    }

    /// <summary>Without the password, wherever a record may be printed.</summary>
    public override string ToString() => $"ldap {string.Join(' ', Servers ?? [])}";

    private static bool HasName(string text) => text.Contains("{user}", StringComparison.Ordinal) || text.Contains("{local}", StringComparison.Ordinal);

    private static string? FilterFault(string text, IReadOnlyList<string> names)
    {
        try
        {
            LdapFilter.Parse(text, names);
            return null;
        }
        catch (FormatException e)
        {
            return e.Message;
        }
    }
}

/// <summary>What of an account came from the directory: the setting "ldap.entry" of the account, written by the server alone.</summary>
/// <param name="Addresses">Further addresses that it brought.</param>
/// <param name="Groups">Groups that it brought, by name.</param>
/// <param name="IsDisabled">The account was switched off because the directory has it no more.</param>
internal sealed record LdapBinding(string Dn, IReadOnlyList<string>? Addresses = null, IReadOnlyList<string>? Groups = null, bool IsDisabled = false)
{
    public const string Document = "ldap.entry";

    public bool Same(LdapBinding? other) =>
        other is not null && Dn == other.Dn && IsDisabled == other.IsDisabled && (Addresses ?? []).SequenceEqual(other.Addresses ?? []) && (Groups ?? []).SequenceEqual(other.Groups ?? []);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LdapSetting))]
[JsonSerializable(typeof(LdapBinding))]
internal sealed partial class LdapJson : JsonSerializerContext;
