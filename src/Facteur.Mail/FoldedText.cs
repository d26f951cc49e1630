using System.Buffers;
using System.Text;

namespace Facteur.Mail;

/// <summary>Text as searches compare it: lower case, without diacritics, white space as one blank (i;unicode-casemap in spirit, RFC 5051).</summary>
public static class FoldedText
{
    // The folded forms of characters, by blocks of 256, made when first met: a character's own string costs nothing afterwards.
    private static readonly string?[]?[] Blocks = new string?[256][];

    private static readonly SearchValues<char> PlainAscii = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~");

    /// <summary>Folds <paramref name="text"/>; "Éléphant" and "ELEPHANT" fold to the same. Blanks at both ends are removed.</summary>
    public static string Fold(string text)
    {
        if (!text.AsSpan().ContainsAnyExcept(PlainAscii))
            return text;
        var folder = new TextFolder();
        var output = new ArrayBufferWriter<char>(text.Length + 8);
        folder.Fold(text, output);
        return output.WrittenSpan.ToString();
    }

    /// <summary>Folds <paramref name="text"/> as UTF-8 into <paramref name="output"/>.</summary>
    public static void FoldUtf8(ReadOnlySpan<char> text, IBufferWriter<byte> output)
    {
        var folded = new ArrayBufferWriter<char>(text.Length + 8);
        new TextFolder().Fold(text, folded);
        Encoding.UTF8.GetBytes(folded.WrittenSpan, output);
    }

    /// <summary>Writes the folded text of all textual parts below <paramref name="root"/>, UTF-8, decoded from their encodings and charsets, markup of HTML removed; bounded by <paramref name="maxOctets"/>.</summary>
    /// <remarks>In the order of the parts, each ended by LF, with From, To, Cc and Subject of attached messages. Streams: no part is ever whole in memory.</remarks>
    public static ValueTask WriteBodyAsync(IMessageSource message, MessagePart root, IBufferWriter<byte> output, int maxOctets, CancellationToken cancel) =>
        BodyFolder.RunAsync(message, root, output, maxOctets, cancel);

    /// <summary>The folded form of a character outside ASCII; empty for one that counts for nothing.</summary>
    internal static string FoldedForm(char c)
    {
        var block = Blocks[c >> 8];
        if (block is null)
            Interlocked.CompareExchange(ref Blocks[c >> 8], new string?[256], null);
        block = Blocks[c >> 8]!;
        return block[c & 255] ??= Compute(c.ToString());
    }

    /// <summary>The folded form of a character beyond the first plane: letters of mathematics fold to letters, the rest stays.</summary>
    internal static string FoldedForm(char high, char low) => Compute(new string([high, low]));

    // Compatibility decomposition as RFC 5051 §2, then without the marks that Latin, Greek and Cyrillic put on letters. Hangul stays composed:
    // its decomposition triples the text and finds nothing more.
    private static string Compute(string character)
    {
        var c = character[0];
        if (c is >= '\uAC00' and <= '\uD7A3')
            return character;
        if (c is '\uFFFE')
            return ""; // no character, and Normalize throws
        var output = new StringBuilder(4);
        foreach (var part in character.Normalize(NormalizationForm.FormKD))
            AppendFolded(output, part);
        return output.ToString();
    }

    private static void AppendFolded(StringBuilder output, char c)
    {
        switch (c)
        {
            case >= '\u0300' and <= '\u036F': // combining diacritical marks
            case '\u00AD' or '\u034F' or >= '\u200B' and <= '\u200F' or >= '\u202A' and <= '\u202E' or >= '\u2060' and <= '\u2064' or '\uFEFF' or >= '\uFE00' and <= '\uFE0F':
                break; // soft hyphen, joiners, directions, variation selectors: not seen, not searched
            case 'ß' or 'ẞ':
                output.Append("ss");
                break;
            case 'æ' or 'Æ':
                output.Append("ae");
                break;
            case 'œ' or 'Œ':
                output.Append("oe");
                break;
            case 'ø' or 'Ø':
                output.Append('o');
                break;
            case 'đ' or 'Đ' or 'ð' or 'Ð':
                output.Append('d');
                break;
            case 'ł' or 'Ł':
                output.Append('l');
                break;
            case 'þ' or 'Þ':
                output.Append("th");
                break;
            case 'ı':
                output.Append('i');
                break;
            case 'ς':
                output.Append('σ');
                break;
            case '\u2019' or '\u2018' or '\u02BC':
                output.Append('\''); // typographic apostrophes: "l’été" is typed "l'été"
                break;
            default:
                output.Append(char.ToLowerInvariant(c));
                break;
        }
    }
}
