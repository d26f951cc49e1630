using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Facteur.Accounts.Sessions;

/// <summary>Secrets of 256 bits that are given away and kept only as their hash.</summary>
public static class OpaqueToken
{
    private const int Octets = 32;

    /// <summary>Longest token that is looked at.</summary>
    public const int MaxLength = 200;

    /// <summary>43 letters of base64url (RFC 4648 §5).</summary>
    public static string New() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Octets));

    /// <summary>SHA-256 in base64url. Good enough without salt or rounds: nobody guesses 256 random bits.</summary>
    public static string Hash(string token) => Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    /// <summary>Whether two strings are the same, in a time that does not depend on where they differ.</summary>
    public static bool Same(string one, string other) =>
        CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(one)), SHA256.HashData(Encoding.UTF8.GetBytes(other)));
}
