using System.Buffers;
using System.Text;

namespace Facteur.Mail;

/// <summary>Encoded words of header fields (RFC 2047, language suffix RFC 2231 §5), read as leniently as the field's clients do, written strictly.</summary>
public static class EncodedWords
{
    // RFC 2047 §2: no encoded word is longer.
    private const int MaxWord = 75;
    private const string Opening = "=?utf-8?Q?";
    private const int Frame = 12; // "=?utf-8?Q?" and "?="
    private const int MaxContent = MaxWord - Frame;

    // A name longer than this is encoded, hence divided, rather than quoted.
    private const int MaxQuoted = 200;

    // What a word in a phrase may hold unencoded, RFC 2047 §5 (3): legal everywhere else too.
    private static readonly SearchValues<char> PhraseSafe = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/");

    // atext of RFC 5322 §3.2.3, and blanks between atoms.
    private static readonly SearchValues<char> AtomsAndBlanks =
        SearchValues.Create(" ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-/=?^_`{|}~");

    /// <summary>The text of an unstructured field or of a phrase: unfolded, its encoded words decoded wherever they stand, blanks between adjacent
    /// words dropped (RFC 2047 §6.2), a character split across words joined again. Octets outside words are UTF-8 or else windows-1252.
    /// The result is one line: control characters and line separators become blanks, blanks at both ends are removed.</summary>
    /// <param name="text">Field body as it stands in the message; may be folded.</param>
    public static string Decode(ReadOnlySpan<byte> text)
    {
        if (text.IndexOfAnyExceptInRange((byte)' ', (byte)'~') < 0 && text.IndexOf("=?"u8) < 0)
            return Encoding.ASCII.GetString(text.Trim((byte)' '));
        var output = new EncodedWordDecoder(text.Length);
        var scanner = new EncodedWordScanner(text);
        var literal = 0; // start of the octets not yet written
        for (var at = text.IndexOf("=?"u8); at >= 0;)
        {
            int next;
            if (scanner.TryRead(at, out var word))
            {
                output.Literal(text[literal..word.Start], beforeWord: true);
                output.Word(text, word);
                next = literal = word.End;
            }
            else
                next = at + 2;
            var found = text[next..].IndexOf("=?"u8);
            at = found < 0 ? -1 : next + found;
        }
        output.Literal(text[literal..], beforeWord: false);
        return output.Complete();
    }

    /// <summary>Writes <paramref name="text"/> for a header field: itself when it is plain ASCII, else with the words that need it as encoded words of
    /// at most 75 characters, parted by one blank where the line may be folded. Whole characters in each word (RFC 2047 §5).
    /// Line breaks of any kind become blanks: no text can end the field.</summary>
    public static string Encode(string text) => Encode(text, MaxWord);

    /// <param name="firstWord">Characters left for a first encoded word on its line.</param>
    internal static string Encode(string text, int firstWord)
    {
        var line = OneLine(text);
        if (!NeedsEncoding(line))
            return line;
        // Plain words at both ends stay readable; all between the first and the last that need it is encoded, blanks included.
        int start = 0, end = line.Length;
        for (var blank = line.IndexOf(' '); blank > 0 && !NeedsEncoding(line.AsSpan(start, blank - start)); blank = line.IndexOf(' ', start))
            start = blank + 1;
        for (var blank = line.LastIndexOf(' '); blank > start && !NeedsEncoding(line.AsSpan(blank + 1, end - blank - 1)); blank = line.LastIndexOf(' ', end - 1))
            end = blank;
        var output = new StringBuilder(line.Length * 3);
        output.Append(line, 0, start);
        AppendWords(output, line.AsSpan(start, end - start), start == 0 ? firstWord : MaxWord);
        return output.Append(line, end, line.Length - end).ToString();
    }

    /// <summary>Writes a display name (RFC 5322 §3.2.5 phrase): as atoms, as a quoted string, or all of it in encoded words.</summary>
    public static string EncodePhrase(string text) => EncodePhrase(text, MaxWord);

