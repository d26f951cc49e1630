using Facteur.Storage;
using Facteur.Storage.Emails;

namespace Facteur.Jmap;

/// <summary>The mailboxes of an account while a call changes them: who is below whom, and what they are for.</summary>
internal sealed class MailboxHierarchy
{
    private readonly Dictionary<MailboxId, MailboxNode> byId = [];
    private readonly Dictionary<(MailboxId? Parent, string Name), MailboxNode> byName = [];
    private readonly Dictionary<MailboxRole, MailboxNode> byRole = [];
    private readonly Dictionary<MailboxId, HashSet<MailboxId>> children = [];

    private static readonly JmapSetError
        BelowItself = JmapSetError.Invalid("parentId", "a mailbox cannot be below itself"), NameTaken = JmapSetError.Invalid("name", "another mailbox has that name"),
        RoleTaken = JmapSetError.Invalid("role", "another mailbox has that role");

    public MailboxHierarchy(AccountSnapshot snapshot)
    {
        var byFullName = new Dictionary<string, MailboxId>(StringComparer.Ordinal);
        foreach (var one in snapshot.Mailboxes)
        {
            byFullName[one.Mailbox.Name] = one.Id;
            var parent = MailboxName.Parent(one.Mailbox.Name) is { } above && byFullName.TryGetValue(above, out var id) ? id : (MailboxId?)null;
            Add(new MailboxNode(one.Id, one.Mailbox.Name[(one.Mailbox.Name.LastIndexOf(MailboxName.Separator) + 1)..], parent, one.Mailbox.Role));
        }
    }

    private MailboxHierarchy(IEnumerable<MailboxNode> nodes)
    {
        foreach (var node in nodes) Add(node);
    }

    /// <summary>One to try changes on.</summary>
    public MailboxHierarchy Copy() => new(byId.Values);

    public MailboxNode? Find(MailboxId id) => byId.GetValueOrDefault(id);

    /// <summary>The mailbox of that name below another, or at the top.</summary>
    public MailboxNode? FindChild(MailboxId? parent, string name) => byName.GetValueOrDefault((parent, name));

    /// <summary>The mailbox that has a role; null for no role.</summary>
    public MailboxNode? FindRole(MailboxRole role) => byRole.GetValueOrDefault(role);

    public bool HasChildren(MailboxId id) => children.TryGetValue(id, out var below) && below.Count > 0;

    public void Add(MailboxNode node)
    {
        byId[node.Id] = node;
        byName[(node.Parent, node.Name)] = node;
        if (node.Role != MailboxRole.None) byRole[node.Role] = node;
        if (node.Parent is not { } parent) return;
        if (!children.TryGetValue(parent, out var below)) children.Add(parent, below = []);
        below.Add(node.Id);
    }

    public void Remove(MailboxNode node)
    {
        byId.Remove(node.Id);
        byName.Remove((node.Parent, node.Name));
        if (FindRole(node.Role)?.Id == node.Id) byRole.Remove(node.Role);
        if (node.Parent is { } parent) children[parent].Remove(node.Id);
    }

    public void Replace(MailboxNode node, MailboxNode by)
    {
        Remove(node);
        Add(by);
    }

    /// <summary>Why a mailbox cannot have this name and role below <paramref name="parent"/> as things stand; null when it can.</summary>
    /// <param name="node">The mailbox; null for a new one.</param>
    /// <param name="blocker">The mailbox that is in its way.</param>
    public JmapSetError? Misfit(string name, MailboxRole role, MailboxId? parent, MailboxNode? node, out MailboxId? blocker)
    {
        blocker = parent;
        if (node is not null && IsWithin(parent, node.Id)) return BelowItself;
        blocker = FindChild(parent, name)?.Id;
        if (blocker is not null && blocker != node?.Id) return NameTaken;
        blocker = FindRole(role)?.Id;
        return blocker is not null && blocker != node?.Id ? RoleTaken : null;
    }

    /// <summary>Whether a mailbox is another one, or stands below it.</summary>
    public bool IsWithin(MailboxId? id, MailboxId above)
    {
        for (; id is { } at; id = Find(at)?.Parent)
            if (at == above) return true;
        return false;
    }

    /// <summary>All below a mailbox.</summary>
    public IEnumerable<MailboxId> Below(MailboxId id) => children.TryGetValue(id, out var below) ? below.SelectMany(one => Below(one).Prepend(one)) : [];

    /// <summary>The store's name of what is called <paramref name="name"/> below <paramref name="parent"/>.</summary>
    public string FullName(MailboxId? parent, string name)
    {
        for (; parent is { } at && Find(at) is { } node; parent = node.Parent) name = node.Name + MailboxName.Separator + name;
        return name;
    }

    public int Depth(MailboxId? id)
    {
        var depth = 0;
        for (; id is { } at; id = Find(at)?.Parent) depth++;
        return depth;
    }
}

/// <param name="Name">One level.</param>
internal sealed record MailboxNode(MailboxId Id, string Name, MailboxId? Parent, MailboxRole Role)
{
    public bool IsInbox => Parent is null && Name == MailboxName.Inbox;
}
