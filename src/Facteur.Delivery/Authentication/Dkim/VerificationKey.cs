using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;
using Facteur.Delivery.Authentication.Ed25519;

namespace Facteur.Delivery.Authentication.Dkim;

/// <summary>A public key ready to check signatures over SHA-256 hashes; for any number of callers at once.</summary>
internal abstract class VerificationKey
{
    /// <summary>RFC 8301 §3.2: shorter keys are not valid.</summary>
    public const int MinRsaBits = 1024;

    /// <summary>RFC 8301 §3.2: what must be understood. Longer ones cost more time than a stranger may have.</summary>
    public const int MaxRsaBits = 4096;

    /// <summary>Exponents are 65537 nearly always; a huge one makes a check as slow as a signature.</summary>
    private const int MaxExponentBits = 64;

    public abstract bool Verify(ReadOnlySpan<byte> hash, ReadOnlySpan<byte> signature);

    /// <summary>Reads the key of a record; null, with the reason, when it is unfit.</summary>
    public static VerificationKey? Create(string keyType, byte[] publicKey, out string problem)
    {
        problem = "";
        switch (keyType)
        {
            case "ed25519" when publicKey.Length == Ed25519Dsa.PublicKeyOctets:
                return new Ed25519Key(publicKey);
            case "rsa":
                return CreateRsa(publicKey, out problem);
            default:
                problem = keyType == "ed25519" ? "the key is no Ed25519 key" : $"the key is of type {keyType}";
                return null;
        }
    }

    private static RsaKey? CreateRsa(byte[] publicKey, out string problem)
    {
        try
        {
            var (modulus, exponent) = ReadRsa(publicKey);
            var bits = (int)modulus.GetBitLength();
            problem = bits < MinRsaBits ? $"the key has {bits} bits only"
                : bits > MaxRsaBits ? $"the key has {bits} bits"
                : exponent.GetBitLength() > MaxExponentBits ? "the exponent of the key is too long"
                : "";
            return problem.Length == 0 ? new(modulus, exponent) : null;
        }
        catch (Exception e) when (e is AsnContentException or CryptographicException)
        {
            problem = "the key is no RSA key";
            return null;
        }
    }

    // RFC 6376 §3.6.1 says RSAPublicKey; its own examples, and so everybody, publish SubjectPublicKeyInfo.
    private static (BigInteger Modulus, BigInteger Exponent) ReadRsa(byte[] publicKey)
    {
        var outer = new AsnReader(publicKey, AsnEncodingRules.DER);
        var sequence = outer.ReadSequence();
        outer.ThrowIfNotEmpty();
        if (sequence.PeekTag().HasSameClassAndValue(Asn1Tag.Sequence))
        {
            if (sequence.ReadSequence().ReadObjectIdentifier() != "1.2.840.113549.1.1.1") throw new CryptographicException("an RSA key expected");
            sequence = new AsnReader(sequence.ReadBitString(out _), AsnEncodingRules.DER).ReadSequence();
        }
        return (sequence.ReadInteger(), sequence.ReadInteger());
    }

    private sealed class RsaKey : VerificationKey
    {
        private readonly RsaPool pool;

        public RsaKey(BigInteger modulus, BigInteger exponent)
        {
            var parameters = new RSAParameters { Modulus = modulus.ToByteArray(isUnsigned: true, isBigEndian: true), Exponent = exponent.ToByteArray(isUnsigned: true, isBigEndian: true) };
            pool = new(() => RSA.Create(parameters));
            pool.Return(pool.Take()); // now, so that an unfit key is found here
        }

        public override bool Verify(ReadOnlySpan<byte> hash, ReadOnlySpan<byte> signature)
        {
            var rsa = pool.Take();
            try
            {
                return rsa.VerifyHash(hash, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            }
            catch (CryptographicException)
            {
                return false; // a modulus that is none
            }
            finally
            {
                pool.Return(rsa);
            }
        }
    }

    private sealed class Ed25519Key(byte[] publicKey) : VerificationKey
    {
        public override bool Verify(ReadOnlySpan<byte> hash, ReadOnlySpan<byte> signature) => Ed25519Dsa.Verify(publicKey, hash, signature);
    }
}
