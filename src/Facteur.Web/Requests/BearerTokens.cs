using Facteur.Accounts;
using Microsoft.AspNetCore.Http;

namespace Facteur.Web.Requests;

/// <summary>
/// Bearer tokens on HTTP (RFC 6750): in the header field Authorization alone. A token in an address is refused with the request, so that no
/// client gets used to it (§2.3 and §5.3).
/// </summary>
public static class BearerTokens
{
    public const string Scheme = "Bearer ";

    /// <summary>The account that a request is for; null when the answer was written already (400, 401, 403 or 429, RFC 6750 §3.1).</summary>
    /// <param name="protocol">What the token must be good for; the rules of that protocol hold.</param>
    public static async ValueTask<Account?> RequireAsync(HttpContext context, LoginService logins, MailProtocol protocol)
    {
        var client = new LoginClient(protocol, ClientAddress.Of(context)) { IsEncrypted = context.Request.IsHttps, Program = WebRequest.Printable(context.Request.Headers.UserAgent.ToString()) };
        return (await LoginAsync(context, logins, client))?.Account;
    }

    /// <summary>As <see cref="RequireAsync"/>, with why not: its status and header fields are set, its body is not written. Null for who brought no token, or not as tokens are brought.</summary>
    public static async ValueTask<LoginResult?> LoginAsync(HttpContext context, LoginService logins, LoginClient client)
    {
        var headers = context.Request.Headers.Authorization;
        if (context.Request.Query.ContainsKey("access_token")) return Refuse(context, StatusCodes.Status400BadRequest, "invalid_request", "a token is not sent in an address");
        if (headers.Count > 1) return Refuse(context, StatusCodes.Status400BadRequest, "invalid_request", "there is more than one Authorization");
        if (headers.Count == 0 || !headers[0]!.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)) return Refuse(context, StatusCodes.Status401Unauthorized, null, null);
        var result = await logins.LoginByTokenAsync(headers[0]![Scheme.Length..].Trim(), "", client, context.RequestAborted);
        if (result.Account is not null) return result;
        _ = result.Refusal switch
        {
            LoginRefusal.NotAllowed => Refuse(context, StatusCodes.Status403Forbidden, "insufficient_scope", "the token is for other protocols, or a rule is against it"),
            LoginRefusal.Busy => Refuse(context, StatusCodes.Status429TooManyRequests, null, null),
            LoginRefusal.Temporary => Refuse(context, StatusCodes.Status503ServiceUnavailable, null, null),
            _ => Refuse(context, StatusCodes.Status401Unauthorized, "invalid_token", "the token is unknown, expired or withdrawn"),
        };
        return result;
    }

    private static LoginResult? Refuse(HttpContext context, int status, string? error, string? description)
    {
        context.Response.StatusCode = status;
        if (status is StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable) return null;
        context.Response.Headers.WWWAuthenticate = error is null ? "Bearer realm=\"facteur\"" : $"Bearer realm=\"facteur\", error=\"{error}\", error_description=\"{description}\"";
        return null;
    }
}
