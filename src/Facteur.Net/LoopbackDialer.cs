using System.Net;
using System.Net.Sockets;

namespace Facteur.Net;

/// <summary>Connects to a listener of this same machine, for self-tests: no other address can be reached through it.</summary>
public static class LoopbackDialer
{
    /// <exception cref="IOException">Nobody listens there.</exception>
    public static async Task<Stream> ConnectAsync(int port, CancellationToken cancel)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), cancel);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new IOException($"port {port} does not answer: {e.Message}", e);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
