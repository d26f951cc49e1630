using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Facteur.Net;

namespace Facteur.Tests.Support;

/// <summary>Self-signed certificates for tests; clients of tests trust any.</summary>
internal static class TestCertificate
{
    /// <summary>For localhost, made once.</summary>
    public static X509Certificate2 Localhost { get; } = Create("localhost");

    /// <summary>A store with <see cref="Localhost"/>.</summary>
    public static CertificateStore Store { get; } = CertificateStore.For(Localhost);

    public static X509Certificate2 Create(params string[] names)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={names[0]}", key, HashAlgorithmName.SHA256);
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
            alternatives.AddDnsName(name);
        request.CertificateExtensions.Add(alternatives.Build());
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
    }
}
