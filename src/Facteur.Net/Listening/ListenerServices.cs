using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Facteur.Net;

/// <summary>What all listeners of a server share.</summary>
public sealed record ListenerServices(IConnectionListenerFactory Transport, ConnectionGate Gate, ConnectionMetrics Metrics, ILogger Logger)
{
    /// <summary>Listeners on TCP: the sockets transport of Kestrel.</summary>
    public static ListenerServices ForSockets(ConnectionGateOptions gate, ConnectionMetrics metrics, ILoggerFactory loggers)
    {
        var transport = new SocketTransportFactory(Options.Create(new SocketTransportOptions
        {
            Backlog = 1024,
            // What a client may send ahead of the session, and a session ahead of the client (RELIABILITY.md R-09: 64 KiB).
            MaxReadBufferSize = 64 * 1024,
            MaxWriteBufferSize = 64 * 1024,
            NoDelay = true,
            WaitForDataBeforeAllocatingBuffer = true, // an idle connection holds no buffer
            // A session goes on in the thread that received its octets, and sends in its own: no change of thread on the way of a question and its answer. Other threads wake it by the pool (MailConnection).
            UnsafePreferInlineScheduling = true,
        }), loggers);
        return new ListenerServices(transport, new ConnectionGate(gate), metrics, loggers.CreateLogger("Facteur.Net.Connections"));
    }
}
