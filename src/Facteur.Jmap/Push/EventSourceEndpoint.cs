using System.Globalization;
using Facteur.Jmap.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace Facteur.Jmap.Push;

/// <summary>The event source (RFC 8620 §7.3): state changes as they happen, over a response that does not end.</summary>
internal static class EventSourceEndpoint
{
    public const string Path = JmapUrls.Prefix + "eventsource";
    public const string Template = Path + "?types={types}&closeafter={closeafter}&ping={ping}";

    /// <summary>Of one user: each page and program has one.</summary>
    public const int MaxPerUser = 64;

    // RFC 8620 §7.3: a server takes at least from 30 to 300 seconds.
    private const long MinPing = 20;
    private const long MaxPing = 900;

    /// <param name="places">How many there are of each user.</param>
    /// <param name="stopping">The web server stops: streams end by themselves, so that it need not wait for them.</param>
    public static void Map(IEndpointRouteBuilder routes, JmapEndpoints endpoints, PushHub hub, UserGates places, CancellationToken stopping) =>
        routes.MapGet(Path, endpoints.Guard(async (context, user, cancel) =>
        {
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancel, stopping);
            await AnswerAsync(endpoints, hub, places, context, user, ending.Token);
        }));

    private static async Task AnswerAsync(JmapEndpoints endpoints, PushHub hub, UserGates places, HttpContext context, JmapUser user, CancellationToken cancel)
    {
        if (Read(context.Request, hub.Types) is not { } asked)
        {
            await JmapProblem.WriteAsync(context, StatusCodes.Status400BadRequest, "Bad request", "types, closeafter or ping is not what an event source takes.");
            return;
        }
        using var place = places.Enter(user.Person);
        if (place is null)
        {
            await JmapProblem.WriteAsync(context, StatusCodes.Status429TooManyRequests, "Too many requests", $"More than {MaxPerUser} event sources of this user are open.");
            return;
        }
        Prepare(context);
        await new EventStream(context.Response.BodyWriter, asked, endpoints.Services.Time).RunAsync(hub, user, context.Request.Headers["Last-Event-ID"], cancel);
    }

    private static void Prepare(HttpContext context)
    {
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";
        // Proxies of the nginx family keep answers back otherwise.
        context.Response.Headers["X-Accel-Buffering"] = "no";
    }

    private static EventRequest? Read(HttpRequest request, PushTypes names)
    {
        var (types, closeAfter, ping) = (request.Query["types"].ToString(), request.Query["closeafter"].ToString(), request.Query["ping"].ToString());
        if (closeAfter is not ("" or "no" or "state")) return null;
        var seconds = 0L;
        if (ping.Length > 0 && !long.TryParse(ping, NumberStyles.None, CultureInfo.InvariantCulture, out seconds)) return null;
        var set = types is "" or "*" ? PushTypeSet.All : names.Read(types.Split(',', StringSplitOptions.TrimEntries));
        return new EventRequest(set, closeAfter == "state", seconds == 0 ? null : TimeSpan.FromSeconds(Math.Clamp(seconds, MinPing, MaxPing)));
    }
}

/// <param name="CloseAfterState">The response ends with the first event.</param>
/// <param name="Ping">Null for none.</param>
internal sealed record EventRequest(PushTypeSet Types, bool CloseAfterState, TimeSpan? Ping);
