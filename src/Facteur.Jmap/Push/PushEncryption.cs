using System.Security.Cryptography;

namespace Facteur.Jmap.Push;

/// <summary>Encryption of push messages (RFC 8291 §3): a key of our own for each message, agreed with the client's public key and its secret.</summary>
internal static class PushEncryption
{
    private const int KeyingOctets = 32;

    /// <summary>Longest content: push services take messages of 4096 octets (RFC 8291 §4), the header of 86 included.</summary>
    public const int MaxContent = Aes128Gcm.MaxContent - Aes128Gcm.SaltOctets - 5 - P256.PointOctets;

    /// <summary>The content in the coding "aes128gcm".</summary>
    public static byte[] Encrypt(ReadOnlySpan<byte> content, PushKeys keys)
    {
        using var own = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        Span<byte> salt = stackalloc byte[Aes128Gcm.SaltOctets];
        RandomNumberGenerator.Fill(salt);
        return Encrypt(content, keys, own, salt);
    }

    /// <inheritdoc cref="Encrypt(ReadOnlySpan{byte}, PushKeys)"/>
    internal static byte[] Encrypt(ReadOnlySpan<byte> content, PushKeys keys, ECDiffieHellman own, ReadOnlySpan<byte> salt)
    {
        var ownPoint = P256.Export(own.ExportParameters(includePrivateParameters: false));
        using var theirs = P256.Import(keys.P256dh.Span);
        Span<byte> keying = stackalloc byte[KeyingOctets];
        Derive(own, theirs, keys.Auth.Span, keys.P256dh.Span, ownPoint, keying);
        return Aes128Gcm.Encrypt(content, keying, salt, ownPoint);
    }

    /// <summary>Undoes it, as the client does.</summary>
    /// <param name="receiver">The client's key pair.</param>
    internal static byte[] Decrypt(ReadOnlySpan<byte> encrypted, ECDiffieHellman receiver, ReadOnlySpan<byte> auth)
    {
        var senderPoint = Aes128Gcm.KeyId(encrypted);
        using var sender = P256.Import(senderPoint);
        Span<byte> keying = stackalloc byte[KeyingOctets];
        Derive(receiver, sender, auth, P256.Export(receiver.ExportParameters(includePrivateParameters: false)), senderPoint, keying);
        return Aes128Gcm.Decrypt(encrypted, keying);
    }

    // RFC 8291 §3.3 and §3.4.
    private static void Derive(
        ECDiffieHellman own, ECDiffieHellman other, ReadOnlySpan<byte> auth, ReadOnlySpan<byte> receiverPoint, ReadOnlySpan<byte> senderPoint, Span<byte> keying)
    {
        var secret = own.DeriveRawSecretAgreement(other.PublicKey);
        ReadOnlySpan<byte> info = [.. "WebPush: info\0"u8, .. receiverPoint, .. senderPoint];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, keying, auth, info);
        CryptographicOperations.ZeroMemory(secret);
    }
}
