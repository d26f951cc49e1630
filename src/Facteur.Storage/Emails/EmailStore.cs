namespace Facteur.Storage.Emails;

/// <summary>
/// An account seen by message instead of by mailbox and UID, as JMAP sees it (RFC 8621): one email in as many mailboxes as it has entries.
/// Entries with \Deleted are not seen (RFC 8621 §4.1.1): an email whose every entry has it is gone here, and back when it is taken off.
/// Invariants are those of <see cref="MailStore"/>: a change is durable when its task completes, and a look after that sees it.
/// </summary>
public abstract class EmailStore
{
    /// <summary>
    /// The account as it is now, at least as new as any change acknowledged through this process. Kept up to date in memory while an account is in use, at
    /// a cost in proportion to what changed; throws NoSuchAccount.
    /// </summary>
    public abstract ValueTask<AccountSnapshot> LookAsync(AccountId account, CancellationToken cancel);

    /// <summary>What changed after <paramref name="since"/>, up to the present snapshot. Null when that is not known any more, or lies in the future.</summary>
    public abstract ValueTask<AccountChanges?> ChangesSinceAsync(AccountId account, ModSeq since, CancellationToken cancel);

    /// <summary>Reads messages in the order asked; those of another account and those that are gone are passed over.</summary>
    public abstract EmailDetailReader ReadDetails(AccountId account, IReadOnlyList<EmailId> emails, EmailFields fields);

    /// <summary>
    /// Changes keywords and mailboxes of emails, or destroys them: each wholly or not at all, all in one commit. Copies into a mailbox take
    /// flags, keywords and INTERNALDATE along; system flags and keywords are set on every entry of the email, so that IMAP shows the same.
    /// </summary>
    /// <param name="ifState">Refused with <see cref="StoreRefusal.StateMismatch"/> when the account is not at this state any more (ifInState, RFC 8620 §5.3).</param>
    /// <returns>An outcome for each update, in order.</returns>
    public ValueTask<EmailsUpdated> UpdateAsync(AccountId account, ModSeq? ifState, IReadOnlyList<EmailUpdate> updates, CancellationToken cancel) =>
        UpdateAsync(account, ifState, updates, null, cancel);

    /// <param name="person">Who asks for it: scripts of mailboxes run for it (<see cref="MailStore.Events"/>). Null: the server itself.</param>
    public abstract ValueTask<EmailsUpdated> UpdateAsync(AccountId account, ModSeq? ifState, IReadOnlyList<EmailUpdate> updates, AccountId? person, CancellationToken cancel);

    /// <summary>Changes what is given; NoSuchMailbox, AlreadyExists, BadName, NotPossible (INBOX cannot be renamed, a parent below itself, a role taken).</summary>
    public abstract ValueTask UpdateMailboxAsync(MailboxId mailbox, MailboxUpdate update, CancellationToken cancel);

    /// <summary>Emails whose decoded text holds <paramref name="foldedNeedle"/> (folded by <see cref="Facteur.Mail.FoldedText"/>), ascending by id.</summary>
    public abstract ValueTask<IReadOnlyList<EmailId>> SearchTextAsync(AccountId account, string foldedNeedle, bool withHeaders, CancellationToken cancel);

    /// <summary>
    /// Messages that left their last mailbox and are not purged yet, the last first; of several with one Message-ID (a draft at each save) the last. Looks at
    /// every email of the account: for people who miss something, not for programs.
    /// </summary>
    public abstract ValueTask<IReadOnlyList<RemovedEmail>> ListRemovedAsync(AccountId account, int max, CancellationToken cancel);

    /// <summary>
    /// Puts such messages into a mailbox of the account, read, each as a new email of the same octets; those of others and those that are purged are passed over.
    /// What was put back is not listed any more.
    /// </summary>
    /// <returns>How many.</returns>
    public abstract ValueTask<int> RestoreAsync(AccountId account, IReadOnlyList<EmailId> emails, MailboxId mailbox, CancellationToken cancel);
}

/// <summary>A message that is in no mailbox any more.</summary>
/// <param name="From">Folded, as searches see it.</param>
/// <param name="Removed">When its last entry went.</param>
public sealed record RemovedEmail(EmailId Email, BodyReference Body, string Subject, string From, DateTimeOffset Received, DateTimeOffset Removed);

/// <summary>Reads what is stored beside each message; as <see cref="EmailReader"/>, without a mailbox. Spans are valid until the next read. Whatever fields are asked
/// for, Email, Body, HeaderSize, HasAttachment and Subject are there.</summary>
public abstract class EmailDetailReader : IAsyncDisposable
{
    /// <summary>Moves to the next message; false at the end.</summary>
    public abstract ValueTask<bool> ReadAsync(CancellationToken cancel);

