using System.Buffers;
using System.Text;

namespace Facteur.Mail;

/// <summary>The first words of a message, for lists (PREVIEW, RFC 8970).</summary>
public static class TextPreview
{
    /// <summary>Text on one line, white space as one blank, of at most <paramref name="maxCharacters"/> characters (UTF-16), none of them cut.</summary>
    /// <param name="decodedStart">Start of the text part, its transfer encoding removed; may end inside a character or a tag.</param>
    /// <param name="html">The part is HTML: its markup is left out.</param>
    public static string Of(ReadOnlySpan<byte> decodedStart, string? charset, bool html, int maxCharacters)
    {
        var decoder = Charsets.Get(charset).GetDecoder();
        var characters = ArrayPool<char>.Shared.Rent(1024);
        var preview = new StringBuilder(Math.Min(maxCharacters, 1024));
        var markup = html ? new HtmlText() : null;
        var plain = new ArrayBufferWriter<char>(1024);
        try
        {
            while (!decodedStart.IsEmpty && preview.Length <= maxCharacters)
            {
                decoder.Convert(decodedStart, characters, flush: false, out var bytesUsed, out var charsUsed, out _);
                decodedStart = decodedStart[bytesUsed..];
                if (markup is null)
                    Append(preview, characters.AsSpan(0, charsUsed), maxCharacters);
                else
                {
                    markup.Write(characters.AsSpan(0, charsUsed), plain);
                    Append(preview, plain.WrittenSpan, maxCharacters);
                    plain.ResetWrittenCount();
                }
                if (bytesUsed == 0 && charsUsed == 0)
                    break;
            }
        }
        finally
        {
            ArrayPool<char>.Shared.Return(characters);
        }
        return Cut(preview, maxCharacters);
    }

    private static void Append(StringBuilder preview, ReadOnlySpan<char> text, int max)
    {
        foreach (var c in text)
        {
            if (preview.Length > max)
                return;
            if (char.IsWhiteSpace(c) || char.IsControl(c))
            {
                if (preview.Length > 0 && preview[^1] != ' ')
                    preview.Append(' ');
            }
            else if (!IsFiller(c))
                preview.Append(c);
        }
    }

    // What newsletters fill their preview with, and byte order marks.
    private static bool IsFiller(char c) => c is '\u00AD' or '\u034F' or '\u061C' or '\u180E' or >= '\u200B' and <= '\u200F' or >= '\u2060' and <= '\u2064' or '\uFEFF';

    private static string Cut(StringBuilder preview, int max)
    {
        var length = Math.Min(preview.Length, max);
        if (length > 0 && char.IsHighSurrogate(preview[length - 1]))
            length--;
        return preview.ToString(0, length).TrimEnd(' ');
    }
}
