using System.Text.Json;
using Facteur.Storage;
using Facteur.Storage.Emails;

namespace Facteur.Jmap;

/// <summary>
/// Carries out the tasks of a call (RFC 8620 §5.3, RFC 8621 §2.5). What counts is whether the mailboxes are right in the end: a task that is refused because of
/// a name, a role, a parent or a child that another task changes is tried again after it, and mailboxes that change names pass each other.
/// </summary>
internal sealed class MailboxWork(JmapCall call, JmapAccount account, AccountSnapshot snapshot, Subscriptions subscriptions, bool removeEmails, JmapSetAnswer answer)
{
    /// <summary>Trials of a call whether a mailbox out of the way helps; and tasks that are looked at in one.</summary>
    private const int MaxTrials = 200;

    private static readonly JmapSetError NoParent = JmapSetError.Invalid("parentId", "there is no such mailbox"), HasChild = new("mailboxHasChild");

    private readonly EmailStore emails = call.Services.Store.Emails;
    private readonly MailboxHierarchy tree = new(snapshot);
    private int trials;

    /// <summary>Mailboxes that were changed, with those below them that moved along.</summary>
    public HashSet<MailboxId> Touched { get; } = [];

    public async ValueTask RunAsync(List<MailboxTask> tasks, CancellationToken cancel)
    {
        while (tasks.Count > 0)
        {
            var left = new List<MailboxTask>();
            foreach (var task in tasks)
                if (!await TryAsync(task, cancel)) left.Add(task);
            if (left.Count == tasks.Count && !await ParkAsync(left, cancel)) break;
            tasks = left;
        }
        foreach (var task in tasks) await RefuseAsync(task, task.Refused!, cancel);
    }

    /// <summary>Does a task, or refuses it for good; false when it waits for others.</summary>
    private async ValueTask<bool> TryAsync(MailboxTask task, CancellationToken cancel)
    {
        try
        {
            return task.Kind switch
            {
                MailboxTaskKind.Create => await CreateAsync(task, cancel),
                MailboxTaskKind.Update => await UpdateAsync(task, cancel),
                _ => await DestroyAsync(task, cancel),
            };
        }
        catch (Exception e) when (JmapSetError.TryOf(e, out var error))
        {
            await RefuseAsync(task, error, cancel);
            return true;
        }
        catch (StoreRefusedException e)
        {
            // Somebody else was there first.
            await RefuseAsync(task, e.Reason == StoreRefusal.NoSuchMailbox ? JmapSetError.NotFound : JmapSetError.Invalid("name", "the mailboxes changed meanwhile"), cancel);
            return true;
        }
    }

    private async ValueTask<bool> CreateAsync(MailboxTask task, CancellationToken cancel)
    {
        var wanted = task.Wanted!;
        if (!TryPlace(task, null, out var parent, out var fullName)) return false;
        var store = call.Services.Store;
        var id = (await store.CreateMailboxAsync(account.Id, fullName, wanted.Role, cancel)).Id;
        try
        {
            await emails.UpdateMailboxAsync(id, new MailboxUpdate { SortOrder = wanted.SortOrder, Subscribed = wanted.IsSubscribed, Color = wanted.Color }, cancel);
            await subscriptions.SetAsync(id, wanted.IsSubscribed, cancel);
        }
        catch
        {
            await store.DeleteMailboxAsync(id, CancellationToken.None);
            throw;
        }
        tree.Add(new MailboxNode(id, wanted.Name, parent, wanted.Role));
        Touched.Add(id);
        call.Request.Created(task.Key, JmapIds.Of(id));
        var shown = await ReadAsync(JmapIds.Of(id), cancel);
        answer.Created(task.Key, JmapIds.Of(id), writer => MailboxJson.WriteUnsent(writer, shown, task.Sent));
        return true;
    }

