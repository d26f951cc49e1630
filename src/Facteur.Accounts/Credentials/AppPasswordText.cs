using System.Security.Cryptography;

namespace Facteur.Accounts;

/// <summary>
/// An app password as it is read and typed: 128 bits by chance and 12 that check them, as 28 digits of Crockford's base32
/// ("k7q2-9mxd-…"). Read in any case, with or without "-" and spaces, O as 0, I and L as 1.
/// </summary>
internal static class AppPasswordText
{
    public const int SecretOctets = 16;

    private const int Digits = 28, CheckBits = 12, GroupDigits = 4;
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

    /// <summary>A form that is longer than this is none: 28 digits, each with a separator or two.</summary>
    private const int MaxLength = 3 * Digits;

    public static byte[] NewSecret() => RandomNumberGenerator.GetBytes(SecretOctets);

    /// <summary>What the directory finds it by. No slow hash: 128 bits by chance cannot be tried out.</summary>
    public static string LookupOf(ReadOnlySpan<byte> secret) => Convert.ToHexStringLower(SHA256.HashData(secret));

    /// <summary>In groups of four digits.</summary>
    public static string Shown(ReadOnlySpan<byte> secret) =>
        string.Join('-', Compact(secret).Chunk(GroupDigits).Select(group => new string(group)));

    /// <summary>The digits alone.</summary>
    public static string Compact(ReadOnlySpan<byte> secret)
    {
        var digits = new char[Digits];
        var (at, held, bits) = (0, 0u, 0);
        foreach (var octet in secret) Take(octet, 8);
        Take(Check(secret), CheckBits);
        return new string(digits);

        void Take(uint value, int count)
        {
            held = (held << count) | value;
            for (bits += count; bits >= 5; held &= (1u << bits) - 1)
            {
                bits -= 5;
                digits[at++] = Alphabet[(int)(held >> bits)];
            }
        }
    }

    /// <summary>The secret of a text that has the form; null when it has not, and then it may still be a password.</summary>
    public static byte[]? Read(string text)
    {
        if (text.Length is < Digits or > MaxLength) return null;
        Span<byte> values = stackalloc byte[Digits];
        var count = 0;
        foreach (var c in text)
        {
            if (c is '-' or ' ' or '\u00a0' or '\u2010' or '\u2011' or '\u2013') continue;
            if (count == Digits || Value(c) is not { } value) return null;
            values[count++] = value;
        }
        return count == Digits ? Decode(values) : null;
    }

    private static byte[]? Decode(ReadOnlySpan<byte> values)
    {
        var secret = new byte[SecretOctets];
        var (at, held, bits) = (0, 0u, 0);
        var i = 0;
        for (; at < SecretOctets; i++)
        {
            held = (held << 5) | values[i];
            bits += 5;
            if (bits < 8) continue;
            bits -= 8;
            secret[at++] = (byte)(held >> bits);
            held &= (1u << bits) - 1;
        }
        for (; i < Digits; i++) held = (held << 5) | values[i];
        return held == Check(secret) ? secret : null;
    }

    private static uint Check(ReadOnlySpan<byte> secret)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(secret, digest);
        return (uint)((digest[^2] << 8) | digest[^1]) & ((1 << CheckBits) - 1);
    }

    private static byte? Value(char c)
    {
        var digit = char.ToLowerInvariant(c) switch { 'o' => '0', 'i' or 'l' => '1', var other => other };
        var at = Alphabet.IndexOf(digit, StringComparison.Ordinal);
        return at < 0 ? null : (byte)at;
    }
}
