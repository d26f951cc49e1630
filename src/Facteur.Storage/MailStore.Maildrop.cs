namespace Facteur.Storage;

/// <summary>A message as POP3 counts it, in 24 octets: a maildrop may hold a million of them.</summary>
/// <param name="HasPopUidl">It keeps a unique-id of its own (<see cref="EmailReader.PopUidl"/>).</param>
public readonly record struct MaildropEntry(EmailId Email, long Size, Uid Uid, bool HasPopUidl);

/// <summary>Up to where a mailbox was read.</summary>
public readonly record struct MaildropPosition(uint UidValidity, uint UidNext, ModSeq ModSeq);

/// <summary>A mailbox as of one moment, and what happened to it since a position.</summary>
/// <param name="Added">What came since, ascending by UID; without a position that still counts, all there is. Null: more than was asked for.</param>
/// <param name="Vanished">UIDs that went since, ascending; null when <paramref name="Added"/> is all there is.</param>
public sealed record MaildropReading(Mailbox Mailbox, MaildropEntry[]? Added, IReadOnlyList<UidRange>? Vanished);

// What POP3 asks of the store besides the verbs of all protocols.
public abstract partial class MailStore
{
    /// <summary>Sizes and emails of a mailbox, or what changed of them. Null when there is no such mailbox.</summary>
    /// <param name="after">Only emails with a greater id.</param>
    /// <param name="since">What the caller has; null for all.</param>
    /// <param name="most">Messages wanted at once; with more, only the mailbox is answered.</param>
    public abstract ValueTask<MaildropReading?> ReadMaildropAsync(
        MailboxId mailbox, EmailId after, MaildropPosition? since, int most, CancellationToken cancel);

    /// <summary>Opens a body by its email, also when its last entry was expunged lately. Null when it was purged.</summary>
    public abstract ValueTask<MessageBody?> OpenEmailAsync(EmailId email, CancellationToken cancel);

    /// <summary>
    /// Reads the bodies of several emails into one buffer, one behind the other: a client that fetches a mailbox in order is ahead of single reads.
    /// Ends before the first that is kept in a pack, gone, damaged or longer than what is left of the buffer.
    /// </summary>
    /// <param name="lengths">Octets of each body that was read.</param>
    /// <returns>How many were read.</returns>
    public abstract ValueTask<int> ReadShortBodiesAsync(ReadOnlyMemory<EmailId> emails, Memory<byte> buffer, Memory<int> lengths, CancellationToken cancel);

    /// <summary>The greatest id an email has so far: what comes later is above it.</summary>
    public abstract ValueTask<EmailId> LastEmailAsync(CancellationToken cancel);

    /// <summary>The unique-ids that messages of a range keep, ascending by UID; those that keep none, or are gone, are passed over.</summary>
    public abstract ValueTask<IReadOnlyList<(Uid Uid, string PopUidl)>> ReadPopUidlsAsync(MailboxId mailbox, UidRange uids, CancellationToken cancel);
}
