using System.Buffers;
using System.Runtime.CompilerServices;

namespace Facteur.Storage.Embedded.Emails;

/// <summary>How rows of a <see cref="ChunkList{TRow, TOrder}"/> are ordered, and what a chunk keeps the greatest of.</summary>
internal interface IRowOrder<TRow>
    where TRow : struct
{
    static abstract int Compare(in TRow a, in TRow b);

    static abstract long Rank(in TRow row);
}

/// <summary>Puts a row where its like is, or takes that out.</summary>
internal readonly record struct ChunkEdit<TRow>(TRow Row, bool Remove);

/// <summary>Rows in order, immutable, in chunks that successive lists share: a change costs the chunks it touches.</summary>
internal sealed class ChunkList<TRow, TOrder>
    where TRow : struct
    where TOrder : IRowOrder<TRow>
{
    /// <summary>Rows of a chunk: what one change copies, and of how many chunks it copies the list.</summary>
    public const int ChunkSize = 256;

    public static readonly ChunkList<TRow, TOrder> Empty = new([], []);

    private readonly TRow[][] chunks;
    private readonly long[] ranks;

    private ChunkList(TRow[][] chunks, long[] ranks)
    {
        (this.chunks, this.ranks) = (chunks, ranks);
        foreach (var chunk in chunks) Count += chunk.Length;
    }

    public int Count { get; }

    public int ChunkCount => chunks.Length;

    public ReadOnlySpan<TRow> Chunk(int index) => chunks[index];

    /// <summary>The greatest rank of a chunk's rows.</summary>
    public long RankOf(int chunk) => ranks[chunk];

    /// <param name="rows">Ascending.</param>
    public static ChunkList<TRow, TOrder> Of(ReadOnlySpan<TRow> rows)
    {
        var filler = new Filler();
        foreach (ref readonly var row in rows) filler.Add(row);
        return filler.Build();
    }

    public bool TryFind(in TRow key, out TRow row)
    {
        row = default;
        if (chunks.Length == 0) return false;
        var chunk = chunks[ChunkOf(key)];
        var at = LowerBound(chunk, key);
        if (at == chunk.Length || TOrder.Compare(chunk[at], key) != 0) return false;
        row = chunk[at];
        return true;
    }

    /// <summary>Where the first row stands that is not below <paramref name="key"/>; the chunk after the last when there is none.</summary>
    public (int Chunk, int Index) Seek(in TRow key)
    {
        if (chunks.Length == 0) return (0, 0);
        var chunk = ChunkOf(key);
        var at = LowerBound(chunks[chunk], key);
        return at == chunks[chunk].Length ? (chunk + 1, 0) : (chunk, at);
    }

    /// <summary>This list with some rows put in, replaced or taken out.</summary>
    /// <param name="edits">Ascending, one for a row at most.</param>
    public ChunkList<TRow, TOrder> With(List<ChunkEdit<TRow>> edits)
    {
        if (edits.Count == 0) return this;
        var builder = new Builder(chunks.Length + 1);
        var next = 0;
        for (var i = 0; i < Math.Max(chunks.Length, 1); i++)
        {
            var from = next;
            var isLast = i >= chunks.Length - 1;
            while (next < edits.Count && (isLast || TOrder.Compare(edits[next].Row, chunks[i + 1][0]) < 0)) next++;
            if (next == from)
            {
                builder.Share(chunks[i], ranks[i]);
                continue;
            }
            Merge(chunks.Length == 0 ? [] : chunks[i], edits, from, next, builder, isLast);
        }
        return builder.Build();
    }

    private static void Merge(TRow[] chunk, List<ChunkEdit<TRow>> edits, int from, int to, in Builder builder, bool atEnd)
    {
        var merged = ArrayPool<TRow>.Shared.Rent(chunk.Length + to - from);
        var (at, count) = (0, 0);
        for (; from < to; from++)
        {
            var edit = edits[from];
            var end = at + LowerBound(chunk.AsSpan(at), edit.Row);
            chunk.AsSpan(at, end - at).CopyTo(merged.AsSpan(count));
            count += end - at;
            at = end < chunk.Length && TOrder.Compare(chunk[end], edit.Row) == 0 ? end + 1 : end;
            if (!edit.Remove) merged[count++] = edit.Row;
        }
        chunk.AsSpan(at).CopyTo(merged.AsSpan(count));
        count += chunk.Length - at;
        builder.Cut(merged.AsSpan(0, count), atEnd);
        ArrayPool<TRow>.Shared.Return(merged, clearArray: RuntimeHelpers.IsReferenceOrContainsReferences<TRow>());
    }

    private int ChunkOf(in TRow key)
    {
        int low = 0, high = chunks.Length - 1;
        while (low < high)
        {
            var middle = (low + high + 1) >> 1;
            if (TOrder.Compare(chunks[middle][0], key) <= 0) low = middle;
            else high = middle - 1;
        }
        return low;
    }

    private static int LowerBound(ReadOnlySpan<TRow> chunk, in TRow key)
    {
        int low = 0, high = chunk.Length;
        while (low < high)
        {
            var middle = (low + high) >> 1;
            if (TOrder.Compare(chunk[middle], key) < 0) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    /// <summary>Makes a list of rows as they come, ascending.</summary>
    public sealed class Filler
    {
        private readonly Builder builder = new(16);
        private TRow[] chunk = new TRow[ChunkSize];
        private int count;

        public void Add(in TRow row)
        {
            chunk[count++] = row;
            if (count < ChunkSize) return;
            builder.Share(chunk);
            (chunk, count) = (new TRow[ChunkSize], 0);
        }

        public ChunkList<TRow, TOrder> Build()
        {
            if (count > 0) builder.Share(chunk[..count]);
            count = 0;
            return builder.Build();
        }
    }

    private readonly struct Builder(int capacity)
    {
        private readonly List<TRow[]> chunks = new(capacity);
        private readonly List<long> ranks = new(capacity);

        public void Share(TRow[] chunk, long rank)
        {
            chunks.Add(chunk);
            ranks.Add(rank);
        }

        public void Share(TRow[] chunk) => Share(chunk, Rank(chunk));

        /// <param name="atEnd">Rows come at the end mostly: there chunks are filled, elsewhere they are cut in even pieces, so that they have room.</param>
        public void Cut(ReadOnlySpan<TRow> rows, bool atEnd)
        {
            if (rows.IsEmpty) return;
            if (chunks.Count > 0 && chunks[^1].Length + rows.Length <= ChunkSize / 2)
            {
                TRow[] joined = [.. chunks[^1], .. rows];
                chunks[^1] = joined;
                ranks[^1] = Rank(joined);
                return;
            }
            var pieces = (rows.Length + ChunkSize - 1) / ChunkSize;
            var size = atEnd ? ChunkSize : (rows.Length + pieces - 1) / pieces;
            for (; rows.Length > 0; rows = rows[Math.Min(size, rows.Length)..])
                Share(rows[..Math.Min(size, rows.Length)].ToArray());
        }

        public ChunkList<TRow, TOrder> Build() => chunks.Count == 0 ? Empty : new([.. chunks], [.. ranks]);

        private static long Rank(TRow[] rows)
        {
            var rank = long.MinValue;
            foreach (ref readonly var row in rows.AsSpan()) rank = Math.Max(rank, TOrder.Rank(row));
            return rank;
        }
    }
}
