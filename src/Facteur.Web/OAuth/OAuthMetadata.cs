using System.Text.Json.Nodes;
using Facteur.Accounts.OAuth;

namespace Facteur.Web.OAuth;

/// <summary>What programs find out by themselves (RFC 8414 §2).</summary>
internal static class OAuthMetadata
{
    public const string Path = "/.well-known/oauth-authorization-server";

    public static JsonObject Of(WebOptions options, OAuthSetting setting)
    {
        var issuer = options.Origin;
        var json = new JsonObject
        {
            ["issuer"] = issuer,
            ["authorization_endpoint"] = issuer + OAuthEndpoints.AuthorizePath,
            ["token_endpoint"] = issuer + OAuthEndpoints.TokenPath,
            ["revocation_endpoint"] = issuer + OAuthEndpoints.RevokePath,
            ["introspection_endpoint"] = issuer + OAuthEndpoints.IntrospectPath,
            ["device_authorization_endpoint"] = issuer + OAuthEndpoints.DevicePath, // RFC 8628 §4
            ["scopes_supported"] = List([.. OAuthScopeNames.All]),
            ["response_types_supported"] = List("code"),
            ["response_modes_supported"] = List("query"),
            ["grant_types_supported"] = List("authorization_code", "refresh_token", OAuthEndpoints.DeviceGrant),
            ["token_endpoint_auth_methods_supported"] = List("none", "client_secret_basic", "client_secret_post"),
            ["revocation_endpoint_auth_methods_supported"] = List("none", "client_secret_basic", "client_secret_post"),
            ["introspection_endpoint_auth_methods_supported"] = List("client_secret_basic", "client_secret_post"),
            ["code_challenge_methods_supported"] = List("S256"),
            ["authorization_response_iss_parameter_supported"] = true, // RFC 9207 §3
            ["ui_locales_supported"] = List("en", "fr"),
        };
        if (setting.Registration) json["registration_endpoint"] = issuer + OAuthEndpoints.RegisterPath;
        return json;
    }

    private static JsonArray List(params string[] values) => [.. values.Select(value => (JsonNode)value)];
}
