namespace Facteur.Imap.Messages;

/// <summary>REFERENCES: trees by References and In-Reply-To, then threads of one subject joined (RFC 5256 §3, steps 1 to 6).</summary>
internal sealed class References
{
    /// <summary>Ancestors walked to rule out a loop; what is deeper is not linked.</summary>
    private const int MaxDepth = 10_000;

    private readonly Dictionary<string, ThreadNode> byId = new(StringComparer.Ordinal);
    private readonly List<ThreadNode> messages = [];

    /// <summary>Step 1 for one message; call in sequence order.</summary>
    /// <param name="id">Message-ID, normalised, or null.</param>
    /// <param name="references">Normalised, oldest first.</param>
    public void Add(ThreadNode message, string? id, IReadOnlyList<string> references)
    {
        var node = Take(message, id);
        messages.Add(node);
        ThreadNode? last = null;
        foreach (var reference in references)
        {
            if (!byId.TryGetValue(reference, out var next)) byId[reference] = next = new ThreadNode();
            if (last is not null && next.Parent is null) Link(last, next);
            last = next;
        }
        node.Parent = null; // step 1.B: the last reference decides, whatever others said
        if (last is not null) Link(last, node);
    }

    /// <summary>Steps 2 to 6: the threads in order.</summary>
    public List<ThreadNode> Build()
    {
        var roots = Gather();
        foreach (var node in messages) node.Children.Sort(ThreadNode.BySentDate);
        foreach (var root in roots) root.SortChildren();
        roots.Sort(ThreadNode.BySentDate);
        roots = Merge(roots);
        foreach (var root in roots) root.SortChildren();
        roots.Sort(ThreadNode.BySentDate);
        return roots;
    }

    // A dummy that stood for the id becomes the message; a second message of one id stands for itself (step 1.A).
    private ThreadNode Take(ThreadNode message, string? id)
    {
        if (id is null) return message;
        if (!byId.TryGetValue(id, out var known))
        {
            byId[id] = message;
            return message;
        }
        if (!known.IsDummy) return message;
        (known.Place, known.Sent, known.Subject, known.IsReply) = (message.Place, message.Sent, message.Subject, message.IsReply);
        return known;
    }

    private static void Link(ThreadNode parent, ThreadNode child)
    {
        if (WouldLoop(parent, child)) return;
        child.Parent = parent;
        parent.IsParent = true;
    }

    private static bool WouldLoop(ThreadNode parent, ThreadNode child)
    {
        if (!child.IsParent) return ReferenceEquals(parent, child); // nothing is below it yet, as of most messages
        var steps = 0;
        for (var at = parent; at is not null; at = at.Parent)
            if (ReferenceEquals(at, child) || ++steps > MaxDepth) return true;
        return false;
    }

    /// <summary>
    /// Steps 2 and 3: each message below the nearest message above it. Dummies go, but for the topmost one of several
    /// messages that have no message above them.
    /// </summary>
    private List<ThreadNode> Gather()
    {
        var roots = new List<ThreadNode>();
        var dummies = new List<ThreadNode>();
        foreach (var node in messages)
        {
            var above = node.Parent;
            while (above is { IsDummy: true, Parent: not null }) above = above.Parent;
            if (above is null) roots.Add(node);
            else
            {
                if (above.IsDummy && above.Children.Count == 0) dummies.Add(above);
                above.Children.Add(node);
            }
        }
        foreach (var dummy in dummies) roots.Add(dummy.Children.Count == 1 ? dummy.Children[0] : dummy);
        return roots;
    }

    /// <summary>Step 5: joins the threads of one subject.</summary>
    private static List<ThreadNode> Merge(List<ThreadNode> roots)
    {
        var bySubject = new Dictionary<string, ThreadNode>(StringComparer.Ordinal);
        foreach (var root in roots)
        {
            if (root.Subject.Length == 0 || bySubject.TryAdd(root.Subject, root)) continue;
            var known = bySubject[root.Subject];
            if (!known.IsDummy && (root.IsDummy || known.IsReply && !root.IsReply)) bySubject[root.Subject] = root;
        }
        var merged = new List<ThreadNode>(roots.Count);
        foreach (var root in roots)
        {
            if (root.Subject.Length == 0 || ReferenceEquals(bySubject[root.Subject], root)) continue;
            if (Join(bySubject[root.Subject], root) is not { } dummy) continue;
            bySubject[root.Subject] = dummy;
            merged.Add(dummy);
        }
        merged.AddRange(roots);
        merged.RemoveAll(r => r.IsMerged);
        return merged;
    }

    /// <summary>Step 5.C.iv; answers the dummy that now stands for both, when one was needed.</summary>
    private static ThreadNode? Join(ThreadNode known, ThreadNode current)
    {
        current.IsMerged = true;
        if (known.IsDummy && current.IsDummy)
        {
            known.Children.AddRange(current.Children);
            return null;
        }
        if (known.IsDummy || current.IsReply && !known.IsReply)
        {
            known.Children.Add(current);
            if (!known.IsDummy) known.Children.Sort(ThreadNode.BySentDate);
            return null;
        }
        known.IsMerged = true;
        var dummy = new ThreadNode { Subject = known.Subject };
        dummy.Children.Add(known);
        dummy.Children.Add(current);
        return dummy;
    }
}
