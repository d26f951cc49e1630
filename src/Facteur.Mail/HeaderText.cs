using System.Text;

namespace Facteur.Mail;

/// <summary>
/// The Text form of a header field (RFC 8621 §4.1.2.2): unfolded, encoded words decoded where RFC 2047 §5 lets them stand and their charset is known,
/// in NFC. Stricter than <see cref="EncodedWords.Decode"/>, which reads what people meant: this is what clients are promised.
/// </summary>
public static class HeaderText
{
    /// <param name="field">Field body as it stands in the message; may be folded.</param>
    public static string Read(ReadOnlySpan<byte> field)
    {
        var text = HeaderFields.Unfold(field);
        if (text.IndexOfAnyExceptInRange((byte)' ', (byte)'~') < 0 && text.IndexOf("=?"u8) < 0) return Encoding.ASCII.GetString(text);
        var output = new EncodedWordDecoder(text.Length, dropControls: true);
        var scanner = new EncodedWordScanner(text);
        var (literal, lastEnd) = (0, -1);
        for (var at = text.IndexOf("=?"u8); at >= 0;)
        {
            var next = at + 2;
            if (scanner.TryRead(at, out var word) && MayStand(text, word, lastEnd))
            {
                output.Literal(text[literal..word.Start], beforeWord: true);
                output.Word(text, word);
                next = literal = lastEnd = word.End;
            }
            var found = text[next..].IndexOf("=?"u8);
            at = found < 0 ? -1 : next + found;
        }
        output.Literal(text[literal..], beforeWord: false);
        return Compose(output.Complete());
    }

    /// <summary>Normalization Form C.</summary>
    public static string Compose(string text) => Ascii.IsValid(text) || text.IsNormalized() ? text : text.Normalize();

    // Words are parted from other text by white space (RFC 2047 §5 (1)). From each other too, but the mailing programs of shops set long subjects
    // without: nobody means the raw form there, and no text stands between to be mistaken.
    private static bool MayStand(ReadOnlySpan<byte> text, EncodedWord word, int lastEnd) =>
        (word.Start == 0 || word.Start == lastEnd || IsBlank(text[word.Start - 1]))
        && (word.End == text.Length || IsBlank(text[word.End]) || text[word.End..].StartsWith("=?"u8))
        && Charsets.IsKnown(Encoding.Latin1.GetString(text.Slice(word.Charset, word.CharsetLength)));

    private static bool IsBlank(byte octet) => octet is (byte)' ' or (byte)'\t';
}
