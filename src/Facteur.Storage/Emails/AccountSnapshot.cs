namespace Facteur.Storage.Emails;

/// <summary>A mailbox as JMAP counts it (RFC 8621 §2): emails, not entries, and none with \Deleted.</summary>
public sealed record AccountMailbox(Mailbox Mailbox, KeywordTable Keywords)
{
    public MailboxId Id => Mailbox.Id;
    public required int TotalEmails { get; init; }

    /// <summary>Without $seen and $draft.</summary>
    public required int UnreadEmails { get; init; }
    public required int TotalThreads { get; init; }
    public required int UnreadThreads { get; init; }
}

/// <summary>
/// An account at one moment: immutable, shared by all who look at it. Emails lie ascending by id in chunks that successive snapshots share,
/// so that a change costs one chunk.
/// </summary>
public abstract class AccountSnapshot
{
    public abstract AccountId Account { get; }

    /// <summary>The account's MODSEQ: its state.</summary>
    public abstract ModSeq ModSeq { get; }

    /// <summary>Parents before children, INBOX first; those not selectable, too.</summary>
    public abstract IReadOnlyList<AccountMailbox> Mailboxes { get; }

    /// <summary>Null when there is none.</summary>
    public abstract AccountMailbox? FindMailbox(MailboxId mailbox);

    /// <summary>Emails that are seen.</summary>
    public abstract int Count { get; }

    public abstract bool TryFind(EmailId email, out EmailRow row);

    /// <summary>Runs of emails, ascending by id: <see cref="Chunk"/> 0 to <see cref="ChunkCount"/> - 1. To go through all of them without a call for each.</summary>
    public abstract int ChunkCount { get; }

    public abstract ReadOnlySpan<EmailRow> Chunk(int index);

    /// <summary>Emails of a conversation, ascending by time received, then by id; empty when there is none.</summary>
    public abstract IReadOnlyList<EmailRow> Thread(ThreadId thread);

    /// <summary>Keywords by name, of all entries together: "$seen" and the like for system flags (RFC 8621 §4.1.1), others in lower case; without repeats.</summary>
    public abstract IReadOnlyList<string> KeywordsOf(in EmailRow row);

    /// <summary>True when an entry of the email has the keyword (as JMAP writes it).</summary>
    public abstract bool HasKeyword(in EmailRow row, string keyword);
}

public enum ChangeKind : byte { Created, Updated, Destroyed }

/// <summary>A change to an email, the last one it had.</summary>
/// <param name="Thread">Also known of one that is destroyed.</param>
public readonly record struct EmailChange(EmailId Email, ThreadId Thread, ModSeq ModSeq, ChangeKind Kind);

/// <param name="OnlyCounts">Updated, and nothing but the numbers of emails and threads (updatedProperties, RFC 8621 §2.2).</param>
public readonly record struct MailboxChange(MailboxId Mailbox, ModSeq ModSeq, ChangeKind Kind, bool OnlyCounts);

/// <summary>What changed in an account from one state to another.</summary>
/// <param name="Emails">Ascending by MODSEQ, then by id: a client that takes them in parts goes on after the last it got. Updated ones may be unknown to it.</param>
/// <param name="Mailboxes">Ascending by MODSEQ, then by id; also those where only the count of threads can have changed.</param>
/// <param name="Snapshot">The account after them.</param>
public sealed record AccountChanges(IReadOnlyList<EmailChange> Emails, IReadOnlyList<MailboxChange> Mailboxes, AccountSnapshot Snapshot)
{
    /// <summary>Threads of emails that came and went since, with when they went: of the emails nobody need hear, but who saw the thread meanwhile saw them in it.</summary>
    public IReadOnlyList<(ThreadId Thread, ModSeq ModSeq)> PassedThreads { get; init; } = [];
}
