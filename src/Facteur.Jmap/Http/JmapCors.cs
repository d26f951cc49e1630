using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Facteur.Jmap.Http;

/// <summary>
/// Clients that are pages of other sites (Fetch standard, "CORS protocol"): any of them may ask with a header field Authorization. None is let
/// use cookies: nothing says Access-Control-Allow-Credentials, so that browsers neither send nor show anything on their account.
/// </summary>
internal static class JmapCors
{
    public static void Apply(HttpResponse response)
    {
        response.Headers.AccessControlAllowOrigin = "*";
        response.Headers.AccessControlExposeHeaders = "Content-Disposition, Content-Language, Content-Range, Retry-After, WWW-Authenticate";
    }

    /// <summary>Preflights, which bring no credentials.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        foreach (var path in (string[])[JmapUrls.Session, JmapUrls.Api, JmapUrls.Prefix + "{**rest}"]) routes.MapMethods(path, [HttpMethods.Options], Answer);
    }

    private static Task Answer(HttpContext context)
    {
        var headers = context.Response.Headers;
        Apply(context.Response);
        headers.AccessControlAllowMethods = "GET, HEAD, POST";
        headers.AccessControlAllowHeaders = "Authorization, Content-Type, Range, Last-Event-ID";
        headers.AccessControlMaxAge = "86400";
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }
}
