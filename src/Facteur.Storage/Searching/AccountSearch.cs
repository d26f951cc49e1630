using Facteur.Storage.Emails;

namespace Facteur.Storage.Searching;

/// <summary>A search over an account with its order: what Email/query answers from (RFC 8621 §4.4).</summary>
/// <param name="condition">Bound.</param>
/// <param name="collapse">Only the first email of each conversation (RFC 8621 §4.4.3).</param>
public sealed class AccountSearch(MailStore store, AccountSnapshot snapshot, SearchCondition condition, EmailOrder order, bool collapse, DateTimeOffset now)
{
    /// <summary>Above so many first ones wanted, sorting all is as cheap as choosing them.</summary>
    public const int MostChosen = 2_000;

    /// <summary>The first emails can be chosen in one pass over what is in memory.</summary>
    public bool CanChoose => condition.Cost == SearchCost.Row && order.IsOneNumber;

    /// <summary>
    /// The first emails of the result in one pass, without a list of all: what a screen shows of a mailbox of 100,000. Rows that cannot be
    /// among the first any more cost one comparison, so the pass goes from where the order begins in most mailboxes.
    /// </summary>
    /// <param name="count">At most <see cref="MostChosen"/>.</param>
    public EmailId[] ChooseFirst(int count, CancellationToken cancel)
    {
        if (count == 0) return [];
        var chooser = new FirstChooser(count, collapse);
        var comparator = order.Comparators[0];
        var (bySize, keySign, idSign) = (comparator.Property == EmailSortProperty.Size, comparator.IsAscending ? 1 : -1, order.IdsAscend ? 1 : -1);
        var subject = new AccountSubject(store, snapshot) { Now = now };
        var place = order.IdsAscend ? 0 : snapshot.Count;
        for (var i = 0; i < snapshot.ChunkCount; i++)
        {
            cancel.ThrowIfCancellationRequested();
            var rows = snapshot.Chunk(order.IdsAscend ? i : snapshot.ChunkCount - 1 - i);
            if (!order.IdsAscend) place -= rows.Length;
            for (var at = 0; at < rows.Length; at++)
            {
                var index = order.IdsAscend ? at : rows.Length - 1 - at;
                ref readonly var row = ref rows[index];
                var candidate = new Ranked((bySize ? row.Size : row.ReceivedAt) * keySign, row.Id.Value * idSign, row.Thread.Value);
                if (!chooser.MayTake(candidate)) continue;
                if (condition is MailboxCondition(var mailbox))
                {
                    if (!row.IsIn(mailbox)) continue;
                }
                else if (!Matches(subject, place + index)) continue;
                chooser.Add(candidate);
            }
            if (order.IdsAscend) place += rows.Length;
        }
        return chooser.Finish(idSign);
    }

    /// <summary>The whole result in order.</summary>
    public async ValueTask<EmailId[]> RunAsync(CancellationToken cancel)
    {
        var subject = new AccountSubject(store, snapshot) { Now = now };
        var found = await new MessageSearch(store, condition, subject).RunAsync(cancel);
        var sorted = order.IsOneNumber ? SortByNumber(subject, found) : await new AccountSorter(store, subject, order).RunAsync(found, cancel);
        return collapse ? Collapse(sorted) : Array.ConvertAll(sorted, one => one.Email);
    }

    private bool Matches(AccountSubject subject, int place)
    {
        subject.MoveTo(place);
        return condition.Match(subject) == Verdict.Yes;
    }

    private SortedEmail[] SortByNumber(AccountSubject subject, MessageBits found)
    {
        var comparator = order.Comparators[0];
        var (bySize, keySign, idSign) = (comparator.Property == EmailSortProperty.Size, comparator.IsAscending ? 1 : -1, order.IdsAscend ? 1 : -1);
        var ranked = new Ranked[found.Count];
        var at = order.IdsAscend ? 0 : ranked.Length - 1;
        for (var place = found.Next(0); place >= 0; place = found.Next(place + 1))
        {
            subject.MoveTo(place);
            ranked[at] = new Ranked((bySize ? subject.Row.Size : subject.Row.ReceivedAt) * keySign, subject.Row.Id.Value * idSign, subject.Row.Thread.Value);
            at += idSign;
        }
        if (!IsSorted(ranked)) ranked.AsSpan().Sort();
        return Array.ConvertAll(ranked, one => new SortedEmail(new EmailId(one.Id * idSign), new ThreadId(one.Thread)));
    }

    // Mail mostly arrives in the order of its dates.
    private static bool IsSorted(Ranked[] ranked)
    {
        for (var i = 1; i < ranked.Length; i++)
            if (ranked[i].CompareTo(ranked[i - 1]) < 0) return false;
        return true;
    }

    private static EmailId[] Collapse(SortedEmail[] sorted)
    {
        var seen = new HashSet<ThreadId>(sorted.Length);
        var kept = 0;
        var result = new EmailId[sorted.Length];
        foreach (var (email, thread) in sorted)
            if (seen.Add(thread)) result[kept++] = email;
        Array.Resize(ref result, kept);
        return result;
    }
}

/// <summary>An email of a sorted result.</summary>
internal readonly record struct SortedEmail(EmailId Email, ThreadId Thread);

/// <summary>An email by the number it is sorted by, then by id; both turned round when they descend, so that the smallest comes first.</summary>
internal readonly record struct Ranked(long Key, long Id, long Thread) : IComparable<Ranked>
{
    public int CompareTo(Ranked other) => Key != other.Key ? Key.CompareTo(other.Key) : Id.CompareTo(other.Id);
}
