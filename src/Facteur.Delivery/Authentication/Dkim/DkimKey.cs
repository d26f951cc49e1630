using System.Security.Cryptography;
using Facteur.Delivery.Authentication.Ed25519;

namespace Facteur.Delivery.Authentication.Dkim;

/// <summary>How a signature is made (RFC 8301 §3.1, RFC 8463 §3).</summary>
public enum DkimAlgorithm : byte { RsaSha256, Ed25519Sha256 }

/// <summary>A private key and where its public half is published.</summary>
/// <param name="Domain">d=, A-labels, lower case.</param>
/// <param name="Selector">s=.</param>
/// <param name="PrivateKeyPem">PKCS #8 as PEM ("BEGIN PRIVATE KEY"); PKCS #1 is read too.</param>
public sealed record DkimKey(string Domain, string Selector, DkimAlgorithm Algorithm, string PrivateKeyPem)
{
    /// <summary>What RFC 8301 §3.2 recommends; longer keys do not fit where DNS is edited by hand, and take longer to sign.</summary>
    public const int DefaultRsaBits = 2048;

    /// <summary>Where the DNS has the public key (RFC 6376 §3.6.2.1).</summary>
    public string RecordName => $"{Selector}._domainkey.{Domain}";

    /// <summary>Makes a new key.</summary>
    public static DkimKey Generate(string domain, string selector, DkimAlgorithm algorithm, int rsaBits = DefaultRsaBits)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rsaBits, DefaultRsaBits);
        if (algorithm == DkimAlgorithm.Ed25519Sha256)
        {
            var seed = RandomNumberGenerator.GetBytes(Ed25519Dsa.SeedOctets);
            var pem = Ed25519Pem.Write(seed);
            CryptographicOperations.ZeroMemory(seed);
            return new(domain, selector, algorithm, pem);
        }
        using var rsa = RSA.Create(rsaBits);
        return new(domain, selector, algorithm, rsa.ExportPkcs8PrivateKeyPem() + "\n");
    }

    /// <summary>A selector that tells age and kind, not used yet: 2026a-rsa, then 2026b-rsa.</summary>
    public static string NextSelector(IEnumerable<string> used, DkimAlgorithm algorithm, DateTimeOffset now)
    {
        var taken = used.ToHashSet(StringComparer.OrdinalIgnoreCase);
        var kind = algorithm == DkimAlgorithm.Ed25519Sha256 ? "ed25519" : "rsa";
        for (var i = 0; ; i++)
        {
            // After z: aa, ab …
            var letters = i < 26 ? $"{(char)('a' + i)}" : $"{(char)('a' + (i / 26) - 1)}{(char)('a' + (i % 26))}";
            var selector = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{now.UtcDateTime.Year:0000}{letters}-{kind}");
            if (!taken.Contains(selector)) return selector;
        }
    }

    // A key has no place in a log.
    public override string ToString() => RecordName;
}
