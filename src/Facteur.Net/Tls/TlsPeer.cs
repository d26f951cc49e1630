using System.Diagnostics.CodeAnalysis;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Facteur.Net;

/// <summary>What a handshake found out: the certificate the server showed and the one the client did.</summary>
internal sealed class TlsPeer(CertificateStore certificates, ClientCertificateRules? rules)
{
    private X509Certificate2? shown;

    /// <summary>Of the client's certificate, when it is believed.</summary>
    public string? CertificateHash { get; private set; }

    /// <summary>Why the client's certificate is not believed; null when it is, or when there is none.</summary>
    public string? CertificateFault { get; private set; }

    public ReadOnlyMemory<byte> ServerEndPoint => shown is null ? default : Net.ServerEndPoint.Of(shown);

    /// <summary>A certificate is required and there is none that is believed.</summary>
    public bool IsMissingCertificate => rules?.Mode == ClientCertificateMode.Required && CertificateHash is null;

    /// <summary>Options for the name the client asked for.</summary>
    [SuppressMessage("Security", "CA5359", Justification = "who shows a certificate that is not believed is told so, and counts as without one")]
    public SslServerAuthenticationOptions Options(string? name)
    {
        var shared = certificates.Select(name);
        shown = shared.ServerCertificateContext!.TargetCertificate;
        return rules is null or { Mode: ClientCertificateMode.None } ? shared : rules.Ask(shared, Verify);
    }

    /// <summary>
    /// Never fails the handshake: a client of TLS 1.3 would see a broken connection and no reason. What becomes of it is said in the
    /// words of the protocol, once there are any.
    /// </summary>
    private bool Verify(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate is not null) CertificateFault = ClientCertificateRules.FaultOf(chain, errors);
        if (certificate is not null && CertificateFault is null) CertificateHash = ClientCertificateRules.HashOf(certificate);
        return true;
    }
}
