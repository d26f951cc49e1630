namespace Facteur.Delivery.Transport;

/// <summary>The way that mail for a destination takes. Equal routes can share sessions.</summary>
public abstract record DeliveryRoute;

/// <summary>To the mail exchangers of a domain (RFC 5321 §5.1).</summary>
/// <param name="Domain">A-labels in lower case, or an address literal with its brackets.</param>
public sealed record MxRoute(string Domain) : DeliveryRoute;

/// <summary>How a route to a fixed host is protected.</summary>
public enum SmarthostTls : byte
{
    /// <summary>STARTTLS, and a certificate for the host's name, or nothing is sent.</summary>
    StartTls,
    /// <summary>TLS from the first octet (RFC 8314 §3.3), verified likewise.</summary>
    Implicit,
    /// <summary>STARTTLS when it is offered, unverified; no credentials are ever sent.</summary>
    Opportunistic,
}

/// <summary>To a fixed host, whatever the recipient's domain.</summary>
/// <param name="Host">Name or address.</param>
public sealed record SmarthostRoute(string Host, int Port, SmarthostTls Tls) : DeliveryRoute
{
    /// <summary>Login, or null. Sent only under verified TLS.</summary>
    public RouteCredentials? Credentials { get; init; }

    /// <summary>The host speaks LMTP (RFC 2033).</summary>
    public bool IsLmtp { get; init; }
}

/// <summary>A login at a smarthost.</summary>
public sealed record RouteCredentials(string UserName, string Password)
{
    /// <summary>Without the password: records print all they hold.</summary>
    public override string ToString() => UserName;
}

/// <summary>What a message asks of its way. Sessions are shared only between equal demands.</summary>
/// <param name="RequireTls">REQUIRETLS on the envelope: verified TLS to every host (RFC 8689 §4.2.1).</param>
/// <param name="TlsNotRequired">"TLS-Required: No" in the header: delivery goes before policies on TLS (RFC 8689 §5). Without effect beside <paramref name="RequireTls"/>.</param>
public readonly record struct TransportDemands(bool RequireTls, bool TlsNotRequired);
