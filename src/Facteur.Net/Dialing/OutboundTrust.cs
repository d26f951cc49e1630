using System.Security.Cryptography.X509Certificates;

namespace Facteur.Net.Dialing;

/// <summary>
/// How certificates of other servers are judged. A certificate names addresses to fetch missing issuers and revocation lists
/// from: following them would be requests past the dialer to hosts that the peer chose, so nothing is ever fetched.
/// </summary>
public static class OutboundTrust
{
    /// <summary>A policy for SslClientAuthenticationOptions.CertificateChainPolicy; SslStream works on a copy, so one may serve many handshakes.</summary>
    /// <param name="extraRoots">Authorities trusted beside the system's; null for none.</param>
    public static X509ChainPolicy ChainPolicy(X509Certificate2Collection? extraRoots = null)
    {
        var policy = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
        if (extraRoots is not { Count: > 0 }) return policy;
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.CustomTrustStore.AddRange(extraRoots);
        using var system = new X509Store(StoreName.Root, StoreLocation.LocalMachine, OpenFlags.ReadOnly);
        policy.CustomTrustStore.AddRange(system.Certificates);
        return policy;
    }
}
