using System.Net;
using System.Net.Sockets;

namespace Facteur.Net.Dialing;

/// <summary>Programs of the operator's own, which may listen on a local socket.</summary>
public sealed partial class GuardedDialer
{
    // A local socket has no end point that anybody could name.
    private static readonly IPEndPoint none = new(IPAddress.None, 0);

    /// <summary>Connects to a program that the operator named (<see cref="DialPurpose.Service"/>).</summary>
    public Task<DialResult> ConnectAsync(ServiceAddress address, CancellationToken cancel) =>
        address.Path is { } path ? ConnectLocalAsync(path, cancel) : ConnectAsync(address.Host, address.Port, DialPurpose.Service, cancel);

    private async Task<DialResult> ConnectLocalAsync(string path, CancellationToken cancel)
    {
        using var timer = new CancellationTokenSource(options.ConnectTimeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancel);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), linked.Token);
            return new DialResult(DialOutcome.Connected, $"connected to {path}", new DialedConnection(new NetworkStream(socket, ownsSocket: true), none, none), []);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            socket.Dispose();
            return Failed(DialOutcome.TimedOut, $"{path} did not answer within {options.ConnectTimeout.TotalSeconds:0} s", []);
        }
        catch (SocketException e)
        {
            socket.Dispose();
            // No such file, or no right to it: either way nothing is there for us.
            return Failed(Classify(e.SocketErrorCode), e.SocketErrorCode == SocketError.ConnectionRefused ? $"nobody listens at {path}" : $"{path} cannot be reached", []);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
