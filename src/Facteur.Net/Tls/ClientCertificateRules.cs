using System.Net.Security;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Facteur.Net;

/// <summary>Whether clients of a listener are asked for a certificate.</summary>
public enum ClientCertificateMode
{
    /// <summary>They are not asked.</summary>
    None,
    /// <summary>They are asked; one that is missing or not believed counts as none.</summary>
    Optional,
    /// <summary>Who has none that is believed is told so and sent away, under TLS.</summary>
    Required,
}

/// <summary>How a listener treats certificates of clients.</summary>
public sealed class ClientCertificateRules(ClientCertificateMode mode, ClientAuthorities authorities)
{
    // With the names of the authorities to be sent; made anew when certificates or authorities are read again.
    private readonly ConditionalWeakTable<SslServerAuthenticationOptions, Asking> contexts = [];

    private sealed record Asking(X509Certificate2Collection For, SslStreamCertificateContext Context);

    public ClientCertificateMode Mode { get; } = mode;

    /// <summary>SHA-256 of a certificate (DER) as 64 lower-case hex digits: what certificates are bound to accounts by.</summary>
    public static string HashOf(X509Certificate certificate) => Convert.ToHexStringLower(SHA256.HashData(certificate.GetRawCertData()));

    /// <summary>
    /// Options that ask for a certificate. A session is never resumed: what a resumed one knows of the client may have been accepted
    /// by other rules, and lacks the intermediates that came with it.
    /// </summary>
    /// <param name="verify">Decides at the end of the handshake.</param>
    public SslServerAuthenticationOptions Ask(SslServerAuthenticationOptions shared, RemoteCertificateValidationCallback verify) => new()
    {
        ServerCertificateContext = ContextOf(shared),
        EnabledSslProtocols = shared.EnabledSslProtocols,
        AllowRenegotiation = false,
        AllowTlsResume = false,
        ClientCertificateRequired = true, // asks; the callback decides whether none will do
        CertificateChainPolicy = authorities.Policy(),
        RemoteCertificateValidationCallback = verify,
    };

    /// <summary>Why a certificate is not believed, for logs; null when it is. For callbacks given to <see cref="Ask"/>.</summary>
    public static string? FaultOf(X509Chain? chain, SslPolicyErrors errors) => errors == SslPolicyErrors.None
        ? null
        : chain?.ChainStatus is { Length: > 0 } faults ? string.Join(' ', faults.Select(fault => fault.StatusInformation.Trim()).Distinct()) : errors.ToString();

    private SslStreamCertificateContext ContextOf(SslServerAuthenticationOptions shared)
    {
        var names = authorities.Certificates;
        if (contexts.TryGetValue(shared, out var known) && ReferenceEquals(known.For, names)) return known.Context;
        var own = shared.ServerCertificateContext!;
        // Windows cannot send names of its own choice; there clients choose unaided.
        var trust = SslCertificateTrust.CreateForX509Collection(names, sendTrustInHandshake: !OperatingSystem.IsWindows());
        var context = SslStreamCertificateContext.Create(own.TargetCertificate, [.. own.IntermediateCertificates], offline: true, trust);
        contexts.AddOrUpdate(shared, new Asking(names, context));
        return context;
    }
}
