namespace Facteur.Jmap;

/// <summary>
/// Walks over ENVELOPE and BODYSTRUCTURE as they are stored beside a message: ASCII, strings always quoted, no literals. Nothing is allocated; text that
/// is not of that shape reads as NIL.
/// </summary>
internal ref struct StoredText(ReadOnlySpan<byte> text)
{
    private ReadOnlySpan<byte> rest = text;

    /// <summary>Passes the opening parenthesis of a list.</summary>
    public bool TryOpen() => TryPass((byte)'(');

    /// <summary>Passes the closing parenthesis of a list.</summary>
    public bool TryClose() => TryPass((byte)')');

    /// <summary>Takes the next value as it stands: NIL, a number, a quoted string, or a whole list; empty at the end of a list.</summary>
    public ReadOnlySpan<byte> Next()
    {
        rest = rest.TrimStart((byte)' ');
        var length = Length(rest);
        var value = rest[..length];
        rest = rest[length..];
        return value;
    }

    /// <summary>Passes over so many values.</summary>
    public void Skip(int values)
    {
        for (; values > 0; values--) Next();
    }

    public static bool IsNil(ReadOnlySpan<byte> value) => value.IsEmpty || value[0] is not ((byte)'"' or (byte)'(');

    /// <summary>The octets of a quoted string; empty for anything else.</summary>
    /// <param name="room">As long as <paramref name="value"/>; used when something is escaped in it.</param>
    public static ReadOnlySpan<byte> Unquote(ReadOnlySpan<byte> value, Span<byte> room)
    {
        if (value.Length < 2 || value[0] != (byte)'"') return default;
        value = value[1..^1];
        if (value.IndexOf((byte)'\\') < 0) return value;
        var length = 0;
        for (var i = 0; i < value.Length; i++)
        {
            if (value[i] == (byte)'\\' && i + 1 < value.Length) i++;
            room[length++] = value[i];
        }
        return room[..length];
    }

    private bool TryPass(byte parenthesis)
    {
        rest = rest.TrimStart((byte)' ');
        if (rest.IsEmpty || rest[0] != parenthesis) return false;
        rest = rest[1..];
        return true;
    }

    private static int Length(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty || text[0] == (byte)')') return 0;
        if (text[0] == (byte)'"') return QuotedLength(text);
        if (text[0] != (byte)'(')
        {
            var end = text.IndexOfAny(" ()\""u8);
            return end < 0 ? text.Length : end;
        }
        var depth = 0;
        for (var at = 0; ;)
        {
            var found = text[at..].IndexOfAny((byte)'(', (byte)')', (byte)'"');
            if (found < 0) return text.Length;
            at += found;
            if (text[at] == (byte)'"') at += QuotedLength(text[at..]);
            else if (text[at++] == (byte)'(') depth++;
            else if (--depth == 0) return at;
        }
    }

    private static int QuotedLength(ReadOnlySpan<byte> text)
    {
        for (var at = 1; ;)
        {
            var found = text[at..].IndexOfAny((byte)'"', (byte)'\\');
            if (found < 0) return text.Length;
            at += found;
            if (text[at] == (byte)'"') return at + 1;
            at = Math.Min(at + 2, text.Length);
        }
    }
}
