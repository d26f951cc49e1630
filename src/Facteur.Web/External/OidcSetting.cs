using System.Text.Json;
using System.Text.Json.Serialization;
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
    string Name, string Issuer, string ClientId, string? Secret = null, string Claim = "email", bool Create = false, bool TrustUnverified = false, bool IsSecondFactor = false);

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
    internal const string Setting = "oidc";
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

    private static OidcSetting? Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            var setting = JsonSerializer.Deserialize(json.Span, OidcJson.Default.OidcSetting);
            return setting is { Issuer.Length: > 0, ClientId.Length: > 0, Name.Length: > 0, Claim.Length: > 0 } && Uri.TryCreate(setting.Issuer, UriKind.Absolute, out var uri) && uri.Scheme == "https"
                ? setting : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
