namespace Facteur.Imap.Messages;

/// <summary>A message in a tree of replies; or a dummy, for one that is referred to and not there (RFC 5256 §3 REFERENCES).</summary>
internal sealed class ThreadNode
{
    /// <summary>Place in the snapshot; -1 for a dummy.</summary>
    public int Place { get; set; } = -1;

    public bool IsDummy => Place < 0;

    /// <summary>Sent date, UTC; a dummy has that of its first child.</summary>
    public long Sent { get; set; }

    /// <summary>Base subject, collated; a dummy has that of its first child.</summary>
    public string Subject { get; set; } = "";

    /// <summary>The subject says that it answers or forwards.</summary>
    public bool IsReply { get; set; }

    public ThreadNode? Parent { get; set; }

    /// <summary>It was made the parent of a message at some time.</summary>
    public bool IsParent { get; set; }

    public List<ThreadNode> Children { get; } = [];

    /// <summary>Merged into another thread.</summary>
    public bool IsMerged { get; set; }

    /// <summary>By sent date, then in sequence order (RFC 5256 §2.2).</summary>
    public static int BySentDate(ThreadNode a, ThreadNode b) =>
        a.Sent != b.Sent ? a.Sent.CompareTo(b.Sent) : a.SequencePlace.CompareTo(b.SequencePlace);

    private int SequencePlace => IsDummy && Children.Count > 0 ? Children[0].Place : Place;

    /// <summary>Orders the children, and lets a dummy stand for its first.</summary>
    public void SortChildren()
    {
        Children.Sort(BySentDate);
        if (!IsDummy || Children.Count == 0) return;
        Sent = Children[0].Sent;
        Subject = Children[0].Subject;
        IsReply = Children[0].IsReply;
    }
}
