using Facteur.Mail;
using Facteur.Storage.Annotations;
using Facteur.Storage.Contacts;
using Facteur.Storage.Crashes;
using Facteur.Storage.Emails;
using Facteur.Storage.MailboxEvents;
using Facteur.Storage.Queue;

namespace Facteur.Storage;

/// <summary>
/// The mail store as verbs that every protocol shares. An engine implements it; all engines pass the same StoreContract.
/// Invariants: a write is durable before its task completes; announcements (views, feeds) come after the commit;
/// UIDs ascend and are never used again; MODSEQ of an account never goes back; no lock is held while a client waits.
/// Verbs that change throw <see cref="StoreRefusedException"/>, <see cref="StoreFullException"/> or <see cref="StoreFailedException"/>.
/// </summary>
public abstract partial class MailStore : IAsyncDisposable
{
    /// <summary>Domains, accounts, addresses and credentials.</summary>
    public abstract DirectoryStore Directory { get; }

    /// <summary>Messages on their way out.</summary>
    public abstract QueueStore Queue { get; }

    /// <summary>The lives of messages.</summary>
    public abstract TraceStore Trace { get; }

    /// <summary>Who logged in, or tried to.</summary>
    public abstract LoginHistoryStore Logins { get; }

    /// <summary>What the server learns and may forget.</summary>
    public abstract StateStore State { get; }

    /// <summary>What is changed while the server runs.</summary>
    public abstract SettingsStore Settings { get; }

    /// <summary>Accounts by email rather than by mailbox and UID.</summary>
    public abstract EmailStore Emails { get; }

    /// <summary>Octets that clients sent ahead of what refers to them.</summary>
    public abstract UploadStore Uploads { get; }

    /// <summary>What accounts sent through JMAP.</summary>
    public abstract SubmissionStore Submissions { get; }

    /// <summary>Emails that come back at a time.</summary>
    public abstract SnoozeStore Snoozes { get; }

    /// <summary>Address books of accounts.</summary>
    public abstract ContactStore Contacts { get; }

    /// <summary>Named values attached to mailboxes.</summary>
    public abstract AnnotationStore Annotations { get; }

    /// <summary>What happened in mailboxes that scripts are to run for.</summary>
    public abstract MailboxEventStore Events { get; }

    /// <summary>Messages that the process ended in the middle of work on.</summary>
    public abstract CrashStore Crashes { get; }

    // ---- messages in

    /// <summary>Begins a message; its bytes stream into the store before anything refers to them.</summary>
    /// <param name="sizeHint">Octets expected (SIZE=, literal), or null.</param>
    public abstract MessageIntake BeginMessage(long? sizeHint);

    /// <summary>
    /// A message that is in the store already, complete, to be placed once more: nothing of it is written again. Null when it was purged meanwhile.
    /// It is delivered once; a delivery is refused with NotPossible when the message is gone by then.
    /// </summary>
    public abstract ValueTask<MessageIntake?> ReopenAsync(BodyReference body, CancellationToken cancel);

    /// <summary>
    /// Makes messages durable and places them, all or nothing. Several messages are one atomic step (MULTIAPPEND, RFC 3502);
    /// one message to many mailboxes is one body. OverQuota is checked here.
    /// </summary>
    public abstract ValueTask<DeliveryReceipt> DeliverAsync(IReadOnlyList<Delivery> deliveries, CancellationToken cancel);

    // ---- mailboxes

    /// <summary>All mailboxes of an account, parents before children, INBOX first, then by name.</summary>
    public abstract ValueTask<IReadOnlyList<Mailbox>> ListMailboxesAsync(AccountId account, CancellationToken cancel);

    /// <summary>By full name; "INBOX" in any case is the inbox. Null when there is none.</summary>
    public abstract ValueTask<Mailbox?> FindMailboxAsync(AccountId account, string name, CancellationToken cancel);

    /// <summary>Creates a mailbox and the missing ones above it.</summary>
    public abstract ValueTask<Mailbox> CreateMailboxAsync(AccountId account, string name, MailboxRole role, CancellationToken cancel);

