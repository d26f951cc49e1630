using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Facteur.Delivery.Tracing;

namespace Facteur.Delivery.Probing;

/// <summary>What keeps a certificate from proving a host's name.</summary>
internal enum CertificateFault : byte
{
    None,
    Missing,
    Expired,
    NotYetValid,
    /// <summary>It is for other names.</summary>
    Name,
    SelfSigned,
    /// <summary>No authority that is trusted here vouches for it, or it sent no chain that leads to one.</summary>
    Untrusted,
}

/// <summary>What a host's certificate says.</summary>
/// <param name="Names">DNS names and addresses it is for, at most ten.</param>
internal sealed record CertificateFacts(string Names, string Issuer, DateTimeOffset NotBefore, DateTimeOffset NotAfter, CertificateFault Fault)
{
    private const int MaxNames = 10;

    /// <param name="chain">As it was built for the handshake.</param>
    public static CertificateFacts Of(string host, X509Certificate2? certificate, X509Chain? chain, SslPolicyErrors errors, DateTimeOffset now)
    {
        if (certificate is null) return new CertificateFacts("", "", default, default, CertificateFault.Missing);
        var (from, until) = (new DateTimeOffset(certificate.NotBefore), new DateTimeOffset(certificate.NotAfter));
        var fault =
            now > until ? CertificateFault.Expired
            : now < from ? CertificateFault.NotYetValid
            : !certificate.MatchesHostname(host.Trim('[', ']'), allowWildcards: true, allowCommonName: false) ? CertificateFault.Name
            : (errors & ~SslPolicyErrors.RemoteCertificateNameMismatch) == SslPolicyErrors.None ? CertificateFault.None
            : certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData) && chain is not { ChainElements.Count: > 1 } ? CertificateFault.SelfSigned
            : CertificateFault.Untrusted;
        return new CertificateFacts(Printable(NamesOf(certificate)), Printable(certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: true)), from, until, fault);
    }

    private static string NamesOf(X509Certificate2 certificate)
    {
        var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>()
            .SelectMany(extension => extension.EnumerateDnsNames().Concat(extension.EnumerateIPAddresses().Select(address => address.ToString()))).Take(MaxNames + 1).ToList();
        if (names.Count == 0) return certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false);
        return string.Join(", ", names.Take(MaxNames)) + (names.Count > MaxNames ? ", …" : "");
    }

    private static string Printable(string text) => TraceDetail.Printable(text.Length <= 300 ? text : text[..300]);
}