    internal static string EncodePhrase(string text, int firstWord)
    {
        var line = OneLine(text).Trim();
        if (NeedsEncoding(line) || line.Length > MaxQuoted)
            return EncodeAll(line, firstWord);
        return line.Length > 0 && !line.AsSpan().ContainsAnyExcept(AtomsAndBlanks) ? line : Quote(line);
    }

    /// <summary>All of a line in encoded words, which divide words too long for a line.</summary>
    internal static string EncodeAll(string line, int firstWord)
    {
        var output = new StringBuilder(line.Length * 3);
        AppendWords(output, line, firstWord);
        return output.ToString();
    }

    /// <summary>A quoted-string of RFC 5322 §3.2.4.</summary>
    internal static string Quote(string line) => '"' + line.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + '"';

    /// <summary>The text with line breaks, other controls and Unicode line separators as blanks (no header injection), lone surrogates as U+FFFD.</summary>
    internal static string OneLine(string text)
    {
        var clean = true;
        foreach (var c in text)
            clean &= !IsBreak(c) && !char.IsSurrogate(c);
        if (clean)
            return text;
        var output = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            if (rune.Value < 0xFFFF && IsBreak((char)rune.Value))
                output.Append(' ');
            else
                output.Append(rune.ToString());
        return output.ToString();
    }

    internal static bool IsBreak(char c) => char.IsControl(c) || c is '\u2028' or '\u2029';

    /// <summary>True when the text cannot stand in a header field as it is.</summary>
    internal static bool NeedsEncoding(ReadOnlySpan<char> text) =>
        text.ContainsAnyExceptInRange(' ', '~') || text.Contains("=?", StringComparison.Ordinal);

    private static void AppendWords(StringBuilder output, ReadOnlySpan<char> text, int firstWord)
    {
        var octets = Encoding.UTF8.GetByteCount(text);
        var plain = 0;
        foreach (var c in text)
            plain += PhraseSafe.Contains(c) || c == ' ' ? 1 : 0;
        // Q stays readable in Latin scripts; B where Q would be half as long again.
        var base64 = (octets - plain) * 3 + plain > octets * 2;
        var room = Math.Clamp(firstWord - Frame, 12, MaxContent);
        Span<byte> utf8 = stackalloc byte[MaxContent];
        int used = 0, cost = 0, words = 0;
        Span<byte> encoded = stackalloc byte[4];
        foreach (var rune in text.EnumerateRunes())
        {
            var length = rune.EncodeToUtf8(encoded);
            var price = base64 ? length : QCost(rune);
            var fits = base64 ? (used + length + 2) / 3 * 4 <= room : cost + price <= room;
            if (!fits)
            {
                AppendWord(output, utf8[..used], base64, ref words);
                used = cost = 0;
                room = MaxContent;
            }
            encoded[..length].CopyTo(utf8[used..]);
            used += length;
            cost += price;
        }
        if (used > 0)
            AppendWord(output, utf8[..used], base64, ref words);
    }

    private static int QCost(Rune rune) =>
        rune.Value == ' ' || rune.IsAscii && PhraseSafe.Contains((char)rune.Value) ? 1 : rune.Utf8SequenceLength * 3;

    private static void AppendWord(StringBuilder output, ReadOnlySpan<byte> utf8, bool base64, ref int words)
    {
        if (words++ > 0)
            output.Append(' ');
        if (base64)
        {
            output.Append("=?utf-8?B?").Append(Convert.ToBase64String(utf8)).Append("?=");
            return;
        }
        output.Append(Opening);
        foreach (var octet in utf8)
            if (octet == ' ')
                output.Append('_');
            else if (octet < 0x80 && PhraseSafe.Contains((char)octet))
                output.Append((char)octet);
            else
                output.Append('=').Append("0123456789ABCDEF"[octet >> 4]).Append("0123456789ABCDEF"[octet & 15]);
        output.Append("?=");
    }
}
