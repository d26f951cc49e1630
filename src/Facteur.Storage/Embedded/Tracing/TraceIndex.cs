using System.Buffers.Binary;
using Facteur.Storage.Embedded.Sqlite;

namespace Facteur.Storage.Embedded.Tracing;

/// <summary>Rows whose keys are in the database.</summary>
/// <param name="Since">Earliest time of its rows.</param>
/// <param name="Until">Latest time of its rows.</param>
internal readonly record struct TraceRun(long First, long Last, long Since, long Until);

/// <summary>
/// Where rows are found by key. An index by hash would dirty a page for each key of each row; here the keys of new rows stay in
/// memory, and are written 4,096 rows at a time, sorted into 64 short records by the end of their hash: a search reads one record a run.
/// What is in memory at a crash is read again from the rows.
/// </summary>
internal sealed class TraceIndex
{
    /// <summary>Rows of a run.</summary>
    public const int RunRows = 4096;

    private const int Shards = 64;
    private const int EntryOctets = 6;

    private readonly Lock gate = new();
    private readonly List<(ulong Key, long Id)> tail = [];
    private readonly List<long> times = [];
    private TraceRun[] runs = [];
    private long tailFirst;

    /// <summary>Rows in memory wait to be written as a run.</summary>
    public bool IsRunFull
    {
        get { lock (gate) return times.Count >= RunRows; }
    }

    /// <summary>Reads what an earlier process left. <paramref name="keysOf"/> copies the keys of the row at hand.</summary>
    public void Load(SqliteConnection database, Func<SqliteStatement, Span<ulong>, int> keysOf)
    {
        var found = new List<TraceRun>();
        var run = database.Get("SELECT first, last, since, until FROM trace_run ORDER BY first");
        while (run.Step()) found.Add(new TraceRun(run.Int64(0), run.Int64(1), run.Int64(2), run.Int64(3)));
        runs = [.. found];
        Span<ulong> keys = stackalloc ulong[TraceKeys.MaxOfRow];
        var row = database.Get(EmbeddedTrace.Columns + " WHERE id > ?1 ORDER BY id").Bind(1, found.Count > 0 ? found[^1].Last : 0);
        while (row.Step()) Add(row.Int64(0), row.Int64(1), keys[..keysOf(row, keys)]);
    }

    /// <summary>A row was committed. Ids come without gaps.</summary>
    public void Add(long id, long at, ReadOnlySpan<ulong> keys)
    {
        lock (gate)
        {
            if (times.Count == 0) tailFirst = id;
            times.Add(at);
            foreach (var key in keys) tail.Add((key, id));
        }
    }

    /// <summary>The runs, oldest first, and the ids in memory that have a key, ascending; of one moment.</summary>
    public (TraceRun[] Runs, List<long> Ids, long TailFirst) Look(ulong key)
    {
        lock (gate)
        {
            var ids = new List<long>();
            foreach (var (one, id) in tail)
                if (one == key) ids.Add(id);
            return (runs, ids, times.Count > 0 ? tailFirst : long.MaxValue);
        }
    }

    /// <summary>The oldest rows in memory as a run; null while there are too few.</summary>
    public (TraceRun Run, byte[][] Keys)? Prepare()
    {
        (ulong Key, long Id)[] taken;
        TraceRun run;
        lock (gate)
        {
            if (times.Count < RunRows) return null;
            var last = tailFirst + RunRows - 1;
            taken = [.. tail.TakeWhile(one => one.Id <= last)];
            var span = times.Take(RunRows);
            run = new TraceRun(tailFirst, last, span.Min(), span.Max());
        }
        var shards = new List<(uint Key, ushort Row)>[Shards];
        for (var i = 0; i < Shards; i++) shards[i] = [];
        foreach (var (key, id) in taken) shards[(int)(key % Shards)].Add(((uint)(key >> 32), (ushort)(id - run.First)));
        return (run, Array.ConvertAll(shards, Serialize));
    }

    /// <summary>Writes a prepared run.</summary>
    public static void Write(SqliteConnection database, TraceRun run, byte[][] keys)
    {
        database.Get("INSERT INTO trace_run (first, last, since, until) VALUES (?1, ?2, ?3, ?4)")
            .Bind(1, run.First).Bind(2, run.Last).Bind(3, run.Since).Bind(4, run.Until).Run();
        for (var shard = 0; shard < Shards; shard++)
            if (keys[shard].Length > 0)
                database.Get("INSERT INTO trace_key (id, keys) VALUES (?1, ?2)").Bind(1, (run.First * Shards) + shard).Bind(2, keys[shard]).Run();
    }

    /// <summary>The run is durable: its keys leave the memory.</summary>
    public void Written(TraceRun run)
    {
        lock (gate)
        {
            runs = [.. runs, run];
            Drop(run.Last);
        }
    }

    /// <summary>Rows of a run that may have a key, ascending.</summary>
    public static List<long> Read(SqliteConnection database, TraceRun run, ulong key)
    {
        var ids = new List<long>();
        var row = database.Get("SELECT keys FROM trace_key WHERE id = ?1").Bind(1, (run.First * Shards) + (long)(key % Shards));
        if (!row.Step()) return ids;
        var wanted = (uint)(key >> 32);
        for (var entries = row.Octets(0); entries.Length >= EntryOctets; entries = entries[EntryOctets..])
            if (BinaryPrimitives.ReadUInt32LittleEndian(entries) == wanted) ids.Add(run.First + BinaryPrimitives.ReadUInt16LittleEndian(entries[4..]));
        row.Reset();
        return ids;
    }

    /// <summary>Removes runs that have no row left.</summary>
    /// <param name="first">Id of the first row that is left.</param>
    public static void Purge(SqliteConnection database, long first)
    {
        var gone = new List<long>();
        var row = database.Get("DELETE FROM trace_run WHERE last < ?1 RETURNING first").Bind(1, first);
        while (row.Step()) gone.Add(row.Int64(0));
        foreach (var run in gone)
            database.Get("DELETE FROM trace_key WHERE id BETWEEN ?1 AND ?2").Bind(1, run * Shards).Bind(2, (run * Shards) + Shards - 1).Run();
    }

    /// <summary>Rows before <paramref name="first"/> are gone.</summary>
    public void Purged(long first)
    {
        lock (gate)
        {
            runs = [.. runs.Where(run => run.Last >= first)];
            if (times.Count > 0 && tailFirst < first) Drop(first - 1);
        }
    }

    private void Drop(long last)
    {
        var rows = (int)Math.Clamp(last - tailFirst + 1, 0, times.Count);
        times.RemoveRange(0, rows);
        tailFirst += rows;
        var keys = tail.FindIndex(one => one.Id > last);
        if (keys < 0) tail.Clear();
        else tail.RemoveRange(0, keys);
    }

    private static byte[] Serialize(List<(uint Key, ushort Row)> entries)
    {
        var octets = new byte[entries.Count * EntryOctets];
        for (var i = 0; i < entries.Count; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(octets.AsSpan(i * EntryOctets), entries[i].Key);
            BinaryPrimitives.WriteUInt16LittleEndian(octets.AsSpan((i * EntryOctets) + 4), entries[i].Row);
        }
        return octets;
    }
}
