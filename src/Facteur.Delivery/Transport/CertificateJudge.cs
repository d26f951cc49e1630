using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Facteur.Smtp.Client;

namespace Facteur.Delivery.Transport;

/// <summary>Judges the certificate of one host by its policy, and remembers what was wrong for the report.</summary>
internal sealed class CertificateJudge(TransportPolicy policy, DateTimeOffset now)
{
    /// <summary>What was found, in the words of RFC 8460 §4.3; Success until something is wrong.</summary>
    public TlsResultType Result { get; private set; } = TlsResultType.Success;
    public string? Reason { get; private set; }

    public PeerVerdict Check(X509Certificate2? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (policy is { Level: TransportLevel.Encrypted } or { Level: TransportLevel.Opportunistic, IsTesting: false }) return PeerVerdict.Accepted(TlsVerification.None);
        var isByTlsa = policy.Level == TransportLevel.VerifiedByTlsa;
        if (certificate is null) Fail(TlsResultType.ValidationFailure, "the host shows no certificate");
        else if (isByTlsa) CheckTlsa(certificate, chain);
        else CheckName(certificate, chain, errors);
        if (Result == TlsResultType.Success) return PeerVerdict.Accepted(isByTlsa ? TlsVerification.Tlsa : TlsVerification.Names);
        return policy.Level == TransportLevel.Opportunistic ? PeerVerdict.Accepted(TlsVerification.None) : PeerVerdict.Refused(Reason!);
    }

    private void CheckTlsa(X509Certificate2 certificate, X509Chain? chain)
    {
        var presented = chain is null ? [] : chain.ChainPolicy.ExtraStore.Concat(chain.ChainElements.Skip(1).Select(element => element.Certificate)).DistinctBy(other => other.Thumbprint).ToList();
        if (TlsaMatcher.Check(policy.Tlsa, certificate, presented, policy.Names, now) is not { } why) return;
        Fail(why.StartsWith("the certificate is not for", StringComparison.Ordinal) ? TlsResultType.CertificateHostMismatch : TlsResultType.ValidationFailure, why);
    }

    // RFC 8461 §4.2: in date, from a trusted authority, with a DNS name that is the host's.
    private void CheckName(X509Certificate2 certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        var statuses = chain?.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, status) => all | status.Status) ?? X509ChainStatusFlags.NoError;
        if (statuses.HasFlag(X509ChainStatusFlags.NotTimeValid)) Fail(TlsResultType.CertificateExpired, $"the certificate is valid from {certificate.NotBefore.ToUniversalTime():u} to {certificate.NotAfter.ToUniversalTime():u}");
        else if (!policy.Names.Any(name => certificate.MatchesHostname(name, allowWildcards: true, allowCommonName: false))) Fail(TlsResultType.CertificateHostMismatch, $"the certificate is not for {policy.Names[0]}");
        else if ((errors & ~SslPolicyErrors.RemoteCertificateNameMismatch) != SslPolicyErrors.None) Fail(TlsResultType.CertificateNotTrusted, $"no trusted authority vouches for the certificate ({statuses})");
    }

    private void Fail(TlsResultType result, string reason) => (Result, Reason) = (result, reason);
}
