using System.Diagnostics.CodeAnalysis;
using System.Net;
using Facteur.Net.Dns;

namespace Facteur.Net.Dialing;

/// <summary>What came of an attempt to connect.</summary>
public enum DialOutcome : byte
{
    /// <summary>There is a connection.</summary>
    Connected,
    /// <summary>The host answered that nobody listens.</summary>
    Refused,
    /// <summary>Nothing answered in time.</summary>
    TimedOut,
    /// <summary>No route, no address, or a local address that cannot be used.</summary>
    Unreachable,
    /// <summary>The rule of the purpose forbids the address or the port; nothing was sent.</summary>
    Forbidden,
}

/// <summary>One address that was tried.</summary>
/// <param name="Sentence">For logs and the trace: names the address.</param>
public sealed record DialAttempt(IPEndPoint EndPoint, DialOutcome Outcome, string Sentence);

/// <summary>A connection, or why there is none.</summary>
/// <param name="Outcome">Of the address that failed last; <see cref="DialOutcome.Forbidden"/> only when none could be tried.</param>
/// <param name="Sentence">
/// For the person who named the host. About a name it never tells the addresses behind it, nor whether a forbidden one would
/// have answered.
/// </param>
/// <param name="Connection">The caller disposes of it.</param>
/// <param name="Attempts">Every address that was forbidden, then those tried, as they ended.</param>
/// <param name="NameStatus">What DNS said when a host name was dialled and gave no address; else null.</param>
public sealed record DialResult(DialOutcome Outcome, string Sentence, DialedConnection? Connection, IReadOnlyList<DialAttempt> Attempts, DnsStatus? NameStatus = null)
{
    [MemberNotNullWhen(true, nameof(Connection))]
    public bool IsConnected => Connection is not null;
}

/// <summary>An open TCP connection to an address that was allowed.</summary>
/// <param name="Stream">The octets, in clear; owns the connection.</param>
public sealed record DialedConnection(Stream Stream, IPEndPoint Remote, IPEndPoint Local) : IAsyncDisposable
{
    public ValueTask DisposeAsync() => Stream.DisposeAsync();
}
