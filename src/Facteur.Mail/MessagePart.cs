namespace Facteur.Mail;

/// <summary>Content-Transfer-Encoding of a part (RFC 2045 §6).</summary>
public enum TransferEncoding : byte { SevenBit, EightBit, Binary, QuotedPrintable, Base64, UuEncode, Unknown }

/// <summary>One part of a message, with where it stands. Offsets are octets from the start of the message.</summary>
public sealed class MessagePart
{
    /// <summary>Where the part's MIME header starts; for the root, the message header.</summary>
    public required long HeaderOffset { get; init; }

    /// <summary>Octets of the header with the empty line that ends it.</summary>
    public required long HeaderLength { get; init; }

    public required long BodyOffset { get; init; }

    /// <summary>Octets of the body; the line break before a boundary belongs to the boundary (RFC 2046 §5.1.1).</summary>
    public required long BodyLength { get; init; }

    /// <summary>
    /// Octets of the body once base64, quoted-printable or uuencode is undone; null for other encodings, where it is <see cref="BodyLength"/>,
    /// and of messages that were stored before this was counted.
    /// </summary>
    public long? DecodedLength { get; init; }

    /// <summary>Lines of the body.</summary>
    public required long Lines { get; init; }

    /// <summary>Media type and subtype, lower case.</summary>
    public required string Type { get; init; }
    public required string Subtype { get; init; }
    public required TransferEncoding Encoding { get; init; }
    public string? Charset { get; init; }
    public string? FileName { get; init; }

    /// <summary>Content-ID without its angle brackets.</summary>
    public string? ContentId { get; init; }

    /// <summary>"inline", "attachment" or another, lower case; null when absent.</summary>
    public string? Disposition { get; init; }

    /// <summary>Parts of a multipart; or, of message/rfc822 and message/global, the one root of the message inside.</summary>
    public IReadOnlyList<MessagePart> Children { get; init; } = [];

    public bool IsMultipart => Type == "multipart";

    /// <summary>A message inside this part (its <see cref="Children"/> has one element).</summary>
    public bool IsMessage => Type == "message" && Children.Count == 1;
}
