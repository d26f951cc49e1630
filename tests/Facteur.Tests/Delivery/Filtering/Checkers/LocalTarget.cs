using System.Net.Sockets;
using Facteur.Tests.Support;

namespace Facteur.Tests.Delivery.Filtering.Checkers;

/// <summary>A listener on a local socket that treats each connection as a test says.</summary>
internal sealed class LocalTarget : IAsyncDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly CancellationTokenSource stop = new();
    private readonly Task loop;

    public LocalTarget(Func<Stream, CancellationToken, Task> serve)
    {
        listener.Bind(new UnixDomainSocketEndPoint(folder["socket"]));
        listener.Listen();
        loop = AcceptAsync(serve);
    }

    public string Address => "unix:" + folder["socket"];

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Dispose();
        await loop;
        stop.Dispose();
        folder.Dispose();
    }

    private async Task AcceptAsync(Func<Stream, CancellationToken, Task> serve)
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptAsync(stop.Token);
                await using var stream = new NetworkStream(client);
                await serve(stream, stop.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException or IOException)
        {
            // The test is over.
        }
    }
}
