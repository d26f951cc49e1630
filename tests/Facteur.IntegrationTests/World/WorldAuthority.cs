using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Facteur.IntegrationTests.World;

/// <summary>An authority that the servers of a world trust (by the environment variable SSL_CERT_FILE), and certificates of it.</summary>
internal sealed class WorldAuthority : IDisposable
{
    private readonly string folder;
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 certificate;

    public WorldAuthority(string folder)
    {
        this.folder = folder;
        var request = new CertificateRequest("CN=World authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        var now = TimeProvider.System.GetUtcNow();
        certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(30));
        File.WriteAllText(Bundle, certificate.ExportCertificatePem());
    }

    /// <summary>The authority's certificate, in PEM.</summary>
    public string Bundle => Path.Combine(folder, "authority.pem");

    /// <summary>Writes a certificate for these names or addresses, and its key, to NAME.pem and NAME.key.</summary>
    public (string Certificate, string Key) Issue(string file, params string[] names)
    {
        using var own = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={names[0]}", own, HashAlgorithmName.SHA256);
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
            if (IPAddress.TryParse(name, out var address)) alternatives.AddIpAddress(address);
            else alternatives.AddDnsName(name);
        request.CertificateExtensions.Add(alternatives.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        var now = TimeProvider.System.GetUtcNow();
        using var issued = request.Create(certificate, now.AddHours(-1), now.AddDays(20), RandomNumberGenerator.GetBytes(16));
        var (pem, keyPem) = (Path.Combine(folder, file + ".pem"), Path.Combine(folder, file + ".key"));
        File.WriteAllText(pem, issued.ExportCertificatePem());
        File.WriteAllText(keyPem, own.ExportPkcs8PrivateKeyPem());
        return (pem, keyPem);
    }

    public void Dispose()
    {
        certificate.Dispose();
        key.Dispose();
    }
}
