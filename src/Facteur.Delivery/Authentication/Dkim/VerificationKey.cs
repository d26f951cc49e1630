using System.Security.Cryptography;
using Facteur.Delivery.Authentication.Ed25519;

namespace Facteur.Delivery.Authentication.Dkim;

/// <summary>A public key ready to check signatures over SHA-256 hashes.</summary>
internal abstract class VerificationKey : IDisposable
{
    /// <summary>RFC 8301 §3.2: shorter keys are not valid.</summary>
    public const int MinRsaBits = 1024;

    /// <summary>RFC 8301 §3.2: what must be understood. Longer ones cost more time than a stranger may have.</summary>
    public const int MaxRsaBits = 4096;

    /// <summary>Exponents are 65537 nearly always; a huge one makes a check as slow as a signature.</summary>
    private const int MaxExponentOctets = 8;

    public abstract bool Verify(ReadOnlySpan<byte> hash, ReadOnlySpan<byte> signature);

    public virtual void Dispose() { }

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
        var rsa = RSA.Create();
        problem = "the key is no RSA key";
        try
        {
            Import(rsa, publicKey);
            problem = rsa.KeySize switch
            {
                < MinRsaBits => $"the key has {rsa.KeySize} bits only",
                > MaxRsaBits => $"the key has {rsa.KeySize} bits",
                _ when rsa.ExportParameters(false).Exponent!.Length > MaxExponentOctets => "the exponent of the key is too long",
                _ => "",
            };
        }
        catch (CryptographicException)
        {
            // The problem is said above.
        }
        if (problem.Length == 0) return new(rsa);
        rsa.Dispose();
        return null;
    }

    // RFC 6376 §3.6.1 says RSAPublicKey; its own examples, and so everybody, publish SubjectPublicKeyInfo.
    private static void Import(RSA rsa, byte[] publicKey)
    {
        int read;
        try
        {
            rsa.ImportSubjectPublicKeyInfo(publicKey, out read);
        }
        catch (CryptographicException)
        {
            rsa.ImportRSAPublicKey(publicKey, out read);
        }
        if (read != publicKey.Length) throw new CryptographicException("octets after the key");
    }

    private sealed class RsaKey(RSA rsa) : VerificationKey
    {
        public override bool Verify(ReadOnlySpan<byte> hash, ReadOnlySpan<byte> signature)
        {
            try
            {
                return rsa.VerifyHash(hash, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            }
            catch (CryptographicException)
            {
                return false; // a modulus that is none
            }
        }

        public override void Dispose()
        {
            rsa.Dispose();
            base.Dispose();
        }
    }

    private sealed class Ed25519Key(byte[] publicKey) : VerificationKey
    {
        public override bool Verify(ReadOnlySpan<byte> hash, ReadOnlySpan<byte> signature) => Ed25519Dsa.Verify(publicKey, hash, signature);
    }
}
