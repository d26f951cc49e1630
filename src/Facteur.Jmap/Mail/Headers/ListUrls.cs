using System.Buffers;
using System.Text;

namespace Facteur.Jmap;

/// <summary>The URLs of a list header field (RFC 2369 §2): each in angle brackets, comments round them, white space inside them ignored.</summary>
internal static class ListUrls
{
    private const int MaxUrls = 1_000;

    private static readonly SearchValues<byte> Notable = SearchValues.Create("<(\\"u8);

    public static List<string> Read(ReadOnlySpan<byte> value)
    {
        var urls = new List<string>();
        var isUnclosed = false; // a parenthesis that nothing closes is text, and so are those after it: none is searched for twice
        while (urls.Count < MaxUrls && value.IndexOfAny(Notable) is >= 0 and var at)
        {
            var mark = value[at];
            value = value[(at + 1)..];
            if (mark == '\\') value = value.IsEmpty ? value : value[1..];
            else if (mark == '(')
            {
                var length = isUnclosed ? 0 : CommentLength(value);
                isUnclosed = length == 0;
                value = value[length..];
            }
            else
            {
                var end = value.IndexOf((byte)'>');
                if (end < 0) break;
                if (Clean(value[..end]) is { Length: > 0 } url) urls.Add(url);
                value = value[(end + 1)..];
            }
        }
        return urls;
    }

    /// <summary>Octets up to the end of a comment whose parenthesis is open; comments nest (RFC 5322 §3.2.2). 0 when it never ends.</summary>
    private static int CommentLength(ReadOnlySpan<byte> value)
    {
        var depth = 1;
        for (var i = 0; i < value.Length; i++)
        {
            if (value[i] == '\\') i++;
            else if (value[i] == '(') depth++;
            else if (value[i] == ')' && --depth == 0) return i + 1;
        }
        return 0;
    }

    private static string Clean(ReadOnlySpan<byte> url)
    {
        var text = Encoding.UTF8.GetString(url);
        return text.Any(c => char.IsWhiteSpace(c) || char.IsControl(c)) ? string.Concat(text.Where(c => !char.IsWhiteSpace(c) && !char.IsControl(c))) : text;
    }
}
