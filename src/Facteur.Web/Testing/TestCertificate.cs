using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Facteur.Web.Testing;

/// <summary>Why mail programs would warn of a certificate.</summary>
internal enum TestCertificateFault : byte { None, Expired, NotYetValid, Name, Untrusted }

/// <summary>What a certificate says to a mail program.</summary>
/// <param name="Names">Those it is for, a few of them.</param>
internal sealed record TestCertificate(string Names, string Issuer, DateTimeOffset Until, int DaysLeft, TestCertificateFault Fault)
{
    private const int MaxNames = 6;

    public static TestCertificate Of(string host, X509Certificate2? certificate, X509Chain? chain, SslPolicyErrors errors, DateTimeOffset now)
    {
        if (certificate is null) return new TestCertificate("", "", now, 0, TestCertificateFault.Untrusted);
        var until = new DateTimeOffset(certificate.NotAfter);
        var fault = now > until ? TestCertificateFault.Expired
            : now < new DateTimeOffset(certificate.NotBefore) ? TestCertificateFault.NotYetValid
            : !certificate.MatchesHostname(host, allowWildcards: true, allowCommonName: false) ? TestCertificateFault.Name
            : (errors & ~SslPolicyErrors.RemoteCertificateNameMismatch) == SslPolicyErrors.None || IsOnlyTooOld(chain) ? TestCertificateFault.None
            : TestCertificateFault.Untrusted;
        var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(one => one.EnumerateDnsNames()).Take(MaxNames + 1).ToList();
        var shown = names.Count > 0 ? string.Join(", ", names.Take(MaxNames)) + (names.Count > MaxNames ? ", …" : "") : certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false);
        return new TestCertificate(shown, certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: true), until, Math.Max(0, (int)(until - now).TotalDays), fault);
    }

    // The chain is judged by the machine's clock, and ours may be another one: dates were looked at already.
    private static bool IsOnlyTooOld(X509Chain? chain) => chain is { ChainStatus.Length: > 0 } && chain.ChainStatus.All(one => one.Status is X509ChainStatusFlags.NotTimeValid);
}
