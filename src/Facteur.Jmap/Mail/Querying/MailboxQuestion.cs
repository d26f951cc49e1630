using System.Text.Json;
using Facteur.Storage;
using Facteur.Storage.Emails;
using Facteur.Storage.Searching;

namespace Facteur.Jmap;

/// <summary>What Mailbox/query and Mailbox/queryChanges ask (RFC 8621 §2.3).</summary>
/// <param name="AsTree">What stands above a mailbox matters, too.</param>
internal sealed record MailboxQuestion(List<MailboxId> Result, bool AsTree)
{
    public static readonly string[] Arguments = ["sortAsTree", "filterAsTree"];

    /// <summary>Reads the arguments of a call and finds the result in the snapshot.</summary>
    public static MailboxQuestion Answer(JmapCall call, AccountSnapshot snapshot, Subscriptions subscriptions)
    {
        var tree = new MailboxTree(snapshot);
        var matches = new MailboxFilter(tree, subscriptions).Read(JmapArguments.Object(call.Arguments, "filter"));
        var order = Comparison(JmapArguments.Array(call.Arguments, "sort"));
        var sortAsTree = JmapArguments.Bool(call.Arguments, "sortAsTree") ?? false;
        var filterAsTree = JmapArguments.Bool(call.Arguments, "filterAsTree") ?? false;
        var sorted = sortAsTree ? SortAsTree(tree, order) : [.. tree.All.Order(Comparer<AccountMailbox>.Create(order))];
        var kept = tree.All.Where(one => matches(one)).Select(one => one.Id).ToHashSet();
        return new MailboxQuestion(
            [.. sorted.Where(one => kept.Contains(one.Id) && (!filterAsTree || IsWithAllAbove(tree, kept, one))).Select(one => one.Id)], sortAsTree || filterAsTree);
    }

    private static bool IsWithAllAbove(MailboxTree tree, HashSet<MailboxId> kept, AccountMailbox mailbox)
    {
        for (var above = tree.Above(mailbox); above is not null; above = tree.Above(above))
            if (!kept.Contains(above.Id)) return false;
        return true;
    }

    /// <summary>Parents before their children, each set of children in order: RFC 8621 §2.3 "sortAsTree".</summary>
    private static List<AccountMailbox> SortAsTree(MailboxTree tree, Comparison<AccountMailbox> order)
    {
        var children = tree.All.ToLookup(tree.ParentOf);
        var sorted = new List<AccountMailbox>(tree.All.Count);
        var open = new Stack<AccountMailbox>();
        Open(null);
        while (open.TryPop(out var next))
        {
            sorted.Add(next);
            Open(next.Id);
        }
        return sorted;

        void Open(MailboxId? parent)
        {
            foreach (var child in children[parent].OrderDescending(Comparer<AccountMailbox>.Create(order))) open.Push(child);
        }
    }

    // Without comparators, as people see them: by place, then by name.
    private static Comparison<AccountMailbox> Comparison(JsonElement? sort)
    {
        var comparators = sort is { } list ? [.. list.EnumerateArray().Select(Comparator)] : new List<Comparison<AccountMailbox>>();
        if (comparators.Count == 0) comparators = [ByPlace, ByName(Collation.UnicodeCasemap)];
        return (a, b) =>
        {
            foreach (var one in comparators)
                if (one(a, b) is var order && order != 0) return order;
            return a.Id.Value.CompareTo(b.Id.Value);
        };
    }

    private static Comparison<AccountMailbox> Comparator(JsonElement comparator)
    {
        var (property, isAscending, collation) = EmailSorting.Common(comparator);
        var order = property switch
        {
            "sortOrder" => ByPlace,
            "name" => ByName(collation),
            _ => throw EmailSorting.Unsupported($"mailboxes are not sorted by {property}"),
        };
        return isAscending ? order : (a, b) => order(b, a);
    }

    private static int ByPlace(AccountMailbox a, AccountMailbox b) => a.Mailbox.SortOrder.CompareTo(b.Mailbox.SortOrder);

    private static Comparison<AccountMailbox> ByName(Collation collation) =>
        (a, b) => string.CompareOrdinal(collation.Key(MailboxTree.NameOf(a)), collation.Key(MailboxTree.NameOf(b)));
}