    public abstract EmailId Email { get; }
    public abstract BodyReference Body { get; }

    /// <summary>Octets of the header, the empty line included.</summary>
    public abstract long HeaderSize { get; }
    public abstract bool HasAttachment { get; }
    public abstract ReadOnlySpan<byte> Envelope { get; }
    public abstract ReadOnlySpan<byte> BodyStructure { get; }
    public abstract ReadOnlySpan<byte> Parts { get; }
    public abstract string Preview { get; }
    public abstract ReadOnlySpan<byte> FoldedHeaders { get; }

    /// <summary>Decoded and unfolded.</summary>
    public abstract string Subject { get; }

    /// <summary>Null when the message has no readable Date.</summary>
    public abstract DateTimeOffset? SentDate { get; }
    public abstract string BaseSubject { get; }

    /// <summary>With its angle brackets, or null.</summary>
    public abstract string? MessageId { get; }

    public abstract ValueTask DisposeAsync();
}

/// <summary>A change to one email. What is null or empty stays.</summary>
public sealed record EmailUpdate(EmailId Email)
{
    /// <summary>Flags and keywords to add and to remove; system flags other than \Deleted.</summary>
    public FlagSet Add { get; init; } = FlagSet.Empty;
    public FlagSet Remove { get; init; } = FlagSet.Empty;

    /// <summary>The whole set of flags and keywords it has from now on, instead of <see cref="Add"/> and <see cref="Remove"/>.</summary>
    public FlagSet? Replace { get; init; }

    public IReadOnlyList<MailboxId> AddTo { get; init; } = [];
    public IReadOnlyList<MailboxId> RemoveFrom { get; init; } = [];

    /// <summary>The whole set of mailboxes it is in from now on, at least one, instead of <see cref="AddTo"/> and <see cref="RemoveFrom"/>.</summary>
    public IReadOnlyList<MailboxId>? ReplaceMailboxes { get; init; }

    /// <summary>
    /// Puts it off: it leaves inbox, archive, junk and trash for the mailbox with <see cref="MailboxRole.Snoozed"/>, which is made when there is none, and stays in
    /// others. One that is put off already has the new time. Not together with <see cref="ReplaceMailboxes"/>.
    /// </summary>
    public EmailSnooze? Snooze { get; init; }

    /// <summary>Brings it back now, as it is: to the inbox, unless the update says itself where it is from now on.</summary>
    public bool EndSnooze { get; init; }

    /// <summary>
    /// Brings it back if its time has come by this one: to the inbox, unread when that was asked for, as what came last (<see cref="EmailRow.ListedAt"/>, and
    /// INTERNALDATE in the inbox). Unchanged when it was put off anew meanwhile. Nothing else of the update is looked at.
    /// </summary>
    public DateTimeOffset? WakeBy { get; init; }

    /// <summary>Takes it out of every mailbox, for good; nothing else is looked at.</summary>
    public bool Destroy { get; init; }
}

/// <param name="Until">When it comes back.</param>
/// <param name="MarkUnread">It is unread then.</param>
public sealed record EmailSnooze(DateTimeOffset Until, bool MarkUnread = true);

public enum EmailOutcome : byte
{
    Done,
    /// <summary>Nothing had to be changed.</summary>
    Unchanged,
    /// <summary>The account has no such email (any more).</summary>
    NotFound,
    /// <summary>A mailbox does not exist, or cannot hold messages.</summary>
    NoSuchMailbox,
    /// <summary>It would be in no mailbox.</summary>
    NoMailbox,
    /// <summary>A mailbox has no room for another keyword.</summary>
    TooManyKeywords,
    /// <summary>The account has no room for a mailbox of what is put off.</summary>
    TooManyMailboxes,
}

/// <param name="Outcomes">One for each update, in order.</param>
/// <param name="Before">State before the commit: nothing else happened between it and <paramref name="After"/>.</param>
public sealed record EmailsUpdated(IReadOnlyList<EmailOutcome> Outcomes, ModSeq Before, ModSeq After);

/// <summary>What to change of a mailbox; null stays.</summary>
public sealed record MailboxUpdate
{
    /// <summary>Full name, also to move it below another; all below it move along.</summary>
    public string? Name { get; init; }
    public MailboxRole? Role { get; init; }
    public int? SortOrder { get; init; }
    public bool? Subscribed { get; init; }

    /// <summary>It is told as changed even when nothing of it here is: something about it that is kept elsewhere changed.</summary>
    public bool IsTold { get; init; }

    /// <summary>"#rrggbb", or "" for none.</summary>
    public string? Color { get; init; }
}
