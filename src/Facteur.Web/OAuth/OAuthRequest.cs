using Facteur.Accounts.OAuth;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Facteur.Web.OAuth;

/// <summary>Parameters of a request to the token endpoint and its neighbours: in a form alone (RFC 6749 §3.2), none of them twice.</summary>
internal sealed class OAuthRequest(IFormCollection form)
{
    private const int MaxValue = 4_000;

    /// <exception cref="OAuthException">The request has none that can be read.</exception>
    public static async ValueTask<OAuthRequest> ReadAsync(HttpContext context)
    {
        var request = context.Request;
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = WebOptions.MaxFormOctets;
        // A secret in an address stands in logs and histories.
        if (request.QueryString.HasValue && request.Query.Count > 0) throw Invalid("parameters are sent in the body, not in the address");
        if (!request.HasFormContentType) throw Invalid("the body is application/x-www-form-urlencoded");
        try
        {
            var form = await request.ReadFormAsync(context.RequestAborted);
            if (form.Any(field => field.Value.Count > 1)) throw Invalid("a parameter is there twice");
            if (form.Any(field => field.Value.ToString().Length > MaxValue)) throw Invalid("a parameter is too long");
            return new OAuthRequest(form);
        }
        catch (InvalidDataException)
        {
            throw Invalid("the body cannot be read");
        }
    }

    /// <summary>A parameter; one without a value counts as absent (RFC 6749 §3.2).</summary>
    public string? Find(string name) => form[name].ToString() is { Length: > 0 } value ? value : null;

    public string Require(string name) => Find(name) ?? throw Invalid(name + " is missing");

    private static OAuthException Invalid(string description) => new("invalid_request", description);
}
