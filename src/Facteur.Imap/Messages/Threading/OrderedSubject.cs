namespace Facteur.Imap.Messages;

/// <summary>ORDEREDSUBJECT: messages of one base subject are a thread; all but its first are children of that (RFC 5256 §3).</summary>
internal static class OrderedSubject
{
    public static List<ThreadNode> Build(IEnumerable<ThreadNode> messages)
    {
        var threads = new Dictionary<string, ThreadNode>(StringComparer.Ordinal);
        foreach (var message in messages.Order(Comparer<ThreadNode>.Create(ThreadNode.BySentDate)))
            if (!threads.TryAdd(message.Subject, message)) threads[message.Subject].Children.Add(message);
        var roots = threads.Values.ToList();
        roots.Sort(ThreadNode.BySentDate);
        return roots;
    }
}
