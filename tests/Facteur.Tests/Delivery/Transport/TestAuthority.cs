using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Facteur.Tests.Delivery.Transport;

/// <summary>A root, an authority below it, and certificates of hosts, for a clock of its own.</summary>
internal sealed class TestAuthority
{
    private readonly DateTimeOffset now;
    private readonly Dictionary<string, ECDsa> keys = [];
    private int serial;

    public TestAuthority(DateTimeOffset now, string name = "Test")
    {
        this.now = now;
        Root = Make($"CN={name} Root", null, TimeSpan.FromDays(-30), TimeSpan.FromDays(3000), isAuthority: true);
        Issuing = Make($"CN={name} Issuing", Root, TimeSpan.FromDays(-20), TimeSpan.FromDays(2000), isAuthority: true);
    }

    public X509Certificate2 Root { get; }
    public X509Certificate2 Issuing { get; }
    public X509Certificate2Collection Roots => [Root];

    /// <summary>A certificate for names, in date unless told otherwise.</summary>
    public X509Certificate2 Host(params string[] names) => Make("CN=" + names[0], Issuing, TimeSpan.FromDays(-1), TimeSpan.FromDays(60), isAuthority: false, names);

    public X509Certificate2 Expired(params string[] names) => Make("CN=" + names[0], Issuing, TimeSpan.FromDays(-10), TimeSpan.FromDays(-1), isAuthority: false, names);

    public X509Certificate2 SelfSigned(params string[] names) => Make("CN=" + names[0], null, TimeSpan.FromDays(-1), TimeSpan.FromDays(60), isAuthority: false, names);

    private X509Certificate2 Make(string subject, X509Certificate2? issuer, TimeSpan from, TimeSpan to, bool isAuthority, params string[] names)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        if (isAuthority) request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names) alternatives.AddDnsName(name);
        if (names.Length > 0) request.CertificateExtensions.Add(alternatives.Build());
        keys[subject] = key;
        if (issuer is null) return request.CreateSelfSigned(now + from, now + to);
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(issuer, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        using var made = request.Create(issuer.SubjectName, X509SignatureGenerator.CreateForECDsa(keys[issuer.Subject]), now + from, now + to, [1, (byte)++serial]);
        return made.CopyWithPrivateKey(key);
    }
}