    private async ValueTask<bool> UpdateAsync(MailboxTask task, CancellationToken cancel)
    {
        var node = FindNode(task);
        if (node is null) return task.Wait(JmapSetError.NotFound);
        var wanted = task.Wanted ??= WantedMailbox.Read(JmapPatch.Read(task.Sent), await ReadAsync(JmapIds.Of(node.Id), cancel));
        var (parent, fullName) = ((MailboxId?)null, MailboxName.Inbox);
        if (node.IsInbox) RequireInbox(wanted);
        else if (!TryPlace(task, node, out parent, out fullName)) return false;
        await emails.UpdateMailboxAsync(
            node.Id,
            subscriptions.Update(new MailboxUpdate { Name = fullName, Role = wanted.Role, SortOrder = wanted.SortOrder, Color = wanted.Color }, wanted.IsSubscribed), cancel);
        await subscriptions.SetAsync(node.Id, wanted.IsSubscribed, cancel);
        var after = node.IsInbox ? node : node with { Name = wanted.Name, Parent = parent, Role = wanted.Role };
        Touch(node.Id, moves: (after.Name, after.Parent) != (node.Name, node.Parent));
        tree.Replace(node, after);
        task.Parked = null;
        answer.Updated(JmapIds.Of(node.Id), MailboxJson.Changed(wanted, task.Sent));
        return true;
    }

    private async ValueTask<bool> DestroyAsync(MailboxTask task, CancellationToken cancel)
    {
        var node = FindNode(task);
        if (node is null) return task.Wait(JmapSetError.NotFound);
        if (node.IsInbox) throw new JmapSetException(new JmapSetError("forbidden", "the inbox cannot be destroyed"));
        if (tree.HasChildren(node.Id)) return task.Wait(HasChild);
        // Looked at just before: what came meanwhile is not lost.
        var now = await emails.LookAsync(account.Id, cancel);
        if (!removeEmails && now.FindMailbox(node.Id)?.TotalEmails > 0) throw new JmapSetException(new JmapSetError("mailboxHasEmail"));
        await call.Services.Store.DeleteMailboxAsync(node.Id, cancel);
        tree.Remove(node);
        Touched.Add(node.Id);
        answer.Destroyed(JmapIds.Of(node.Id));
        return true;
    }

    private async ValueTask<JsonElement?> ReadAsync(string id, CancellationToken cancel) => MailboxJson.Read(account, await emails.LookAsync(account.Id, cancel), subscriptions, id);

    private MailboxNode? FindNode(MailboxTask task) => JmapIds.TryRead(call.Request.ResolveId(task.Key), out MailboxId id) ? tree.Find(id) : null;

    private static void RequireInbox(WantedMailbox wanted)
    {
        if (!wanted.Name.Equals(MailboxName.Inbox, StringComparison.OrdinalIgnoreCase) || wanted.ParentId is not null)
            throw new JmapSetException(new JmapSetError("forbidden", "the inbox cannot be renamed"));
        if (wanted.Role != MailboxRole.Inbox) throw new JmapSetException(new JmapSetError("forbidden", "the inbox keeps its role"));
    }

    /// <summary>Where a mailbox goes: the one above it, and its whole name. False when it has to wait.</summary>
    private bool TryPlace(MailboxTask task, MailboxNode? node, out MailboxId? parent, out string fullName)
    {
        fullName = "";
        var wanted = task.Wanted!;
        if (!TryFindParent(tree, wanted, out parent)) return task.Wait(NoParent);
        if (tree.Misfit(NameOf(wanted, parent), wanted.Role, parent, node, out var blocker) is { } misfit) return task.Wait(misfit, blocker);
        return MailboxName.TryNormalize(tree.FullName(parent, wanted.Name), out fullName)
            ? true
            : throw new JmapSetException(JmapSetError.Invalid("name", "the whole name is too long"));
    }

    // At the top there is one inbox, in whatever case.
    private static string NameOf(WantedMailbox wanted, MailboxId? parent) =>
        parent is null && wanted.Name.Equals(MailboxName.Inbox, StringComparison.OrdinalIgnoreCase) ? MailboxName.Inbox : wanted.Name;

