using System.Collections.Frozen;

namespace Facteur.Storage.Searching;

/// <summary>A system flag: ANSWERED, SEEN (RFC 9051 §6.4.4); $seen and its like (RFC 8621 §4.1.1).</summary>
public sealed record FlagCondition(MessageFlags Flag) : SearchCondition
{
    public static readonly FlagCondition Seen = new(MessageFlags.Seen);
    public static readonly FlagCondition Flagged = new(MessageFlags.Flagged);

    public override SearchCost Cost => SearchCost.Row;
    public override SearchDependence DependsOn => SearchDependence.Email;
    public override Verdict Match(SearchSubject subject) => Answer(subject.Flags.Has(Flag));
}

/// <summary>A keyword that is no system flag; without case (RFC 9051 §2.3.2). One that no mailbox has is on no message.</summary>
/// <param name="Keyword">In lower case.</param>
public sealed record KeywordCondition(string Keyword) : SearchCondition
{
    public override SearchCost Cost => SearchCost.Row;
    public override SearchDependence DependsOn => SearchDependence.Email;
    public override Verdict Match(SearchSubject subject) => Answer(subject.HasKeyword(Keyword));

    /// <summary>A keyword as JMAP writes it: "$seen" is the system flag \Seen (RFC 8621 §4.1.1).</summary>
    public static SearchCondition OfJmap(string keyword) =>
        SystemFlag(keyword) is { } flag ? new FlagCondition(flag) : new KeywordCondition(keyword.ToLowerInvariant());

    /// <summary>The system flag a keyword of JMAP stands for; null for another keyword.</summary>
    public static MessageFlags? SystemFlag(string keyword) => keyword.Length > 9 ? null : keyword.ToLowerInvariant() switch
    {
        "$seen" => MessageFlags.Seen,
        "$answered" => MessageFlags.Answered,
        "$flagged" => MessageFlags.Flagged,
        "$draft" => MessageFlags.Draft,
        _ => null,
    };
}

/// <summary>At least so many octets. LARGER is one more, SMALLER the opposite (RFC 9051 §6.4.4); minSize, maxSize (RFC 8621 §4.4.1).</summary>
public sealed record SizeCondition(long LeastOctets) : SearchCondition
{
    public override SearchCost Cost => SearchCost.Row;
    public override Verdict Match(SearchSubject subject) => subject.Size is { } size ? Answer(size >= LeastOctets) : Verdict.Unknown;
}

/// <summary>Received at this moment or after (milliseconds since 1970 UTC): "after", and the opposite of "before" (RFC 8621 §4.4.1).</summary>
public sealed record ReceivedCondition(long Since) : SearchCondition
{
    public override SearchCost Cost => SearchCost.Row;
    public override Verdict Match(SearchSubject subject) => subject.ReceivedAt is { } at ? Answer(at >= Since) : Verdict.Unknown;
}

/// <summary>OLDER and YOUNGER: seconds from now back to the internal date, both ends included (RFC 5032 §3).</summary>
public sealed record AgeCondition(TimeSpan Age, bool Older) : SearchCondition
{
    public override SearchCost Cost => SearchCost.Row;

    public override Verdict Match(SearchSubject subject)
    {
        if (subject.ReceivedAt is not { } at) return Verdict.Unknown;
        var limit = subject.Now.ToUnixTimeMilliseconds() - (long)Age.TotalMilliseconds;
        return Answer(Older ? at <= limit : at >= limit);
    }
}

/// <summary>In a mailbox (inMailbox, RFC 8621 §4.4.1).</summary>
public sealed record MailboxCondition(MailboxId Mailbox) : SearchCondition
{
    public override SearchCost Cost => SearchCost.Row;
    public override SearchDependence DependsOn => SearchDependence.Email;
    public override Verdict Match(SearchSubject subject) => Answer(subject.IsIn(Mailbox));
}

/// <summary>In a mailbox that is none of these (inMailboxOtherThan, RFC 8621 §4.4.1).</summary>
public sealed record MailboxOtherThanCondition : SearchCondition
{
    private readonly FrozenSet<MailboxId> mailboxes;

    public MailboxOtherThanCondition(IEnumerable<MailboxId> mailboxes) => this.mailboxes = mailboxes.ToFrozenSet();

    public IReadOnlyCollection<MailboxId> Mailboxes => mailboxes;

    public override SearchCost Cost => SearchCost.Row;
    public override SearchDependence DependsOn => SearchDependence.Email;
    public override Verdict Match(SearchSubject subject) => Answer(subject.IsInOtherThan(mailboxes));

    public bool Equals(MailboxOtherThanCondition? other) => other is not null && mailboxes.SetEquals(other.mailboxes);

    public override int GetHashCode() => mailboxes.Count;
}

/// <summary>Has what a person would call an attachment (hasAttachment, RFC 8621 §4.1.4).</summary>
public sealed record AttachmentCondition : SearchCondition
{
    public override SearchCost Cost => SearchCost.Row;
    public override Verdict Match(SearchSubject subject) => Answer(subject.HasAttachment);
}

/// <summary>EMAILID (RFC 8474 §6); null is an id that no message has.</summary>
public sealed record EmailIdCondition(EmailId? Email) : SearchCondition
{
    public override SearchCost Cost => SearchCost.Row;
    public override Verdict Match(SearchSubject subject) => Answer(subject.Email == Email);
}

/// <summary>THREADID (RFC 8474 §6); null is an id that no thread has.</summary>
public sealed record ThreadIdCondition(ThreadId? Thread) : SearchCondition
{
    public override SearchCost Cost => SearchCost.Row;
    public override Verdict Match(SearchSubject subject) => subject.Thread is { } thread ? Answer(thread == Thread) : Verdict.Unknown;
}

/// <summary>MODSEQ (RFC 7162 §3.1.5): changed at or after.</summary>
public sealed record ModSeqCondition(ModSeq Least) : SearchCondition
{
    public override SearchCost Cost => SearchCost.Row;
    public override SearchDependence DependsOn => SearchDependence.Email;
    public override Verdict Match(SearchSubject subject) => Answer(subject.Changed.Value >= Least.Value);
}

/// <summary>
/// All emails of the conversation have a keyword, or at least one has (allInThreadHaveKeyword, someInThreadHaveKeyword; noneInThreadHaveKeyword
/// is the opposite of the latter: RFC 8621 §4.4.1).
/// </summary>
/// <param name="Keyword">As JMAP writes it, in lower case.</param>
/// <param name="OnAll">Not only on one.</param>
public sealed record ThreadKeywordCondition(string Keyword, bool OnAll) : SearchCondition
{
    public override SearchCost Cost => SearchCost.Row;
    public override SearchDependence DependsOn => SearchDependence.Email | SearchDependence.Thread;
    public override Verdict Match(SearchSubject subject) => Answer(subject.ThreadHas(Keyword, OnAll));
}
