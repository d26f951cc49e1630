using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Facteur.Net;

/// <summary>
/// Accepts connections on one address and runs a session on each. Listeners start and stop one by one while others run
/// (docs/decisions/0002-own-accept-loop.md). A client's disconnect is an end reason, never an error.
/// </summary>
public sealed partial class MailListener
{
    /// <summary>Pause after the system refused to accept (no file descriptors left), so that the loop does not spin.</summary>
    private static readonly TimeSpan AcceptPause = TimeSpan.FromMilliseconds(100);

    /// <summary>Longest wait for sessions to end once they were broken off.</summary>
    private static readonly TimeSpan AbortTime = TimeSpan.FromSeconds(5);

    private volatile MailListenerOptions options;
    private readonly IConnectionListener listener;
    private readonly ListenerServices services;
    private readonly ILogger logger;
    private readonly ConcurrentDictionary<MailConnection, byte> connections = [];
    private readonly TaskCompletionSource empty = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task accepting;
    private int open = 1; // the accept loop counts as one
    private volatile bool draining;

    private MailListener(MailListenerOptions options, IConnectionListener listener, ListenerServices services)
    {
        this.options = Prepare(options);
        this.listener = listener;
        this.services = services;
        logger = services.Logger;
        EndPoint = (IPEndPoint)listener.EndPoint;
        Since = options.Connection.Time.GetUtcNow();
        accepting = Task.Run(AcceptAsync);
    }

    /// <summary>Takes connections to any address; the IPv6 one takes IPv4 connections too.</summary>
    public static IPAddress AllAddresses => System.Net.Sockets.Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any;

    /// <summary>Where it listens; the port the system gave when 0 was asked for.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>When it was opened.</summary>
    public DateTimeOffset Since { get; }

    public string Name => options.Connection.Listener;

    /// <summary>Connections open now.</summary>
    public int OpenConnections => connections.Count;

    /// <summary>Binds the address and begins to accept.</summary>
    /// <exception cref="IOException">The address cannot be bound.</exception>
    public static async Task<MailListener> StartAsync(MailListenerOptions options, ListenerServices services, CancellationToken cancel)
    {
        try
        {
            return new MailListener(options, await services.Transport.BindAsync(options.EndPoint, cancel), services);
        }
        catch (Exception e) when (e is System.Net.Sockets.SocketException or AddressInUseException)
        {
            throw new IOException(e.Message, e);
        }
    }

    /// <summary>Other options for connections to come (certificates, proxies, limits); the address stays.</summary>
    public void Use(MailListenerOptions changed) => options = Prepare(changed with { EndPoint = options.EndPoint });

    /// <summary>Frees the address; open connections go on.</summary>
    public async Task StopAcceptingAsync()
    {
        await listener.UnbindAsync(CancellationToken.None);
        await accepting;
    }

    /// <summary>
    /// Accepts no more, asks all sessions to end (a transaction in progress finishes, an idle client is told), waits for them
    /// until <paramref name="patience"/> fires and breaks off those left.
    /// </summary>
    public async Task DrainAsync(CancellationToken patience)
    {
        draining = true;
        await StopAcceptingAsync();
        foreach (var connection in connections.Keys)
            connection.End(EndReason.Draining);
        await empty.Task.WaitAsync(patience).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!empty.Task.IsCompleted)
        {
            foreach (var connection in connections.Keys)
                connection.Abort();
            await empty.Task.WaitAsync(AbortTime, options.Connection.Time, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        await listener.DisposeAsync();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            try
            {
                if (await listener.AcceptAsync(CancellationToken.None) is not { } context)
                    break;
                Interlocked.Increment(ref open);
                _ = ServeAsync(context); // its end is counted in Release, its failures are logged there
            }
            catch (Exception e)
            {
                LogAcceptFailed(e, Name);
                await Task.Delay(AcceptPause, options.Connection.Time, CancellationToken.None);
            }
        }
        Release();
    }

    private void Release()
    {
        if (Interlocked.Decrement(ref open) == 0)
            empty.TrySetResult();
    }

    private async Task ServeAsync(ConnectionContext context)
    {
        await Task.Yield(); // the accept loop goes on at once
        try
        {
            await using (context)
                await AdmitAsync(context);
        }
        catch (Exception e)
        {
            LogConnectionFailed(e, "-", Name);
        }
        finally
        {
            Release();
        }
    }

