using System.Buffers.Text;

namespace Facteur.Sieve.Managing.Wire;

/// <summary>The head of a literal at the end of a line: "{123+}", or "{123}" as clients of before RFC 5804 write it.</summary>
// literal-c2s of RFC 5804 §4: all octets come without being asked for. What others wrote before it was numbered did not have the "+" and sent them as well.
internal static class ScriptLiteral
{
    /// <summary>Longest head: braces, ten digits, "+".</summary>
    public const int MaxOctets = 13;

    /// <summary>True when the line ends in a head.</summary>
    /// <param name="line">Without its CRLF, or its last octets.</param>
    public static bool TryParseEnd(ReadOnlySpan<byte> line, out uint length)
    {
        length = 0;
        if (line.IsEmpty || line[^1] != (byte)'}') return false;
        var open = line.LastIndexOf((byte)'{');
        if (open < 0) return false;
        var digits = line[(open + 1)..^1];
        if (digits.EndsWith("+"u8)) digits = digits[..^1];
        // "0" or no zero first (RFC 5804 §4 number).
        return digits.Length is > 0 and <= 10 && !digits.ContainsAnyExceptInRange((byte)'0', (byte)'9') && (digits[0] != '0' || digits.Length == 1)
            && Utf8Parser.TryParse(digits, out length, out var consumed) && consumed == digits.Length;
    }
}
