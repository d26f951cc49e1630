namespace Facteur.Imap.Messages;

/// <summary>Tells whether a subject is that of a reply or forward: whether "Re:", "Fwd:", "(fwd)" or "[fwd: ]" would be taken off it (RFC 5256 §3, §5 "subj-refwd").</summary>
internal static class ReplySubject
{
    public static bool Is(string subject)
    {
        var text = subject.AsSpan().Trim();
        if (text.EndsWith("(fwd)", StringComparison.OrdinalIgnoreCase)) return true;
        if (text.StartsWith("[fwd:", StringComparison.OrdinalIgnoreCase) && text.EndsWith("]", StringComparison.Ordinal)) return true;
        text = WithoutBlobs(text);
        var word = text.StartsWith("re", StringComparison.OrdinalIgnoreCase) ? 2 : text.StartsWith("fwd", StringComparison.OrdinalIgnoreCase) ? 3 : text.StartsWith("fw", StringComparison.OrdinalIgnoreCase) ? 2 : 0;
        return word > 0 && WithoutBlobs(text[word..].TrimStart()).StartsWith(":", StringComparison.Ordinal);
    }

    // subj-blob: "[" any but brackets "]"
    private static ReadOnlySpan<char> WithoutBlobs(ReadOnlySpan<char> text)
    {
        while (text.StartsWith("[", StringComparison.Ordinal))
        {
            var end = text[1..].IndexOfAny('[', ']');
            if (end < 0 || text[end + 1] != ']') break;
            text = text[(end + 2)..].TrimStart();
        }
        return text;
    }
}
