using System.Security.Cryptography;
using Facteur.Delivery.Authentication.Ed25519;

namespace Facteur.Delivery.Authentication.Dkim;

/// <summary>A private key made ready; to be kept, since reading an RSA key costs as much as two signatures. For any number of callers at once.</summary>
public abstract class DkimSigningKey : IDisposable
{
    private protected DkimSigningKey(DkimKey key)
    {
        Domain = key.Domain;
        Selector = key.Selector;
        Algorithm = key.Algorithm;
    }

    public string Domain { get; }
    public string Selector { get; }
    public DkimAlgorithm Algorithm { get; }

    /// <summary>a=.</summary>
    internal string AlgorithmName => Algorithm == DkimAlgorithm.Ed25519Sha256 ? "ed25519-sha256" : "rsa-sha256";

    /// <summary>As p= has it: SubjectPublicKeyInfo of an RSA key, the 32 octets of an Ed25519 key.</summary>
    internal abstract byte[] PublicKey { get; }

    /// <summary>Signs a SHA-256 hash.</summary>
    internal abstract byte[] Sign(ReadOnlySpan<byte> hash);

    /// <summary>Reads a key.</summary>
    /// <exception cref="CryptographicException">It cannot be read, or is an RSA key under 1024 bits, which nobody may sign with (RFC 8301 §3.2).</exception>
    public static DkimSigningKey Load(DkimKey key) => key.Algorithm == DkimAlgorithm.Ed25519Sha256 ? new Ed25519SigningKey(key) : new RsaSigningKey(key);

    public virtual void Dispose() => GC.SuppressFinalize(this);

    private sealed class Ed25519SigningKey(DkimKey key, byte[] seed) : DkimSigningKey(key)
    {
        private readonly byte[] publicKey = Ed25519Dsa.PublicKey(seed);

        public Ed25519SigningKey(DkimKey key) : this(key, Ed25519Pem.Read(key.PrivateKeyPem)) { }

        internal override byte[] PublicKey => publicKey;

        internal override byte[] Sign(ReadOnlySpan<byte> hash) => Ed25519Dsa.Sign(seed, publicKey, hash);
    }

    private sealed class RsaSigningKey : DkimSigningKey
    {
        private readonly RsaPool pool;

        public RsaSigningKey(DkimKey key) : base(key)
        {
            using var rsa = RSA.Create();
            try
            {
                rsa.ImportFromPem(key.PrivateKeyPem);
                var parameters = rsa.ExportParameters(includePrivateParameters: true);
                pool = new(() => RSA.Create(parameters));
            }
            catch (ArgumentException e)
            {
                throw new CryptographicException("the private key cannot be read", e);
            }
            if (rsa.KeySize < VerificationKey.MinRsaBits) throw new CryptographicException($"an RSA key of {rsa.KeySize} bits is too short");
            PublicKey = rsa.ExportSubjectPublicKeyInfo();
        }

        internal override byte[] PublicKey { get; }

        internal override byte[] Sign(ReadOnlySpan<byte> hash)
        {
            var rsa = pool.Take();
            var signature = rsa.SignHash(hash, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            pool.Return(rsa);
            return signature;
        }

        public override void Dispose()
        {
            pool.Clear();
            base.Dispose();
        }
    }
}
