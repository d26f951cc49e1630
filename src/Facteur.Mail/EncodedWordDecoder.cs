using System.Text;

namespace Facteur.Mail;

/// <summary>Puts decoded words and literal text together: the octets of adjacent words in one charset are decoded as one run.</summary>
/// <param name="dropControls">Control characters leave nothing behind (RFC 8621 §4.1.2.2) instead of a blank; a tab of the literal text stays.</param>
internal ref struct EncodedWordDecoder(int capacity, bool dropControls = false)
{
    private readonly bool dropControls = dropControls;
    private readonly StringBuilder output = new(Math.Min(capacity, 4096));
    private byte[] run = [];
    private int runLength;
    private Encoding? charset;
    private int bits;
    private int bitCount;
    private bool afterWord;

    /// <summary>Text between words. Blanks alone between two words do not count (RFC 2047 §6.2).</summary>
    public void Literal(ReadOnlySpan<byte> text, bool beforeWord)
    {
        if (text.IsEmpty || afterWord && beforeWord && text.Trim(" \t\r\n"u8).IsEmpty)
            return;
        Flush();
        // Old Japanese mail carries ISO-2022-JP escapes without any label.
        var encoding = text.IndexOf("\e$"u8) >= 0 ? Charsets.Get("iso-2022-jp") : Charsets.Unlabelled;
        Append(encoding.GetString(text), unfold: true);
        afterWord = false;
    }

    public void Word(ReadOnlySpan<byte> text, EncodedWord word)
    {
        var named = Charsets.Get(text.Slice(word.Charset, word.CharsetLength));
        if (!ReferenceEquals(named, charset))
            Flush();
        charset = named;
        var content = text[word.Content..word.ContentEnd];
        if (runLength + content.Length > run.Length)
            Array.Resize(ref run, Math.Max(runLength + content.Length, run.Length * 2));
        if (word.IsBase64)
            Base64(content);
        else
            Quoted(content);
        afterWord = true;
    }

    public string Complete()
    {
        Flush();
        return output.ToString().Trim(' ');
    }

    private void Flush()
    {
        if (runLength > 0)
            Append((charset ?? Charsets.Unlabelled).GetString(run, 0, runLength), unfold: false);
        runLength = 0;
        bits = bitCount = 0;
    }

    private readonly void Append(string text, bool unfold)
    {
        var afterBreak = false;
        foreach (var c in text)
        {
            // Unfolding removes the line break alone (RFC 5322 §2.2.3); one that no fold explains becomes a blank.
            if (unfold && c is '\r' or '\n')
            {
                afterBreak = true;
                continue;
            }
            if (afterBreak && c is not (' ' or '\t'))
                output.Append(' ');
            afterBreak = false;
            if (c == '\uFEFF')
                continue;
            if (!EncodedWords.IsBreak(c) || dropControls && unfold && c == '\t')
                output.Append(c);
            else if (!dropControls)
                output.Append(' ');
        }
    }

    private void Quoted(ReadOnlySpan<byte> content)
    {
        bits = bitCount = 0;
        for (var i = 0; i < content.Length; i++)
        {
            var c = content[i];
            if (c == '=' && i + 2 < content.Length && char.IsAsciiHexDigit((char)content[i + 1]) && char.IsAsciiHexDigit((char)content[i + 2]))
            {
                c = (byte)(Hex(content[i + 1]) << 4 | Hex(content[i + 2]));
                i += 2;
            }
            else if (c == '_')
                c = (byte)' ';
            else if (c is (byte)'\r' or (byte)'\n')
                continue;
            run[runLength++] = c;
        }
    }

    private static int Hex(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;

    // Padding may be missing, wrong, or stand at the end of each word; what is not of the alphabet is skipped (RFC 2045 §6.8).
    private void Base64(ReadOnlySpan<byte> content)
    {
        // Bits left from the word before belong to this one only when a quantum was split between them, which some mailers do.
        if (bitCount != 6 && (bits & (1 << bitCount) - 1) == 0)
            bits = bitCount = 0;
        foreach (var c in content)
        {
            var value = Value(c);
            if (c == '=')
                bits = bitCount = 0;
            if (value < 0)
                continue;
            bits = bits << 6 | value;
            bitCount += 6;
            if (bitCount < 8)
                continue;
            bitCount -= 8;
            run[runLength++] = (byte)(bits >> bitCount);
            bits &= (1 << bitCount) - 1;
        }
    }

    private static int Value(byte c) => c switch
    {
        >= (byte)'A' and <= (byte)'Z' => c - 'A',
        >= (byte)'a' and <= (byte)'z' => c - 'a' + 26,
        >= (byte)'0' and <= (byte)'9' => c - '0' + 52,
        (byte)'+' or (byte)'-' => 62,
        (byte)'/' or (byte)'_' => 63,
        _ => -1,
    };
}
