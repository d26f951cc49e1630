using System.Text.Json.Nodes;
using Facteur.Accounts.OAuth;
using Microsoft.AspNetCore.Http;

namespace Facteur.Web.OAuth;

/// <summary>Answers as JSON, never kept by anybody between (RFC 6749 §5.1 and §5.2).</summary>
internal static class OAuthReply
{
    public static Task WriteAsync(HttpContext context, JsonObject json, int status = StatusCodes.Status200OK)
    {
        context.Response.StatusCode = status;
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.Pragma = "no-cache";
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(json.ToJsonString(), context.RequestAborted);
    }

    public static Task WriteAsync(HttpContext context, OAuthException refused)
    {
        var status = refused.Error switch
        {
            "invalid_client" => StatusCodes.Status401Unauthorized,
            "temporarily_unavailable" => StatusCodes.Status429TooManyRequests,
            _ => StatusCodes.Status400BadRequest,
        };
        // RFC 6749 §5.2: who tried by the header field is told which scheme it is.
        if (status == StatusCodes.Status401Unauthorized && context.Request.Headers.Authorization.Count > 0) context.Response.Headers.WWWAuthenticate = "Basic realm=\"oauth\"";
        return WriteAsync(context, new JsonObject { ["error"] = refused.Error, ["error_description"] = refused.Message }, status);
    }

    public static JsonObject Of(TokenSet tokens)
    {
        var json = new JsonObject
        {
            ["access_token"] = tokens.Access,
            ["token_type"] = "Bearer",
            ["expires_in"] = (long)tokens.AccessLife.TotalSeconds,
            ["scope"] = OAuthScopeNames.Text(tokens.Scopes),
        };
        if (tokens.Refresh is { } refresh) json["refresh_token"] = refresh;
        return json;
    }
}