    /// <summary>Deletes a mailbox with its messages; with mailboxes below, its messages go and the name stays, not selectable.</summary>
    public abstract ValueTask DeleteMailboxAsync(MailboxId mailbox, CancellationToken cancel);

    /// <summary>Renames a mailbox and all below it; INBOX moves its messages into a new mailbox and stays (RFC 9051 §6.3.6).</summary>
    public abstract ValueTask RenameMailboxAsync(AccountId account, string from, string to, CancellationToken cancel);

    public abstract ValueTask SetSubscribedAsync(AccountId account, string name, bool subscribed, CancellationToken cancel);

    public abstract ValueTask<IReadOnlyList<Subscription>> ListSubscriptionsAsync(AccountId account, CancellationToken cancel);

    public abstract ValueTask<Quota> GetQuotaAsync(AccountId account, CancellationToken cancel);

    /// <summary>Where an account stands, without looking at what is in it; null when there is no such account.</summary>
    public abstract ValueTask<AccountModSeqs?> GetModSeqsAsync(AccountId account, CancellationToken cancel);

    // ---- looking

    /// <summary>Starts looking at a mailbox; views of one mailbox share their snapshots.</summary>
    public abstract ValueTask<MailboxView> OpenViewAsync(MailboxId mailbox, CancellationToken cancel);

    /// <summary>Reads messages of a mailbox in UID order. UIDs that are gone are passed over.</summary>
    public abstract EmailReader ReadEmails(MailboxId mailbox, IReadOnlyList<UidRange> uids, EmailFields fields);

    /// <summary>Opens a body. Null when the message was purged meanwhile.</summary>
    public abstract ValueTask<MessageBody?> OpenBodyAsync(BodyReference body, CancellationToken cancel);

    /// <summary>UIDs of messages whose decoded text holds <paramref name="foldedNeedle"/> (folded by <see cref="FoldedText"/>), ascending.</summary>
    /// <param name="withHeaders">Also look at From, To, Cc, Bcc, Subject (SEARCH TEXT looks at more: the caller reads other header fields itself).</param>
    public abstract ValueTask<IReadOnlyList<Uid>> SearchTextAsync(MailboxId mailbox, string foldedNeedle, bool withHeaders, CancellationToken cancel);

    /// <summary>What changed in a mailbox after <paramref name="since"/> (CONDSTORE, QRESYNC: RFC 7162).</summary>
    public abstract ValueTask<MailboxChanges> ChangesSinceAsync(MailboxId mailbox, ModSeq since, CancellationToken cancel);

    // ---- changing

    /// <summary>Changes flags of the entries in <paramref name="uids"/>; those whose MODSEQ is above <paramref name="unchangedSince"/> are left alone and reported.</summary>
    public ValueTask<FlagResult> StoreFlagsAsync(MailboxId mailbox, IReadOnlyList<UidRange> uids, FlagChange change, FlagSet flags, ModSeq? unchangedSince, CancellationToken cancel) =>
        StoreFlagsAsync(mailbox, uids, change, flags, unchangedSince, null, cancel);

    /// <param name="person">Who asks for it by IMAP or JMAP: scripts of the mailbox run for it (<see cref="Events"/>). Null: the server itself.</param>
    public abstract ValueTask<FlagResult> StoreFlagsAsync(
        MailboxId mailbox, IReadOnlyList<UidRange> uids, FlagChange change, FlagSet flags, ModSeq? unchangedSince, AccountId? person, CancellationToken cancel);

    /// <summary>Removes entries for good: those with \Deleted, or (POP3 DELE) whatever their flags.</summary>
    public abstract ValueTask<ExpungeResult> ExpungeAsync(MailboxId mailbox, IReadOnlyList<UidRange> uids, bool onlyDeleted, CancellationToken cancel);

    /// <summary>Copies entries, keeping EMAILID, dates, flags and keywords; all or nothing (RFC 9051 §6.4.7). UIDs that are gone are passed over.</summary>
    public ValueTask<CopyResult> CopyAsync(MailboxId from, IReadOnlyList<UidRange> uids, MailboxId to, CancellationToken cancel) => CopyAsync(from, uids, to, null, cancel);

