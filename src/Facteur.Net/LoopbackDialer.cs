using System.Net;
using System.Net.Sockets;

namespace Facteur.Net;

/// <summary>Connects to a listener of this same machine, for self-tests: nothing else is reached through it.</summary>
public static class LoopbackDialer
{
    /// <exception cref="IOException">Nobody listens there.</exception>
    public static Task<Stream> ConnectAsync(int port, CancellationToken cancel) => ConnectToAsync(new IPEndPoint(IPAddress.Loopback, port), cancel);

    /// <param name="listener">Where one of our listeners is bound: all addresses are reached by loopback, one address by itself.</param>
    /// <exception cref="IOException">Nobody listens there.</exception>
    public static Task<Stream> ConnectAsync(IPEndPoint listener, CancellationToken cancel) =>
        ConnectToAsync(listener.Address.Equals(IPAddress.Any) || listener.Address.Equals(IPAddress.IPv6Any) ? new IPEndPoint(IPAddress.Loopback, listener.Port) : listener, cancel);

    private static async Task<Stream> ConnectToAsync(IPEndPoint target, CancellationToken cancel)
    {
        var socket = new Socket(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(target, cancel);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new IOException($"port {target.Port} does not answer: {e.Message}", e);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
