namespace Facteur.Mail;

/// <summary>A part while the message is being read. Ranges point into the texts gathered by <see cref="PartTree"/>.</summary>
internal sealed class PartNode
{
    public required PartNode? Parent { get; init; }

    /// <summary>A message header stands here, not only a MIME header: the root, or the root of a message inside.</summary>
    public required bool IsMessageRoot { get; init; }

    /// <summary>The part belongs to a message inside the message.</summary>
    public required bool IsInside { get; init; }

    public required long HeaderOffset { get; init; }
    public long HeaderLength { get; set; }
    public long BodyOffset => HeaderOffset + HeaderLength;
    public long BodyLength { get; set; }
    public long? DecodedLength { get; set; }
    public long Lines { get; set; }

    /// <summary>Line ends of the message up to <see cref="BodyOffset"/>.</summary>
    public long LinesBefore { get; set; }

    public string Type { get; set; } = "text";
    public string Subtype { get; set; } = "plain";
    public TransferEncoding Encoding { get; set; }
    public string? Charset { get; set; }
    public string? FileName { get; set; }
    public string? ContentId { get; set; }
    public string? Disposition { get; set; }

    /// <summary>Of a multipart that has one.</summary>
    public string? Boundary { get; set; }
    public int Children { get; set; }

    /// <summary>BODYSTRUCTURE text from the type to the encoding; of a multipart, the subtype.</summary>
    public Range Fields { get; set; }

    /// <summary>Extension data of BODYSTRUCTURE with a blank before it.</summary>
    public Range Extension { get; set; }

    /// <summary>Of a message root.</summary>
    public Range Envelope { get; set; }

    public bool IsMultipart => Type == "multipart";

    /// <summary>A message that is described inside this one: type message with its root as child.</summary>
    public bool IsMessage => Type == "message" && Children > 0;

    /// <summary>The type says that a whole message is inside.</summary>
    public bool HoldsMessage => Type == "message" && (Subtype is "rfc822" or "global");

    /// <summary>The children as they are kept, filled from the last on.</summary>
    public MessagePart[]? Built { get; set; }

    public MessagePart ToPart() => new()
    {
        HeaderOffset = HeaderOffset,
        HeaderLength = HeaderLength,
        BodyOffset = BodyOffset,
        BodyLength = BodyLength,
        DecodedLength = DecodedLength,
        Lines = Lines,
        Type = Type,
        Subtype = Subtype,
        Encoding = Encoding,
        Charset = Charset,
        FileName = FileName,
        ContentId = ContentId,
        Disposition = Disposition,
        Children = Built ?? [],
    };
}
