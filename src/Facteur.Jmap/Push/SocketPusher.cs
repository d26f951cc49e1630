using System.Net.WebSockets;

namespace Facteur.Jmap.Push;

/// <summary>State changes to one client over a WebSocket, from when it asks for them until it does not want them any more (RFC 8887 §4.3.5).</summary>
internal sealed class SocketPusher : IAsyncDisposable
{
    private readonly PushSignal signal = new();
    private readonly CancellationTokenSource stop = new();
    private Task loop = Task.CompletedTask;

    /// <param name="pushState">What the client has (<see cref="PushToken"/>), or null.</param>
    public static async ValueTask<SocketPusher> StartAsync(
        PushHub hub, JmapUser user, PushTypeSet types, string? pushState, SocketWriter writer, TimeProvider time, CancellationToken cancel)
    {
        var pusher = new SocketPusher();
        var listener = await hub.ListenAsync(user, types, pushState, pusher.signal.Set, cancel);
        pusher.loop = pusher.RunAsync(listener, writer, time);
        return pusher;
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        signal.Set();
        await loop;
        stop.Dispose();
    }

    private async Task RunAsync(PushListener listener, SocketWriter writer, TimeProvider time)
    {
        using (listener)
            try
            {
                while (true)
                {
                    await signal.WaitAsync();
                    stop.Token.ThrowIfCancellationRequested();
                    while (listener.Take() is { } change)
                    {
                        await writer.SendAsync(json => change.Write(json, withToken: true), stop.Token);
                        await Task.Delay(EventStream.MinGap, time, stop.Token);
                    }
                }
            }
            catch (Exception e) when (e is OperationCanceledException or WebSocketException or IOException or ObjectDisposedException)
            {
                // The client left, or wants no more.
            }
    }
}
