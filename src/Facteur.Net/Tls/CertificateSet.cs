using System.Net.Security;
using System.Security.Authentication;

namespace Facteur.Net;

/// <summary>Certificates by name, unchanging; a reload makes another set.</summary>
internal sealed class CertificateSet
{
    private readonly Dictionary<string, SslServerAuthenticationOptions> byName = new(StringComparer.OrdinalIgnoreCase);
    private readonly SslServerAuthenticationOptions standard;

    /// <param name="certificates">At least one; the first is for clients that ask for no name or an unknown one, and earlier ones win a name.</param>
    public CertificateSet(IReadOnlyList<LoadedCertificate> certificates)
    {
        Certificates = certificates;
        foreach (var certificate in certificates)
        {
            var options = Options(certificate);
            standard ??= options;
            foreach (var name in certificate.Names())
                byName.TryAdd(name, options);
        }
        if (standard is null)
            throw new CertificateException("no certificate is given");
    }

    public IReadOnlyList<LoadedCertificate> Certificates { get; }

    /// <summary>
    /// Exact name, then a wildcard for the first label, then the first certificate: a mail client that
    /// asks for an unknown name gets a certificate that it can show, not an alert.
    /// </summary>
    public SslServerAuthenticationOptions Find(string? name)
    {
        if (string.IsNullOrEmpty(name))
            return standard;
        name = name.TrimEnd('.'); // Microsoft's autodiscover sends one (CLIENTS.md 8)
        if (byName.TryGetValue(name, out var exact))
            return exact;
        var dot = name.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && byName.TryGetValue("*" + name[dot..], out var wildcard) ? wildcard : standard;
    }

    /// <summary>
    /// The platform's list of suites stays as it is (ECDHE only, by .NET): a list of our own would make each connection its own
    /// TLS context, without session resumption and with tens of KiB more memory. No application protocols: a client that offers
    /// "imap" by ALPN is served all the same.
    /// </summary>
    private static SslServerAuthenticationOptions Options(LoadedCertificate certificate) => new()
    {
        ServerCertificateContext = SslStreamCertificateContext.Create(certificate.Leaf, certificate.Intermediates, offline: true),
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        AllowRenegotiation = false,
        AllowTlsResume = true,
        ClientCertificateRequired = false,
    };
}
