using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Facteur.Accounts;

/// <summary>
/// What OAUTHBEARER (RFC 7628) and XOAUTH2 (Google's, older, and what most programs speak) have in common: one message of pairs between
/// octets of 1, with a token in "auth=Bearer …". A refusal is told in JSON first, and comes after the client's answer to that.
/// </summary>
/// <remarks>"host" and "port" are not compared (RFC 7628 §3.2): many names lead to one server, and a bearer token signs neither.</remarks>
internal abstract class TokenSasl(LoginService logins, LoginClient client) : SaslServer(logins, client)
{
    private protected const char Separator = '\x01';

    private bool isRefused;

    public override ValueTask<SaslStep> StartAsync(ReadOnlyMemory<byte>? initialResponse, CancellationToken cancel)
    {
        isRefused = false;
        if (initialResponse is { } response) return NextAsync(response, cancel);
        Challenge = default;
        return new(SaslStep.Continue);
    }

    public override async ValueTask<SaslStep> NextAsync(ReadOnlyMemory<byte> response, CancellationToken cancel)
    {
        if (isRefused) return SaslStep.Done; // RFC 7628 §3.2.3: a message of one octet, 1; whatever it is, the verdict stands
        if (Decode(response.Span) is not { } text || Parse(text) is not { } message) return SaslStep.Malformed;
        Result = await Logins.LoginByTokenAsync(message.Token, message.User, Client, cancel);
        if (Result.Account is not null || Result.Refusal is LoginRefusal.Busy or LoginRefusal.Temporary) return SaslStep.Done;
        isRefused = true;
        Challenge = Refusal();
        return SaslStep.Continue;
    }

    /// <param name="User">Who it says it is, or "".</param>
    private protected readonly record struct Message(string User, string Token);

    private protected abstract Message? Parse(string text);

    private protected abstract ReadOnlyMemory<byte> Refusal();

    private protected string Status => Result.Refusal == LoginRefusal.BadCredentials ? "invalid_token" : "insufficient_scope";

    /// <summary>The token of "auth=Bearer token" among pairs; the scheme is compared without case (RFC 7628 §4).</summary>
    private protected static string? TokenIn(IEnumerable<string> pairs)
    {
        const string Scheme = "auth=Bearer ";
        foreach (var pair in pairs)
            if (pair.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)) return pair[Scheme.Length..].Trim();
        return null;
    }
}

/// <summary>OAUTHBEARER: gs2-header, then pairs (RFC 7628 §3.1).</summary>
internal sealed class OAuthBearerSasl(LoginService logins, LoginClient client) : TokenSasl(logins, client)
{
    private protected override Message? Parse(string text)
    {
        if (text.Split(Separator) is not [var header, .. var pairs, "", ""]) return null;
        // gs2-header of RFC 5802 §7; no binding is defined here, so "p=" is none.
        if (header.Split(',') is not ["n" or "y", var authzid, ""] || (authzid.Length > 0 && !authzid.StartsWith("a=", StringComparison.Ordinal))) return null;
        var user = authzid.Length == 0 ? "" : authzid[2..].Replace("=2C", ",", StringComparison.Ordinal).Replace("=3D", "=", StringComparison.Ordinal);
        return TokenIn(pairs) is { Length: > 0 } token ? new Message(user, token) : null;
    }

    // RFC 7628 §3.2.2
    private protected override ReadOnlyMemory<byte> Refusal() => JsonSerializer.SerializeToUtf8Bytes(
        new BearerError(Status, Client.Protocol.ToString().ToLowerInvariant(), Logins.OpenIdConfiguration), TokenErrorJson.Default.BearerError);
}

/// <summary>XOAUTH2: "user=…", "auth=Bearer …", and an empty pair.</summary>
internal sealed class XOAuth2Sasl(LoginService logins, LoginClient client) : TokenSasl(logins, client)
{
    private protected override Message? Parse(string text)
    {
        if (text.Split(Separator) is not [.. var pairs, "", ""]) return null;
        var user = pairs.FirstOrDefault(pair => pair.StartsWith("user=", StringComparison.Ordinal))?["user=".Length..];
        return user is { Length: > 0 } && TokenIn(pairs) is { Length: > 0 } token ? new Message(user, token) : null;
    }

    // The form that programs written for Google read: the status of HTTP.
    private protected override ReadOnlyMemory<byte> Refusal() => JsonSerializer.SerializeToUtf8Bytes(
        new XOAuth2Error(Result.Refusal == LoginRefusal.BadCredentials ? "401" : "403", "bearer", Client.Protocol.ToString().ToLowerInvariant()), TokenErrorJson.Default.XOAuth2Error);
}

internal sealed record BearerError(string Status, string Scope, [property: JsonPropertyName("openid-configuration")] string? OpenIdConfiguration);

internal sealed record XOAuth2Error(string Status, string Schemes, string Scope);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(BearerError))]
[JsonSerializable(typeof(XOAuth2Error))]
internal sealed partial class TokenErrorJson : JsonSerializerContext;
