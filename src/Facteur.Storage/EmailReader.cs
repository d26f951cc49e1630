using Facteur.Mail;

namespace Facteur.Storage;

/// <summary>What to read of each message besides its entry.</summary>
[Flags]
public enum EmailFields
{
    /// <summary>Uid, Email, ModSeq, Flags, Size, InternalDate, SaveDate, Thread, Body, PopUidl: always there.</summary>
    Entry = 0,
    Envelope = 1,
    BodyStructure = 2,
    Parts = 4,
    Preview = 8,
    FoldedHeaders = 16,
    /// <summary>SentDate, BaseSubject, MessageId: for SORT, THREAD and SEARCH SENTBEFORE.</summary>
    SortKeys = 32,
}

/// <summary>
/// Reads many messages of one mailbox in UID order. Rows come in batches: no transaction and no lock is open while the
/// caller handles a row, so it may write to a slow client. Spans are valid until the next <see cref="ReadAsync"/>.
/// </summary>
public abstract class EmailReader : IAsyncDisposable
{
    /// <summary>Moves to the next message; false at the end.</summary>
    public abstract ValueTask<bool> ReadAsync(CancellationToken cancel);

    public abstract MessageEntry Entry { get; }
    public abstract long Size { get; }

    /// <summary>INTERNALDATE, with the offset it came with.</summary>
    public abstract DateTimeOffset InternalDate { get; }

    /// <summary>When the message came into this mailbox (RFC 8514).</summary>
    public abstract DateTimeOffset SaveDate { get; }
    public abstract ThreadId Thread { get; }
    public abstract BodyReference Body { get; }

    /// <summary>UIDL from a former host, or null.</summary>
    public abstract string? PopUidl { get; }

    public abstract ReadOnlySpan<byte> Envelope { get; }
    public abstract ReadOnlySpan<byte> BodyStructure { get; }
    public abstract ReadOnlySpan<byte> Parts { get; }
    public abstract string Preview { get; }
    public abstract ReadOnlySpan<byte> FoldedHeaders { get; }

    /// <summary>Null when the message has no readable Date.</summary>
    public abstract DateTimeOffset? SentDate { get; }
    public abstract string BaseSubject { get; }
    public abstract string? MessageId { get; }

    public abstract ValueTask DisposeAsync();
}

/// <summary>Where a message's bytes are: a token for <see cref="MailStore.OpenBodyAsync"/>, good as long as the message is.</summary>
public readonly record struct BodyReference(long Blob, long Size);

/// <summary>The bytes of a stored message, held against deletion until disposed.</summary>
public abstract class MessageBody : IMessageSource, IAsyncDisposable
{
    public abstract long Length { get; }

    public abstract ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancel);

    public abstract ValueTask DisposeAsync();
}
