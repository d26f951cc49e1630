using System.Numerics;

namespace Facteur.Storage.Searching;

/// <summary>A set of places of a snapshot: one bit each, 12 KiB for 100,000 messages.</summary>
public sealed class MessageBits(int count)
{
    private readonly ulong[] words = new ulong[(count + 63) / 64];

    public bool IsEmpty => !words.AsSpan().ContainsAnyExcept(0UL);

    public int Count
    {
        get
        {
            var sum = 0;
            foreach (var word in words) sum += BitOperations.PopCount(word);
            return sum;
        }
    }

    public int Capacity => count;

    public void Add(int place) => words[place >> 6] |= 1UL << place;

    public void Remove(int place) => words[place >> 6] &= ~(1UL << place);

    public bool Contains(int place) => (words[place >> 6] & 1UL << place) != 0;

    /// <summary>The lowest place; -1 when there is none.</summary>
    public int First => Next(0);

    /// <summary>The highest place; -1 when there is none.</summary>
    public int Last
    {
        get
        {
            for (var i = words.Length - 1; i >= 0; i--)
                if (words[i] != 0) return i * 64 + BitOperations.Log2(words[i]);
            return -1;
        }
    }

    /// <summary>The lowest place at or after one; -1 when there is none. Places may be removed while it goes on.</summary>
    public int Next(int from)
    {
        for (var i = from >> 6; i < words.Length; i++)
        {
            var word = words[i];
            if (i == from >> 6) word &= ulong.MaxValue << from;
            if (word != 0) return i * 64 + BitOperations.TrailingZeroCount(word);
        }
        return -1;
    }

    /// <summary>The places, ascending.</summary>
    public IEnumerator<int> GetEnumerator()
    {
        for (var place = Next(0); place >= 0; place = Next(place + 1)) yield return place;
    }
}
