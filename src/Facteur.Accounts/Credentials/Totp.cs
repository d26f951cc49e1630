using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace Facteur.Accounts;

/// <summary>Time-based one-time passwords: HMAC-SHA-1 over the number of the time step, truncated to six digits (RFC 6238 §4, test vectors appendix B).</summary>
internal static class Totp
{
    public const int Digits = 6;

    /// <summary>RFC 6238 §5.2: 30 seconds are advised, and every authenticator program knows nothing else.</summary>
    public const int StepSeconds = 30;

    /// <summary>160 bits, as long as the hash.</summary>
    public const int SecretOctets = 20;

    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    public static long StepOf(DateTimeOffset at) => at.ToUnixTimeSeconds() / StepSeconds;

    /// <summary>The code of a step.</summary>
    public static string Code(ReadOnlySpan<byte> secret, long step, int digits = Digits)
    {
        Span<byte> counter = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
        Span<byte> mac = stackalloc byte[HMACSHA1.HashSizeInBytes];
#pragma warning disable CA5350 // HMAC-SHA-1 is what authenticator programs compute; the weakness of SHA-1 is not one of its HMAC
        HMACSHA1.HashData(secret, counter, mac);
#pragma warning restore CA5350
        var value = BinaryPrimitives.ReadUInt32BigEndian(mac[(mac[^1] & 15)..]) & 0x7fff_ffff;
        var modulus = 1u;
        for (var i = 0; i < digits; i++) modulus *= 10;
        return (value % modulus).ToString(CultureInfo.InvariantCulture).PadLeft(digits, '0');
    }

    /// <summary>The step a code is of, among the present one and its neighbours (RFC 6238 §5.2, §6: clocks differ); null for none.</summary>
    public static long? Find(ReadOnlySpan<byte> secret, string code, DateTimeOffset now)
    {
        long? found = null;
        var present = StepOf(now);
        for (var step = present - 1; step <= present + 1; step++)
            if (CryptographicOperations.FixedTimeEquals(System.Text.Encoding.ASCII.GetBytes(Code(secret, step)), System.Text.Encoding.UTF8.GetBytes(code))) found = step;
        return found;
    }

    public static string ToBase32(ReadOnlySpan<byte> octets)
    {
        var text = new System.Text.StringBuilder((octets.Length * 8 + 4) / 5);
        var (held, bits) = (0u, 0);
        foreach (var octet in octets)
        {
            held = (held << 8) | octet;
            for (bits += 8; bits >= 5; held &= (1u << bits) - 1)
            {
                bits -= 5;
                text.Append(Alphabet[(int)(held >> bits)]);
            }
        }
        if (bits > 0) text.Append(Alphabet[(int)(held << (5 - bits))]);
        return text.ToString();
    }

    /// <summary>Null when it is no base32.</summary>
    public static byte[]? FromBase32(string text)
    {
        var octets = new byte[text.Length * 5 / 8];
        var (at, held, bits) = (0, 0u, 0);
        foreach (var c in text)
        {
            var value = Alphabet.IndexOf(c, StringComparison.Ordinal);
            if (value < 0) return null;
            held = (held << 5) | (uint)value;
            bits += 5;
            if (bits < 8) continue;
            bits -= 8;
            octets[at++] = (byte)(held >> bits);
            held &= (1u << bits) - 1;
        }
        return octets;
    }
}
