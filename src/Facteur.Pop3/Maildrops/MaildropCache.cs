using Facteur.Storage;

namespace Facteur.Pop3.Maildrops;

/// <summary>
/// Indexes of the maildrops that were opened last: programs ask for mail every few minutes, and mostly there is none. Bounded by the messages
/// in it, not by accounts.
/// </summary>
internal sealed class MaildropCache(int mostMessages)
{
    /// <summary>What an index costs besides its messages, as messages: about 500 octets.</summary>
    private const int Overhead = 20;

    private readonly Lock gate = new();
    private readonly LinkedList<(Key Key, MaildropIndex Index)> order = new();
    private readonly Dictionary<Key, LinkedListNode<(Key Key, MaildropIndex Index)>> known = [];
    private long held;

    internal readonly record struct Key(MailboxId Mailbox, EmailId After);

    public MaildropIndex? Find(Key key)
    {
        lock (gate)
        {
            if (!known.TryGetValue(key, out var node)) return null;
            order.Remove(node);
            order.AddLast(node);
            return node.Value.Index;
        }
    }

    public void Keep(Key key, MaildropIndex index)
    {
        lock (gate)
        {
            if (known.TryGetValue(key, out var former)) Drop(former);
            if (index.Capacity + Overhead > mostMessages) return;
            known.Add(key, order.AddLast((key, index)));
            held += index.Capacity + Overhead;
            while (held > mostMessages) Drop(order.First!);
        }
    }

    private void Drop(LinkedListNode<(Key Key, MaildropIndex Index)> node)
    {
        held -= node.Value.Index.Capacity + Overhead;
        known.Remove(node.Value.Key);
        order.Remove(node);
    }
}
