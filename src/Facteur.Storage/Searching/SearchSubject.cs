using System.Collections.Frozen;

namespace Facteur.Storage.Searching;

/// <summary>
/// The messages that conditions are asked about, one at a time, each as far as it was read: of a mailbox in IMAP, of an account in JMAP.
/// <see cref="MessageSearch"/> moves it. A fact that is null, or not there yet, leaves a condition undecided.
/// </summary>
public abstract class SearchSubject
{
    // By reference: an equal condition elsewhere in the tree has its own entry with the same bits.
    private readonly Dictionary<SearchCondition, MessageBits> scans = new(ReferenceEqualityComparer.Instance);

    public required DateTimeOffset Now { get; init; }

    /// <summary>Messages there are.</summary>
    public abstract int Count { get; }

    /// <summary>The message asked about: 0 to <see cref="Count"/> - 1.</summary>
    public int Place { get; private set; }

    // ---- the row in memory: always known, but for what is null

    public abstract EmailId Email { get; }

    /// <summary>System flags at least.</summary>
    public abstract MessageFlags Flags { get; }
    public abstract ModSeq Changed { get; }
    public abstract long? Size { get; }

    /// <summary>Milliseconds since 1970 UTC.</summary>
    public abstract long? ReceivedAt { get; }
    public abstract ThreadId? Thread { get; }

    /// <summary>Known of accounts only, as the next four.</summary>
    public virtual bool HasAttachment => false;

    public virtual bool IsIn(MailboxId mailbox) => false;

    public virtual bool IsInOtherThan(FrozenSet<MailboxId> mailboxes) => false;

    /// <param name="keyword">As JMAP writes it, in lower case.</param>
    /// <param name="all">All emails of the conversation, not only some.</param>
    public virtual bool ThreadHas(string keyword, bool all) => false;

    /// <param name="keyword">No system flag.</param>
    public abstract bool HasKeyword(string keyword);

    // ---- stored facts

    /// <summary>What follows was read of this message.</summary>
    public bool HasFacts { get; private set; }

    /// <summary>With the zone it came with, where that is kept.</summary>
    public abstract DateTimeOffset? InternalDate { get; }
    public abstract DateTimeOffset? SaveDate { get; }
    public abstract DateTimeOffset? SentDate { get; }
    public abstract string? MessageId { get; }
    public abstract ReadOnlySpan<byte> FoldedHeaders { get; }
    public abstract ReadOnlySpan<byte> Parts { get; }

    /// <summary>The header of the message; null before it is read.</summary>
    public SearchHeader? Header { get; internal set; }

    /// <summary>Where the message is, and octets of its header; known with the facts.</summary>
    public abstract (BodyReference Body, long HeaderOctets) HeaderPlace { get; }

    // ---- reading

    /// <summary>Messages a scan found for a condition; null before it was made.</summary>
    public MessageBits? ScanOf(SearchCondition condition) => scans.GetValueOrDefault(condition);

    internal void SetScan(SearchCondition condition, MessageBits found) => scans[condition] = found;

    /// <summary>Moves to a message, of which the row is known.</summary>
    public void MoveTo(int place)
    {
        Place = place;
        HasFacts = false;
        Header = null;
        Move(place);
    }

    protected abstract void Move(int place);

    /// <summary>Adds the places of messages whose stored text holds a needle.</summary>
    /// <param name="withHeaders">Also looks at From, To, Cc, Bcc, Subject.</param>
    protected internal abstract ValueTask ScanTextAsync(FoldedNeedle needle, bool withHeaders, MessageBits found, CancellationToken cancel);

    /// <summary>Adds the places of messages among <paramref name="asked"/> that are snoozed.</summary>
    protected internal virtual ValueTask ScanSnoozedAsync(MessageBits asked, MessageBits found, CancellationToken cancel) => ValueTask.CompletedTask;

    /// <summary>Starts reading stored facts of messages, ascending by place.</summary>
    protected internal abstract void BeginFacts(MessageBits places, EmailFields fields);

    /// <summary>The place of the next message whose facts were read; -1 at the end. Those that are gone are passed over.</summary>
    protected internal abstract ValueTask<int> NextFactsAsync(CancellationToken cancel);

    protected internal abstract ValueTask EndFactsAsync();

    internal async ValueTask<bool> MoveToNextFactsAsync(CancellationToken cancel)
    {
        var place = await NextFactsAsync(cancel);
        if (place < 0) return false;
        MoveTo(place);
        HasFacts = true;
        return true;
    }
}