    /// <summary>Finds out who it is and whether there is room.</summary>
    private async Task AdmitAsync(ConnectionContext context)
    {
        var remote = Unmapped((IPEndPoint)context.RemoteEndPoint!);
        var local = Unmapped((IPEndPoint)context.LocalEndPoint!);
        if (options.Proxies.Any(n => n.Contains(remote.Address)))
        {
            if (await ProxyHandshake.ReadAsync(context.Transport.Input, options.Connection) is not { } header)
            {
                LogProxyHeaderMissing(Name, remote);
                context.Abort();
                return;
            }
            (remote, local) = (header.Source ?? remote, header.Destination ?? local);
        }
        if (!services.Gate.TryEnter(remote.Address))
        {
            await RefuseAsync(context, remote);
            return;
        }
        try
        {
            await RunAsync(MailConnection.ForPipes(context.Transport, options.Connection, remote, local, context.Abort, PipeScheduler.ThreadPool));
        }
        finally
        {
            services.Gate.Leave(remote.Address);
        }
    }

    private async Task RunAsync(MailConnection connection)
    {
        var protocol = options.Handler.Protocol;
        var started = connection.Time.GetTimestamp();
        var reason = EndReason.ServerFault;
        services.Metrics.Started(protocol, Name);
        connections.TryAdd(connection, 0);
        if (draining)
            connection.End(EndReason.Draining);
        try
        {
            var failure = options.ImplicitTls ? await connection.HandshakeAsync(connection.Aborted) : null;
            reason = failure ?? await options.Handler.RunAsync(connection, connection.Aborted);
            if (reason == EndReason.ClientClosed)
                reason = connection.Lost ?? reason; // SlowReader ends as a lost client to the session
        }
        catch (OperationCanceledException) when (connection.Aborted.IsCancellationRequested)
        {
            reason = connection.Lost ?? connection.Ending ?? EndReason.ClientClosed;
        }
        catch (Exception e)
        {
            LogConnectionFailed(e, connection.Id, Name);
        }
        finally
        {
            await connection.DisposeAsync();
            connections.TryRemove(connection, out _);
            var lasted = connection.Time.GetElapsedTime(started);
            services.Metrics.Ended(protocol, Name, reason, lasted, connection.OctetsReceived);
            if (connection.ClientCertificateFault is { } fault)
                LogCertificateNotBelieved(connection.Id, Name, connection.Remote, fault);
            LogConnectionEnded(connection.Id, Name, connection.Remote, reason, lasted.TotalSeconds, connection.OctetsReceived);
        }
    }

    private async Task RefuseAsync(ConnectionContext context, IPEndPoint remote)
    {
        services.Metrics.Started(options.Handler.Protocol, Name);
        services.Metrics.Ended(options.Handler.Protocol, Name, EndReason.ConnectionLimit, TimeSpan.Zero, 0);
        LogConnectionRefused(Name, remote);
        if (!options.ImplicitTls) // a handshake is too dear for a client that is to go
            await context.Transport.Output.WriteAsync(options.Handler.Refusal);
    }

    private static MailListenerOptions Prepare(MailListenerOptions given) => given with { Connection = given.Connection with { Refusal = given.Handler.RefusalFor } };

    private static IPEndPoint Unmapped(IPEndPoint endPoint) =>
        endPoint.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(endPoint.Address.MapToIPv4(), endPoint.Port) : endPoint;

    [LoggerMessage(LogLevel.Information, "Connection {Connection} on {Listener} from {Remote} ended: {Reason} after {Seconds:0.000} s, {Octets} octets received")]
    private partial void LogConnectionEnded(string connection, string listener, IPEndPoint remote, EndReason reason, double seconds, long octets);

    [LoggerMessage(LogLevel.Information, "The client certificate of connection {Connection} on {Listener} from {Remote} is not believed: {Why}")]
    private partial void LogCertificateNotBelieved(string connection, string listener, IPEndPoint remote, string why);

    [LoggerMessage(LogLevel.Information, "Connection on {Listener} from {Remote} refused: too many connections")]
    private partial void LogConnectionRefused(string listener, IPEndPoint remote);

    [LoggerMessage(LogLevel.Warning, "Connection on {Listener} from the proxy {Remote} without a PROXY header")]
    private partial void LogProxyHeaderMissing(string listener, IPEndPoint remote);

    [LoggerMessage(LogLevel.Error, "Connection {Connection} on {Listener} failed")]
    private partial void LogConnectionFailed(Exception e, string connection, string listener);

    [LoggerMessage(LogLevel.Error, "Accepting on {Listener} failed")]
    private partial void LogAcceptFailed(Exception e, string listener);
}
