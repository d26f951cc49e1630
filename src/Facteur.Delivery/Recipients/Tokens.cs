using System.Security.Cryptography;
using System.Text;

namespace Facteur.Delivery.Recipients;

/// <summary>Short proofs in addresses: base32 (RFC 4648 §6), which survives hosts that change the case of a local part.</summary>
internal static class Tokens
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    /// <summary>The first <paramref name="characters"/> (5 bits each) of HMAC-SHA256 over <paramref name="purpose"/> and the text without case.</summary>
    public static string Mac(byte[] key, string purpose, string text, int characters)
    {
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{purpose}\0{text.ToLowerInvariant()}"), mac);
        return Base32(mac, characters);
    }

    /// <summary>Compares without case, in the same time wherever they differ.</summary>
    public static bool AreEqual(ReadOnlySpan<char> one, ReadOnlySpan<char> other)
    {
        if (one.Length != other.Length) return false;
        var difference = 0;
        for (var i = 0; i < one.Length; i++) difference |= char.ToUpperInvariant(one[i]) ^ char.ToUpperInvariant(other[i]);
        return difference == 0;
    }

    public static string Base32(ReadOnlySpan<byte> octets, int characters)
    {
        Span<char> text = stackalloc char[characters];
        for (var i = 0; i < characters; i++)
        {
            int bit = i * 5, at = bit / 8;
            var two = octets[at] << 8 | (at + 1 < octets.Length ? octets[at + 1] : 0);
            text[i] = Alphabet[two >> (11 - bit % 8) & 31];
        }
        return new string(text);
    }

    /// <summary>A number below 1,024 as two characters.</summary>
    public static string Pair(int number) => string.Create(2, number, (text, value) => (text[0], text[1]) = (Alphabet[value >> 5 & 31], Alphabet[value & 31]));

    /// <summary>The number of two characters; -1 for what is none.</summary>
    public static int Pair(ReadOnlySpan<char> text)
    {
        if (text.Length != 2) return -1;
        var high = Alphabet.IndexOf(char.ToUpperInvariant(text[0]), StringComparison.Ordinal);
        var low = Alphabet.IndexOf(char.ToUpperInvariant(text[1]), StringComparison.Ordinal);
        return high < 0 || low < 0 ? -1 : high << 5 | low;
    }
}
