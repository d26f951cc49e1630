using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Facteur.Storage;
using Facteur.Storage.Emails;
using Facteur.Storage.Searching;

namespace Facteur.Jmap;

/// <summary>What Email/query and Email/queryChanges ask of an account at one moment: filter, sort, collapseThreads (RFC 8621 §4.4).</summary>
internal sealed class EmailQuestion
{
    /// <summary>Characters of a question whose result is kept; search boxes make some hundreds.</summary>
    private const int MaxKey = 8 * 1024;

    /// <summary>Above so many changes the whole is found anew.</summary>
    private const int MostUpdated = 1_000;

    private readonly JmapCall call;
    private readonly EmailResults results;
    private readonly AccountSearch search;
    private readonly string? key;

    private EmailQuestion(JmapCall call, EmailResults results, AccountSnapshot snapshot, SearchCondition condition, EmailOrder order, bool collapse, string meaning, DateTimeOffset now)
    {
        (this.call, this.results, Snapshot, Condition, Order, Collapse) = (call, results, snapshot, condition, order, collapse);
        search = new AccountSearch(call.Services.Store, snapshot, condition, order, collapse, now);
        State = new QueryState(snapshot.ModSeq, meaning);
        var written = $"{Written("filter")}\n{Written("sort")}\n{collapse}\n{meaning}";
        key = written.Length <= MaxKey ? written : null;
    }

    public AccountSnapshot Snapshot { get; }

    /// <summary>Bound to the account.</summary>
    public SearchCondition Condition { get; }

    public EmailOrder Order { get; }

    public bool Collapse { get; }

    public QueryState State { get; }

    public SearchDependence DependsOn => Condition.DependsOn | Order.DependsOn;

    /// <summary>Reads the arguments of a call.</summary>
    public static async ValueTask<EmailQuestion> ReadAsync(JmapCall call, JmapAccount account, EmailResults results, AccountSnapshot snapshot, CancellationToken cancel)
    {
        var now = call.Services.Time.GetUtcNow();
        var filter = new EmailFilter(now, call.Request);
        var condition = filter.Read(JmapArguments.Object(call.Arguments, "filter"));
        var order = EmailSorting.Read(JmapArguments.Array(call.Arguments, "sort"), call.Uses(JmapCapabilities.FacteurSnooze));
        var bound = await BindAsync(call, account, snapshot, condition, cancel);
        return new EmailQuestion(
            call, results, snapshot, bound, order, JmapArguments.Bool(call.Arguments, "collapseThreads") ?? false, Meaning(condition, bound, filter.CountsFrom), now);
    }

    /// <summary>A condition with its names replaced by what they stand for in the account.</summary>
    public static async ValueTask<SearchCondition> BindAsync(JmapCall call, JmapAccount account, AccountSnapshot snapshot, SearchCondition condition, CancellationToken cancel)
    {
        if (!condition.All().Any(one => one is BoundCondition)) return condition;
        List<string> own = [account.Address];
        if (condition.All().Any(one => one is OwnAddressCondition))
            own.AddRange((await call.Services.Store.Directory.ListAddressesAsync(account.Id, cancel)).Select(one => one.Address).Where(one => one != account.Address).Order(StringComparer.Ordinal));
        return condition.Bind(new SearchBinding(snapshot, own));
    }

    /// <summary>The whole result: kept from an earlier call, brought up to date, or found now.</summary>
    public async ValueTask<EmailId[]> AllAsync(CancellationToken cancel)
    {
        if (TryKept() is { } kept) return kept;
        var found = await TryUpdateAsync(cancel) ?? await search.RunAsync(cancel);
        if (key is not null) results.Keep(Snapshot.Account, key, Snapshot.ModSeq, found);
        return found;
    }

    public EmailId[]? TryKept() => key is not null && results.Find(Snapshot.Account, key) is { } kept && kept.State == Snapshot.ModSeq ? kept.Emails : null;

    /// <summary>Emails whose place in a result may be another after these changes: with conversations, also the others of theirs.</summary>
    public HashSet<EmailId> Touched(AccountChanges changes)
    {
        var touched = changes.Emails.Select(one => one.Email).ToHashSet();
        if (Collapse || DependsOn.HasFlag(SearchDependence.Thread))
            foreach (var thread in changes.Emails.Select(one => one.Thread).ToHashSet())
                foreach (var row in Snapshot.Thread(thread)) touched.Add(row.Id);
        return touched;
    }

    private async ValueTask<EmailId[]?> TryUpdateAsync(CancellationToken cancel)
    {
        if (!search.CanUpdate || key is null || results.Find(Snapshot.Account, key) is not { } earlier || earlier.State.CompareTo(Snapshot.ModSeq) > 0) return null;
        var changes = await call.Services.Store.Emails.ChangesSinceAsync(Snapshot.Account, earlier.State, cancel);
        if (changes is null || changes.Snapshot.ModSeq != Snapshot.ModSeq || changes.Emails.Count > MostUpdated) return null;
        return search.Update(earlier.Emails, Touched(changes));
    }

    /// <summary>The first so many, without the whole result; null when only the whole tells.</summary>
    public EmailId[]? TryFirst(long count, CancellationToken cancel) =>
        count <= AccountSearch.MostChosen && search.CanChoose ? search.ChooseFirst((int)count, cancel) : null;

    /// <summary>The length of the result where it is known without it (RFC 8621 §4.4: that of a mailbox); else null.</summary>
    public int? TryTotal() => Condition switch
    {
        MailboxCondition { Mailbox: var id } => Snapshot.FindMailbox(id) is { } mailbox ? Collapse ? mailbox.TotalThreads : mailbox.TotalEmails : 0,
        ConstantCondition { Value: true } when !Collapse => Snapshot.Count,
        _ => null,
    };

    private string Written(string argument) => call.Arguments.TryGetProperty(argument, out var value) ? value.GetRawText() : "";

    /// <summary>Tells apart what one question may mean at two times; empty for one that always means the same.</summary>
    private static string Meaning(SearchCondition condition, SearchCondition bound, DateTimeOffset? countsFrom)
    {
        if (countsFrom is null && ReferenceEquals(condition, bound)) return "";
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{countsFrom?.UtcTicks}");
        if (!ReferenceEquals(condition, bound))
            foreach (var one in bound.All()) text.Append('\n').Append(Named(one));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())).AsSpan(0, 6));
    }

    // What names are bound to, and where in the condition it stands.
    private static string Named(SearchCondition condition) => condition switch
    {
        MailboxCondition mailbox => string.Create(CultureInfo.InvariantCulture, $"m{mailbox.Mailbox.Value}"),
        MailboxOtherThanCondition others => "o" + string.Join(',', others.Mailboxes.Select(one => one.Value).Order()),
        KeywordCondition keyword => "k" + keyword.Keyword,
        FieldCondition field => "f" + field.Needle.Text,
        ConstantCondition constant => constant.Value ? "1" : "0",
        _ => condition.GetType().Name,
    };
}
