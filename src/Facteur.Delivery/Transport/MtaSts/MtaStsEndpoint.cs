using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Facteur.Delivery.Transport;

/// <summary>Our policies on a web listener (RFC 8461 §3.2): https://mta-sts.DOMAIN/.well-known/mta-sts.txt.</summary>
public static class MtaStsEndpoint
{
    /// <summary>Answers for the domains that publish a policy, 404 for all others. The certificate must have the name mta-sts.DOMAIN (§3.3).</summary>
    public static IEndpointConventionBuilder MapMtaSts(this IEndpointRouteBuilder routes, MtaStsPublishing publishing) =>
        routes.MapGet(MtaStsPublishing.Path, async (HttpContext context) =>
        {
            var text = await publishing.AnswerAsync(context.Request.Host.Host, context.RequestAborted);
            if (text is null)
            {
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return;
            }
            context.Response.ContentType = MtaStsPublishing.ContentType;
            await context.Response.WriteAsync(text, Encoding.ASCII, context.RequestAborted);
        });
}
