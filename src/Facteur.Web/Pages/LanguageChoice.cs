using Facteur.Web.Requests;
using Facteur.Web.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Facteur.Web.Pages;

/// <summary>The links at the foot of pages that change the language for this browser.</summary>
internal static class LanguageChoice
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/language/{language}", (string language, HttpContext context) =>
    {
        if (WebText.Find(language) is { } text) WebCookies.Write(context, WebCookies.Language, text.Language, TimeSpan.FromDays(366));
        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.Response.Headers.Location = ReturnPath.Clean(context.Request.Query["next"]);
    });
}
