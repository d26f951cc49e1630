using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Facteur.Jmap;

/// <summary>
/// Writes the text of a part as it is decoded, piece by piece, as a JSON string: line ends become LF, and the whole stays within a number of octets of
/// UTF-8, cut between characters and, in HTML, before the tag that would be cut (RFC 8621 §4.1.4, §4.2).
/// </summary>
/// <param name="json">Stands at the value.</param>
/// <param name="maxOctets">0 for no bound.</param>
internal sealed class BodyText(Utf8JsonWriter json, bool html, long maxOctets)
{
    /// <summary>A tag longer than this is cut like any text, so that an angle bracket nobody closes holds no memory.</summary>
    private const int MaxTag = 64 * 1024;

    /// <summary>Characters written at once: a writer asks for room for six octets of each.</summary>
    public const int PieceCharacters = 4 * 1024;

    private readonly ArrayBufferWriter<char> tag = new();
    private long room = maxOctets == 0 ? long.MaxValue : maxOctets;
    private char quote; // of the attribute value being read
    private bool heldReturn; // a CR that a LF may follow

    /// <summary>No more is taken: the text was cut.</summary>
    public bool IsTruncated { get; private set; }

    /// <summary>Takes the next characters, cut anywhere but in a surrogate pair.</summary>
    public void Write(ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty && !IsTruncated)
        {
            if (heldReturn && text[0] != '\n') Take("\r");
            heldReturn = false;
            var end = text.IndexOf('\r');
            Take(end < 0 ? text : text[..end]);
            heldReturn = end >= 0;
            text = end < 0 ? default : text[(end + 1)..];
        }
    }

    /// <summary>Ends the string.</summary>
    public void Complete()
    {
        if (heldReturn && !IsTruncated) Take("\r");
        if (tag.WrittenCount > 0 && !IsTruncated) Put(tag.WrittenSpan, whole: true);
        json.WriteStringValueSegment(default(ReadOnlySpan<char>), isFinalSegment: true);
    }

    private void Take(ReadOnlySpan<char> text)
    {
        if (!html || maxOctets == 0)
        {
            Put(text, whole: false);
            return;
        }
        while (!text.IsEmpty && !IsTruncated) text = text[(tag.WrittenCount > 0 ? TakeTag(text) : TakeBetween(text))..];
    }

    /// <summary>Takes text between tags, and the bracket that may open the next; answers the characters taken.</summary>
    private int TakeBetween(ReadOnlySpan<char> text)
    {
        var open = text.IndexOf('<');
        Put(open < 0 ? text : text[..open], whole: false);
        if (open < 0) return text.Length;
        tag.Write("<");
        quote = '\0';
        return open + 1;
    }

    /// <summary>Takes more of a tag, up to its end.</summary>
    private int TakeTag(ReadOnlySpan<char> text)
    {
        // "<" opens a tag before a letter or a slash only; else it is text.
        var isTag = tag.WrittenCount > 1 || char.IsAsciiLetter(text[0]) || text[0] == '/';
        var end = isTag ? TagEnd(text) : 0;
        tag.Write(text[..end]);
        var isEnded = end > 0 && quote == '\0' && text[end - 1] == '>';
        if (isTag && !isEnded && tag.WrittenCount <= MaxTag && tag.WrittenCount <= room) return end;
        // One that is over, or will not fit. One that is too long is cut.
        Put(tag.WrittenSpan, whole: isTag && tag.WrittenCount <= MaxTag);
        tag.ResetWrittenCount();
        return end;
    }

    /// <summary>Characters up to and with the bracket that closes the tag, which none in an attribute's quotes does; all of them when it is not among them.</summary>
    private int TagEnd(ReadOnlySpan<char> text)
    {
        for (var at = 0; at < text.Length;)
        {
            var found = quote == '\0' ? text[at..].IndexOfAny('>', '"', '\'') : text[at..].IndexOf(quote);
            if (found < 0) break;
            at += found + 1;
            if (quote != '\0') quote = '\0';
            else if (text[at - 1] == '>') return at;
            else if (IsAfterEquals(text[..(at - 1)])) quote = text[at - 1];
        }
        return text.Length;
    }

    /// <summary>A quote opens a value only behind "=": an apostrophe elsewhere in a tag is none.</summary>
    private bool IsAfterEquals(ReadOnlySpan<char> text)
    {
        var before = text.TrimEnd();
        return (before.IsEmpty ? tag.WrittenSpan.TrimEnd() : before).EndsWith("=");
    }

    /// <summary>Writes what there is room for.</summary>
    /// <param name="whole">All or nothing.</param>
    private void Put(ReadOnlySpan<char> text, bool whole)
    {
        if (text.IsEmpty) return;
        // No character takes more than three octets (a surrogate pair takes four).
        if (room != long.MaxValue && text.Length * 3L > room)
        {
            var octets = Encoding.UTF8.GetByteCount(text);
            if (octets > room)
            {
                IsTruncated = true;
                text = whole ? default : text[..Fitting(text, (int)room)];
            }
            room -= Math.Min(octets, room);
        }
        else if (room != long.MaxValue) room -= Encoding.UTF8.GetByteCount(text);
        for (int length; !text.IsEmpty; text = text[length..])
        {
            length = Math.Min(text.Length, PieceCharacters);
            if (length < text.Length && char.IsHighSurrogate(text[length - 1])) length--;
            json.WriteStringValueSegment(text[..length], isFinalSegment: false);
        }
    }

    /// <summary>Characters that fit into so many octets, none of them cut.</summary>
    private static int Fitting(ReadOnlySpan<char> text, int octets)
    {
        var scratch = ArrayPool<byte>.Shared.Rent(octets);
        Utf8.FromUtf16(text, scratch.AsSpan(0, octets), out var read, out _);
        ArrayPool<byte>.Shared.Return(scratch);
        return read;
    }
}
