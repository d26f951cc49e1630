using System.Buffers.Text;
using System.Text;
using Facteur.Sieve.Syntax;

namespace Facteur.Sieve.Commands;

/// <summary>A text/plain part out of a string of a script, in UTF-8; in base64 where its lines or letters need it.</summary>
internal static class TextEntity
{
    private const int MaxLine = 998; // RFC 5322 §2.1.1
    private const int EncodedLine = 57; // 76 characters, RFC 2045 §6.8

    /// <summary>Header and body.</summary>
    public static byte[] Build(string text)
    {
        var octets = OctetText.ToOctets(text);
        var isPlain = Ascii.IsValid(octets) && !octets.AsSpan().Contains((byte)0) && text.Split("\r\n").All(line => line.Length <= MaxLine && line.AsSpan().IndexOfAny('\r', '\n') < 0);
        if (isPlain) return [.. "Content-Type: text/plain; charset=us-ascii\r\n\r\n"u8, .. octets];
        return [.. "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"u8, .. Encoded(octets)];
    }

    private static byte[] Encoded(byte[] octets)
    {
        var lines = new List<byte>(octets.Length / 3 * 4 + 100);
        foreach (var line in octets.Chunk(EncodedLine))
        {
            var encoded = new byte[Base64.GetMaxEncodedToUtf8Length(line.Length)];
            Base64.EncodeToUtf8(line, encoded, out _, out _);
            lines.AddRange(encoded);
            lines.AddRange("\r\n"u8);
        }
        return [.. lines];
    }
}
