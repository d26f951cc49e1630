using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using System.Buffers.Text;
using Facteur.Net.Dialing;
using Microsoft.IdentityModel.Tokens;

namespace Facteur.Web.External;

/// <summary>What a provider says of itself (OpenID Connect Discovery 1.0 §3).</summary>
/// <param name="SendsIssuer">Its answers carry its name (RFC 9207 §3).</param>
public sealed record OidcMetadata(Uri Authorization, Uri Token, Uri Keys, bool SendsIssuer, bool TakesBasic);

/// <summary>Something at the provider is not as it must be; the message is for the log.</summary>
public sealed class OidcException(string message) : Exception(message);

/// <summary>Makes one request through the guarded dialer (<see cref="GuardedHttp.SendAsync"/>).</summary>
public delegate Task<HttpFetch> FetchAsync(HttpFetchRequest request, CancellationToken cancel);

/// <summary>Documents of providers, fetched by the guarded dialer alone and kept for a while; keys again when a token names one that is not there.</summary>
public sealed class OidcDocuments(FetchAsync fetch, TimeProvider time)
{
    private const int MaxOctets = 256 * 1024, MaxKeys = 100, LeastRsaBits = 2048;
    private static readonly TimeSpan keepFor = TimeSpan.FromHours(1);
    private static readonly TimeSpan againAfter = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan deadline = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, (OidcMetadata Metadata, DateTimeOffset At)> metadata = new();
    private readonly ConcurrentDictionary<string, (IReadOnlyList<SecurityKey> Keys, DateTimeOffset At)> keys = new();

    /// <exception cref="OidcException">It cannot be had, or is not the provider's.</exception>
    public async ValueTask<OidcMetadata> MetadataAsync(OidcSetting provider, CancellationToken cancel)
    {
        if (metadata.TryGetValue(provider.Issuer, out var kept) && time.GetUtcNow() - kept.At < keepFor) return kept.Metadata;
        var uri = new Uri(provider.Issuer.TrimEnd('/') + "/.well-known/openid-configuration");
        using var json = await GetAsync(uri, cancel);
        var root = json.RootElement;
        // The document of another provider under this address would send people elsewhere (Discovery 1.0 §4.3).
        if (Text(root, "issuer") != provider.Issuer) throw new OidcException($"{uri} is of another issuer");
        var read = new OidcMetadata(
            Endpoint(root, "authorization_endpoint"), Endpoint(root, "token_endpoint"), Endpoint(root, "jwks_uri"),
            root.TryGetProperty("authorization_response_iss_parameter_supported", out var sends) && sends.ValueKind == JsonValueKind.True,
            !root.TryGetProperty("token_endpoint_auth_methods_supported", out var ways) || ways.ValueKind != JsonValueKind.Array
                || ways.EnumerateArray().Any(way => way.ValueKind == JsonValueKind.String && way.GetString() == "client_secret_basic"));
        metadata[provider.Issuer] = (read, time.GetUtcNow());
        return read;
    }

    /// <summary>Keys that tokens are signed with; those of RSA and elliptic curves alone.</summary>
    /// <param name="wanted">Name of the key in the token; when it is not there the keys are fetched again, at most once a minute.</param>
    public async ValueTask<IReadOnlyList<SecurityKey>> KeysAsync(OidcMetadata provider, string? wanted, CancellationToken cancel)
    {
        var address = provider.Keys.AbsoluteUri;
        var age = keys.TryGetValue(address, out var kept) ? time.GetUtcNow() - kept.At : TimeSpan.MaxValue;
        if (age < keepFor && (wanted is null || age < againAfter || kept.Keys.Any(key => key.KeyId == wanted))) return kept.Keys;
        using var json = await GetAsync(provider.Keys, cancel);
        var read = new List<SecurityKey>();
        if (json.RootElement.TryGetProperty("keys", out var list) && list.ValueKind == JsonValueKind.Array)
            foreach (var one in list.EnumerateArray().Take(MaxKeys))
                if (ReadKey(one) is { } key) read.Add(key);
        keys[address] = (read, time.GetUtcNow());
        return read;
    }

    private async Task<JsonDocument> GetAsync(Uri uri, CancellationToken cancel)
    {
        var answer = await fetch(new HttpFetchRequest(uri) { MaxOctets = MaxOctets, Deadline = deadline, Headers = [new("Accept", "application/json")] }, cancel);
        if (!answer.IsSuccess) throw new OidcException($"{uri}: {answer.Sentence}");
        try
        {
            var json = JsonDocument.Parse(answer.Body);
            return json.RootElement.ValueKind == JsonValueKind.Object ? json : throw new OidcException($"{uri} is no JSON object");
        }
        catch (JsonException)
        {
            throw new OidcException($"{uri} is no JSON");
        }
    }

    /// <summary>A public key (RFC 7517); null for keys of other kinds, for encryption, and for those too short to trust.</summary>
    private static SecurityKey? ReadKey(JsonElement json)
    {
        try
        {
            if (json.ValueKind != JsonValueKind.Object || Text(json, "use") is { } use && use != "sig") return null;
            var id = Text(json, "kid");
            if (Text(json, "kty") == "RSA")
            {
                var rsa = new RSAParameters { Modulus = Octets(json, "n"), Exponent = Octets(json, "e") };
                return rsa.Modulus!.Length * 8 >= LeastRsaBits ? new RsaSecurityKey(rsa) { KeyId = id } : null;
            }
            if (Text(json, "kty") != "EC" || Text(json, "crv") != "P-256") return null;
            var curve = new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = Octets(json, "x"), Y = Octets(json, "y") } };
            return new ECDsaSecurityKey(ECDsa.Create(curve)) { KeyId = id };
        }
        catch (Exception e) when (e is FormatException or CryptographicException)
        {
            return null;
        }
    }

    private static byte[] Octets(JsonElement json, string name) => Base64Url.DecodeFromChars(Text(json, name) ?? throw new FormatException(name));

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static Uri Endpoint(JsonElement json, string name) =>
        Uri.TryCreate(Text(json, name), UriKind.Absolute, out var uri) && uri.Scheme == "https" ? uri : throw new OidcException($"{name} is no https address");
}
