using System.Buffers.Text;

namespace Facteur.Imap;

/// <summary>What announces a literal: "{n}", non-synchronising "{n+}" (RFC 7888 §3), binary "~{n}" (RFC 3516 §4.4).</summary>
internal readonly record struct LiteralHead(ulong Length, bool IsNonSynchronizing, bool IsBinary)
{
    /// <summary>Longest form: "~{18446744073709551615+}".</summary>
    public const int MaxOctets = 24;

    /// <summary>Parses a head at the start of <paramref name="text"/>.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out LiteralHead head, out int length)
    {
        head = default;
        length = 0;
        var binary = text.StartsWith("~"u8);
        var at = binary ? 1 : 0;
        if (at >= text.Length || text[at++] != '{') return false;
        if (at >= text.Length || text[at] is < (byte)'0' or > (byte)'9') return false;
        // A number past 64 bits is still a literal head: one that is refused for its size.
        var digits = text[at..].IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        if (digits < 0) return false;
        if (!Utf8Parser.TryParse(text.Slice(at, digits), out ulong number, out _)) number = ulong.MaxValue;
        at += digits;
        var plus = text[at] == '+';
        if (plus) at++;
        if (at >= text.Length || text[at++] != '}') return false;
        head = new LiteralHead(number, plus, binary);
        length = at;
        return true;
    }

    /// <summary>The head at the very end of a line (without its CRLF).</summary>
    public static bool TryParseEnd(ReadOnlySpan<byte> line, out LiteralHead head)
    {
        head = default;
        if (!line.EndsWith("}"u8)) return false;
        var open = line.LastIndexOf((byte)'{');
        if (open < 0) return false;
        // "~" makes a literal8 only where an argument starts: "~foo{3}" is no literal8.
        if (open > 0 && line[open - 1] == '~' && (open == 1 || line[open - 2] is (byte)' ' or (byte)'(')) open--;
        return TryParse(line[open..], out head, out var length) && length == line.Length - open;
    }
}