    private bool TryFindParent(MailboxHierarchy among, WantedMailbox wanted, out MailboxId? parent)
    {
        parent = null;
        if (wanted.ParentId is null) return true;
        if (!JmapIds.TryRead(call.Request.ResolveId(wanted.ParentId), out MailboxId id) || among.Find(id) is null) return false;
        parent = id;
        return true;
    }

    /// <summary>Puts one mailbox out of the way of a task when its own task can be done thereby. False when there is none.</summary>
    private async ValueTask<bool> ParkAsync(List<MailboxTask> tasks, CancellationToken cancel)
    {
        if (tasks.Count > MaxTrials) return false;
        var waiting = new Dictionary<MailboxId, MailboxTask>();
        foreach (var task in tasks)
            if (task is { Kind: MailboxTaskKind.Update, Parked: null, Wanted: not null } && FindNode(task) is { IsInbox: false } node) waiting.TryAdd(node.Id, task);
        foreach (var task in tasks)
        {
            if (task.Blocker is not { } blocker || !waiting.Remove(blocker, out var other)) continue;
            var node = tree.Find(blocker)!;
            var aside = node with { Name = $"~{Guid.NewGuid():N}", Parent = null, Role = MailboxRole.None };
            if (trials++ == MaxTrials || !Helps(node, aside, other, tasks) || !await MoveAsync(node, aside, cancel)) continue;
            other.Parked = node;
            return true;
        }
        return false;
    }

    /// <summary>Whether a task can be done once its mailbox is out of the way of the others.</summary>
    private bool Helps(MailboxNode node, MailboxNode aside, MailboxTask task, List<MailboxTask> tasks)
    {
        var trial = tree.Copy();
        trial.Replace(node, aside);
        var left = tasks;
        int before;
        do
        {
            before = left.Count;
            left = left.FindAll(one => !Settles(one, trial));
            if (!left.Contains(task)) return true;
        }
        while (left.Count < before);
        return false;
    }

    private bool Settles(MailboxTask task, MailboxHierarchy trial)
    {
        if (task.Kind == MailboxTaskKind.Create || !JmapIds.TryRead(call.Request.ResolveId(task.Key), out MailboxId id) || trial.Find(id) is not { IsInbox: false } node) return false;
        if (task.Kind == MailboxTaskKind.Destroy)
        {
            if (trial.HasChildren(id) || !removeEmails && snapshot.FindMailbox(id)?.TotalEmails > 0) return false;
            trial.Remove(node);
            return true;
        }
        if (task.Wanted is not { } wanted || !TryFindParent(trial, wanted, out var parent)) return false;
        if (trial.Misfit(NameOf(wanted, parent), wanted.Role, parent, node, out _) is not null) return false;
        trial.Replace(node, node with { Name = wanted.Name, Parent = parent, Role = wanted.Role });
        return true;
    }

    private async ValueTask RefuseAsync(MailboxTask task, JmapSetError error, CancellationToken cancel)
    {
        if (task.Parked is { } before && tree.Find(before.Id) is { } node && tree.FindChild(before.Parent, before.Name) is null)
            await MoveAsync(node, before with { Role = tree.FindRole(before.Role) is null ? before.Role : MailboxRole.None }, cancel);
        var id = call.Request.ResolveId(task.Key) ?? task.Key;
        if (task.Kind == MailboxTaskKind.Create) answer.NotCreated(task.Key, error);
        else if (task.Kind == MailboxTaskKind.Update) answer.NotUpdated(id, error);
        else answer.NotDestroyed(id, error);
    }

    private async ValueTask<bool> MoveAsync(MailboxNode node, MailboxNode to, CancellationToken cancel)
    {
        try
        {
            await emails.UpdateMailboxAsync(node.Id, new MailboxUpdate { Name = tree.FullName(to.Parent, to.Name), Role = to.Role }, cancel);
        }
        catch (StoreRefusedException)
        {
            return false;
        }
        Touch(node.Id, moves: true);
        tree.Replace(node, to);
        return true;
    }

    // Those below a mailbox have names of the store that change with its own.
    private void Touch(MailboxId id, bool moves)
    {
        Touched.Add(id);
        if (moves) Touched.UnionWith(tree.Below(id));
    }
}
