namespace Facteur.Smtp.Client.Wire;

internal enum WireFault : byte
{
    /// <summary>The peer closed or reset, or the network did.</summary>
    Lost,
    /// <summary>The peer did not answer or did not read in time.</summary>
    TimedOut,
    /// <summary>What the peer sends is no SMTP.</summary>
    Nonsense,
    /// <summary>Words in clear behind the answer to STARTTLS: somebody sits in between (RFC 3207 §4.2).</summary>
    Injected,
}

/// <summary>The connection is of no more use. Caught by the session, never seen by its callers.</summary>
internal sealed class WireException(WireFault fault, string message, Exception? cause = null) : Exception(message, cause)
{
    public WireFault Fault { get; } = fault;
}
