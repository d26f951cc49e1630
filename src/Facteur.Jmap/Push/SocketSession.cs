using System.Net.WebSockets;
using System.Text.Json;
using Facteur.Jmap.Http;

namespace Facteur.Jmap.Push;

/// <summary>
/// One client over a WebSocket (RFC 8887 §4). Requests run beside one another as far as the user's limit goes; messages go out one at a time. What is
/// wrong with a message is answered; only what cannot be read on ends the connection.
/// </summary>
internal sealed class SocketSession(WebSocket socket, JmapEndpoints endpoints, PushHub hub, JmapUser user) : IAsyncDisposable
{
    /// <summary>Then the client comes again, and shows its credentials: they may have run out, which nobody announces.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(60);

    /// <summary>How long the client may take to answer a Close.</summary>
    private static readonly TimeSpan farewell = TimeSpan.FromSeconds(5);

    private readonly SocketWriter writer = new(socket);
    private readonly HashSet<Task> running = [];
    private SocketPusher? pusher;

    private JmapServices Services => endpoints.Services;

    public async Task RunAsync(CancellationToken cancel)
    {
        using var hard = new CancellationTokenSource();
        using var old = new CancellationTokenSource(Lifetime, Services.Time);
        await using var ended = cancel.UnsafeRegister(_ => _ = CloseAsync(WebSocketCloseStatus.PolicyViolation, "the login has ended", hard), null);
        await using var over = old.Token.UnsafeRegister(_ => _ = CloseAsync(WebSocketCloseStatus.EndpointUnavailable, "connect again", hard), null);
        try
        {
            while (true)
            {
                var message = await SocketMessage.ReceiveAsync(socket, Services.Limits.MaxSizeRequest, hard.Token);
                if (message.Kind == WebSocketMessageType.Text && !message.IsTooLong)
                {
                    await TakeAsync(message, hard.Token);
                    continue;
                }
                using (message) await RefuseAsync(message, hard);
                return;
            }
        }
        finally
        {
            // Nothing runs on for a client that is gone.
            await hard.CancelAsync();
            await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (pusher is not null) await pusher.DisposeAsync();
        writer.Dispose();
    }

    /// <summary>A message that ends the connection: Close, a binary one (§4.3.1), one that is too long to be read to its end.</summary>
    private async ValueTask RefuseAsync(SocketMessage message, CancellationTokenSource hard)
    {
        if (message.IsTooLong)
        {
            await writer.SendErrorAsync(RequestObject.TooLarge(), null, hard.Token);
            await CloseAsync(WebSocketCloseStatus.MessageTooBig, "maxSizeRequest", hard);
        }
        else if (message.Kind == WebSocketMessageType.Binary) await CloseAsync(WebSocketCloseStatus.InvalidMessageType, "messages are text", hard);
        else await CloseAsync(WebSocketCloseStatus.NormalClosure, "", hard);
    }

    private async ValueTask TakeAsync(SocketMessage message, CancellationToken cancel)
    {
        running.RemoveWhere(task => task.IsCompleted);
        if (message.Head.Type == "Request")
        {
            if (endpoints.Requests.Enter(user.Person) is { } place)
            {
                running.Add(AnswerAsync(message, place, cancel));
                return;
            }
            using (message)
                await writer.SendErrorAsync(JmapRequestException.OverLimit("maxConcurrentRequests", $"More than {Services.Limits.MaxConcurrentRequests} requests of this user run."), message.Head.Id, cancel);
            return;
        }
        using (message)
            try
            {
                await ControlAsync(message, cancel);
            }
            catch (JmapRequestException e)
            {
                await writer.SendErrorAsync(e, message.Head.Id, cancel);
            }
    }

    private async Task AnswerAsync(SocketMessage message, IDisposable place, CancellationToken cancel)
    {
        await Task.Yield();
        using (message)
        using (place)
            try
            {
                await writer.SendResponseAsync(output => endpoints.Processor.RunAsync(user, message.Octets, output, cancel), message.Head.Id, cancel);
            }
            catch (JmapRequestException e)
            {
                await writer.SendErrorAsync(e, message.Head.Id, cancel);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                socket.Abort(); // an answer that broke off cannot be taken back
            }
    }

    private async ValueTask ControlAsync(SocketMessage message, CancellationToken cancel)
    {
        using var document = InternetJson.Parse(message.Octets);
        var type = document.RootElement.ValueKind == JsonValueKind.Object ? message.Head.Type : null;
        if (type is not ("WebSocketPushEnable" or "WebSocketPushDisable")) throw JmapRequestException.NotRequest("The message has no @type that is taken here.");
        if (pusher is not null) await pusher.DisposeAsync();
        pusher = null;
        if (type == "WebSocketPushEnable") pusher = await EnableAsync(document.RootElement, cancel);
    }

    // RFC 8887 §4.3.5.2.
    private async ValueTask<SocketPusher> EnableAsync(JsonElement enable, CancellationToken cancel)
    {
        try
        {
            var types = JmapArguments.Strings(enable, "dataTypes") is { } names ? hub.Types.Read(names) : PushTypeSet.All;
            return await SocketPusher.StartAsync(hub, user, types, JmapArguments.String(enable, "pushState"), writer, Services.Time, cancel);
        }
        catch (JmapMethodException e)
        {
            throw JmapRequestException.NotRequest(e.Description);
        }
    }

    /// <summary>Says that it ends; the client's answer ends the reading, or the end of patience does.</summary>
    private async Task CloseAsync(WebSocketCloseStatus status, string why, CancellationTokenSource hard)
    {
        try
        {
            hard.CancelAfter(farewell);
            await writer.CloseAsync(status, why, hard.Token);
        }
        catch (Exception e) when (e is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            // It is closed.
        }
    }
}
