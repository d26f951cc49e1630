using System.Net.WebSockets;
using Facteur.Jmap.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Facteur.Jmap.Push;

/// <summary>JMAP over WebSocket (RFC 8887): requests, responses and pushes over one connection, which is let in once.</summary>
internal static class WebSocketEndpoint
{
    public const string Path = JmapUrls.Prefix + "ws";

    /// <summary>Of one user.</summary>
    public const int MaxPerUser = 32;

    private const string Protocol = "jmap";

    /// <inheritdoc cref="EventSourceEndpoint.Map"/>
    public static void Map(IEndpointRouteBuilder routes, JmapEndpoints endpoints, PushHub hub, UserGates places, CancellationToken stopping) =>
        // CONNECT: HTTP/2 and later (RFC 8441 §5).
        routes.MapMethods(Path, [HttpMethods.Get, HttpMethods.Connect], endpoints.Guard(async (context, user, cancel) =>
        {
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancel, stopping);
            await AnswerAsync(endpoints, hub, places, context, user, ending.Token);
        }));

    private static async Task AnswerAsync(JmapEndpoints endpoints, PushHub hub, UserGates places, HttpContext context, JmapUser user, CancellationToken cancel)
    {
        if (!context.WebSockets.IsWebSocketRequest || !context.WebSockets.WebSocketRequestedProtocols.Contains(Protocol))
        {
            context.Response.Headers.Upgrade = "websocket";
            await JmapProblem.WriteAsync(context, StatusCodes.Status426UpgradeRequired, "Upgrade required", "This resource is a WebSocket with the subprotocol jmap.");
            return;
        }
        using var place = places.Enter(user.Person);
        if (place is null)
        {
            await JmapProblem.WriteAsync(context, StatusCodes.Status429TooManyRequests, "Too many requests", $"More than {MaxPerUser} WebSockets of this user are open.");
            return;
        }
        using var socket = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext { SubProtocol = Protocol });
        await using var session = new SocketSession(socket, endpoints, hub, user);
        try
        {
            await session.RunAsync(cancel);
        }
        catch (Exception e) when (e is WebSocketException or IOException || e is OperationCanceledException && cancel.IsCancellationRequested)
        {
            // The client left, or was let wait no longer.
        }
    }
}
