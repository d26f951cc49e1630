using System.Text.Json;
using System.Text.Json.Nodes;
using Facteur.Accounts;
using Facteur.Accounts.Ldap;
using Facteur.Accounts.OAuth;
using Facteur.Accounts.Policy;
using Facteur.Delivery.Domains;
using Facteur.Delivery.Filtering;
using Facteur.Delivery.Queue;
using Facteur.Delivery.Sieve;
using Facteur.Server.Configuration;
using Facteur.Web.External;

namespace Facteur.Server.Control.Settings;

/// <summary>A setting that this version knows.</summary>
/// <param name="Type">What reads the document.</param>
/// <param name="Scopes">Letters of the scopes that it may have: s(ite), d(omain), g(roup), a(ccount).</param>
/// <param name="Fault">What is wrong with a document that reads well, in one sentence; null when nothing is.</param>
internal sealed record SettingKind(string Name, Type Type, string Scopes, Func<object, string?>? Fault = null)
{
    /// <summary>All that are written by hand. Keys of the server ("dkim", "secret.…") have verbs of their own or none.</summary>
    public static IReadOnlyList<SettingKind> All { get; } =
    [
        new("route", typeof(RouteDocument), "sda", document => ((RouteDocument)document).Fault()),
        new("limits", typeof(LimitsDocument), "sda", document => LimitFault((LimitsDocument)document)),
        new("queue", typeof(QueueDocument), "s", document => ((QueueDocument)document).Fault()),
        new(FilterSettings.Document, typeof(FilterSettings), "s", document => FilterFault.Of((FilterSettings)document)),
        new(FilterPreferences.Document, typeof(FilterPreferences), "sda", document => FilterFault.Of((FilterPreferences)document)),
        new(PolicyDocument.Setting, typeof(PolicyDocument), "sdga", document => ((PolicyDocument)document).Fault()),
        new("forward", typeof(ForwardSetting), "a"),
        new("vacation", typeof(VacationSetting), "a"),
        new("locale", typeof(string), "sda", document => AccountSettings.Locales.Contains((string)document) ? null : $"The languages are {string.Join(" and ", AccountSettings.Locales)}."),
        new("postmaster", typeof(PostmasterSetting), "sd", document => EmailAddress.TryParse(((PostmasterSetting)document).Address, out _) ? null : "\"address\" is no address."),
        new("bounces", typeof(BounceSetting), "sd"),
        new("people", typeof(PeopleSetting), "sd"),
        new(AccountSettings.PopName, typeof(PopSetting), "sda", document => AccountService.Fault((PopSetting)document)),
        new("imap", typeof(ImapSetting), "a", document => ((ImapSetting)document).Fault()),
        new(WebmailSetting.Setting, typeof(WebmailSetting), "a", document => ((WebmailSetting)document).Problem()?.Sentence),
        new("mta-sts", typeof(MtaStsSetting), "sd"),
        new("alerts", typeof(AlertSetting), "a"),
        new(PasswordSetting.Setting, typeof(PasswordSetting), "s"),
        new("identities", typeof(IdentitiesSetting), "a", document => ((IdentitiesSetting)document).Fault()),
        new(OidcProviders.Setting, typeof(OidcSetting), "sd", document => ((OidcSetting)document).Fault()),
        new(OAuthClients.Setting, typeof(OAuthSetting), "s", document => OAuthClients.Fault((OAuthSetting)document)),
        new("defaults", typeof(DomainDefaults), "d", document => AccountService.Fault((DomainDefaults)document)),
        new(ScriptSetting.Document, typeof(ScriptSetting), "sa"),
        new(LdapSetting.Document, typeof(LdapSetting), "sd", document => ((LdapSetting)document).Fault()),
    ];

    public static SettingKind? Find(string name) => All.FirstOrDefault(kind => kind.Name == name);

    /// <summary>Keys of the server: neither shown nor written by hand.</summary>
    public static bool IsKey(string name) => name == "dkim" || name.StartsWith("secret.", StringComparison.Ordinal);

    /// <summary>The kind of that name.</summary>
    /// <exception cref="AccountRuleException">No part of the server reads such a setting.</exception>
    public static SettingKind Require(string name)
    {
        if (Find(name) is { } kind) return kind;
        if (name == "dkim") throw new AccountRuleException("The DKIM keys are made and changed by: facteur dkim rotate");
        if (IsKey(name)) throw new AccountRuleException($"\"{name}\" is a key of this server; it is neither shown nor written.");
        var names = All.Select(one => one.Name).ToList();
        var near = Spelling.Nearest(name, names) is { } meant ? $" (did you mean {meant}?)" : "";
        throw new AccountRuleException($"There is no setting \"{name}\"{near}; there are {string.Join(", ", names)}.");
    }

    /// <summary>The document as it is to be stored.</summary>
    /// <exception cref="AccountRuleException">Something in it cannot be; the message says what.</exception>
    public JsonNode Check(JsonNode? document, NamedScope scope)
    {
        if (!Scopes.Contains(scope.Scope.Kind)) throw new AccountRuleException($"The setting \"{Name}\" belongs to {Owners()}, not to {Owner(scope.Scope.Kind)}.");
        var normal = DocumentShape.Normalize(document, Type) ?? throw new AccountRuleException("The document cannot be null; remove the setting instead.");
        object? read;
        try
        {
            read = normal.Deserialize(Type, SettingJson.Options);
        }
        catch (JsonException e)
        {
            throw new AccountRuleException($"The document cannot be read: {e.Message}");
        }
        return read is not null && Fault?.Invoke(read) is { } fault ? throw new AccountRuleException(fault) : normal;
    }

    private string Owners() => string.Join(" or ", Scopes.Select(Owner));

    private static string Owner(char kind) => kind switch { 'a' => "an account (--account)", 'g' => "a group (--group)", 'd' => "a domain (--domain)", _ => "the site" };

    private static string? LimitFault(LimitsDocument limits) =>
        limits is { MessagesPerDay: null or >= 0, RecipientsPerDay: null or >= 0, NewRecipientsPerDay: null or >= 0 } ? null : "A limit is 0 (nothing may be sent) or more.";
}
