using System.Buffers;
using System.Globalization;
using System.Text;
using Facteur.Mail;

namespace Facteur.Jmap;

/// <summary>
/// A part of an email's body (EmailBodyPart, RFC 8621 §4.1.4), out of what is stored beside the message: the part table, and BODYSTRUCTURE for language,
/// location and the charset of what is no text. Messages inside are leaves.
/// </summary>
internal sealed class BodyPart
{
    private static readonly SearchValues<byte> TagOctets = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-*"u8);

    private BodyPart(MessagePart part, string? id) => (Part, Id) = (part, id);

    public MessagePart Part { get; }

    /// <summary>partId: the section of IMAP ("1.2"), so that blob ids follow from it; null of a multipart.</summary>
    public string? Id { get; }

    public bool IsMultipart => Part.IsMultipart;

    public bool IsText => Part.Type == "text";

    public bool IsMedia => Part.Type is "image" or "audio" or "video";

    public string MediaType => field ??= $"{Part.Type}/{Part.Subtype}";

    /// <summary>The charset parameter; "us-ascii" of a text without one (RFC 2045 §5.2), null of anything else without one.</summary>
    public string? Charset { get; private set; }

    /// <summary>Content-Language, null when absent.</summary>
    public IReadOnlyList<string>? Language { get; private set; }

    public string? Location { get; private set; }

    /// <summary>Of a multipart.</summary>
    public IReadOnlyList<BodyPart> SubParts { get; private set; } = [];

    /// <summary>Octets of the content, decoded; 0 of a multipart, which has none of its own. Null when the part has to be read to know.</summary>
    public long? Size { get; set; }

    /// <summary>The part's own header, when it was asked for.</summary>
    public HeaderValues? Header { get; set; }

    /// <summary>The tree of a message.</summary>
    /// <param name="structure">BODYSTRUCTURE with extension data, of the same message.</param>
    public static BodyPart Read(MessagePart root, ReadOnlySpan<byte> structure)
    {
        var text = new StoredText(structure);
        return Read(root, "", ref text);
    }

    /// <summary>This part and all below it, depth first.</summary>
    public IEnumerable<BodyPart> All()
    {
        var open = new Stack<BodyPart>([this]);
        while (open.TryPop(out var part))
        {
            yield return part;
            for (var i = part.SubParts.Count - 1; i >= 0; i--) open.Push(part.SubParts[i]);
        }
    }

    // It calls itself as deep as multiparts nest, which the parser bounds (MimeLimits.MaxDepth).
    private static BodyPart Read(MessagePart part, string section, ref StoredText text)
    {
        // A message that is one part has part 1 (RFC 9051 §6.4.5.1).
        var id = section.Length == 0 ? "1" : section;
        var body = new BodyPart(part, part.IsMultipart ? null : id);
        text.TryOpen();
        if (part.IsMultipart)
        {
            var prefix = section.Length == 0 ? "" : section + ".";
            var children = new BodyPart[part.Children.Count];
            for (var i = 0; i < children.Length; i++)
                children[i] = Read(part.Children[i], prefix + (i + 1).ToString(CultureInfo.InvariantCulture), ref text);
            body.SubParts = children;
            text.Skip(1); // subtype
            body.ReadCharset(text.Next());
        }
        else
        {
            text.Skip(2); // type, subtype
            body.ReadCharset(text.Next());
            // id, description, encoding, size; of a message ENVELOPE, BODYSTRUCTURE and lines, of a text lines; MD5
            text.Skip(4 + (part.IsMessage ? 3 : part.Type == "text" ? 1 : 0) + 1);
        }
        text.Skip(1); // disposition
        body.Language = Tags(text.Next());
        body.Location = String(text.Next());
        text.TryClose();
        body.Size = part.IsMultipart ? 0 : DecodedSource.KnownLength(part);
        return body;
    }

    private void ReadCharset(ReadOnlySpan<byte> parameters)
    {
        Charset = Part.Charset ?? (IsText ? "us-ascii" : null);
        if (IsText || StoredText.IsNil(parameters)) return;
        var list = new StoredText(parameters);
        list.TryOpen();
        for (var name = list.Next(); !name.IsEmpty; name = list.Next())
        {
            var value = list.Next();
            if (Ascii.EqualsIgnoreCase(name, "\"charset\""u8)) Charset = String(value);
        }
    }

    /// <summary>Language tags (RFC 3282 §2 allows comments behind them); what is none is left out.</summary>
    private static List<string>? Tags(ReadOnlySpan<byte> value)
    {
        if (StoredText.IsNil(value)) return null;
        var tags = new List<string>();
        var list = new StoredText(value);
        list.TryOpen();
        for (var one = list.Next(); !one.IsEmpty; one = list.Next())
        {
            var tag = one.Trim((byte)'"');
            var end = tag.IndexOfAny((byte)' ', (byte)'\t', (byte)'(');
            if (end >= 0) tag = tag[..end];
            if (!tag.IsEmpty && tag.IndexOfAnyExcept(TagOctets) < 0) tags.Add(Encoding.ASCII.GetString(tag));
        }
        return tags.Count == 0 ? null : tags;
    }

    private static string? String(ReadOnlySpan<byte> value) =>
        StoredText.IsNil(value) ? null : EncodedWords.Decode(StoredText.Unquote(value, value.Length <= 512 ? stackalloc byte[value.Length] : new byte[value.Length]));
}
