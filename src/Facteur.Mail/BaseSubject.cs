namespace Facteur.Mail;

/// <summary>The base subject of RFC 5256 §2.1: what is left of a subject without "Re:", "[list]", "(fwd)" and their kin. In linear time.</summary>
public static class BaseSubject
{
    /// <param name="decodedSubject">Subject with its encoded words decoded (step 1 of the procedure begins there).</param>
    public static string Of(string decodedSubject)
    {
        var normal = OneBlank(decodedSubject);
        var text = normal.AsSpan();
        while (true)
        {
            text = WithoutTrailers(text);
            text = WithoutLeaders(text);
            // Step 6: "[fwd: ... ]" round the whole, then again from step 2.
            if (text.Length > 5 && text.StartsWith("[fwd:", StringComparison.OrdinalIgnoreCase) && text[^1] == ']')
                text = text[5..^1];
            else
                return text.Length == normal.Length ? normal : text.ToString();
        }
    }

    private static string OneBlank(string text)
    {
        var clean = true;
        for (var i = 0; i < text.Length && clean; i++)
            clean = text[i] is not ('\t' or '\r' or '\n') && (text[i] != ' ' || i == 0 || text[i - 1] != ' ');
        if (clean)
            return text;
        var output = new System.Text.StringBuilder(text.Length);
        foreach (var c in text)
        {
            var blank = c is ' ' or '\t' or '\r' or '\n';
            if (!blank)
                output.Append(c);
            else if (output.Length == 0 || output[^1] != ' ')
                output.Append(' ');
        }
        return output.ToString();
    }

    // Step 2: subj-trailer = "(fwd)" / WSP
    private static ReadOnlySpan<char> WithoutTrailers(ReadOnlySpan<char> text)
    {
        while (true)
        {
            text = text.TrimEnd(' ');
            if (!text.EndsWith("(fwd)", StringComparison.OrdinalIgnoreCase))
                return text;
            text = text[..^5];
        }
    }

    // Steps 3 to 5. The run of blobs is measured once: either a reply mark follows it and all goes, or its blobs go one by one
    // as step 4 would take them, the last of them staying when nothing else would.
    private static ReadOnlySpan<char> WithoutLeaders(ReadOnlySpan<char> text)
    {
        while (true)
        {
            text = text.TrimStart(' ');
            int run = 0, lastBlob = 0;
            while (BlobLength(text[run..]) is var blob and > 0)
            {
                lastBlob = run;
                run += blob;
            }
            var mark = ReplyMarkLength(text[run..]);
            if (mark > 0)
                text = text[(run + mark)..];
            else
                return text[(run == text.Length ? lastBlob : run)..];
        }
    }

    // subj-refwd = ("re" / ("fw" ["d"])) *WSP [subj-blob] ":"
    private static int ReplyMarkLength(ReadOnlySpan<char> text)
    {
        int at;
        if (text.StartsWith("re", StringComparison.OrdinalIgnoreCase))
            at = 2;
        else if (text.StartsWith("fwd", StringComparison.OrdinalIgnoreCase))
            at = 3;
        else if (text.StartsWith("fw", StringComparison.OrdinalIgnoreCase))
            at = 2;
        else
            return 0;
        while (at < text.Length && text[at] == ' ')
            at++;
        at += BlobLength(text[at..]);
        return at < text.Length && text[at] == ':' ? at + 1 : 0;
    }

    // subj-blob = "[" *BLOBCHAR "]" *WSP, BLOBCHAR being anything but the brackets
    private static int BlobLength(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty || text[0] != '[')
            return 0;
        var end = text[1..].IndexOfAny('[', ']');
        if (end < 0 || text[end + 1] == '[')
            return 0;
        var length = end + 2;
        while (length < text.Length && text[length] == ' ')
            length++;
        return length;
    }
}
