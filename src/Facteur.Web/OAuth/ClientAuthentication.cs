using System.Text;
using Facteur.Accounts.OAuth;
using Facteur.Accounts.Sessions;
using Microsoft.AspNetCore.Http;

namespace Facteur.Web.OAuth;

/// <summary>
/// Which client asks (RFC 6749 §2.3.1): a confidential one shows its secret in the header field Authorization or in the form, never in both;
/// a public one says its name.
/// </summary>
internal static class ClientAuthentication
{
    /// <exception cref="OAuthException">invalid_client, or invalid_request when both ways were used.</exception>
    public static async ValueTask<OAuthClient> RequireAsync(HttpContext context, OAuthRequest request, OAuthClients clients)
    {
        var basic = Basic(context.Request.Headers.Authorization.ToString());
        if (basic is not null && request.Find("client_secret") is not null) throw new OAuthException("invalid_request", "the client authenticates itself in one way, not two");
        var (id, secret) = basic ?? (request.Find("client_id") ?? "", request.Find("client_secret"));
        if (basic is not null && request.Find("client_id") is { } other && other != id) throw new OAuthException("invalid_request", "client_id is not the one of the header field");
        var client = await clients.FindAsync(id, context.RequestAborted);
        var isRight = client is { SecretHash: null } ? secret is null : OpaqueToken.Same(client?.SecretHash ?? "", OpaqueToken.Hash(secret ?? "")) && client is not null && secret is not null;
        return isRight ? client! : throw new OAuthException("invalid_client", "client_id or client_secret is not right");
    }

    private static (string Id, string? Secret)? Basic(string header)
    {
        if (!header.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase)) return null;
        var octets = new byte[1_000];
        if (header.Length > octets.Length || !Convert.TryFromBase64String(header[6..].Trim(), octets, out var count)) return ("", "");
        var pair = Encoding.UTF8.GetString(octets, 0, count).Split(':', 2);
        // Both are form-encoded before they are put together (RFC 6749 §2.3.1).
        return (Uri.UnescapeDataString(pair[0].Replace('+', ' ')), pair.Length > 1 ? Uri.UnescapeDataString(pair[1].Replace('+', ' ')) : "");
    }
}
