using System.Buffers;

namespace Facteur.Jmap;

/// <summary>What a method answers, in pooled pieces: it may still fail, and then none of it is sent. Bounded.</summary>
internal sealed class AnswerBuffer : IBufferWriter<byte>, IDisposable
{
    private const int FirstPiece = 4 * 1024, LargestPiece = 64 * 1024;
    private readonly List<(byte[] Octets, int Used)> pieces = [];
    private byte[] current = [];
    private int used;
    private long full;

    /// <summary>Octets it takes before it throws requestTooLarge.</summary>
    public long Limit { get; set; } = long.MaxValue;

    public long Length => full + used;

    public void Advance(int count)
    {
        used += count;
        if (Length > Limit) throw TooLarge();
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return current.AsMemory(used);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return current.AsSpan(used);
    }

    /// <summary>The pieces in order; good until something is written or cleared.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> Pieces()
    {
        foreach (var (octets, length) in pieces) yield return octets.AsMemory(0, length);
        if (used > 0) yield return current.AsMemory(0, used);
    }

    public ReadOnlySequence<byte> AsSequence()
    {
        if (pieces.Count == 0) return new ReadOnlySequence<byte>(current, 0, used);
        Piece? first = null, last = null;
        foreach (var memory in Pieces())
        {
            last = new Piece(memory, last);
            first ??= last;
        }
        return new ReadOnlySequence<byte>(first!, 0, last!, last!.Memory.Length);
    }

    /// <summary>Empties it; one piece is kept for the next answer.</summary>
    public void Clear()
    {
        foreach (var (octets, _) in pieces) Return(octets);
        pieces.Clear();
        (used, full) = (0, 0);
        if (current.Length <= LargestPiece) return;
        current = [];
    }

    public void Dispose()
    {
        Clear();
        Return(current);
        current = [];
    }

    internal static JmapMethodException TooLarge() => new("requestTooLarge", "The answers of this request would be larger than this server sends: ask for less at once.");

    private void Reserve(int sizeHint)
    {
        if (current.Length - used > 0 && current.Length - used >= sizeHint) return;
        // For a string a writer asks for three octets a character, before it knows how many it needs.
        if (sizeHint / 3 > Limit - Length) throw TooLarge();
        var size = Math.Max(sizeHint, Math.Clamp(current.Length * 2, FirstPiece, LargestPiece));
        if (used > 0) pieces.Add((current, used));
        else Return(current);
        full += used;
        (current, used) = (size <= LargestPiece ? ArrayPool<byte>.Shared.Rent(size) : GC.AllocateUninitializedArray<byte>(size), 0);
    }

    /// <summary>What is larger than a piece was made for one long string, and stays in no pool.</summary>
    private static void Return(byte[] octets)
    {
        if (octets.Length is > 0 and <= LargestPiece) ArrayPool<byte>.Shared.Return(octets);
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory, Piece? before)
        {
            Memory = memory;
            if (before is null) return;
            RunningIndex = before.RunningIndex + before.Memory.Length;
            before.Next = this;
        }
    }
}
