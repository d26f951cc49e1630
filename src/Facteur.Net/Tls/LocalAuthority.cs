using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Facteur.Net;

/// <summary>
/// Certificates of a server that was given none: an authority of its own (ca.pem, which clients can trust) and one
/// certificate for the host's name and localhost. Keys are readable by the owner only.
/// </summary>
/// <param name="folder">Made when missing.</param>
/// <param name="hostname">ASCII form of the host's name.</param>
public sealed class LocalAuthority(string folder, string hostname, TimeProvider time)
{
    private static readonly TimeSpan AuthorityLife = TimeSpan.FromDays(3650);
    private static readonly TimeSpan ServerLife = TimeSpan.FromDays(90);

    /// <summary>A certificate is renewed when less than this is left.</summary>
    public static readonly TimeSpan RenewalMargin = TimeSpan.FromDays(30);

    private string AuthorityCertificate => Path.Combine(folder, "ca.pem");
    private string AuthorityKey => Path.Combine(folder, "ca.key");

    /// <summary>Where the server's certificate lies.</summary>
    public CertificateFiles Files { get; } = new(Path.Combine(folder, "server.pem"), Path.Combine(folder, "server.key"));

    /// <summary>Makes what is missing, unreadable, near its end or for another host name.</summary>
    /// <returns>True when the server's certificate is a new one.</returns>
    public bool Ensure()
    {
        Directory.CreateDirectory(folder);
        using var authority = TryLoad(AuthorityCertificate, AuthorityKey) is { } kept && IsFresh(kept) ? kept : MakeAuthority();
        using var server = TryLoad(Files.Certificate, Files.Key);
        if (server is not null && IsFresh(server) && server.MatchesHostname(hostname) && IsIssuedBy(server, authority))
            return false;
        using var made = MakeServer(authority);
        return true;
    }

    private bool IsFresh(X509Certificate2 certificate) => new DateTimeOffset(certificate.NotAfter) - time.GetUtcNow() > RenewalMargin;

    private static bool IsIssuedBy(X509Certificate2 certificate, X509Certificate2 authority)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationFlags = X509VerificationFlags.IgnoreNotTimeValid;
        return chain.Build(certificate);
    }

    private X509Certificate2 MakeAuthority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN=Facteur local authority {RandomNumberGenerator.GetHexString(8, lowercase: true)}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: true, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        var certificate = request.CreateSelfSigned(Start(), time.GetUtcNow() + AuthorityLife);
        Write(AuthorityKey, key.ExportPkcs8PrivateKeyPem(), secret: true);
        Write(AuthorityCertificate, certificate.ExportCertificatePem(), secret: false);
        return certificate;
    }

    private X509Certificate2 MakeServer(X509Certificate2 authority)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(new X500DistinguishedName("CN=" + Shortened(hostname)), key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(hostname);
        if (!hostname.Equals("localhost", StringComparison.OrdinalIgnoreCase))
            names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1", "serverAuth")], critical: false));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(authority, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        var certificate = request.Create(authority, Start(), time.GetUtcNow() + ServerLife, RandomNumberGenerator.GetBytes(16));
        Write(Files.Key, key.ExportPkcs8PrivateKeyPem(), secret: true);
        Write(Files.Certificate, certificate.ExportCertificatePem(), secret: false);
        return certificate;
    }

    /// <summary>An hour ago: clocks of clients differ.</summary>
    private DateTimeOffset Start() => time.GetUtcNow() - TimeSpan.FromHours(1);

    /// <summary>A common name has 64 characters at most; clients look at the alternative names.</summary>
    private static string Shortened(string name) => name.Length <= 64 ? name : "localhost";

    private static X509Certificate2? TryLoad(string certificate, string key)
    {
        try
        {
            return X509Certificate2.CreateFromPemFile(certificate, key);
        }
        catch (Exception e) when (e is IOException or CryptographicException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Through a file beside it, so that a reader sees the old or the new one; a secret is never readable by others, not for a moment.</summary>
    private static void Write(string path, string text, bool secret)
    {
        var beside = path + ".new";
        File.Delete(beside);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | (secret ? 0 : UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        using (var writer = new StreamWriter(beside, options))
            writer.WriteLine(text);
        File.Move(beside, path, overwrite: true);
    }
}
