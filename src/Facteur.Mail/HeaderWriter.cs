using System.Buffers;
using System.Globalization;
using System.Text;

namespace Facteur.Mail;

/// <summary>Writes header fields: ASCII, folded at blanks to lines of 78 characters (RFC 5322 §2.1.1), never more fields than asked for (S-03).</summary>
public sealed class HeaderWriter(IBufferWriter<byte> output)
{
    private const int MaxLine = 78;

    // A word without blanks past this could not keep its line under 998 octets (RFC 5322 §2.1.1): it is encoded, hence divided.
    private const int MaxWord = 900;

    // Lines with encoded words hold 76 characters (RFC 2047 §2), the first of them the field's name.
    private const int MaxEncodedLine = 76;

    // attribute-char of RFC 2231 §7: what stands in an extended value without "%".
    private static readonly SearchValues<char> AttributeChars =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$&+-.^_`{|}~");

    // token of RFC 2045 §5.1
    private static readonly SearchValues<char> TokenChars =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-.^_`{|}~");

    /// <summary>An unstructured field (RFC 5322 §2.2.1): any text, in encoded words where it needs them.</summary>
    public void Text(string name, string value)
    {
        var line = EncodedWords.OneLine(value).Trim();
        var first = MaxEncodedLine - name.Length - 2;
        Write(name, HasLongWord(line) ? EncodedWords.EncodeAll(line, first) : EncodedWords.Encode(line, first));
    }

    /// <summary>Mailboxes separated by commas (RFC 5322 §3.4); an address outside ASCII is written in UTF-8 (RFC 6532 §3.2).</summary>
    public void Mailboxes(string name, IReadOnlyList<Mailbox> mailboxes)
    {
        var value = new StringBuilder();
        foreach (var mailbox in mailboxes)
        {
            if (value.Length > 0)
                value.Append(", ");
            if (!string.IsNullOrWhiteSpace(mailbox.Name))
                value.Append(EncodedWords.EncodePhrase(mailbox.Name, value.Length == 0 ? MaxEncodedLine - name.Length - 2 : 75)).Append(" <").Append(mailbox.Address).Append('>');
            else
                value.Append(mailbox.Address);
        }
        Write(name, value.ToString());
    }

    /// <summary>A value and its parameters (RFC 2045 §5.1), those outside ASCII or too long for a line after RFC 2231 §3 and §4.</summary>
    public void Parameters(string name, string value, IEnumerable<KeyValuePair<string, string>> parameters)
    {
        var all = new StringBuilder(value);
        foreach (var (attribute, text) in parameters)
            AppendParameter(all, attribute, EncodedWords.OneLine(text));
        Write(name, all.ToString());
    }

    /// <summary>A field whose value is already legal; folded at its blanks.</summary>
    public void Write(string name, string value)
    {
        CheckName(name);
        var line = EncodedWords.OneLine(value);
        Utf8(name);
        output.Write(":"u8);
        var column = name.Length + 1;
        var max = line.Contains("=?", StringComparison.Ordinal) ? MaxEncodedLine : MaxLine;
        // Each word travels with the blanks before it; a line is broken before the last of these, so that none is only blanks (RFC 5322 §3.2.2).
        for (var at = 0; at < line.Length;)
        {
            var word = at;
            while (word < line.Length && line[word] == ' ')
                word++;
            var end = line.IndexOf(' ', word) is var blank and >= 0 ? blank : line.Length;
            var blanks = at == 0 ? 1 : word - at;
            // A first word leaves the line of the name only when that saves it from being too long.
            if (word < end && column + blanks + end - word > max && (at > 0 || end - word < max))
            {
                Utf8(new string(' ', blanks - 1));
                output.Write("\r\n "u8);
                column = 1;
            }
            else
            {
                Utf8(new string(' ', blanks));
                column += blanks;
            }
            Utf8(line[word..end]);
            column += end - word;
            at = end;
        }
        output.Write("\r\n"u8);
    }

    private static bool HasLongWord(string line)
    {
        var start = 0;
        for (var i = 0; i <= line.Length; i++)
            if (i == line.Length || line[i] == ' ')
            {
                if (i - start > MaxWord)
                    return true;
                start = i + 1;
            }
        return false;
    }

    /// <summary>Throws for a name that is no field name (RFC 5322 §3.6.8 ftext).</summary>
    internal static void CheckName(string name)
    {
        if (name.Length is 0 or > 76 || name.AsSpan().ContainsAnyExceptInRange('!', '~') || name.Contains(':', StringComparison.Ordinal))
            throw new ArgumentException($"\"{EncodedWords.OneLine(name)}\" is no name of a header field", nameof(name));
    }

    private static void AppendParameter(StringBuilder all, string attribute, string text)
    {
        const int maxValue = 60;
        if (text.Length > 0 && text.Length <= maxValue && !text.AsSpan().ContainsAnyExcept(TokenChars))
            all.Append("; ").Append(attribute).Append('=').Append(text);
        else if (text.Length <= maxValue && !EncodedWords.NeedsEncoding(text) && !text.Contains("  ", StringComparison.Ordinal))
            all.Append("; ").Append(attribute).Append('=').Append(EncodedWords.Quote(text));
        else
            AppendExtended(all, attribute, text, maxValue);
    }

    // attribute*=utf-8''...; or, when that is long, attribute*0*=utf-8''...; attribute*1*=...
    private static void AppendExtended(StringBuilder all, string attribute, string text, int maxValue)
    {
        var pieces = new List<string>();
        var piece = new StringBuilder("utf-8''");
        Span<byte> utf8 = stackalloc byte[4];
        foreach (var rune in text.EnumerateRunes())
        {
            var plain = rune.IsAscii && AttributeChars.Contains((char)rune.Value);
            if (piece.Length + (plain ? 1 : rune.Utf8SequenceLength * 3) > maxValue)
            {
                pieces.Add(piece.ToString());
                piece.Clear();
            }
            if (plain)
                piece.Append((char)rune.Value);
            else
                foreach (var octet in utf8[..rune.EncodeToUtf8(utf8)])
                    piece.Append(CultureInfo.InvariantCulture, $"%{octet:X2}");
        }
        pieces.Add(piece.ToString());
        if (pieces.Count == 1)
            all.Append("; ").Append(attribute).Append("*=").Append(pieces[0]);
        else
            for (var i = 0; i < pieces.Count; i++)
                all.Append(CultureInfo.InvariantCulture, $"; {attribute}*{i}*={pieces[i]}");
    }

    private void Utf8(string text) => Encoding.UTF8.GetBytes(text, output);
}
