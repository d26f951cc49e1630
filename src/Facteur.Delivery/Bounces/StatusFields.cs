using System.Buffers;
using System.Globalization;
using System.Text;

namespace Facteur.Delivery.Bounces;

/// <summary>
/// Writes fields of message/delivery-status (RFC 3464 §2.1.1) or of message/global-delivery-status (RFC 6533 §4.1). Nothing in a value can
/// end its field or begin another (S-03): control characters become blanks, and lines are folded at blanks only.
/// </summary>
/// <param name="utf8">Characters beyond ASCII may stand; otherwise they are written as \x{…} (RFC 6533 §3).</param>
internal sealed class StatusFields(bool utf8)
{
    private const int Wanted = 78;
    private const int MaxWord = 900; // with its name and a fold, under the 998 octets of a line (RFC 5322 §2.1.1)

    private readonly ArrayBufferWriter<byte> output = new(1024);

    public bool IsUtf8 => utf8;
    public int Length => output.WrittenCount;
    public ReadOnlyMemory<byte> Written => output.WrittenMemory;

    /// <summary>The empty line before the fields of a recipient.</summary>
    public void EndGroup() => output.Write("\r\n"u8);

    public void Write(string name, string value)
    {
        // Most fields are one short line as they stand.
        if (name.Length + 2 + value.Length <= Wanted && value.Length > 0 && value[0] != ' ' && !value.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            Encoding.ASCII.GetBytes(name, output);
            output.Write(": "u8);
            Encoding.ASCII.GetBytes(value, output);
            output.Write("\r\n"u8);
            return;
        }
        var line = new StringBuilder(name.Length + value.Length + 8).Append(name).Append(':');
        var column = line.Length;
        foreach (var word in Words(value))
        {
            for (var at = 0; at < word.Length; at += MaxWord)
            {
                var piece = word.AsSpan(at, Math.Min(MaxWord, word.Length - at));
                if (at > 0 || (column + 1 + piece.Length > Wanted && column > name.Length + 1))
                {
                    line.Append("\r\n");
                    column = 0;
                }
                line.Append(' ').Append(piece);
                column += 1 + piece.Length;
            }
        }
        line.Append("\r\n");
        foreach (var chunk in line.GetChunks()) Encoding.UTF8.GetBytes(chunk.Span, output);
    }

    private IEnumerable<string> Words(string value)
    {
        var word = new StringBuilder();
        foreach (var rune in value.EnumerateRunes())
        {
            if (Rune.IsControl(rune) || Rune.IsWhiteSpace(rune))
            {
                if (word.Length > 0) yield return word.ToString();
                word.Clear();
            }
            else if (rune.IsAscii || utf8) word.Append(rune);
            else word.Append(Embedded(rune));
        }
        if (word.Length > 0) yield return word.ToString();
    }

    /// <summary>EmbeddedUnicodeChar of RFC 6533 §3.</summary>
    public static string Embedded(Rune rune) => string.Create(CultureInfo.InvariantCulture, $"\\x{{{rune.Value:X2}}}");
}
