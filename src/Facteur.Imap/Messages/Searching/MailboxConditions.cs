using Facteur.Storage;
using Facteur.Storage.Searching;

namespace Facteur.Imap.Messages;

/// <summary>A condition that means something only in the mailbox a session has selected.</summary>
internal abstract record MailboxOnlyCondition : SearchCondition
{
    public sealed override SearchCost Cost => SearchCost.Row;

    public sealed override Verdict Match(SearchSubject subject) => Answer(Matches((MailboxSubject)subject));

    protected abstract bool Matches(MailboxSubject subject);
}

/// <summary>RECENT (RFC 3501 §6.4.4).</summary>
internal sealed record RecentCondition : MailboxOnlyCondition
{
    protected override bool Matches(MailboxSubject subject) => subject.IsRecent;
}

/// <summary>A sequence set, or UID with one, or "$". Numbers that no message has match nothing. It remembers where it stands: one search uses it at a time.</summary>
internal sealed record SetCondition(SequenceSet Set, bool Uid) : MailboxOnlyCondition
{
    private MailboxSnapshot? resolvedFor;
    private IReadOnlyList<IndexRange> places = [];
    private int next;

    protected override bool Matches(MailboxSubject subject)
    {
        if (!ReferenceEquals(resolvedFor, subject.Snapshot))
        {
            places = subject.Mailbox.Resolve(Uid || Set.IsSaved ? Set : Within(Set, subject.Snapshot.Count), Uid);
            resolvedFor = subject.Snapshot;
            next = 0;
        }
        // Messages are asked about in ascending order, several times over.
        if (next >= places.Count || next > 0 && places[next - 1].Last >= subject.Place) next = 0;
        while (next < places.Count && places[next].Last < subject.Place) next++;
        return next < places.Count && places[next].First <= subject.Place;
    }

    // A search for numbers past the end finds nothing and is no error, unlike FETCH (imaptest "esearch").
    private static SequenceSet Within(SequenceSet set, int count)
    {
        var ranges = new List<(uint, uint)>(set.Ranges.Count);
        foreach (var (first, last) in set.Ranges)
        {
            var a = first == SequenceSet.Star ? (uint)count : first;
            var b = last == SequenceSet.Star ? (uint)count : last;
            if (a > b) (a, b) = (b, a);
            if (a <= count && count > 0) ranges.Add((a, Math.Min(b, (uint)count)));
        }
        return new SequenceSet(ranges);
    }
}
