using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Facteur.IntegrationTests.Browser.Elsewhere;

/// <summary>The keys of a browser that has a push service, and what they open: written from RFC 8291 and RFC 8188 alone, with nothing of the server's own.</summary>
internal sealed class PushReader : IDisposable
{
    private const int SaltOctets = 16, HeadOctets = 21, PointOctets = 65, TagOctets = 16;

    private readonly ECDiffieHellman key = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
    private readonly byte[] secret = RandomNumberGenerator.GetBytes(16);
    private readonly byte[] point;

    public PushReader()
    {
        var own = key.ExportParameters(false);
        point = [4, .. own.Q.X!, .. own.Q.Y!];
    }

    public string PublicKey => Base64Url.EncodeToString(point);

    public string Secret => Base64Url.EncodeToString(secret);

    /// <summary>The text of a message of one record.</summary>
    public string Read(ReadOnlySpan<byte> message)
    {
        // RFC 8188 §2.1: salt, record size, and as the key id the sender's public key (RFC 8291 §4).
        Assert.Equal(PointOctets, message[HeadOctets - 1]);
        var (salt, sender) = (message[..SaltOctets].ToArray(), message.Slice(HeadOctets, PointOctets).ToArray());
        var sealedText = message[(HeadOctets + PointOctets)..];
        using var other = ECDiffieHellman.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = sender[1..33], Y = sender[33..] } });
        // RFC 8291 §3.4.
        var shared = key.DeriveRawSecretAgreement(other.PublicKey);
        var material = HKDF.DeriveKey(HashAlgorithmName.SHA256, shared, 32, secret, [.. "WebPush: info\0"u8, .. point, .. sender]);
        // RFC 8188 §2.2, §2.3.
        var contentKey = HKDF.DeriveKey(HashAlgorithmName.SHA256, material, 16, salt, "Content-Encoding: aes128gcm\0"u8.ToArray());
        var nonce = HKDF.DeriveKey(HashAlgorithmName.SHA256, material, 12, salt, "Content-Encoding: nonce\0"u8.ToArray());
        var text = new byte[sealedText.Length - TagOctets];
        using var cipher = new AesGcm(contentKey, TagOctets);
        cipher.Decrypt(nonce, sealedText[..^TagOctets], sealedText[^TagOctets..], text);
        var end = text.AsSpan().TrimEnd((byte)0);
        Assert.Equal(2, end[^1]); // the last record
        return Encoding.UTF8.GetString(end[..^1]);
    }

    public void Dispose() => key.Dispose();
}
