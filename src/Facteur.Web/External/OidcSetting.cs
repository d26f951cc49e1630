using System.Text.Json.Serialization;
using Facteur.Accounts;
using Facteur.Storage;

namespace Facteur.Web.External;

/// <summary>The setting "oidc" of the site or of a domain: a provider that says who somebody is (OpenID Connect Core 1.0).</summary>
/// <param name="Name">What the button says.</param>
/// <param name="Issuer">Its address, exactly as it writes it in its tokens.</param>
/// <param name="ClientId">What it knows this server by.</param>
/// <param name="Secret">And its secret; null for a public client.</param>
/// <param name="Claim">Claim that holds the address of the account.</param>
/// <param name="Create">Makes an account for an address of ours that has none.</param>
/// <param name="TrustUnverified">Takes "email" although the provider does not say that it verified it.</param>
/// <param name="IsSecondFactor">Its word is enough: our own second factor is not asked for.</param>
public sealed record OidcSetting(
    string Name, string Issuer, string ClientId, string? Secret = null, string Claim = "email", bool Create = false, bool TrustUnverified = false, bool IsSecondFactor = false)
{
    /// <summary>What is wrong with it, in one sentence; null when nothing is.</summary>
    public string? Fault() => this switch
    {
        { Name: not { Length: > 0 and <= 50 } } => "\"name\" is what the button says, 1 to 50 characters.",
        { ClientId: not { Length: > 0 } } => "\"clientId\" is what the provider knows this server by.",
        { Claim: not { Length: > 0 } } => "\"claim\" is the claim that holds the address, such as \"email\".",
        _ => Uri.TryCreate(Issuer, UriKind.Absolute, out var uri) && uri.Scheme == "https" && uri.Fragment.Length + uri.Query.Length + uri.UserInfo.Length == 0
            ? null : "\"issuer\" is the https address of the provider, exactly as it writes it.",
    };
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(OidcSetting))]
internal sealed partial class OidcJson : JsonSerializerContext;

/// <summary>A provider as it is offered.</summary>
/// <param name="Id">"site", or the name of the domain it is for.</param>
/// <param name="Domain">Only addresses of this domain; null: of any of ours.</param>
public sealed record OidcProvider(string Id, OidcSetting Setting, DomainRecord? Domain)
{
    public string Name => Setting.Name;
}

/// <summary>Providers that are set.</summary>
public sealed class OidcProviders(MailStore store)
{
    public const string Setting = "oidc";
    private const string SiteId = "site";

    public async ValueTask<IReadOnlyList<OidcProvider>> ListAsync(CancellationToken cancel)
    {
        var found = new List<OidcProvider>();
        foreach (var (scope, json) in await store.Settings.ListAsync(Setting, cancel))
        {
            if (Read(json) is not { } setting) continue;
            if (scope == SettingScope.Site) found.Insert(0, new OidcProvider(SiteId, setting, null));
            else if (scope.Kind == 'd' && (await store.Directory.ListDomainsAsync(cancel)).FirstOrDefault(one => one.Id.Value == scope.Id) is { } domain)
                found.Add(new OidcProvider(domain.Name, setting, domain));
        }
        return found;
    }

    public async ValueTask<OidcProvider?> FindAsync(string id, CancellationToken cancel) => (await ListAsync(cancel)).FirstOrDefault(one => one.Id == id);

    private static OidcSetting? Read(ReadOnlyMemory<byte> json) =>
        SettingReads.Read(json.Span, OidcJson.Default.OidcSetting) is { } setting && setting.Fault() is null ? setting : null;
}
