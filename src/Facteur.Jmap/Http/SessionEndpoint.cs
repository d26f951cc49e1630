using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Facteur.Jmap.Http;

/// <summary>The session resource (RFC 8620 §2).</summary>
internal static class SessionEndpoint
{
    public static void Map(IEndpointRouteBuilder routes, JmapEndpoints endpoints) =>
        routes.MapMethods(JmapUrls.Session, [HttpMethods.Get, HttpMethods.Head], endpoints.Guard((context, user, cancel) => AnswerAsync(endpoints, context, user, cancel)));

    private static async Task AnswerAsync(JmapEndpoints endpoints, HttpContext context, JmapUser user, CancellationToken cancel)
    {
        var response = context.Response;
        response.ContentType = "application/json";
        response.Headers.CacheControl = "no-cache, no-store, must-revalidate"; // §2
        if (HttpMethods.IsHead(context.Request.Method)) return;
        // In clear there is only this machine: its programs go on as they came.
        var origin = context.Request.IsHttps ? null : $"http://{context.Request.Host}";
        await using var writer = new Utf8JsonWriter(response.BodyWriter, JmapJson.Writing);
        await endpoints.Processor.Sessions.WriteAsync(user, origin, writer, cancel);
    }
}
