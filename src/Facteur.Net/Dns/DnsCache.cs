namespace Facteur.Net.Dns;

/// <summary>Answers kept until their time is up, the least recently used making room. Bounded in octets, not in entries: an answer may have 64 KiB.</summary>
internal sealed class DnsCache(int maxOctets, TimeProvider time)
{
    /// <summary>What an entry costs beside its answer's size on the wire.</summary>
    private const int Overhead = 256;

    private readonly Lock gate = new();
    private readonly Dictionary<DnsQuestion, LinkedListNode<Entry>> entries = [];
    private readonly LinkedList<Entry> byUse = [];
    private long octets;

    public int Count
    {
        get
        {
            lock (gate) return entries.Count;
        }
    }

    /// <summary>Sum of what the entries cost.</summary>
    public long Octets
    {
        get
        {
            lock (gate) return octets;
        }
    }

    /// <summary>The answer with the time that is left to it, or null.</summary>
    public DnsAnswer? Find(DnsQuestion question)
    {
        lock (gate)
        {
            if (!entries.TryGetValue(question, out var node)) return null;
            var left = node.Value.Answer.Ttl - time.GetElapsedTime(node.Value.Since);
            if (left <= TimeSpan.Zero)
            {
                Remove(node);
                return null;
            }
            byUse.Remove(node);
            byUse.AddFirst(node);
            return node.Value.Answer with { Ttl = left };
        }
    }

    /// <param name="wireOctets">Size of the reply, which the size in memory follows.</param>
    public void Keep(DnsQuestion question, DnsAnswer answer, int wireOctets)
    {
        // Names and addresses take about twice the memory that they take on the wire.
        var cost = Overhead + 2 * (question.Name.Length + wireOctets);
        if (answer.Ttl <= TimeSpan.Zero || cost > maxOctets) return;
        lock (gate)
        {
            if (entries.TryGetValue(question, out var old)) Remove(old);
            entries[question] = byUse.AddFirst(new Entry(question, answer, time.GetTimestamp(), cost));
            octets += cost;
            while (octets > maxOctets) Remove(byUse.Last!);
        }
    }

    public void Clear()
    {
        lock (gate)
        {
            entries.Clear();
            byUse.Clear();
            octets = 0;
        }
    }

    private void Remove(LinkedListNode<Entry> node)
    {
        byUse.Remove(node);
        entries.Remove(node.Value.Question);
        octets -= node.Value.Cost;
    }

    private sealed record Entry(DnsQuestion Question, DnsAnswer Answer, long Since, int Cost);
}
