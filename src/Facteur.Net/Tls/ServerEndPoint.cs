using System.Formats.Asn1;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Facteur.Net;

/// <summary>The channel binding "tls-server-end-point": a hash of the server's certificate (RFC 5929 §4.1).</summary>
internal static class ServerEndPoint
{
    // Asked with each greeting that names mechanisms.
    private static readonly ConditionalWeakTable<X509Certificate2, byte[]> known = [];

    private const string RsaPss = "1.2.840.113549.1.1.10";

    /// <summary>By the hash function of the certificate's signature, SHA-256 in place of MD5 and SHA-1; empty when it has none of its own (Ed25519), for then there is no such binding.</summary>
    public static byte[] Of(X509Certificate2 certificate) => known.GetValue(certificate, Compute);

    private static byte[] Compute(X509Certificate2 certificate)
    {
        var hash = HashOf(certificate.SignatureAlgorithm.Value, certificate.RawData);
        return hash is { } name ? CryptographicOperations.HashData(name, certificate.RawData) : [];
    }

    private static HashAlgorithmName? HashOf(string? signature, byte[] der) => signature switch
    {
        "1.2.840.113549.1.1.4" or "1.2.840.113549.1.1.5" or "1.2.840.10045.4.1" => HashAlgorithmName.SHA256, // MD5, SHA-1
        "1.2.840.113549.1.1.11" or "1.2.840.10045.4.3.2" => HashAlgorithmName.SHA256,
        "1.2.840.113549.1.1.12" or "1.2.840.10045.4.3.3" => HashAlgorithmName.SHA384,
        "1.2.840.113549.1.1.13" or "1.2.840.10045.4.3.4" => HashAlgorithmName.SHA512,
        RsaPss => PssHash(der),
        _ => null,
    };

    /// <summary>RSASSA-PSS names its hash in the parameters; SHA-1 when it does not (RFC 4055 §3.1).</summary>
    private static HashAlgorithmName? PssHash(byte[] der)
    {
        var certificate = new AsnReader(der, AsnEncodingRules.DER).ReadSequence();
        certificate.ReadEncodedValue();
        var algorithm = certificate.ReadSequence();
        algorithm.ReadObjectIdentifier();
        var parameters = algorithm.ReadSequence();
        var tag = new Asn1Tag(TagClass.ContextSpecific, 0, isConstructed: true);
        if (!parameters.HasData || !parameters.PeekTag().HasSameClassAndValue(tag)) return HashAlgorithmName.SHA256;
        return parameters.ReadSequence(tag).ReadSequence().ReadObjectIdentifier() switch
        {
            "1.3.14.3.2.26" or "2.16.840.1.101.3.4.2.1" => HashAlgorithmName.SHA256,
            "2.16.840.1.101.3.4.2.2" => HashAlgorithmName.SHA384,
            "2.16.840.1.101.3.4.2.3" => HashAlgorithmName.SHA512,
            _ => null,
        };
    }
}
