namespace Facteur.Smtp.Client.Wire;

/// <summary>Enhanced status codes at the front of a reply's words (RFC 2034 §4, RFC 3463 §2).</summary>
internal static class EnhancedStatus
{
    /// <summary>"class.subject.detail" of the same class as the reply code, followed by a blank or the end.</summary>
    public static bool TryRead(ReadOnlySpan<byte> words, int code, out int length)
    {
        length = 0;
        if (words.Length < 5 || words[0] != '0' + code / 100 || words[0] is not ((byte)'2' or (byte)'4' or (byte)'5')) return false;
        var i = 1;
        if (!Number(words, ref i) || !Number(words, ref i) || (i < words.Length && words[i] != ' ')) return false;
        length = i;
        return true;
    }

    // A dot and one to three digits.
    private static bool Number(ReadOnlySpan<byte> words, ref int i)
    {
        if (i >= words.Length || words[i] != '.') return false;
        var start = ++i;
        while (i < words.Length && i - start < 3 && char.IsAsciiDigit((char)words[i])) i++;
        return i > start;
    }
}
