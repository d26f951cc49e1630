using Facteur.Accounts.Sessions;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Facteur.Web.External;

/// <summary>
/// Whether an ID token is the provider's, for us, of now and of this sign-in (OpenID Connect Core 1.0 §3.1.3.7). Signed with RSA or an elliptic
/// curve and a key of the provider's list: "none" and shared secrets are no signatures here, and a key's name is only looked up in that list.
/// </summary>
internal static class IdTokens
{
    private const int MaxLength = 32 * 1024;
    private static readonly TimeSpan skew = TimeSpan.FromMinutes(1);
    private static readonly JsonWebTokenHandler handler = new() { MaximumTokenSizeInBytes = MaxLength, MapInboundClaims = false };

    /// <summary>Name of the key in the token, to be looked for; null when there is none.</summary>
    public static string? KeyOf(string token)
    {
        try
        {
            return token.Length <= MaxLength && new JsonWebToken(token) is { Kid: { Length: > 0 } key } ? key : null;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    /// <exception cref="OidcException">It is not good; the message says why.</exception>
    public static async ValueTask<JsonWebToken> CheckAsync(string token, OidcSetting provider, IReadOnlyList<SecurityKey> keys, string nonce, DateTimeOffset now)
    {
        if (token.Length > MaxLength) throw new OidcException("the ID token is too long");
        var rules = new TokenValidationParameters
        {
            ValidIssuer = provider.Issuer,
            ValidAudience = provider.ClientId,
            ValidAlgorithms = [SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.EcdsaSha256],
            IssuerSigningKeys = keys,
            // A token that names a key is held against that one; without a name there must be no choice.
            TryAllIssuerSigningKeys = keys.Count == 1,
            RequireSignedTokens = true,
            RequireExpirationTime = true,
            ValidateIssuerSigningKey = true,
            LifetimeValidator = (from, until, _, _) => until is { } end && end > now.UtcDateTime - skew && (from is not { } begin || begin <= now.UtcDateTime + skew),
            CryptoProviderFactory = new CryptoProviderFactory { CacheSignatureProviders = false },
        };
        var result = await handler.ValidateTokenAsync(token, rules);
        if (!result.IsValid || result.SecurityToken is not JsonWebToken read) throw new OidcException($"the ID token is refused: {result.Exception?.GetType().Name ?? "unreadable"}");
        if (read.Kid is { Length: > 0 } kid && keys.All(key => key.KeyId != kid)) throw new OidcException("the ID token names a key that the provider does not have");
        if (read.TryGetHeaderValue<object>("crit", out _)) throw new OidcException("the ID token wants something that nobody here understands");
        if (read.Typ is { Length: > 0 } type && !type.Equals("JWT", StringComparison.OrdinalIgnoreCase)) throw new OidcException("the token is no ID token"); // an access token (RFC 9068 §2.1) is none
        if (!OpaqueToken.Same(Text(read, "nonce") ?? "", nonce)) throw new OidcException("the ID token is of another sign-in");
        var audiences = read.Audiences.ToList();
        if (Text(read, "azp") is { } party ? party != provider.ClientId : audiences.Count > 1) throw new OidcException("the ID token is for another client");
        if (read.IssuedAt > now.UtcDateTime + skew) throw new OidcException("the ID token is of the future");
        return read;
    }

    public static string? Text(JsonWebToken token, string claim) => token.TryGetPayloadValue<object>(claim, out var value) && value is string text ? text : null;

    public static bool IsTrue(JsonWebToken token, string claim) => token.TryGetPayloadValue<object>(claim, out var value) && (value is true || value is "true");
}
