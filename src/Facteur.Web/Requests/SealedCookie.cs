using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Facteur.Web.Requests;

/// <summary>
/// What a browser keeps for us between two requests before anybody is signed in: sealed with AES-GCM under a key of the site, with its end
/// inside, so that strangers cannot fill the store with it.
/// </summary>
internal static class SealedCookie
{
    private const int NonceOctets = 12, TagOctets = 16, TimeOctets = 8;

    /// <param name="purpose">What it is for; something sealed for another purpose cannot be opened.</param>
    public static string Seal(byte[] key, string purpose, ReadOnlySpan<byte> content, DateTimeOffset ends)
    {
        var box = new byte[NonceOctets + TagOctets + TimeOctets + content.Length];
        var plain = new byte[TimeOctets + content.Length];
        BinaryPrimitives.WriteInt64BigEndian(plain, ends.ToUnixTimeSeconds());
        content.CopyTo(plain.AsSpan(TimeOctets));
        RandomNumberGenerator.Fill(box.AsSpan(0, NonceOctets));
        using var aes = new AesGcm(key, TagOctets);
        aes.Encrypt(box.AsSpan(0, NonceOctets), plain, box.AsSpan(NonceOctets + TagOctets), box.AsSpan(NonceOctets, TagOctets), Encoding.UTF8.GetBytes(purpose));
        return Base64Url.EncodeToString(box);
    }

    /// <summary>Null for what was not sealed here, for another purpose, or is over.</summary>
    public static byte[]? Open(byte[] key, string purpose, string text, DateTimeOffset now)
    {
        try
        {
            var box = Base64Url.DecodeFromChars(text);
            if (box.Length < NonceOctets + TagOctets + TimeOctets) return null;
            var plain = new byte[box.Length - NonceOctets - TagOctets];
            using var aes = new AesGcm(key, TagOctets);
            aes.Decrypt(box.AsSpan(0, NonceOctets), box.AsSpan(NonceOctets + TagOctets), box.AsSpan(NonceOctets, TagOctets), plain, Encoding.UTF8.GetBytes(purpose));
            return now.ToUnixTimeSeconds() < BinaryPrimitives.ReadInt64BigEndian(plain) ? plain[TimeOctets..] : null;
        }
        catch (Exception e) when (e is FormatException or CryptographicException)
        {
            return null;
        }
    }
}
