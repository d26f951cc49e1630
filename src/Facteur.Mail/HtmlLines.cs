using System.Buffers;
using System.Text;

namespace Facteur.Mail;

/// <summary>The text of a small HTML document, a line for each block: what stands beside it in multipart/alternative (RFC 2046 §5.1.4).</summary>
public static class HtmlLines
{
    private const char Break = '\u2028';

    public static string Of(string html)
    {
        var text = new ArrayBufferWriter<char>(html.Length + 16);
        var reader = new HtmlText { Separator = Break };
        reader.Write(html, text);
        reader.Complete(text);
        var lines = new StringBuilder(text.WrittenCount);
        foreach (var range in text.WrittenSpan.Split(Break))
        {
            var before = lines.Length;
            AppendWords(lines, text.WrittenSpan[range]);
            if (lines.Length > before) lines.Append('\n');
        }
        return lines.ToString().TrimEnd();
    }

    /// <summary>Breaks of lines in the source are spaces in HTML, and many spaces are one.</summary>
    private static void AppendWords(StringBuilder lines, ReadOnlySpan<char> line)
    {
        var wantsSpace = false;
        foreach (var c in line.Trim())
        {
            if (char.IsWhiteSpace(c))
            {
                wantsSpace = true;
                continue;
            }
            if (wantsSpace) lines.Append(' ');
            wantsSpace = false;
            lines.Append(c);
        }
    }
}
