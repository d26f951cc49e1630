using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Facteur.Jmap.Push;

/// <summary>The content coding "aes128gcm" for content of one record (RFC 8188 §2): salt, record size and key id in front, then the record.</summary>
internal static class Aes128Gcm
{
    public const int SaltOctets = 16;
    public const int RecordSize = 4096;

    private const int TagOctets = 16;
    private const int KeyOctets = 16;
    private const int NonceOctets = 12;
    private const byte LastRecord = 2;

    /// <summary>Longest content of one record: without the delimiter and the tag.</summary>
    public const int MaxContent = RecordSize - TagOctets - 1;

    /// <param name="keyingMaterial">Secret of both sides (§2.1, "IKM").</param>
    /// <param name="keyId">Told in the header; at most 255 octets.</param>
    public static byte[] Encrypt(ReadOnlySpan<byte> content, ReadOnlySpan<byte> keyingMaterial, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> keyId)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(content.Length, MaxContent);
        ArgumentOutOfRangeException.ThrowIfNotEqual(salt.Length, SaltOctets);
        var headerOctets = SaltOctets + 5 + keyId.Length;
        var encrypted = new byte[headerOctets + content.Length + 1 + TagOctets];
        salt.CopyTo(encrypted);
        BinaryPrimitives.WriteUInt32BigEndian(encrypted.AsSpan(SaltOctets), RecordSize);
        encrypted[SaltOctets + 4] = (byte)keyId.Length;
        keyId.CopyTo(encrypted.AsSpan(SaltOctets + 5));

        Span<byte> record = stackalloc byte[content.Length + 1];
        content.CopyTo(record);
        record[^1] = LastRecord;
        Span<byte> key = stackalloc byte[KeyOctets];
        Span<byte> nonce = stackalloc byte[NonceOctets];
        Derive(keyingMaterial, salt, key, nonce);
        using var cipher = new AesGcm(key, TagOctets);
        cipher.Encrypt(nonce, record, encrypted.AsSpan(headerOctets, record.Length), encrypted.AsSpan(headerOctets + record.Length));
        CryptographicOperations.ZeroMemory(key);
        return encrypted;
    }

    /// <summary>Undoes <see cref="Encrypt"/>, as a receiver does.</summary>
    /// <exception cref="CryptographicException">It is not of this key, was changed, or is not one record.</exception>
    public static byte[] Decrypt(ReadOnlySpan<byte> encrypted, ReadOnlySpan<byte> keyingMaterial)
    {
        var headerOctets = SaltOctets + 5 + KeyId(encrypted).Length;
        var length = encrypted.Length - headerOctets - TagOctets;
        if (length < 1) throw new CryptographicException("the record is cut short");
        Span<byte> key = stackalloc byte[KeyOctets];
        Span<byte> nonce = stackalloc byte[NonceOctets];
        Derive(keyingMaterial, encrypted[..SaltOctets], key, nonce);
        var record = new byte[length];
        using var cipher = new AesGcm(key, TagOctets);
        cipher.Decrypt(nonce, encrypted.Slice(headerOctets, length), encrypted[^TagOctets..], record);
        var end = record.AsSpan().LastIndexOfAnyExcept((byte)0);
        return end >= 0 && record[end] == LastRecord ? record[..end] : throw new CryptographicException("the record is not the last one");
    }

    /// <summary>The key id of encrypted content.</summary>
    public static ReadOnlySpan<byte> KeyId(ReadOnlySpan<byte> encrypted) =>
        encrypted.Length > SaltOctets + 5 && encrypted.Length >= SaltOctets + 5 + encrypted[SaltOctets + 4]
            ? encrypted.Slice(SaltOctets + 5, encrypted[SaltOctets + 4])
            : throw new CryptographicException("the header is cut short");

    // RFC 8188 §2.2 and §2.3; the first record's nonce is the derived one as it is.
    private static void Derive(ReadOnlySpan<byte> keyingMaterial, ReadOnlySpan<byte> salt, Span<byte> key, Span<byte> nonce)
    {
        HKDF.DeriveKey(HashAlgorithmName.SHA256, keyingMaterial, key, salt, "Content-Encoding: aes128gcm\0"u8);
        HKDF.DeriveKey(HashAlgorithmName.SHA256, keyingMaterial, nonce, salt, "Content-Encoding: nonce\0"u8);
    }
}