    /// <param name="person">Who asks for it by IMAP or JMAP: scripts of the target run for it (<see cref="Events"/>). Null: the server itself.</param>
    public abstract ValueTask<CopyResult> CopyAsync(MailboxId from, IReadOnlyList<UidRange> uids, MailboxId to, AccountId? person, CancellationToken cancel);

    /// <summary>COPY and EXPUNGE as one step (RFC 6851).</summary>
    public ValueTask<CopyResult> MoveAsync(MailboxId from, IReadOnlyList<UidRange> uids, MailboxId to, CancellationToken cancel) => MoveAsync(from, uids, to, null, cancel);

    /// <param name="person">As of a copy.</param>
    public abstract ValueTask<CopyResult> MoveAsync(MailboxId from, IReadOnlyList<UidRange> uids, MailboxId to, AccountId? person, CancellationToken cancel);

    // ---- state of the store itself

    /// <summary>Checks the rules the store keeps (UIDs ascend, counters match, no body without a message, no message without a body); one sentence per breach.</summary>
    public abstract ValueTask<IReadOnlyList<string>> CheckConsistencyAsync(CancellationToken cancel);

    /// <summary>Raised after a commit that changed anything an account can see; for push and IDLE across mailboxes.</summary>
    public event Action<AccountChange>? AccountChanged;

    protected void RaiseAccountChanged(AccountChange change) => AccountChanged?.Invoke(change);

    /// <summary>Raised after the commit of a COPY or MOVE, by whatever protocol: what people sort is what filters learn from.</summary>
    public event Action<EmailsMoved>? EmailsMoved;

    protected void RaiseEmailsMoved(EmailsMoved moved) => EmailsMoved?.Invoke(moved);

    public abstract ValueTask DisposeAsync();
}

/// <summary>STORE FLAGS, +FLAGS, -FLAGS.</summary>
public enum FlagChange : byte { Replace, Add, Remove }

/// <param name="Changed">Entries with their new flags and MODSEQ, ascending by UID; those that had the flags already are not in it.</param>
/// <param name="Modified">UIDs left alone because of UNCHANGEDSINCE.</param>
/// <param name="Keywords">The mailbox's keywords after the change.</param>
public sealed record FlagResult(IReadOnlyList<MessageEntry> Changed, IReadOnlyList<Uid> Modified, KeywordTable Keywords, ModSeq HighestModSeq);

/// <param name="Removed">UIDs that are gone, ascending.</param>
public sealed record ExpungeResult(IReadOnlyList<Uid> Removed, ModSeq HighestModSeq);

/// <param name="Copied">Source and target UID of each message, ascending by source.</param>
public sealed record CopyResult(uint UidValidity, IReadOnlyList<(Uid Source, Uid Target)> Copied, ModSeq HighestModSeq);

/// <param name="Changed">Entries changed or added, ascending by UID.</param>
/// <param name="Vanished">UIDs removed, as ranges; may hold UIDs that never were (RFC 7162 §3.2.10).</param>
public sealed record MailboxChanges(IReadOnlyList<MessageEntry> Changed, IReadOnlyList<UidRange> Vanished, ModSeq HighestModSeq);

/// <summary>An account has new state; <see cref="Mailboxes"/> names the ones touched, none when it is something else.</summary>
public readonly record struct AccountChange(AccountId Account, ModSeq ModSeq, IReadOnlyList<MailboxId> Mailboxes)
{
    /// <summary>It got messages that it had not before (EmailDelivery, RFC 8621 §1.5); copies of its own are none.</summary>
    public bool HasNewEmails { get; init; }
}

/// <param name="Last">MODSEQ of the last change.</param>
/// <param name="LastEmail">MODSEQ of the last message it got; 0 before the first.</param>
public readonly record struct AccountModSeqs(ModSeq Last, ModSeq LastEmail);

/// <summary>Messages went from one mailbox of an account to another.</summary>
/// <param name="Emails">Source and target UID of each, ascending by source; at least one.</param>
/// <param name="IsCopy">They are in the source, too (a program without MOVE copies, then deletes).</param>
public sealed record EmailsMoved(
    AccountId Account, MailboxId From, MailboxRole FromRole, MailboxId To, MailboxRole ToRole, IReadOnlyList<(Uid Source, Uid Target)> Emails, bool IsCopy);
