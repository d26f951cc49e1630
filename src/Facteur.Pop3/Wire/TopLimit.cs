namespace Facteur.Pop3.Wire;

/// <summary>Where a message is cut for TOP: after the empty line that ends its header and so many lines of its body (RFC 1939 §7, TOP).</summary>
internal struct TopLimit(int bodyLines)
{
    public const int WholeMessage = int.MaxValue;

    private int left = bodyLines;
    private int lineLength; // octets of the current header line so far, but a CR

    /// <summary>The empty line after the header was seen.</summary>
    public bool HeaderEnded { get; private set; }

    /// <summary>Nothing after this point is wanted.</summary>
    public readonly bool Reached => HeaderEnded && left == 0;

    /// <summary>How many octets of the next chunk are wanted.</summary>
    public int Take(ReadOnlySpan<byte> chunk)
    {
        var at = 0;
        while (!HeaderEnded)
        {
            var end = chunk[at..].IndexOf((byte)'\n');
            var line = end < 0 ? chunk[at..] : chunk.Slice(at, end);
            lineLength += line.TrimEnd((byte)'\r').Length;
            if (end < 0) return chunk.Length;
            HeaderEnded = lineLength == 0;
            lineLength = 0;
            at += end + 1;
        }
        if (left == WholeMessage) return chunk.Length;
        for (; left > 0; left--)
        {
            var end = chunk[at..].IndexOf((byte)'\n');
            if (end < 0) return chunk.Length;
            at += end + 1;
        }
        return at;
    }
}
