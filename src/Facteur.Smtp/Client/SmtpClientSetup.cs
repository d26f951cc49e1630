using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Facteur.Smtp.Client;

/// <summary>What a session does about TLS.</summary>
public enum TlsUse : byte
{
    /// <summary>Stays in clear, whatever is offered.</summary>
    Never,
    /// <summary>STARTTLS where it is offered.</summary>
    WhenOffered,
    /// <summary>STARTTLS, or the session ends.</summary>
    Required,
    /// <summary>TLS from the first octet (RFC 8314 §3.3).</summary>
    Implicit,
}

/// <summary>What a check of the peer's certificate found.</summary>
/// <param name="IsAccepted">The session goes on.</param>
/// <param name="Reason">Why it was not accepted, for an operator.</param>
public readonly record struct PeerVerdict(bool IsAccepted, TlsVerification Verification, string Reason)
{
    public static PeerVerdict Accepted(TlsVerification verification) => new(true, verification, "");
    public static PeerVerdict Refused(string reason) => new(false, TlsVerification.None, reason);
}

/// <summary>Judges the certificate of a peer. Called once, during the handshake.</summary>
/// <param name="chain">Holds what the peer sent in its extra store, and what was built of it.</param>
public delegate PeerVerdict PeerCheck(X509Certificate2? certificate, X509Chain? chain, SslPolicyErrors errors);

/// <summary>TLS of a session. Versions below 1.2 are never spoken (RFC 8461 §7.2, RFC 7672 §1 rest on TLS that still protects).</summary>
public sealed record SmtpClientTls(TlsUse Use, string ServerName)
{
    /// <summary>Judges the certificate; without it any will do.</summary>
    public PeerCheck? Check { get; init; }

    /// <summary>How the chain is built before <see cref="Check"/> sees it; by default from the system's authorities, without fetching anything.</summary>
    public X509ChainPolicy? ChainPolicy { get; init; }
}

/// <summary>A login.</summary>
public sealed record SmtpCredentials(string UserName, string Password)
{
    /// <summary>Without the password: records print all they hold.</summary>
    public override string ToString() => UserName;
}

/// <summary>With whom a session is made, and how.</summary>
public sealed record SmtpClientSetup
{
    public required RemoteHost Host { get; init; }
    public required SmtpClientTls Tls { get; init; }

    /// <summary>Sent only under TLS whose peer was verified.</summary>
    public SmtpCredentials? Credentials { get; init; }

    /// <summary>LHLO, and an answer for each recipient (RFC 2033).</summary>
    public bool IsLmtp { get; init; }

    public ISmtpClientObserver? Observer { get; init; }
}

/// <summary>Why there is no TLS, for who decides what to do next.</summary>
public enum TlsFault : byte
{
    None,
    /// <summary>The peer does not offer STARTTLS.</summary>
    NotOffered,
    /// <summary>It offered, and then answered no.</summary>
    Refused,
    /// <summary>The handshake failed.</summary>
    Handshake,
    /// <summary>The certificate was not accepted.</summary>
    Certificate,
    /// <summary>There were octets in clear behind the answer to STARTTLS.</summary>
    Injected,
}

/// <summary>A session that is ready, or why there is none.</summary>
public sealed record SmtpOpening(SmtpClientSession? Session, AttemptOutcome? Failure, TlsFault TlsFault);
