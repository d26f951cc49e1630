using System.Text.Json.Serialization;

namespace Facteur.Accounts.OAuth;

/// <summary>A program that may ask for tokens.</summary>
/// <param name="Id">client_id (RFC 6749 §2.2).</param>
/// <param name="Name">What people are shown.</param>
/// <param name="RedirectUris">Where codes may be sent; none for programs that only use device codes.</param>
/// <param name="SecretHash">Of the client secret; null for a public client, which is what a program on somebody's device is (RFC 8252 §8.5).</param>
public sealed record OAuthClient(string Id, string Name, IReadOnlyList<string> RedirectUris, string? SecretHash, DateTimeOffset Created)
{
    /// <summary>It registered itself (RFC 7591): nobody looked at its name.</summary>
    public bool IsDynamic { get; init; }

    /// <summary>Its own page, or null.</summary>
    public string? Uri { get; init; }

    [JsonIgnore] // follows from the rest: a document that is written by hand does not have it
    public bool IsPublic => SecretHash is null;
}

/// <summary>The setting "oauth" of the site.</summary>
/// <param name="Registration">Programs may register themselves.</param>
/// <param name="EndOnPasswordChange">Another password takes their tokens from all programs.</param>
/// <param name="AccessMinutes">How long an access token is good.</param>
/// <param name="RefreshDays">How long a program may stay away before it has to ask anew.</param>
/// <param name="Clients">Those the administrator named.</param>
public sealed record OAuthSetting(
    bool Registration = true, bool EndOnPasswordChange = true, int AccessMinutes = 60, int RefreshDays = 90, IReadOnlyList<OAuthClient>? Clients = null);

/// <summary>What an account has given to a program, as it is kept.</summary>
internal sealed record OAuthGrantRow(
    string Client, string ClientName, OAuthScopes Scopes, DateTimeOffset Created, DateTimeOffset? PasswordSet, DateTimeOffset LastUsed, string Remote);

internal sealed record AuthorizationCodeRow(string Client, string RedirectUri, string Challenge, OAuthScopes Scopes);

internal sealed record AccessTokenRow(string Grant, OAuthScopes Scopes);

/// <param name="Grant">Set when somebody agreed.</param>
internal sealed record DeviceCodeRow(string Client, OAuthScopes Scopes, string UserCode, string Remote, string? Grant, bool IsDenied);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(OAuthClient))]
[JsonSerializable(typeof(OAuthSetting))]
[JsonSerializable(typeof(OAuthGrantRow))]
[JsonSerializable(typeof(AuthorizationCodeRow))]
[JsonSerializable(typeof(AccessTokenRow))]
[JsonSerializable(typeof(DeviceCodeRow))]
internal sealed partial class OAuthJson : JsonSerializerContext;
