using System.Net;

namespace Facteur.Net;

/// <summary>One listener: an address, a protocol and how its connections are treated.</summary>
public sealed record MailListenerOptions
{
    public required IPEndPoint EndPoint { get; init; }

    /// <summary>The protocol spoken.</summary>
    public required IConnectionHandler Handler { get; init; }

    /// <summary>Name, limits, clock and certificates of its connections.</summary>
    public required MailConnectionOptions Connection { get; init; }

    /// <summary>TLS from the first octet (RFC 8314 §3).</summary>
    public bool ImplicitTls { get; init; }

    /// <summary>
    /// Peers that must begin with a PROXY header, and are believed. Others are never asked for one: guessing would let
    /// anyone choose an address.
    /// </summary>
    public IReadOnlyList<IPNetwork> Proxies { get; init; } = [];
}
