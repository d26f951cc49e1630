using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Facteur.Net;

/// <summary>The server's certificates, chosen by the name a client asks for (SNI), and read again without a restart.</summary>
public sealed class CertificateStore
{
    private readonly TimeProvider time;
    private volatile CertificateSet current;

    private CertificateStore(CertificateSet set, TimeProvider time)
    {
        current = set;
        this.time = time;
    }

    /// <summary>Reads certificates from files. The first is the default one.</summary>
    /// <exception cref="CertificateException">One of them cannot be used.</exception>
    public static CertificateStore Load(IReadOnlyList<CertificateFiles> files, TimeProvider time) =>
        new(new CertificateSet([.. files.Select(f => f.Load())]), time);

    /// <summary>One certificate for all names, from memory.</summary>
    public static CertificateStore For(X509Certificate2 certificate) =>
        new(new CertificateSet([new LoadedCertificate(null, certificate, [])]), TimeProvider.System);

    /// <summary>The earliest end of a certificate's validity.</summary>
    public DateTimeOffset ExpiresAt => current.Certificates.Min(c => new DateTimeOffset(c.Leaf.NotAfter));

    /// <summary>TLS options for a client that asked for <paramref name="name"/>. Shared: not to be changed.</summary>
    public SslServerAuthenticationOptions Select(string? name) => current.Find(name);

    /// <summary>Reads the same files again.</summary>
    /// <inheritdoc cref="Reload(IReadOnlyList{CertificateFiles})"/>
    public void Reload() => Reload([.. current.Certificates.Select(c => c.Files).OfType<CertificateFiles>()]);

    /// <summary>Takes other files: new handshakes see them, open connections go on. When anything is wrong all stays as it was.</summary>
    /// <exception cref="CertificateException">One of them cannot be used, or is out of its validity.</exception>
    public void Reload(IReadOnlyList<CertificateFiles> files)
    {
        var loaded = files.Select(f => f.Load()).ToList();
        var now = time.GetUtcNow();
        foreach (var certificate in loaded)
            if (certificate.Leaf.NotAfter.ToUniversalTime() < now || certificate.Leaf.NotBefore.ToUniversalTime() > now)
                throw new CertificateException($"{certificate.Files!.Certificate} is valid from {certificate.Leaf.NotBefore.ToUniversalTime():u} to {certificate.Leaf.NotAfter.ToUniversalTime():u}, not now");
        current = new CertificateSet(loaded);
    }
}
