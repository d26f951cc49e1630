using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Facteur.Delivery.Authentication.Dkim;

/// <summary>A tag of a tag list, as positions in the octets it was read from.</summary>
/// <param name="RawStart">After the "=": with <paramref name="RawEnd"/> the value and the white space around it.</param>
internal readonly record struct Tag(int NameStart, int NameEnd, int RawStart, int RawEnd, int ValueStart, int ValueEnd);

/// <summary>The "tag=value; tag=value" lists of DKIM fields and key records (RFC 6376 §3.2).</summary>
internal sealed class TagList
{
    /// <summary>Far more tags than are defined; the rest of the room is for those to come.</summary>
    private const int MaxTags = 64;

    private static readonly SearchValues<byte> nameOctets = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_"u8);

    private readonly List<Tag> tags = new(12);

    private TagList() { }

    public IReadOnlyList<Tag> Tags => tags;

    /// <summary>Reads a list; null when it breaks the grammar or names a tag twice.</summary>
    /// <param name="text">May be folded.</param>
    /// <param name="offset">Added to all positions.</param>
    public static TagList? Parse(ReadOnlySpan<byte> text, int offset)
    {
        var list = new TagList();
        var at = 0;
        while (true)
        {
            var length = text[at..].IndexOf((byte)';');
            var end = length < 0 ? text.Length : at + length;
            var tag = ParseTag(text, at, end);
            if (tag is null)
            {
                // One ";" may stand at the end.
                return length < 0 && list.tags.Count > 0 && text[at..end].Trim(" \t\r\n"u8).IsEmpty ? list.MoveBy(offset) : null;
            }
            if (list.tags.Count == MaxTags || list.Find(text, text[tag.Value.NameStart..tag.Value.NameEnd]) is not null) return null;
            list.tags.Add(tag.Value);
            if (length < 0) return list.MoveBy(offset);
            at = end + 1;
        }
    }

    /// <summary>The tag of that name, in exactly that spelling.</summary>
    /// <param name="octets">What the positions count in.</param>
    public Tag? Find(ReadOnlySpan<byte> octets, ReadOnlySpan<byte> name)
    {
        foreach (var tag in tags)
            if (octets[tag.NameStart..tag.NameEnd].SequenceEqual(name)) return tag;
        return null;
    }

    /// <summary>The value as text; null when the tag is not there.</summary>
    public string? Text(ReadOnlySpan<byte> octets, ReadOnlySpan<byte> name) =>
        Find(octets, name) is { } tag ? Encoding.UTF8.GetString(octets[tag.ValueStart..tag.ValueEnd]) : null;

    /// <summary>Octets written as base64, white space between them ignored; null when they are not.</summary>
    public static byte[]? Base64(ReadOnlySpan<byte> value)
    {
        var decoded = new byte[Base64Decoded(value.Length)];
        if (System.Buffers.Text.Base64.DecodeFromUtf8(value, decoded, out var read, out var written) != OperationStatus.Done || read != value.Length) return null;
        return decoded.AsSpan(0, written).ToArray();
    }

    private static int Base64Decoded(int length) => System.Buffers.Text.Base64.GetMaxDecodedFromUtf8Length(length);

    private TagList MoveBy(int offset)
    {
        for (var i = 0; i < tags.Count && offset != 0; i++)
        {
            var tag = tags[i];
            tags[i] = new(tag.NameStart + offset, tag.NameEnd + offset, tag.RawStart + offset, tag.RawEnd + offset, tag.ValueStart + offset, tag.ValueEnd + offset);
        }
        return this;
    }

    private static Tag? ParseTag(ReadOnlySpan<byte> text, int start, int end)
    {
        var equals = text[start..end].IndexOf((byte)'=');
        if (equals < 0) return null;
        equals += start;
        var (nameStart, nameEnd) = Trim(text, start, equals);
        var (valueStart, valueEnd) = Trim(text, equals + 1, end);
        if (nameStart == nameEnd || !char.IsAsciiLetter((char)text[nameStart])) return null;
        if (text[nameStart..nameEnd].ContainsAnyExcept(nameOctets)) return null;
        foreach (var octet in text[valueStart..valueEnd])
            if (octet is < 0x20 and not ((byte)'\t' or (byte)'\r' or (byte)'\n') or 0x7F) return null;
        return new(nameStart, nameEnd, equals + 1, end, valueStart, valueEnd);
    }

    private static (int Start, int End) Trim(ReadOnlySpan<byte> text, int start, int end)
    {
        while (start < end && IsFold(text[start])) start++;
        while (end > start && IsFold(text[end - 1])) end--;
        return (start, end);
    }

    private static bool IsFold(byte octet) => octet is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n';
}
