using System.Formats.Asn1;
using System.Security.Cryptography;
using Facteur.Delivery.Authentication.Ed25519;

namespace Facteur.Delivery.Authentication.Dkim;

/// <summary>Ed25519 private keys as PKCS #8 (RFC 8410): PrivateKeyInfo with the seed as an octet string within an octet string.</summary>
internal static class Ed25519Pem
{
    private const string Label = "PRIVATE KEY";
    private const string Algorithm = "1.3.101.112";

    public static string Write(ReadOnlySpan<byte> seed)
    {
        var inner = new AsnWriter(AsnEncodingRules.DER);
        inner.WriteOctetString(seed);
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(0);
            using (writer.PushSequence()) writer.WriteObjectIdentifier(Algorithm);
            writer.WriteOctetString(inner.Encode());
        }
        return PemEncoding.WriteString(Label, writer.Encode()) + "\n";
    }

    /// <summary>The seed of a key.</summary>
    /// <exception cref="CryptographicException">It is none.</exception>
    public static byte[] Read(string pem)
    {
        try
        {
            var fields = PemEncoding.Find(pem);
            if (!pem.AsSpan(fields.Label).SequenceEqual(Label)) throw new CryptographicException("PRIVATE KEY expected");
            var reader = new AsnReader(Convert.FromBase64String(pem[fields.Base64Data]), AsnEncodingRules.DER).ReadSequence();
            reader.ReadInteger();
            if (reader.ReadSequence().ReadObjectIdentifier() != Algorithm) throw new CryptographicException("an Ed25519 key expected");
            var seed = new AsnReader(reader.ReadOctetString(), AsnEncodingRules.DER).ReadOctetString();
            return seed.Length == Ed25519Dsa.SeedOctets ? seed : throw new CryptographicException("an Ed25519 key has 32 octets");
        }
        catch (Exception e) when (e is ArgumentException or FormatException or AsnContentException)
        {
            throw new CryptographicException("the private key cannot be read", e);
        }
    }
}
