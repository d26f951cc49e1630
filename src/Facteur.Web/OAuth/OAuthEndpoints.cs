using System.Text.Json;
using System.Text.Json.Nodes;
using Facteur.Accounts.OAuth;
using Facteur.Web.Requests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Facteur.Web.OAuth;

/// <summary>
/// What programs ask of the authorization server without a person: tokens (RFC 6749 §3.2), withdrawal (RFC 7009), introspection (RFC 7662),
/// device codes (RFC 8628 §3.1), registration (RFC 7591 §3), metadata (RFC 8414 §3). No cookie counts on any of them.
/// </summary>
internal sealed class OAuthEndpoints(WebServices web)
{
    public const string AuthorizePath = "/oauth/authorize", TokenPath = "/oauth/token", RevokePath = "/oauth/revoke", IntrospectPath = "/oauth/introspect",
        DevicePath = "/oauth/device_authorization", RegisterPath = "/oauth/register", DeviceGrant = "urn:ietf:params:oauth:grant-type:device_code";

    private static readonly TimeSpan minute = TimeSpan.FromMinutes(1);

    // A device polls every five seconds; an office behind one address has some.
    private readonly AddressRates tokenRate = new(300, minute, web.Time);
    private readonly AddressRates beginRate = new(30, minute, web.Time);
    private readonly AddressRates registerRate = new(20, TimeSpan.FromHours(1), web.Time);

    public static void Map(IEndpointRouteBuilder routes, WebServices web)
    {
        var endpoints = new OAuthEndpoints(web);
        Post(routes, TokenPath, endpoints.TokenAsync, endpoints.tokenRate);
        Post(routes, RevokePath, endpoints.RevokeAsync, endpoints.tokenRate);
        Post(routes, IntrospectPath, endpoints.IntrospectAsync, endpoints.tokenRate);
        Post(routes, DevicePath, endpoints.DeviceAsync, endpoints.beginRate);
        Post(routes, RegisterPath, endpoints.RegisterAsync, endpoints.registerRate);
        routes.MapGet(OAuthMetadata.Path, async (HttpContext context) =>
            await OAuthReply.WriteAsync(context, OAuthMetadata.Of(web.Options, await web.Clients.SettingAsync(context.RequestAborted)))).WithMetadata(NoCookies.Instance);
    }

    private static void Post(IEndpointRouteBuilder routes, string path, Func<HttpContext, Task> answer, AddressRates rate) =>
        routes.MapPost(path, async (HttpContext context) =>
        {
            try
            {
                if (!rate.Allow(ClientAddress.Of(context))) throw new OAuthException("temporarily_unavailable", "too many requests; try again in a minute");
                await answer(context);
            }
            catch (OAuthException refused)
            {
                await OAuthReply.WriteAsync(context, refused);
            }
        }).WithMetadata(NoCookies.Instance);

    private async Task TokenAsync(HttpContext context)
    {
        var request = await OAuthRequest.ReadAsync(context);
        var client = await ClientAuthentication.RequireAsync(context, request, web.Clients);
        var cancel = context.RequestAborted;
        var tokens = request.Require("grant_type") switch
        {
            "authorization_code" => await web.Tokens.RedeemCodeAsync(client, request.Require("code"), request.Require("redirect_uri"), request.Require("code_verifier"), cancel),
            "refresh_token" => await web.Tokens.RefreshAsync(client, request.Require("refresh_token"), Scopes(request), cancel),
            DeviceGrant => await web.Devices.RedeemAsync(client, request.Require("device_code"), cancel),
            _ => throw new OAuthException("unsupported_grant_type", "authorization_code, refresh_token or " + DeviceGrant),
        };
        await OAuthReply.WriteAsync(context, OAuthReply.Of(tokens));
    }

    private async Task RevokeAsync(HttpContext context)
    {
        var request = await OAuthRequest.ReadAsync(context);
        var client = await ClientAuthentication.RequireAsync(context, request, web.Clients);
        await web.Tokens.RevokeAsync(client, request.Require("token"), context.RequestAborted);
        context.Response.StatusCode = StatusCodes.Status200OK; // whether there was such a token or not (RFC 7009)
    }

