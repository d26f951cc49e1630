namespace Facteur.Mail;

/// <summary>Finds encoded words (RFC 2047 §2) in octets, each octet looked at a bounded number of times whatever the text.</summary>
internal ref struct EncodedWordScanner(ReadOnlySpan<byte> text)
{
    // No word of legal length has a longer name, its language tag included (RFC 2047 §2, RFC 2231 §5).
    private const int MaxCharsetOctets = 80;

    private readonly ReadOnlySpan<byte> text = text;

    // Where the next "?=" was found; searched again only from behind it, which keeps the whole linear.
    private int closing = -1;

    /// <summary>Reads the encoded word that starts at <paramref name="start"/>. Tolerates blanks, quotes and other specials in its text, which
    /// iOS Mail and many mailing tools leave unencoded, and either case of the encoding.</summary>
    public bool TryRead(int start, out EncodedWord word)
    {
        word = default;
        var rest = text[start..];
        if (!rest.StartsWith("=?"u8))
            return false;
        var name = rest.Slice(2, Math.Min(rest.Length - 2, MaxCharsetOctets));
        var nameLength = name.IndexOf((byte)'?');
        if (nameLength <= 0 || name[..nameLength].ContainsAnyExceptInRange((byte)'!', (byte)'~'))
            return false;
        var content = start + 2 + nameLength + 3; // "?q?" follows the name
        if (content > text.Length || text[content - 1] != '?' || (text[content - 2] | 0x20) is not ('q' or 'b'))
            return false;
        if (!FindClosing(content))
            return false;
        // Another word opens before this one closes: this one was cut off, and is text.
        var inner = text[content..closing].IndexOf("=?"u8);
        if (inner >= 0)
            return false;
        word = new EncodedWord(start, closing + 2, start + 2, nameLength, (text[content - 2] | 0x20) == 'b', content, closing);
        return true;
    }

    private bool FindClosing(int from)
    {
        if (closing >= from)
            return closing < int.MaxValue;
        var found = text[from..].IndexOf("?="u8);
        closing = found < 0 ? int.MaxValue : from + found;
        return found >= 0;
    }
}

/// <summary>Where an encoded word stands.</summary>
internal readonly record struct EncodedWord(int Start, int End, int Charset, int CharsetLength, bool IsBase64, int Content, int ContentEnd);
