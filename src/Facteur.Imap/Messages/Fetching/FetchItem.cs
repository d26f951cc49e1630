namespace Facteur.Imap.Messages;

/// <summary>What a message data item reads (RFC 9051 §6.4.5).</summary>
internal enum FetchKind : byte
{
    Flags,
    Uid,
    /// <summary>RFC 7162 §3.1.4.2.</summary>
    ModSeq,
    /// <summary>RFC 8474 §5.1.</summary>
    EmailId,
    /// <summary>RFC 8474 §5.2.</summary>
    ThreadId,
    InternalDate,
    Size,
    Envelope,
    Body,
    BodyStructure,
    /// <summary>RFC 8514 §4.2.</summary>
    SaveDate,
    /// <summary>RFC 8970 §3.1.</summary>
    Preview,
    /// <summary>BODY[...], RFC822, RFC822.HEADER, RFC822.TEXT.</summary>
    Section,
    Binary,
    BinarySize,
}

/// <summary>The substring a client asked for: "&lt;first.octets&gt;".</summary>
internal readonly record struct Partial(long First, long Octets);

/// <summary>One message data item.</summary>
/// <param name="Kind">What it reads.</param>
/// <param name="Label">Its name in the answer with the blank that follows, as bytes.</param>
internal sealed record FetchItem(FetchKind Kind, ReadOnlyMemory<byte> Label)
{
    public Section? Section { get; init; }
    public Partial? Partial { get; init; }

    /// <summary>Asks for what a person reads: the message or a part of it, not a header or a size.</summary>
    public bool ReadsContent =>
        Kind >= FetchKind.Section && Kind != FetchKind.BinarySize && Section is { Text: SectionText.Content or SectionText.Text };

    /// <summary>Does not set \Seen.</summary>
    public bool Peek { get; init; } = true;

    public static readonly FetchItem Flags = Named(FetchKind.Flags, "FLAGS");
    public static readonly FetchItem Uid = Named(FetchKind.Uid, "UID");
    public static readonly FetchItem ModSeq = Named(FetchKind.ModSeq, "MODSEQ");
    public static readonly FetchItem EmailId = Named(FetchKind.EmailId, "EMAILID");
    public static readonly FetchItem ThreadId = Named(FetchKind.ThreadId, "THREADID");
    public static readonly FetchItem InternalDate = Named(FetchKind.InternalDate, "INTERNALDATE");
    public static readonly FetchItem Size = Named(FetchKind.Size, "RFC822.SIZE");
    public static readonly FetchItem Envelope = Named(FetchKind.Envelope, "ENVELOPE");
    public static readonly FetchItem Body = Named(FetchKind.Body, "BODY");
    public static readonly FetchItem BodyStructure = Named(FetchKind.BodyStructure, "BODYSTRUCTURE");
    public static readonly FetchItem SaveDate = Named(FetchKind.SaveDate, "SAVEDATE");
    public static readonly FetchItem Preview = Named(FetchKind.Preview, "PREVIEW");
    public static readonly FetchItem Rfc822 = Named(FetchKind.Section, "RFC822") with { Section = Section.Message, Peek = false };
    public static readonly FetchItem Rfc822Header = Named(FetchKind.Section, "RFC822.HEADER") with { Section = Section.MessageHeader };
    public static readonly FetchItem Rfc822Text = Named(FetchKind.Section, "RFC822.TEXT") with { Section = Section.MessageText, Peek = false };

    private static FetchItem Named(FetchKind kind, string name) => new(kind, System.Text.Encoding.ASCII.GetBytes(name + " "));
}
