using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Facteur.Jmap.Push;

/// <summary>Keys that a client made for its subscription (RFC 8291 §2, RFC 8620 §7.2): what is encrypted with them, nobody on the way can read.</summary>
/// <param name="P256dh">Public key: a point of P-256, uncompressed.</param>
/// <param name="Auth">Secret that the client and we share.</param>
internal sealed record PushKeys(ReadOnlyMemory<byte> P256dh, ReadOnlyMemory<byte> Auth)
{
    private const int AuthOctets = 16;

    /// <summary>Reads both as they are sent, in base64url; false when either is not what it should be, a point off the curve included.</summary>
    public static bool TryRead(string p256dh, string auth, [NotNullWhen(true)] out PushKeys? keys)
    {
        keys = null;
        if (Decode(p256dh) is not { Length: P256.PointOctets } point || Decode(auth) is not { Length: AuthOctets } secret) return false;
        try
        {
            using var imported = P256.Import(point);
        }
        catch (CryptographicException)
        {
            return false;
        }
        keys = new PushKeys(point, secret);
        return true;
    }

    // Clients write it with and without padding.
    private static byte[]? Decode(string text) => text.Length <= 200 && Base64Url.IsValid(text) ? Base64Url.DecodeFromChars(text) : null;
}

/// <summary>Points of the curve P-256 as octets: 4, x, y.</summary>
internal static class P256
{
    public const int PointOctets = 65;
    private const int CoordinateOctets = 32;
    private const byte Uncompressed = 4;

    /// <exception cref="CryptographicException">No point of the curve.</exception>
    public static ECDiffieHellman Import(ReadOnlySpan<byte> point, byte[]? privateKey = null)
    {
        if (point.Length != PointOctets || point[0] != Uncompressed) throw new CryptographicException("not an uncompressed point of P-256");
        return ECDiffieHellman.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new ECPoint { X = point.Slice(1, CoordinateOctets).ToArray(), Y = point[(1 + CoordinateOctets)..].ToArray() },
            D = privateKey,
        });
    }

    public static byte[] Export(ECParameters parameters) => [Uncompressed, .. parameters.Q.X!, .. parameters.Q.Y!];
}
