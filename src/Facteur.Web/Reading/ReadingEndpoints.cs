using Facteur.Web.Requests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Facteur.Web.Reading;

/// <summary>What the page needs beside JMAP to show messages. Who asks is found out as JMAP does it: session cookie from our own pages, or credentials.</summary>
internal static class ReadingEndpoints
{
    public static void Map(IEndpointRouteBuilder routes, WebServices web)
    {
        routes.MapGet(BodyFrame.Path, BodyFrame.AnswerAsync).WithMetadata(NoCookies.Instance);
        var images = new ImageProxy(web);
        var own = routes.MapGroup("").WithMetadata(OwnAuthentication.Instance);
        own.MapGet(ImageProxy.Path, web.Jmap.Guard(images.AnswerAsync));
        own.MapPost("/mail/images", web.Jmap.Guard(images.SignAsync));
        own.MapPost(Unsubscribing.Path, web.Jmap.Guard(new Unsubscribing(web).AnswerAsync));
    }
}
