using System.Buffers;
using System.Text;
using Facteur.Mail;

namespace Facteur.Storage.Searching;

/// <summary>The text of a part as a person reads it, on one line: encodings undone, markup of HTML removed, white space as one blank.</summary>
internal static class SnippetText
{
    private const int ReadOctets = 16 * 1024;

    /// <summary>As many characters as are asked for, or fewer; a part that is long only in its encoding or markup is not read to its end.</summary>
    public static async ValueTask<string> ReadAsync(IMessageSource message, MessagePart part, int maxCharacters, CancellationToken cancel)
    {
        var transfer = ContentDecoder.Create(part.Encoding);
        var decoder = Charsets.Get(part.Charset).GetDecoder();
        var html = part.Subtype == "html" ? new HtmlText() : null;
        var (decoded, plain, line) = (new ArrayBufferWriter<byte>(ReadOctets), new ArrayBufferWriter<char>(ReadOctets), new StringBuilder());
        var octets = ArrayPool<byte>.Shared.Rent(ReadOctets);
        try
        {
            var end = part.BodyOffset + Math.Min(part.BodyLength, maxCharacters * 8L);
            for (var at = part.BodyOffset; at < end && line.Length < maxCharacters;)
            {
                var count = await message.ReadAsync(at, octets.AsMemory(0, (int)Math.Min(ReadOctets, end - at)), cancel);
                if (count == 0) break;
                at += count;
                transfer.Decode(octets.AsSpan(0, count), decoded);
                if (at >= end) transfer.Complete(decoded);
                Convert(decoder, decoded.WrittenSpan, flush: at >= end, html, plain);
                if (at >= end) html?.Complete(plain);
                Append(line, plain.WrittenSpan, maxCharacters);
                decoded.ResetWrittenCount();
                plain.ResetWrittenCount();
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(octets);
        }
        return line.ToString();
    }

    private static void Convert(Decoder decoder, ReadOnlySpan<byte> octets, bool flush, HtmlText? html, ArrayBufferWriter<char> plain)
    {
        Span<char> characters = stackalloc char[1024];
        bool completed;
        do
        {
            decoder.Convert(octets, characters, flush, out var used, out var count, out completed);
            octets = octets[used..];
            if (html is null) plain.Write(characters[..count]);
            else html.Write(characters[..count], plain);
            if (used == 0 && count == 0) return;
        }
        while (!completed || !octets.IsEmpty);
    }

    private static void Append(StringBuilder line, ReadOnlySpan<char> text, int max)
    {
        foreach (var c in text)
        {
            if (line.Length >= max) return;
            if (!char.IsWhiteSpace(c) && !char.IsControl(c)) line.Append(c);
            else if (line.Length > 0 && line[^1] != ' ') line.Append(' ');
        }
    }
}
