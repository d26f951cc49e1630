using System.Net;
using System.Net.Sockets;
using Facteur.Net.Dns;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Facteur.Net.Dialing;

/// <summary>
/// The one way out: every connection that Facteur opens to another machine goes through here. What is checked is the address
/// that the socket is connected to, so that neither a name that changes its address, nor a CNAME, nor an unusual spelling of an
/// address leads past the rule of the purpose. Failures are values; only cancellation throws.
/// </summary>
public sealed partial class GuardedDialer(DnsResolver resolver, GuardedDialerOptions options, TimeProvider time, ILogger<GuardedDialer>? logger = null)
{
    private readonly ILogger logger = logger ?? NullLogger<GuardedDialer>.Instance;

    /// <summary>Connects to one address.</summary>
    public Task<DialResult> ConnectAsync(IPEndPoint endPoint, DialPurpose purpose, CancellationToken cancel) => ConnectAsync([endPoint], purpose, cancel);

    /// <summary>Connects to the first address that answers, in the order given.</summary>
    public Task<DialResult> ConnectAsync(IReadOnlyList<IPEndPoint> endPoints, DialPurpose purpose, CancellationToken cancel) => TryAsync(null, endPoints, purpose, cancel);

    /// <summary>Looks the host up (AAAA and A; an address literal is taken as it is) and connects to the first address that answers.</summary>
    public async Task<DialResult> ConnectAsync(string host, int port, DialPurpose purpose, CancellationToken cancel)
    {
        if (!options[purpose].Allows(port)) return Failed(DialOutcome.Forbidden, $"connections to port {port} are not allowed here", []);
        var (addresses, status) = await HostAddresses.FindAsync(resolver, host, cancel);
        if (addresses.Count == 0) return Failed(DialOutcome.Unreachable, HostAddresses.Explain(host, status), []) with { NameStatus = status };
        return await TryAsync(host, [.. addresses.Select(address => new IPEndPoint(address, port))], purpose, cancel);
    }

    /// <summary>Why this end point may not be dialled for this purpose, or null.</summary>
    public string? Objection(IPEndPoint endPoint, DialPurpose purpose)
    {
        var rule = options[purpose];
        if (!rule.Allows(endPoint.Port)) return $"connections to port {endPoint.Port} are not allowed here";
        return rule.Allows(endPoint.Address) ? null : $"{endPoint.Address} is not a public address";
    }

    private async Task<DialResult> TryAsync(string? host, IReadOnlyList<IPEndPoint> endPoints, DialPurpose purpose, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        var forbidden = new List<DialAttempt>();
        var allowed = new List<IPEndPoint>();
        foreach (var endPoint in endPoints.Take(options.MaxAddresses))
        {
            if (Objection(endPoint, purpose) is not { } objection)
            {
                allowed.Add(endPoint);
                continue;
            }
            LogForbidden(host ?? "an address", endPoint, purpose, objection);
            forbidden.Add(new DialAttempt(endPoint, DialOutcome.Forbidden, objection));
        }
        if (allowed.Count == 0 && forbidden.Count > 0)
            return Failed(DialOutcome.Forbidden, host is null ? forbidden[^1].Sentence : $"{host} does not lead to a public address", forbidden);
        var (tried, connection) = await RaceAsync(allowed, purpose, cancel);
        List<DialAttempt> attempts = [.. forbidden, .. tried];
        if (connection is not null) return new DialResult(DialOutcome.Connected, tried[^1].Sentence, connection, attempts);
        if (tried.Count == 0) return Failed(DialOutcome.Unreachable, "there is no address to connect to", attempts);
        return Failed(tried[^1].Outcome, host is null ? tried[^1].Sentence : Explain(host, tried[^1]), attempts);
    }

    private async Task<(DialAttempt Attempt, DialedConnection? Connection)> AttemptAsync(IPEndPoint endPoint, DialPurpose purpose, CancellationToken cancel)
    {
        using var timer = new CancellationTokenSource(options.ConnectTimeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancel);
        Socket? socket = null;
        try
        {
            socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            var local = endPoint.AddressFamily == AddressFamily.InterNetworkV6 ? options.LocalIPv6 : options.LocalIPv4;
            if (local is not null) socket.Bind(new IPEndPoint(local, 0));
            await socket.ConnectAsync(endPoint, linked.Token);
            var connection = new DialedConnection(new NetworkStream(socket, ownsSocket: true), (IPEndPoint)socket.RemoteEndPoint!, (IPEndPoint)socket.LocalEndPoint!);
            if (Objection(connection.Remote, purpose) is { } objection)
            {
                await connection.DisposeAsync();
                return (new DialAttempt(endPoint, DialOutcome.Forbidden, objection), null);
            }
            return (new DialAttempt(endPoint, DialOutcome.Connected, $"connected to {endPoint}"), connection);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            socket?.Dispose();
            return (new DialAttempt(endPoint, DialOutcome.TimedOut, $"{endPoint} did not answer within {options.ConnectTimeout.TotalSeconds:0} s"), null);
        }
        catch (SocketException e)
        {
            socket?.Dispose();
            var outcome = Classify(e.SocketErrorCode);
            return (new DialAttempt(endPoint, outcome, $"{endPoint}: {Words(e.SocketErrorCode)}"), null);
        }
        catch
        {
            socket?.Dispose();
            throw;
        }
    }

    private static DialOutcome Classify(SocketError error) => error switch
    {
        SocketError.ConnectionRefused or SocketError.ConnectionReset or SocketError.ConnectionAborted => DialOutcome.Refused,
        SocketError.TimedOut => DialOutcome.TimedOut,
        _ => DialOutcome.Unreachable,
    };

    private static string Words(SocketError error) => error switch
    {
        SocketError.ConnectionRefused => "connection refused",
        SocketError.ConnectionReset or SocketError.ConnectionAborted => "the connection was reset",
        SocketError.TimedOut => "no answer",
        SocketError.NetworkUnreachable or SocketError.HostUnreachable or SocketError.NetworkDown or SocketError.HostDown => "no route",
        SocketError.AddressNotAvailable => "the local address cannot be used",
        SocketError.AddressFamilyNotSupported => "this machine does not speak this address family",
        _ => $"cannot connect ({error})",
    };

    private static string Explain(string host, DialAttempt attempt) => attempt.Outcome switch
    {
        DialOutcome.Refused => $"{host} refuses connections on port {attempt.EndPoint.Port}",
        DialOutcome.TimedOut => $"{host} does not answer on port {attempt.EndPoint.Port}",
        _ => $"{host} cannot be reached",
    };

    private static DialResult Failed(DialOutcome outcome, string sentence, IReadOnlyList<DialAttempt> attempts) => new(outcome, sentence, null, attempts);

    [LoggerMessage(LogLevel.Information, "Connection to {Host} at {EndPoint} for {Purpose} forbidden: {Objection}")]
    private partial void LogForbidden(string host, IPEndPoint endPoint, DialPurpose purpose, string objection);
}
