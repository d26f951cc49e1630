using System.Security.Cryptography;

namespace Facteur.Sieve;

/// <summary>Compiled scripts by what they say: the same script of a thousand accounts is compiled once. Bounded by count and by octets; the least used go first.</summary>
public sealed class SieveScriptCache(SieveLimits limits, int maxScripts = 1024, long maxOctets = 16 * 1024 * 1024)
{
    private readonly Lock gate = new();
    private readonly Dictionary<Key, LinkedListNode<Entry>> entries = [];
    private readonly LinkedList<Entry> byUse = new();
    private long octets;

    /// <summary>Scripts held.</summary>
    public int Count
    {
        get
        {
            lock (gate) return entries.Count;
        }
    }

    /// <summary>The compiled script, or its errors.</summary>
    public SieveCompilation Get(ReadOnlySpan<byte> utf8)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(utf8, hash);
        var key = new Key(new UInt128(BitConverter.ToUInt64(hash), BitConverter.ToUInt64(hash[8..])), new UInt128(BitConverter.ToUInt64(hash[16..]), BitConverter.ToUInt64(hash[24..])));
        lock (gate)
        {
            if (entries.TryGetValue(key, out var known))
            {
                byUse.Remove(known);
                byUse.AddFirst(known);
                return known.Value.Compilation;
            }
        }
        // Outside the lock: two may compile the same once.
        var compilation = SieveScript.Compile(utf8, limits);
        lock (gate)
        {
            if (utf8.Length > maxOctets || entries.ContainsKey(key)) return compilation;
            entries.Add(key, byUse.AddFirst(new Entry(key, compilation, utf8.Length)));
            octets += utf8.Length;
            while (entries.Count > maxScripts || octets > maxOctets) Evict();
        }
        return compilation;
    }

    private void Evict()
    {
        var last = byUse.Last!.Value;
        byUse.RemoveLast();
        entries.Remove(last.Key);
        octets -= last.Octets;
    }

    private readonly record struct Key(UInt128 High, UInt128 Low);

    private sealed record Entry(Key Key, SieveCompilation Compilation, int Octets);
}
