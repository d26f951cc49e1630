using System.Collections.Concurrent;
using Facteur.Storage;

namespace Facteur.Imap;

/// <summary>
/// \Recent for clients of IMAP4rev1: per mailbox, the first UID no session was told of (RFC 3501 §2.3.2; IMAP4rev2 has dropped it).
/// Kept in memory only: after a restart what is there counts as told, so that no client announces old mail as new.
/// </summary>
internal sealed class RecentMarks
{
    /// <summary>Mailboxes remembered; past it all are forgotten, which makes their messages told.</summary>
    private const int MaxMailboxes = 100_000;

    private readonly ConcurrentDictionary<MailboxId, uint> firstUntold = new();
    private int count;

    /// <summary>A mailbox was made: all its messages will be new.</summary>
    public void Created(MailboxId mailbox) => Remember(mailbox, 1);

    /// <summary>The first UID not told yet, up to <paramref name="uidNext"/>.</summary>
    /// <param name="claim">They are told now.</param>
    public uint Take(MailboxId mailbox, uint uidNext, bool claim)
    {
        while (true)
        {
            if (!firstUntold.TryGetValue(mailbox, out var first))
            {
                Remember(mailbox, uidNext);
                return uidNext;
            }
            if (!claim || first >= uidNext || firstUntold.TryUpdate(mailbox, uidNext, first)) return Math.Min(first, uidNext);
        }
    }

    private void Remember(MailboxId mailbox, uint first)
    {
        if (!firstUntold.TryAdd(mailbox, first)) return;
        if (Interlocked.Increment(ref count) <= MaxMailboxes) return;
        firstUntold.Clear();
        Interlocked.Exchange(ref count, 0);
    }
}

/// <summary>The UIDs one session sees as \Recent: ascending ranges, mostly none or one.</summary>
internal sealed class RecentUids
{
    private List<UidRange>? ranges;

    /// <summary>Adds the UIDs from <paramref name="first"/> to before <paramref name="next"/>.</summary>
    public void Add(uint first, uint next)
    {
        if (first >= next) return;
        ranges ??= [];
        if (ranges.Count > 0 && ranges[^1].Last + 1 >= first) ranges[^1] = new UidRange(ranges[^1].First, next - 1);
        else ranges.Add(new UidRange(first, next - 1));
    }

    public bool Contains(Uid uid)
    {
        if (ranges is null) return false;
        foreach (var range in ranges)
            if (uid.Value >= range.First && uid.Value <= range.Last) return true;
        return false;
    }

    public int CountIn(MailboxSnapshot snapshot)
    {
        if (ranges is null) return 0;
        var set = new SequenceSet(ranges.Select(r => (r.First, r.Last)).ToArray());
        return set.ResolveUids(snapshot).Sum(r => r.Count);
    }
}
