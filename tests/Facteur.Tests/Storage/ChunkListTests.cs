using Facteur.Storage.Embedded.Emails;

namespace Facteur.Tests.Storage;

/// <summary>Sorted lists in chunks that successive lists share.</summary>
public sealed class ChunkListTests
{
    private readonly record struct Row(int Key, long Value);

    private readonly struct ByKey : IRowOrder<Row>
    {
        public static int Compare(in Row a, in Row b) => a.Key.CompareTo(b.Key);

        public static long Rank(in Row row) => row.Value;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Random_edits_do_what_a_sorted_dictionary_does(int seed)
    {
        var random = new Random(seed);
        var model = new SortedDictionary<int, Row>();
        var list = ChunkList<Row, ByKey>.Empty;
        for (var round = 0; round < 200; round++)
        {
            var edits = new SortedDictionary<int, ChunkEdit<Row>>();
            for (var n = random.Next(random.Next(10) == 0 ? 2000 : 5); n >= 0; n--)
            {
                var row = new Row(random.Next(5000), random.NextInt64(1000));
                edits[row.Key] = new(row, Remove: random.Next(5) > 2);
            }
            foreach (var edit in edits.Values)
                if (edit.Remove) model.Remove(edit.Row.Key);
                else model[edit.Row.Key] = edit.Row;
            list = list.With([.. edits.Values]);
            AssertSame(model, list, random);
        }
    }

    [Fact]
    public void What_an_edit_does_not_touch_is_shared_and_rows_at_the_end_fill_chunks()
    {
        var list = ChunkList<Row, ByKey>.Of([.. Enumerable.Range(0, 2000).Select(key => new Row(key, key))]);
        var next = list.With([new(new Row(ChunkList<Row, ByKey>.ChunkSize + 10, 9999), Remove: false)]);
        Assert.True(list.Chunk(0) == next.Chunk(0));
        Assert.False(list.Chunk(1) == next.Chunk(1));
        Assert.True(list.Chunk(2) == next.Chunk(2));
        Assert.Equal(((2 * ChunkList<Row, ByKey>.ChunkSize) - 1, 9999), (list.RankOf(1), next.RankOf(1)));
        for (var key = 2000; key < 4000; key++) next = next.With([new(new Row(key, 0), Remove: false)]);
        Assert.Equal((4000, (4000 + ChunkList<Row, ByKey>.ChunkSize - 1) / ChunkList<Row, ByKey>.ChunkSize), (next.Count, next.ChunkCount));
        Assert.Same(ChunkList<Row, ByKey>.Empty, list.With([.. Enumerable.Range(0, 2000).Select(key => new ChunkEdit<Row>(new Row(key, 0), Remove: true))]));
    }

    private static void AssertSame(SortedDictionary<int, Row> model, ChunkList<Row, ByKey> list, Random random)
    {
        var rows = new List<Row>();
        for (var chunk = 0; chunk < list.ChunkCount; chunk++)
        {
            Assert.InRange(list.Chunk(chunk).Length, 1, ChunkList<Row, ByKey>.ChunkSize);
            Assert.Equal(list.Chunk(chunk).ToArray().Max(row => row.Value), list.RankOf(chunk));
            rows.AddRange(list.Chunk(chunk));
        }
        Assert.Equal(model.Values, rows);
        Assert.Equal(model.Count, list.Count);
        var key = random.Next(5000);
        Assert.Equal(model.ContainsKey(key), list.TryFind(new Row(key, 0), out var found));
        Assert.Equal(model.GetValueOrDefault(key), found);
        var (at, index) = list.Seek(new Row(key, 0));
        var expected = model.Keys.Where(one => one >= key).Select(one => (int?)one).FirstOrDefault();
        Assert.Equal(expected, at < list.ChunkCount ? list.Chunk(at)[index].Key : null);
    }
}
