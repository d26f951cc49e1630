using System.Text;

namespace Facteur.Imap;

/// <summary>Modified UTF-7 (RFC 3501 §5.1.3): printable ASCII but "&amp;" is itself, "&amp;-" is "&amp;", the rest is UTF-16 in a base64 with "," for "/".</summary>
internal static class ModifiedUtf7
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

    public static byte[] Encode(string text)
    {
        var output = new List<byte>(text.Length + 16);
        for (var i = 0; i < text.Length;)
        {
            var c = text[i];
            if (IsDirect(c))
            {
                output.Add((byte)c);
                if (c == '&') output.Add((byte)'-');
                i++;
                continue;
            }
            var start = i;
            while (i < text.Length && !IsDirect(text[i])) i++;
            EncodeRun(text.AsSpan(start, i - start), output);
        }
        return output.ToArray();
    }

    /// <summary>False for what is not well-formed modified UTF-7.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> wire, out string text)
    {
        text = "";
        var output = new StringBuilder(wire.Length);
        for (var i = 0; i < wire.Length;)
        {
            if (wire[i] is < 0x20 or > 0x7e) return false;
            if (wire[i] != '&')
            {
                output.Append((char)wire[i++]);
                continue;
            }
            var end = wire[(i + 1)..].IndexOf((byte)'-');
            if (end < 0) return false;
            if (end == 0) output.Append('&');
            else if (!DecodeRun(wire.Slice(i + 1, end), output)) return false;
            i += end + 2;
        }
        text = output.ToString();
        return true;
    }

    private static bool IsDirect(char c) => c is >= ' ' and <= '~';

    private static void EncodeRun(ReadOnlySpan<char> run, List<byte> output)
    {
        output.Add((byte)'&');
        uint bits = 0;
        var count = 0;
        foreach (var c in run)
        {
            bits = bits << 16 | c;
            for (count += 16; count >= 6; count -= 6)
                output.Add((byte)Alphabet[(int)(bits >> (count - 6) & 63)]);
        }
        if (count > 0) output.Add((byte)Alphabet[(int)(bits << (6 - count) & 63)]);
        output.Add((byte)'-');
    }

    private static bool DecodeRun(ReadOnlySpan<byte> run, StringBuilder output)
    {
        uint bits = 0;
        var count = 0;
        var start = output.Length;
        foreach (var b in run)
        {
            var value = Alphabet.IndexOf((char)b, StringComparison.Ordinal);
            if (value < 0) return false;
            bits = bits << 6 | (uint)value;
            count += 6;
            if (count < 16) continue;
            count -= 16;
            output.Append((char)(bits >> count & 0xffff));
        }
        // Less than a character may be left, and only zero bits.
        if (count >= 6 || (bits & (1u << count) - 1) != 0) return false;
        return IsWellFormed(output, start);
    }

    private static bool IsWellFormed(StringBuilder text, int start)
    {
        for (var i = start; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (!char.IsHighSurrogate(text[i]) || i + 1 == text.Length || !char.IsLowSurrogate(text[i + 1])) return false;
            i++;
        }
        return text.Length > start;
    }
}
