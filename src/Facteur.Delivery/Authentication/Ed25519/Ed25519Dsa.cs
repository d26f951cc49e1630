using System.Security.Cryptography;

namespace Facteur.Delivery.Authentication.Ed25519;

/// <summary>
/// PureEdDSA over edwards25519 (RFC 8032 "Ed25519"), which the runtime does not have and DKIM needs (RFC 8463 §3).
/// Signing takes the same time for every key and message of one length; verifying holds no secret and is not held to that.
/// </summary>
public static class Ed25519Dsa
{
    /// <summary>Octets of a private key (the seed).</summary>
    public const int SeedOctets = 32;
    public const int PublicKeyOctets = 32;
    public const int SignatureOctets = 64;

    private const int Window = 16; // multiples in a table: four bits of the scalar at a time
    private static readonly EdwardsPoint.Addend[] baseMultiples = Multiples(EdwardsPoint.Base);

    /// <summary>The public key that belongs to a seed.</summary>
    public static byte[] PublicKey(ReadOnlySpan<byte> seed)
    {
        Span<byte> secret = stackalloc byte[64];
        var result = new byte[PublicKeyOctets];
        Expand(seed, secret);
        MultiplyBase(secret[..32]).Encode(result);
        CryptographicOperations.ZeroMemory(secret);
        return result;
    }

    /// <summary>Signs a message.</summary>
    /// <param name="publicKey">What <see cref="PublicKey"/> gives for the seed; another one would give the secret away.</param>
    public static byte[] Sign(ReadOnlySpan<byte> seed, ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message)
    {
        var signature = new byte[SignatureOctets];
        Span<byte> secret = stackalloc byte[64], nonce = stackalloc byte[32], challenge = stackalloc byte[32];
        Expand(seed, secret);
        HashToScalar(secret[32..], [], message, nonce);
        MultiplyBase(nonce).Encode(signature);
        HashToScalar(signature.AsSpan(0, 32), publicKey, message, challenge);
        Scalar.MultiplyAdd(secret[..32], challenge, nonce, signature.AsSpan(32));
        CryptographicOperations.ZeroMemory(secret);
        CryptographicOperations.ZeroMemory(nonce);
        return signature;
    }

    /// <summary>True when the signature is that of the key over the message. Anything malformed is false.</summary>
    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (publicKey.Length != PublicKeyOctets || signature.Length != SignatureOctets) return false;
        var s = signature[32..];
        if (!Scalar.IsReduced(s) || !EdwardsPoint.TryDecode(publicKey, out var key)) return false;
        Span<byte> challenge = stackalloc byte[32], expected = stackalloc byte[32];
        HashToScalar(signature[..32], publicKey, message, challenge);
        // R = sB - kA, compared as octets: the stricter of the two checks RFC 8032 allows.
        MultiplyBoth(s, challenge, key.Negate()).Encode(expected);
        return expected.SequenceEqual(signature[..32]);
    }

    // The seed to the clamped scalar and the prefix of the nonce.
    private static void Expand(ReadOnlySpan<byte> seed, Span<byte> secret)
    {
        if (seed.Length != SeedOctets) throw new ArgumentException("an Ed25519 seed has 32 octets", nameof(seed));
        SHA512.HashData(seed, secret);
        secret[0] &= 0xF8;
        secret[31] = (byte)((secret[31] & 0x7F) | 0x40);
    }

    private static void HashToScalar(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> message, Span<byte> scalar)
    {
        Span<byte> wide = stackalloc byte[64];
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA512);
        hash.AppendData(first);
        hash.AppendData(second);
        hash.AppendData(message);
        hash.GetHashAndReset(wide);
        Scalar.Reduce(wide, scalar);
        CryptographicOperations.ZeroMemory(wide);
    }

    // scalar B in constant time: each window adds one of the sixteen multiples, and reads them all to do so.
    private static EdwardsPoint MultiplyBase(ReadOnlySpan<byte> scalar)
    {
        var sum = EdwardsPoint.Neutral;
        for (var i = 63; i >= 0; i--)
        {
            sum = sum.Double().Double().Double().Double();
            var digit = (uint)Digit(scalar, i);
            var addend = baseMultiples[0];
            for (var j = 1U; j < Window; j++)
            {
                var same = 0UL - (((ulong)(digit ^ j) - 1) >> 63);
                addend = EdwardsPoint.Addend.Choose(addend, baseMultiples[j], same);
            }
            sum = sum.Add(addend);
        }
        return sum;
    }

    // s B + k A, doublings shared; for public numbers only.
    private static EdwardsPoint MultiplyBoth(ReadOnlySpan<byte> s, ReadOnlySpan<byte> k, in EdwardsPoint point)
    {
        var multiples = Multiples(point);
        var sum = EdwardsPoint.Neutral;
        for (var i = 63; i >= 0; i--)
        {
            sum = sum.Double().Double().Double().Double();
            if (Digit(s, i) is var ofBase and not 0) sum = sum.Add(baseMultiples[ofBase]);
            if (Digit(k, i) is var ofPoint and not 0) sum = sum.Add(multiples[ofPoint]);
        }
        return sum;
    }

    private static int Digit(ReadOnlySpan<byte> scalar, int index) => (scalar[index >> 1] >> ((index & 1) * 4)) & 15;

    private static EdwardsPoint.Addend[] Multiples(in EdwardsPoint point)
    {
        var result = new EdwardsPoint.Addend[Window];
        var one = new EdwardsPoint.Addend(point);
        var sum = EdwardsPoint.Neutral;
        for (var i = 0; i < Window; i++)
        {
            result[i] = new(sum);
            sum = sum.Add(one);
        }
        return result;
    }
}
