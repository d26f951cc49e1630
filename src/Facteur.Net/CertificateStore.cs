using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Facteur.Net;

/// <summary>The server's certificates, chosen by the name a client asks for (SNI).</summary>
public sealed class CertificateStore
{
    private readonly SslServerAuthenticationOptions standard;

    private CertificateStore(X509Certificate2 certificate) => standard = Options(certificate, []);

    /// <summary>One certificate for all names.</summary>
    public static CertificateStore For(X509Certificate2 certificate) => new(certificate);

    /// <summary>TLS options for a client that asked for <paramref name="name"/>; the default certificate when none fits, as mail clients often ask for none.</summary>
    internal ValueTask<SslServerAuthenticationOptions> Select(string? name) => new(standard);

    private static SslServerAuthenticationOptions Options(X509Certificate2 certificate, X509Certificate2Collection chain) => new()
    {
        ServerCertificateContext = SslStreamCertificateContext.Create(certificate, chain, offline: true),
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        AllowRenegotiation = false,
        ClientCertificateRequired = false,
    };
}
