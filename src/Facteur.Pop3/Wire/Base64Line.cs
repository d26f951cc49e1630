using System.Buffers;
using System.Buffers.Text;

namespace Facteur.Pop3.Wire;

/// <summary>Base64 of a SASL exchange, refused when it holds anything else (RFC 5034 §4: no octet is ignored).</summary>
internal static class Base64Line
{
    private static readonly SearchValues<byte> Alphabet = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="u8);

    /// <summary>Null when the line is not base64.</summary>
    public static byte[]? Decode(ReadOnlySpan<byte> line)
    {
        if (line.ContainsAnyExcept(Alphabet)) return null;
        var octets = new byte[Base64.GetMaxDecodedFromUtf8Length(line.Length)];
        return Base64.DecodeFromUtf8(line, octets, out var consumed, out var written) == OperationStatus.Done && consumed == line.Length
            ? octets[..written] : null;
    }
}
