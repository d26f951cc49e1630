using System.Net;

namespace Facteur.Delivery.Transport;

/// <summary>Kind of policy that a session fell under (RFC 8460 §4.2 "policy-type").</summary>
public enum TlsPolicyType : byte { NoPolicyFound, Sts, Tlsa }

/// <summary>What became of a session as RFC 8460 §4.3 counts it.</summary>
public enum TlsResultType : byte
{
    Success,
    StartTlsNotSupported,
    CertificateHostMismatch,
    CertificateExpired,
    CertificateNotTrusted,
    ValidationFailure,
    TlsaInvalid,
    DnssecInvalid,
    DaneRequired,
    StsPolicyFetchError,
    StsPolicyInvalid,
    StsWebPkiInvalid,
}

/// <summary>One session, or one policy that could not be had, for the reports that domains ask for (RFC 8460).</summary>
/// <param name="PolicyDomain">The recipient's domain; for TLSA also the domain of the mail, the host being in <paramref name="ReceivingHost"/>.</param>
/// <param name="PolicyStrings">Lines of the policy as they were found: of the MTA-STS text, or TLSA records in their text form.</param>
/// <param name="MxPatterns">mx lines of the MTA-STS policy.</param>
/// <param name="ReceivingHost">MX name, or null when the policy itself failed.</param>
/// <param name="FailureReason">More about a failure, or null.</param>
public sealed record TlsObservation(
    DateTimeOffset At, string PolicyDomain, TlsPolicyType PolicyType, IReadOnlyList<string> PolicyStrings, IReadOnlyList<string> MxPatterns,
    TlsResultType Result, string? ReceivingHost, IPAddress? ReceivingAddress, IPAddress? SendingAddress, string? FailureReason);

/// <summary>Takes observations; must not wait.</summary>
public interface ITlsObserver
{
    void Observe(TlsObservation observation);
}
