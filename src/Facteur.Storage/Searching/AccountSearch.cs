using Facteur.Storage.Emails;

namespace Facteur.Storage.Searching;

/// <summary>A search over an account with its order: what Email/query answers from (RFC 8621 §4.4).</summary>
/// <param name="condition">Bound.</param>
/// <param name="collapse">Only the first email of each conversation (RFC 8621 §4.4.3).</param>
public sealed class AccountSearch(MailStore store, AccountSnapshot snapshot, SearchCondition condition, EmailOrder order, bool collapse, DateTimeOffset now)
{
    private readonly EmailSortProperty by = order.Comparators[0].Property;
    private readonly int keySign = order.Comparators[0].IsAscending ? 1 : -1;

    /// <summary>Above so many first ones wanted, sorting all is as cheap as choosing them.</summary>
    public const int MostChosen = 2_000;

    // Ids and keys are turned round where they descend: the smallest comes first.
    private int IdSign => order.IdsAscend ? 1 : -1;

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
                var candidate = Rank(row);
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
        return chooser.Finish(IdSign);
    }

    /// <summary>The whole result in order.</summary>
    public async ValueTask<EmailId[]> RunAsync(CancellationToken cancel)
    {
        var subject = new AccountSubject(store, snapshot) { Now = now };
        var found = await new MessageSearch(store, condition, subject).RunAsync(cancel);
        var sorted = order.IsOneNumber ? SortByNumber(subject, found) : await new AccountSorter(store, subject, order).RunAsync(found, cancel);
        return collapse ? Collapse(sorted) : Array.ConvertAll(sorted, one => one.Email);
    }

    /// <summary>A result can be brought up to date without looking at what did not change.</summary>
    public bool CanUpdate => CanChoose && !condition.DependsOn.HasFlag(SearchDependence.Thread);

    /// <summary>
    /// The result from an earlier one of the same search: what was touched since is taken out and put where it belongs now, so that a list that is looked at
    /// all day costs little with each new message. Null when the earlier one does not fit the account any more.
    /// </summary>
    /// <param name="before">The whole result, earlier.</param>
    /// <param name="touched">Every email that changed since; when conversations are collapsed, all of each conversation of these.</param>
    public EmailId[]? Update(EmailId[] before, IReadOnlySet<EmailId> touched)
    {
        var kept = Array.FindAll(before, email => !touched.Contains(email));
        var added = Candidates(touched);
        var result = new EmailId[kept.Length + added.Count];
        var (from, to) = (0, 0);
        foreach (var candidate in added)
        {
            if (PlaceOf(candidate, kept, from) is not { } place) return null;
            kept.AsSpan(from, place - from).CopyTo(result.AsSpan(to));
            to += place - from;
            from = place;
            result[to++] = new EmailId(candidate.Id * IdSign);
        }
        kept.AsSpan(from).CopyTo(result.AsSpan(to));
        return result;
    }

    /// <summary>Those that match, in order, one of each conversation when they are collapsed.</summary>
    private List<Ranked> Candidates(IReadOnlySet<EmailId> touched)
    {
        var subject = new AccountSubject(store, snapshot) { Now = now };
        var found = new List<Ranked>();
        foreach (var email in touched)
            if (snapshot.TryFind(email, out var row) && subject.Matches(condition, row)) found.Add(Rank(row));
        found.Sort();
        return collapse ? [.. found.DistinctBy(one => one.Thread)] : found;
    }

    private int? PlaceOf(Ranked candidate, EmailId[] kept, int from)
    {
        var (low, high) = (from, kept.Length);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (!snapshot.TryFind(kept[middle], out var row)) return null;
            if (Rank(row).CompareTo(candidate) < 0) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    private bool Matches(AccountSubject subject, int place)
    {
        subject.MoveTo(place);
        return condition.Match(subject) == Verdict.Yes;
    }

    private SortedEmail[] SortByNumber(AccountSubject subject, MessageBits found)
    {
        var ranked = new Ranked[found.Count];
        var at = order.IdsAscend ? 0 : ranked.Length - 1;
        for (var place = found.Next(0); place >= 0; place = found.Next(place + 1))
        {
            subject.MoveTo(place);
            ranked[at] = Rank(subject.Row);
            at += IdSign;
        }
        if (!IsSorted(ranked)) ranked.AsSpan().Sort();
        return Array.ConvertAll(ranked, one => new SortedEmail(new EmailId(one.Id * IdSign), new ThreadId(one.Thread)));
    }

    private Ranked Rank(in EmailRow row) => new(Key(row) * keySign, row.Id.Value * IdSign, row.Thread.Value);

    private long Key(in EmailRow row) => by switch
    {
        EmailSortProperty.Size => row.Size,
        EmailSortProperty.ListedAt => row.ListedAt,
        _ => row.ReceivedAt,
    };

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
