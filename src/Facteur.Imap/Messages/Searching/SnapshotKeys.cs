using Facteur.Storage;

namespace Facteur.Imap.Messages;

/// <summary>ALL, and what is true or false of every message.</summary>
internal sealed class ConstantKey(bool value) : SearchKey
{
    public override SearchCost Cost => SearchCost.Snapshot;
    public override Verdict Match(SearchContext context) => Answer(value);
}

/// <summary>ANSWERED, SEEN and the other system flags.</summary>
internal sealed class FlagKey(MessageFlags flag) : SearchKey
{
    public override SearchCost Cost => SearchCost.Snapshot;
    public override Verdict Match(SearchContext context) => Answer(context.Entry.Flags.Has(flag));
}

/// <summary>KEYWORD; a keyword the mailbox does not have is on no message.</summary>
internal sealed class KeywordKey(string keyword) : SearchKey
{
    private KeywordTable? table;
    private MessageFlags flag;

    public override SearchCost Cost => SearchCost.Snapshot;

    public override Verdict Match(SearchContext context)
    {
        if (!ReferenceEquals(table, context.Snapshot.Keywords))
        {
            table = context.Snapshot.Keywords;
            flag = table.IndexOf(keyword) is var bit and >= 0 ? MessageFlags.Keyword(bit) : MessageFlags.None;
        }
        return Answer(flag != MessageFlags.None && context.Entry.Flags.Has(flag));
    }
}

/// <summary>RECENT (RFC 3501 §6.4.4).</summary>
internal sealed class RecentKey : SearchKey
{
    public override SearchCost Cost => SearchCost.Snapshot;
    public override Verdict Match(SearchContext context) => Answer(context.IsRecent);
}

/// <summary>A sequence set, or UID with one, or "$". Numbers that no message has match nothing.</summary>
internal sealed class SetKey(SequenceSet set, bool uid) : SearchKey
{
    private MailboxSnapshot? resolvedFor;
    private IReadOnlyList<IndexRange> places = [];
    private int next;

    public override SearchCost Cost => SearchCost.Snapshot;

    public override Verdict Match(SearchContext context)
    {
        if (!ReferenceEquals(resolvedFor, context.Snapshot))
        {
            places = context.Mailbox.Resolve(uid || set.IsSaved ? set : Within(set, context.Snapshot.Count), uid);
            resolvedFor = context.Snapshot;
            next = 0;
        }
        // Messages are asked about in ascending order, several times over.
        if (next >= places.Count || next > 0 && places[next - 1].Last >= context.Place) next = 0;
        while (next < places.Count && places[next].Last < context.Place) next++;
        return Answer(next < places.Count && places[next].First <= context.Place);
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

/// <summary>MODSEQ (RFC 7162 §3.1.5): changed at or after; one mod-sequence serves all flags of a message.</summary>
internal sealed class ModSeqKey(ModSeq least) : SearchKey
{
    public override SearchCost Cost => SearchCost.Snapshot;
    public override Verdict Match(SearchContext context) => Answer(context.Entry.ModSeq.Value >= least.Value);
}

/// <summary>EMAILID (RFC 8474 §6).</summary>
internal sealed class EmailIdKey(long? id) : SearchKey
{
    public override SearchCost Cost => SearchCost.Snapshot;
    public override Verdict Match(SearchContext context) => Answer(context.Entry.Email.Value == id);
}
