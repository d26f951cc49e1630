using System.Text;

namespace Facteur.Mail;

/// <summary>One field of a header block, as spans into it.</summary>
public readonly ref struct HeaderField
{
    internal HeaderField(ReadOnlySpan<byte> raw, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        Raw = raw;
        Name = name;
        Value = value;
    }

    /// <summary>All octets of the field, line breaks included: what BODY[HEADER.FIELDS] sends.</summary>
    public ReadOnlySpan<byte> Raw { get; }

    /// <summary>Its name as written; empty for lines that are no field (a stray "From " line, text without a colon).</summary>
    public ReadOnlySpan<byte> Name { get; }

    /// <summary>What follows the colon, folds included, without the last line break.</summary>
    public ReadOnlySpan<byte> Value { get; }

    /// <summary>Names are compared without case (RFC 5322 §1.2.2).</summary>
    public bool Is(ReadOnlySpan<byte> name) => Ascii.EqualsIgnoreCase(Name, name);
}

/// <summary>
/// The fields of a header block, in order (RFC 5322 §2.2). A line ends with LF, with or without CR before it; a CR alone
/// is no line end. Continuation lines start with a blank or a tab (§2.2.3). Lines that are neither a field nor a continuation
/// come as a field without a name and do not end the block. The block ends at an empty line or with its octets.
/// </summary>
public ref struct HeaderFields
{
    private ReadOnlySpan<byte> rest;
    private HeaderField current;

    public HeaderFields(ReadOnlySpan<byte> block)
    {
        // A byte order mark before the first name is met in reports that were kept as text files.
        rest = block;
        if (block.StartsWith("\uFEFF"u8)) rest = block[3..];
    }

    public readonly HeaderField Current => current;

    public readonly HeaderFields GetEnumerator() => this;

    /// <summary>The value of the first field named <paramref name="name"/>, folds included; false when there is none.</summary>
    public static bool TryFind(ReadOnlySpan<byte> block, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        foreach (var field in new HeaderFields(block))
        {
            if (!field.Is(name)) continue;
            value = field.Value;
            return true;
        }
        value = default;
        return false;
    }

    public bool MoveNext()
    {
        if (rest.IsEmpty || IsEmptyLine(rest)) return false;
        var length = FieldLength(rest);
        var raw = rest[..length];
        rest = rest[length..];
        current = Split(raw);
        return true;
    }

    /// <summary>Takes the line breaks out of a folded value and the white space off its ends (RFC 5322 §2.2.3).</summary>
    public static ReadOnlySpan<byte> Unfold(ReadOnlySpan<byte> value)
    {
        value = value.Trim(" \t\r\n"u8);
        if (value.IndexOf((byte)'\n') < 0) return value;
        var unfolded = new byte[value.Length];
        return unfolded.AsSpan(0, Unfold(value, unfolded));
    }

    /// <summary>The same into <paramref name="target"/>, which is at least as long; answers the octets written. No trimming.</summary>
    internal static int Unfold(ReadOnlySpan<byte> value, Span<byte> target)
    {
        var written = 0;
        while (!value.IsEmpty)
        {
            var end = value.IndexOf((byte)'\n');
            var line = end < 0 ? value : value[..end];
            value = end < 0 ? default : value[(end + 1)..];
            if (end >= 0 && line.EndsWith("\r"u8)) line = line[..^1];
            line.CopyTo(target[written..]);
            written += line.Length;
        }
        return written;
    }

    internal static bool IsEmptyLine(ReadOnlySpan<byte> line) => line[0] == (byte)'\n' || line.StartsWith("\r\n"u8);

    private static int FieldLength(ReadOnlySpan<byte> block)
    {
        var at = 0;
        while (true)
        {
            var end = block[at..].IndexOf((byte)'\n');
            if (end < 0) return block.Length;
            at += end + 1;
            if (at == block.Length || block[at] is not ((byte)' ' or (byte)'\t')) return at;
        }
    }

    private static HeaderField Split(ReadOnlySpan<byte> raw)
    {
        var colon = raw.IndexOf((byte)':');
        if (colon <= 0) return new HeaderField(raw, default, default);
        // White space before the colon is obsolete but legal (RFC 5322 §4.5); inside the name it is not.
        var name = raw[..colon].TrimEnd(" \t"u8);
        if (name.IsEmpty || name.ContainsAnyExceptInRange((byte)33, (byte)126)) return new HeaderField(raw, default, default);
        var value = raw[(colon + 1)..];
        if (value.EndsWith("\n"u8)) value = value[..^1];
        if (value.EndsWith("\r"u8)) value = value[..^1];
        return new HeaderField(raw, name, value);
    }
}
