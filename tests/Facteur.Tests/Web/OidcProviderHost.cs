using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Facteur.Net.Dialing;
using Microsoft.AspNetCore.WebUtilities;

namespace Facteur.Tests.Web;

/// <summary>
/// An OpenID provider as far as a client sees one: documents, keys and tokens, honest unless a test says otherwise. It answers the
/// requests that the server makes through its guarded dialer.
/// </summary>
internal sealed class OidcProviderHost : IDisposable
{
    public const string Issuer = "https://id.test";

    // Made once: its making takes longer than a test.
    private static readonly RSAParameters key = MakeKey();

    private readonly RSA rsa = RSA.Create(key);
    private readonly ECDsa curve = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly Dictionary<string, (string Challenge, string Nonce)> codes = [];
    private int number;

    /// <summary>Requests that came.</summary>
    public List<HttpFetchRequest> Requests { get; } = [];

    /// <summary>Changes the document about itself.</summary>
    public Action<JsonObject> Metadata { get; set; } = _ => { };

    /// <summary>Changes head and claims before they are signed.</summary>
    public Action<JsonObject, JsonObject> Token { get; set; } = (_, _) => { };

    /// <summary>Changes the token after it was signed: what an attacker without the key can do.</summary>
    public Func<string, string> Tamper { get; set; } = token => token;

    public Action<JsonArray> Keys { get; set; } = _ => { };

    public TimeProvider Time { get; set; } = TimeProvider.System;

    /// <summary>The person agrees: answers where the browser is sent back to.</summary>
    public string Authorize(string address, string? issuer = null)
    {
        var query = QueryHelpers.ParseQuery(new Uri(address).Query).ToDictionary(one => one.Key, one => one.Value.ToString());
        Assert.Equal(("code", "S256", "facteur"), (query["response_type"], query["code_challenge_method"], query["client_id"]));
        var code = "code" + ++number;
        codes[code] = (query["code_challenge"], query["nonce"]);
        var back = QueryHelpers.AddQueryString(query["redirect_uri"], new Dictionary<string, string?> { ["code"] = code, ["state"] = query["state"] });
        return issuer is null ? back : QueryHelpers.AddQueryString(back, "iss", issuer);
    }

    public async Task<HttpFetch> FetchAsync(HttpFetchRequest request, CancellationToken cancel)
    {
        Requests.Add(request);
        var answer = request.Uri.AbsoluteUri switch
        {
            Issuer + "/.well-known/openid-configuration" => Describe(),
            Issuer + "/keys" => new JsonObject { ["keys"] = AllKeys() },
            Issuer + "/token" => await RedeemAsync(request, cancel),
            _ => null,
        };
        return new HttpFetch(HttpOutcome.Answered, "answered", request.Uri, answer is null ? 404 : 200, new HttpResponseMessage().Headers, "application/json", Encoding.UTF8.GetBytes(answer?.ToJsonString() ?? ""));
    }

    /// <summary>Signs with the RSA key; "ES256" in the head takes the other, "HS256" what a confused verifier takes for a shared secret.</summary>
    public string Sign(JsonObject head, JsonObject claims)
    {
        var input = Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(head)) + "." + Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(claims));
        var octets = Encoding.ASCII.GetBytes(input);
        var signature = (string?)head["alg"] switch
        {
            "RS256" => rsa.SignData(octets, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
            "ES256" => curve.SignData(octets, HashAlgorithmName.SHA256),
            "HS256" => HMACSHA256.HashData(Encoding.ASCII.GetBytes(rsa.ExportSubjectPublicKeyInfoPem()), octets),
            _ => [],
        };
        return input + "." + Base64Url.EncodeToString(signature);
    }

    public void Dispose()
    {
        rsa.Dispose();
        curve.Dispose();
    }

    private JsonObject Describe()
    {
        var json = new JsonObject { ["issuer"] = Issuer, ["authorization_endpoint"] = Issuer + "/authorize", ["token_endpoint"] = Issuer + "/token", ["jwks_uri"] = Issuer + "/keys" };
        Metadata(json);
        return json;
    }

    private JsonArray AllKeys()
    {
        var (one, other) = (rsa.ExportParameters(false), curve.ExportParameters(false));
        var keys = new JsonArray
        {
            new JsonObject { ["kty"] = "RSA", ["kid"] = "k1", ["use"] = "sig", ["n"] = Base64Url.EncodeToString(one.Modulus), ["e"] = Base64Url.EncodeToString(one.Exponent) },
            new JsonObject { ["kty"] = "EC", ["kid"] = "k2", ["crv"] = "P-256", ["x"] = Base64Url.EncodeToString(other.Q.X), ["y"] = Base64Url.EncodeToString(other.Q.Y) },
        };
        Keys(keys);
        return keys;
    }

    private async Task<JsonObject?> RedeemAsync(HttpFetchRequest request, CancellationToken cancel)
    {
        var form = QueryHelpers.ParseQuery(await request.Content!.ReadAsStringAsync(cancel));
        if (!codes.Remove(form["code"].ToString(), out var begun)) return null;
        if (Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(form["code_verifier"].ToString()))) != begun.Challenge) return null;
        if (request.Headers.FirstOrDefault(one => one.Key == "Authorization").Value != "Basic " + Convert.ToBase64String("facteur:s3cret"u8)) return null;
        var now = Time.GetUtcNow().ToUnixTimeSeconds();
        var head = new JsonObject { ["alg"] = "RS256", ["kid"] = "k1", ["typ"] = "JWT" };
        var claims = new JsonObject
        {
            ["iss"] = Issuer, ["aud"] = "facteur", ["sub"] = "42", ["nonce"] = begun.Nonce, ["iat"] = now, ["exp"] = now + 300, ["email"] = "moi@demo.test", ["email_verified"] = true,
        };
        Token(head, claims);
        return new JsonObject { ["access_token"] = "x", ["token_type"] = "Bearer", ["id_token"] = Tamper(Sign(head, claims)) };
    }

    private static RSAParameters MakeKey()
    {
        using var rsa = RSA.Create(2048);
        return rsa.ExportParameters(includePrivateParameters: true);
    }
}
