using System.Collections;

namespace Facteur.Pop3.Maildrops;

/// <summary>A bit for each message of a maildrop, made with the first mark.</summary>
internal sealed class MessageMarks(int messages)
{
    private BitArray? bits;

    public int Count { get; private set; }

    /// <param name="number">From 1.</param>
    public bool this[int number] => bits is not null && bits[number - 1];

    /// <summary>False: it was there.</summary>
    public bool Add(int number)
    {
        bits ??= new BitArray(messages);
        if (bits[number - 1]) return false;
        bits[number - 1] = true;
        Count++;
        return true;
    }

    public void Clear()
    {
        bits = null;
        Count = 0;
    }
}
