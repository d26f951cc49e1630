using Facteur.Storage;

namespace Facteur.Imap.Commands;

/// <summary>A name LIST and LSUB can show: a mailbox, a subscription without one, or a level above one of these.</summary>
internal sealed class ListedName(string name)
{
    public string Name { get; } = name;

    /// <summary>Null when there is only a name.</summary>
    public Mailbox? Mailbox { get; set; }
    public bool Subscribed { get; set; }

    /// <summary>A mailbox stands below.</summary>
    public bool HasChildren { get; set; }
}

/// <summary>All names of an account, INBOX first, then by name.</summary>
internal sealed class MailboxTree
{
    private readonly Dictionary<string, ListedName> byName = new(StringComparer.Ordinal);
    private readonly List<ListedName> names = [];

    public IReadOnlyList<ListedName> Names => names;

    public static async ValueTask<MailboxTree> LoadAsync(ImapSession session, CancellationToken cancel)
    {
        var tree = new MailboxTree();
        foreach (var mailbox in await session.Store.ListMailboxesAsync(session.Account.Id, cancel))
        {
            var listed = tree.Get(mailbox.Name);
            listed.Mailbox = mailbox;
            listed.Subscribed = mailbox.Subscribed;
            foreach (var above in tree.Above(mailbox.Name)) above.HasChildren = true;
        }
        foreach (var subscription in await session.Store.ListSubscriptionsAsync(session.Account.Id, cancel))
        {
            tree.Get(subscription.Name).Subscribed = true;
            foreach (var _ in tree.Above(subscription.Name)) { } // the levels above are names too
        }
        tree.names.Sort((a, b) => Order(a.Name, b.Name));
        return tree;
    }

    /// <summary>The levels above a name, nearest first.</summary>
    public IEnumerable<ListedName> Above(string name)
    {
        for (var end = name.LastIndexOf(MailboxName.Separator); end > 0; end = name.LastIndexOf(MailboxName.Separator, end - 1))
            yield return Get(name[..end]);
    }

    private ListedName Get(string name)
    {
        if (byName.TryGetValue(name, out var known)) return known;
        var added = new ListedName(name);
        byName.Add(name, added);
        names.Add(added);
        return added;
    }

    private static int Order(string a, string b)
    {
        if (a == MailboxName.Inbox) return b == MailboxName.Inbox ? 0 : -1;
        return b == MailboxName.Inbox ? 1 : string.CompareOrdinal(a, b);
    }
}
