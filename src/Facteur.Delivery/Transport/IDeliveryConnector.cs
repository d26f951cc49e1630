using Facteur.Smtp.Client;

namespace Facteur.Delivery.Transport;

/// <summary>Finds the hosts of a destination and makes sessions with them. Any number of callers at once.</summary>
public interface IDeliveryConnector
{
    /// <summary>Looks up where the route leads. What fails is told by <see cref="IDeliveryPath.Failure"/>; only cancellation throws.</summary>
    ValueTask<IDeliveryPath> OpenAsync(DeliveryRoute route, TransportDemands demands, CancellationToken cancel);
}

/// <summary>The hosts of one destination in the order in which they are tried, used by one caller at a time.</summary>
public interface IDeliveryPath
{
    /// <summary>
    /// The next session that is ready for a transaction (greeted, under the TLS that policy asks for, logged in), after as many
    /// hosts and addresses as it takes; null when none is left. The caller disposes it.
    /// </summary>
    ValueTask<IDeliverySession?> ConnectAsync(CancellationToken cancel);

    /// <summary>
    /// Once <see cref="ConnectAsync"/> answered null: what to tell of recipients that no session settled. Permanent only when it is
    /// certain that no host will ever take the mail (no such domain, null MX, every host refused for good).
    /// </summary>
    AttemptOutcome? Failure { get; }

    /// <summary>Every host that could not be talked to so far, with the reason; for the trace.</summary>
    IReadOnlyList<AttemptOutcome> FailedHosts { get; }
}

/// <summary>A session with a host, good for one transaction after the other. Disposing says QUIT when the connection lives, and closes.</summary>
public interface IDeliverySession : IAsyncDisposable
{
    RemoteHost Host { get; }

    /// <summary>TLS of the session; null in clear.</summary>
    TlsFacts? Tls { get; }

    /// <summary>Another transaction may be tried: the connection lives, and neither count nor time is used up.</summary>
    bool CanSend { get; }

    /// <summary>Recipients that the host takes in one transaction (RFC 9422 RCPTMAX, else 100: RFC 5321 §4.5.3.1.8).</summary>
    int MaxRecipients { get; }

    /// <summary>
    /// One transaction. Each recipient gets an outcome, in the order of the envelope; what fails is an outcome, and only cancellation
    /// throws (after it the session is of no more use). The peer's answer to the content has been read when this returns.
    /// </summary>
    ValueTask<IReadOnlyList<AttemptOutcome>> SendAsync(OutgoingEnvelope envelope, OutgoingContent content, CancellationToken cancel);
}
