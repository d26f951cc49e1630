using Facteur.Mail;

namespace Facteur.Imap.Messages;

/// <summary>The part specifier that ends a section (RFC 9051 §6.4.5.1).</summary>
internal enum SectionText : byte
{
    /// <summary>None: the message, or the body of a part.</summary>
    Content,
    Header,
    HeaderFields,
    HeaderFieldsNot,
    Text,
    Mime,
}

/// <summary>Octets of a message.</summary>
internal readonly record struct ByteRange(long Offset, long Length);

/// <summary>The section of BODY[...] or BINARY[...] (RFC 9051 §6.4.5.1).</summary>
/// <param name="Path">Part numbers from the root, empty for the message itself.</param>
/// <param name="Fields">Field names of HEADER.FIELDS and HEADER.FIELDS.NOT, else null.</param>
internal sealed record Section(IReadOnlyList<int> Path, SectionText Text, HeaderFieldNames? Fields)
{
    public static readonly Section Message = new([], SectionText.Content, null);
    public static readonly Section MessageHeader = new([], SectionText.Header, null);
    public static readonly Section MessageText = new([], SectionText.Text, null);

    public bool IsWholeMessage => Path.Count == 0 && Text == SectionText.Content;

    /// <summary>The header of the message itself, whole or filtered.</summary>
    public bool IsMessageHeader => Path.Count == 0 && Text is SectionText.Header or SectionText.HeaderFields or SectionText.HeaderFieldsNot;

    /// <summary>Where the section stands; null when the message has no such part (answered NIL).</summary>
    public ByteRange? Find(MessagePart root)
    {
        if (Path.Count == 0) return Text switch
        {
            SectionText.Content => new ByteRange(0, root.BodyOffset + root.BodyLength),
            SectionText.Text => Body(root),
            SectionText.Mime => null,
            _ => Header(root),
        };
        if (FindPart(root) is not { } part) return null;
        return Text switch
        {
            SectionText.Content => Body(part),
            SectionText.Mime => Header(part),
            // Only of a message inside (RFC 9051 §6.4.5.1).
            _ when !part.IsMessage => null,
            SectionText.Text => Body(part.Children[0]),
            _ => Header(part.Children[0]),
        };
    }

    /// <summary>The part that <see cref="Path"/> leads to, the root for an empty one; null when there is none.</summary>
    public MessagePart? FindPart(MessagePart root)
    {
        var part = root;
        var isMessageItself = true; // the number that follows counts the parts of the message, not of this part
        foreach (var number in Path)
        {
            if (!isMessageItself && part.IsMessage) part = part.Children[0];
            else if (!isMessageItself && !part.IsMultipart) return null;
            if (part.IsMultipart && part.Children.Count > 0)
            {
                if (number > part.Children.Count) return null;
                part = part.Children[number - 1];
            }
            else if (number != 1) return null; // a message that is not multipart only has a part 1
            isMessageItself = false;
        }
        return part;
    }

    private static ByteRange Header(MessagePart part) => new(part.HeaderOffset, part.HeaderLength);
    private static ByteRange Body(MessagePart part) => new(part.BodyOffset, part.BodyLength);
}
