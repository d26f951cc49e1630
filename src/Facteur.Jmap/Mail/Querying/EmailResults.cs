using Facteur.Storage;

namespace Facteur.Jmap;

/// <summary>
/// Whole results of late questions: who pages through a search, or asks what changed in it, pays for it once. One for each question, that of its latest
/// state; bounded, the one not asked for longest goes first.
/// </summary>
/// <param name="maxOctets">Ids and questions together.</param>
internal sealed class EmailResults(long maxOctets = 32 * 1024 * 1024)
{
    private readonly Lock gate = new();
    private readonly Dictionary<(AccountId, string), LinkedListNode<Result>> results = [];

    // The one asked for last stands last.
    private readonly LinkedList<Result> order = new();
    private long octets;

    /// <summary>The latest result there is, with its state; null without one.</summary>
    public (ModSeq State, EmailId[] Emails)? Find(AccountId account, string question)
    {
        lock (gate)
        {
            if (!results.TryGetValue((account, question), out var node)) return null;
            order.Remove(node);
            order.AddLast(node);
            return (node.Value.State, node.Value.Emails);
        }
    }

    /// <param name="emails">Not changed any more.</param>
    public void Keep(AccountId account, string question, ModSeq state, EmailId[] emails)
    {
        var result = new Result((account, question), state, emails);
        if (result.Octets > maxOctets / 4) return; // one must not push out all others
        lock (gate)
        {
            if (results.TryGetValue(result.Key, out var earlier))
            {
                if (earlier.Value.State.CompareTo(state) > 0) return;
                Drop(earlier);
            }
            results.Add(result.Key, order.AddLast(result));
            octets += result.Octets;
            while (octets > maxOctets) Drop(order.First!);
        }
    }

    private void Drop(LinkedListNode<Result> node)
    {
        order.Remove(node);
        results.Remove(node.Value.Key);
        octets -= node.Value.Octets;
    }

    private sealed record Result((AccountId Account, string Question) Key, ModSeq State, EmailId[] Emails)
    {
        public long Octets => 200 + Emails.Length * 8L + Key.Question.Length * 2L;
    }
}
