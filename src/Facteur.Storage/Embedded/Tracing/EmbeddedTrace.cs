using Facteur.Storage.Embedded.Sqlite;
using Facteur.Storage.Embedded.Writing;
using Facteur.Storage.Queue;
using Microsoft.Extensions.Logging;

namespace Facteur.Storage.Embedded.Tracing;

/// <summary>The trace in the same database: rows in the order of commits, found by <see cref="TraceIndex"/>.</summary>
internal sealed partial class EmbeddedTrace : TraceStore, IAsyncDisposable
{
    public const string Columns = "SELECT id, at, kind, account, queue, email, txn, message_id, sender, recipient, detail FROM trace";

    private const string ById = Columns + " WHERE id = ?1";
    private const string After = Columns + " WHERE id > ?1 ORDER BY id";

    /// <summary>A row of a later time than this from now was written while the clock was wrong.</summary>
    private const long FutureMilliseconds = 24 * 3600 * 1000L;

    private readonly EmbeddedStore store;
    private readonly ILogger logger;
    private readonly TraceIndex index = new();
    private readonly TraceNotes notes;
    private readonly SemaphoreSlim full = new(0);
    private readonly CancellationTokenSource stop = new();
    private readonly Task runs;

    public EmbeddedTrace(EmbeddedStore store, SqliteConnection database, TimeProvider time, ILogger logger)
    {
        (this.store, this.logger) = (store, logger);
        index.Load(database, static (row, keys) => new TraceRow(Read(row)).CopyKeys(keys, row.Int64OrNull(5), row.Int64OrNull(4)));
        notes = new TraceNotes(store, this, time, logger);
        if (index.IsRunFull) full.Release();
        runs = Task.Run(RunsAsync);
    }

    public override async ValueTask AppendAsync(IReadOnlyList<TraceEvent> events, CancellationToken cancel)
    {
        if (events.Count == 0) return;
        var rows = events.Select(one => new TraceRow(one)).ToArray();
        await store.WriteAsync(
            session =>
            {
                foreach (var row in rows) Insert(session, row, row.Email, row.Queue);
                return true;
            },
            grows: true, cancel);
    }

    public override void Note(
        TraceKind kind, AccountId account, MailboxId mailbox, IReadOnlyList<EmailId> emails, string protocol, string program, string remote) =>
        notes.Add(kind, account, mailbox, emails, protocol, program, remote);

    public override async ValueTask<IReadOnlyList<TraceEvent>> FindAsync(TraceQuery query, int max, CancellationToken cancel)
    {
        await notes.FlushAsync(cancel);
        var wanted = new TraceFilter(query);
        var found = store.Read(database => wanted.Key is { } key ? Find(database, wanted, key, max, cancel) : Scan(database, wanted, max, cancel));
        found.Sort((a, b) => a.Event.At != b.Event.At ? a.Event.At.CompareTo(b.Event.At) : a.Id.CompareTo(b.Id));
        return found.ConvertAll(one => one.Event);
    }

    public override async ValueTask<int> PurgeAsync(DateTimeOffset before, int max, CancellationToken cancel) =>
        await store.WriteAsync(session => Purge(session, before.ToUnixTimeMilliseconds(), max), grows: false, cancel);

    /// <summary>Writes a row as part of a verb.</summary>
    public void Insert(WriteSession session, TraceRow row, long? email, long? queue)
    {
        var id = session.NextTrace();
        row.Insert(session.Database, id, email, queue);
        session.AfterCommit.Add(() =>
        {
            Span<ulong> keys = stackalloc ulong[TraceKeys.MaxOfRow];
            index.Add(id, row.At, keys[..row.CopyKeys(keys, email, queue)]);
            if (index.IsRunFull && full.CurrentCount == 0) full.Release();
        });
    }

    /// <summary>Writes what was noted, then stops the work beside the verbs. The store still takes writes.</summary>
    public async ValueTask DisposeAsync()
    {
        await notes.DisposeAsync();
        await stop.CancelAsync();
        await runs;
        stop.Dispose();
        full.Dispose();
    }

    public static TraceEvent Read(SqliteStatement row) => new(
        DateTimeOffset.FromUnixTimeMilliseconds(row.Int64(1)), (TraceKind)row.Int32(2), row.Int64OrNull(3) is { } account ? new AccountId(account) : null,
        row.Text(6), row.Text(7), row.Text(8), row.Text(9), TraceRow.ReadDetail(row.Octets(10)))
    {
        Queue = row.Int64OrNull(4) is { } queue ? new QueueId(queue) : null,
        Email = row.Int64OrNull(5) is { } email ? new EmailId(email) : null,
    };