    /// <summary>Only for clients with a secret: a public one is anybody (RFC 7662 §2.1).</summary>
    private async Task IntrospectAsync(HttpContext context)
    {
        var request = await OAuthRequest.ReadAsync(context);
        var client = await ClientAuthentication.RequireAsync(context, request, web.Clients);
        if (client.IsPublic) throw new OAuthException("invalid_client", "introspection is for clients with a secret");
        var json = new JsonObject { ["active"] = false };
        if (await web.Tokens.InspectAsync(request.Require("token"), context.RequestAborted) is { } state)
            json = new JsonObject
            {
                ["active"] = true,
                ["scope"] = OAuthScopeNames.Text(state.Scopes),
                ["client_id"] = state.Grant.Client,
                ["username"] = state.Account.Address,
                ["sub"] = state.Account.Address,
                ["iss"] = web.Options.Origin,
                ["token_type"] = state.IsRefresh ? null : "Bearer",
                ["exp"] = state.Expires?.ToUnixTimeSeconds(),
            };
        await OAuthReply.WriteAsync(context, json);
    }

    private async Task DeviceAsync(HttpContext context)
    {
        var request = await OAuthRequest.ReadAsync(context);
        var client = await ClientAuthentication.RequireAsync(context, request, web.Clients);
        var scopes = Scopes(request) ?? throw new OAuthException("invalid_scope", "scope names what is wanted");
        var device = await web.Devices.BeginAsync(client, scopes, ClientAddress.Of(context).ToString(), context.RequestAborted);
        var page = web.Options.Origin + "/device";
        await OAuthReply.WriteAsync(context, new JsonObject
        {
            ["device_code"] = device.Code,
            ["user_code"] = device.UserCode,
            ["verification_uri"] = page,
            ["verification_uri_complete"] = $"{page}?code={device.UserCode}",
            ["expires_in"] = (long)device.Life.TotalSeconds,
            ["interval"] = (long)device.Interval.TotalSeconds,
        });
    }

    private async Task RegisterAsync(HttpContext context)
    {
        var registration = await ReadRegistrationAsync(context);
        var client = await web.Clients.RegisterAsync(registration, context.RequestAborted);
        var json = new JsonObject
        {
            ["client_id"] = client.Id,
            ["client_id_issued_at"] = client.Created.ToUnixTimeSeconds(),
            ["client_name"] = client.Name,
            ["redirect_uris"] = new JsonArray([.. client.RedirectUris.Select(uri => (JsonNode)uri)]),
            ["token_endpoint_auth_method"] = "none",
            ["grant_types"] = new JsonArray("authorization_code", "refresh_token", DeviceGrant),
            ["response_types"] = new JsonArray("code"),
        };
        if (client.Uri is { } uri) json["client_uri"] = uri;
        await OAuthReply.WriteAsync(context, json, StatusCodes.Status201Created);
    }

    /// <summary>Client metadata (RFC 7591 §2). What is asked for and not given is answered as it is (§3.2.1), save a secret, which no program of a person can keep.</summary>
    private static async ValueTask<ClientRegistration> ReadRegistrationAsync(HttpContext context)
    {
        if (!context.Request.HasJsonContentType()) throw new OAuthException("invalid_client_metadata", "the body is application/json");
        if (context.Request.ContentLength is null or > WebOptions.MaxFormOctets) throw new OAuthException("invalid_client_metadata", "the body is at most 64 KiB, its length said before");
        try
        {
            var json = await JsonSerializer.DeserializeAsync<JsonObject>(context.Request.Body, cancellationToken: context.RequestAborted) ?? [];
            var uris = json["redirect_uris"] is JsonArray list ? list.Select(one => one?.GetValue<string>() ?? "").ToList() : [];
            if (json["token_endpoint_auth_method"]?.GetValue<string>() is { } method && method != "none")
                throw new OAuthException("invalid_client_metadata", "clients that register themselves are public: token_endpoint_auth_method is none");
            var grants = json["grant_types"] is JsonArray asked ? asked.Select(one => one?.GetValue<string>()).ToList() : ["authorization_code"];
            if (uris.Count == 0 && !grants.Contains(DeviceGrant)) throw new OAuthException("invalid_redirect_uri", "redirect_uris is missing");
            return new ClientRegistration(json["client_name"]?.GetValue<string>(), uris, json["client_uri"]?.GetValue<string>());
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            throw new OAuthException("invalid_client_metadata", "the body is not the metadata of a client");
        }
    }

    private static OAuthScopes? Scopes(OAuthRequest request) =>
        request.Find("scope") is { } text ? OAuthScopeNames.Parse(text) ?? throw new OAuthException("invalid_scope", "scopes are " + string.Join(' ', OAuthScopeNames.All)) : null;
}
