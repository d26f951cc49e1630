using Facteur.Net.Dns;
using Facteur.Smtp.Client;

namespace Facteur.Delivery.Transport;

/// <summary>What a session with a host must have before mail goes over it, weakest first.</summary>
public enum TransportLevel : byte
{
    /// <summary>TLS when it is to be had, in clear otherwise.</summary>
    Opportunistic,
    /// <summary>TLS, with whomever.</summary>
    Encrypted,
    /// <summary>TLS, and a certificate for the host's name from a trusted authority.</summary>
    VerifiedByName,
    /// <summary>TLS, and a certificate that a TLSA record matches.</summary>
    VerifiedByTlsa,
}

/// <summary>The policy for one host of a destination.</summary>
public sealed record TransportPolicy
{
    public required TransportLevel Level { get; init; }

    /// <summary>Name for SNI: the MX name (RFC 8461 §7.1), or the TLSA base domain (RFC 7672 §8.1).</summary>
    public required string ServerName { get; init; }

    /// <summary>Usable records, for <see cref="TransportLevel.VerifiedByTlsa"/>.</summary>
    public IReadOnlyList<TlsaRecordData> Tlsa { get; init; } = [];

    /// <summary>Names that a certificate may have.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>MTA-STS in testing mode: the certificate is judged for the report, and mail goes out all the same (RFC 8461 §5).</summary>
    public bool IsTesting { get; init; }

    /// <summary>Found while deciding, to be reported whatever becomes of the session: an MX that a policy in testing does not list, TLSA without a usable record.</summary>
    public TlsResultType? Defect { get; init; }
    public string? DefectReason { get; init; }

    /// <summary>For reports (RFC 8460 §4.2).</summary>
    public TlsPolicyType Type { get; init; }
    public IReadOnlyList<string> PolicyStrings { get; init; } = [];
    public IReadOnlyList<string> MxPatterns { get; init; } = [];

    /// <summary>A handshake that failed may be followed by one attempt in clear: no policy asks for TLS.</summary>
    public bool MayGoInClear => Level == TransportLevel.Opportunistic;
}

/// <summary>A policy, or why the host is not to be used.</summary>
internal readonly record struct PolicyDecision(TransportPolicy Policy, AttemptVerdict? Refusal, string EnhancedCode, string Reason)
{
    public bool IsRefused => Refusal is not null;
}
