namespace Facteur.Mail;

/// <summary>What is computed once, when a message arrives, and stored beside it.</summary>
public sealed record MessageFacts
{
    /// <summary>Octets of the message.</summary>
    public required long Size { get; init; }

    /// <summary>Octets of its header, the empty line included.</summary>
    public required long HeaderSize { get; init; }

    /// <summary>ENVELOPE as IMAP writes it, parentheses included, ASCII only (RFC 9051 §7.5.2).</summary>
    public required ReadOnlyMemory<byte> Envelope { get; init; }

    /// <summary>BODYSTRUCTURE with extension data as IMAP writes it, ASCII only (RFC 9051 §7.5.2).</summary>
    public required ReadOnlyMemory<byte> BodyStructure { get; init; }

    /// <summary>The part tree, serialised by <see cref="PartTable"/>.</summary>
    public required ReadOnlyMemory<byte> Parts { get; init; }

    /// <summary>Start of the first text, white space folded, for lists (RFC 8970).</summary>
    public required string Preview { get; init; }

    /// <summary>Folded text (<see cref="FoldedText"/>) of From, To, Cc, Bcc, Subject in this order, each ended by a zero octet, UTF-8: what SEARCH FROM, TO, CC, BCC, SUBJECT look at.</summary>
    public required ReadOnlyMemory<byte> FoldedHeaders { get; init; }

    /// <summary>Subject, decoded and unfolded; empty when there is none.</summary>
    public required string Subject { get; init; }

    /// <summary>Base subject of RFC 5256 §2.1, for threads and SORT.</summary>
    public required string BaseSubject { get; init; }

    /// <summary>Date field, when it can be read in any of its forms.</summary>
    public required DateTimeOffset? SentDate { get; init; }

    /// <summary>Message-ID with its angle brackets, or null.</summary>
    public required string? MessageId { get; init; }

    /// <summary>Message ids of References, then In-Reply-To, without repeats, oldest first.</summary>
    public required IReadOnlyList<string> References { get; init; }

    /// <summary>A part that a person would call an attachment.</summary>
    public required bool HasAttachment { get; init; }
}