    private List<(long Id, TraceEvent Event)> Find(SqliteConnection database, TraceFilter wanted, ulong key, int max, CancellationToken cancel)
    {
        var found = new List<(long, TraceEvent)>();
        var (known, inMemory, _) = index.Look(key);
        foreach (var run in known)
        {
            cancel.ThrowIfCancellationRequested();
            if (run.Until < wanted.Since || run.Since > wanted.Until) continue;
            if (!Take(database, wanted, TraceIndex.Read(database, run, key), max, found)) return found;
        }
        Take(database, wanted, inMemory, max, found);
        return found;
    }

    private static bool Take(SqliteConnection database, TraceFilter wanted, List<long> ids, int max, List<(long, TraceEvent)> found)
    {
        foreach (var id in ids)
        {
            if (found.Count >= max) return false;
            var row = database.Get(ById).Bind(1, id);
            if (!row.Step()) continue;
            var one = Read(row);
            row.Reset();
            if (wanted.Matches(one)) found.Add((id, one));
        }
        return found.Count < max;
    }

    // Nothing but a time was asked for: rows stand in about its order.
    private List<(long Id, TraceEvent Event)> Scan(SqliteConnection database, TraceFilter wanted, int max, CancellationToken cancel)
    {
        var found = new List<(long, TraceEvent)>();
        var (known, _, tailFirst) = index.Look(0);
        var from = Array.Find(known, run => run.Until >= wanted.Since) is { Last: > 0 } first ? first.First : known.Length > 0 ? tailFirst : 0;
        if (from == long.MaxValue) return found;
        var row = database.Get(After).Bind(1, from - 1);
        while (found.Count < max && row.Step())
        {
            cancel.ThrowIfCancellationRequested();
            var id = row.Int64(0);
            if (row.Int64(1) >= wanted.Since && row.Int64(1) <= wanted.Until) found.Add((id, Read(row)));
        }
        row.Reset();
        return found;
    }

    // Rows stand in about the order of time: what is old stands in front. Rows of a time that has not come are as old as those around them.
    private int Purge(WriteSession session, long before, int max)
    {
        var old = new List<long>();
        var (seen, future) = (0, new List<long>());
        var row = session.Database.Get("SELECT id, at FROM trace ORDER BY id LIMIT ?1").Bind(1, max);
        while (row.Step())
        {
            seen++;
            if (row.Int64(1) < before) old.Add(row.Int64(0));
            else if (row.Int64(1) > session.Now + FutureMilliseconds) future.Add(row.Int64(0));
        }
        if (seen == max && old.Count + future.Count == seen) old.AddRange(future);
        foreach (var id in old) session.Database.Get("DELETE FROM trace WHERE id = ?1").Bind(1, id).Run();
        if (old.Count == 0) return 0;
        row = session.Database.Get("SELECT id FROM trace ORDER BY id LIMIT 1");
        var first = row.Step() ? row.Int64(0) : session.TraceNext;
        row.Reset();
        TraceIndex.Purge(session.Database, first);
        session.AfterCommit.Add(() => index.Purged(first));
        return old.Count;
    }

    private async Task RunsAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await full.WaitAsync(stop.Token);
                while (index.Prepare() is { } ready) await WriteRunAsync(ready.Run, ready.Keys);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                LogRunFailed(e); // Keys stay in memory; the next row tries again.
            }
        }
    }

    private Task<bool> WriteRunAsync(TraceRun run, byte[][] keys) => store.WriteAsync(
        session =>
        {
            // A purge may have taken all of its rows meanwhile.
            var row = session.Database.Get("SELECT 1 FROM trace WHERE id BETWEEN ?1 AND ?2 LIMIT 1").Bind(1, run.First).Bind(2, run.Last);
            var isThere = row.Step();
            row.Reset();
            if (!isThere) return false;
            TraceIndex.Write(session.Database, run, keys);
            session.AfterCommit.Add(() => index.Written(run));
            return true;
        },
        grows: false, stop.Token);

    [LoggerMessage(LogLevel.Warning, "Keys of trace rows could not be written; they stay in memory")]
    private partial void LogRunFailed(Exception error);
}
