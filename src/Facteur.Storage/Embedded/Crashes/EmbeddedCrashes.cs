using System.Collections.Concurrent;
using Facteur.Storage.Crashes;
using Facteur.Storage.Embedded.Sqlite;
using Facteur.Storage.Embedded.Writing;
using Microsoft.Extensions.Logging;

namespace Facteur.Storage.Embedded.Crashes;

/// <summary>Suspects by rows that are counted when the store is opened, and what is at work now by the ledger beside the database.</summary>
internal sealed partial class EmbeddedCrashes : CrashStore, IDisposable
{
    /// <summary>A suspect that is at work for longer lets the next one begin: by then it waits for somebody else.</summary>
    internal static readonly TimeSpan LongestTurn = TimeSpan.FromSeconds(30);

    private readonly EmbeddedStore store;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly CrashLedger ledger;

    // Crashes of each message that has any: few or none.
    private readonly ConcurrentDictionary<(RiskyWork Kind, long Id), int> suspects = new();
    private readonly SemaphoreSlim alone = new(1);

    /// <param name="database">Where the crashes are counted in already (<see cref="Count"/>).</param>
    public EmbeddedCrashes(EmbeddedStore store, SqliteConnection database, string folder, TimeProvider time, ILogger logger)
    {
        (this.store, this.time, this.logger) = (store, time, logger);
        foreach (var (kind, id, count) in CrashRows.All(database)) suspects[(kind, id)] = count;
        ledger = CrashLedger.Open(PathIn(folder));
    }

    /// <summary>Counts what the last process was at work on when it ended. Before the store is used.</summary>
    public static void Count(SqliteConnection database, string folder, TimeProvider time, ILogger logger)
    {
        var atWork = CrashLedger.Read(PathIn(folder));
        if (atWork.Count == 0) return;
        LogCrashed(logger, atWork.Count, string.Join(", ", atWork.Take(20).Select(item => $"{item.Kind} {item.Id}")));
        CrashRows.Count(database, atWork, time.GetUtcNow().ToUnixTimeMilliseconds());
    }

    public override async ValueTask<WorkTurn> TurnAsync(WorkItem item, CancellationToken cancel)
    {
        if (!suspects.ContainsKey((item.Kind, item.Id))) return new Turn(this, item, null, cancel);
        await alone.WaitAsync(cancel);
        return new Turn(this, item, new Release(alone, time), cancel);
    }

    public override bool IsQuarantined(RiskyWork kind, long id) => suspects.TryGetValue((kind, id), out var count) && count >= Limit;

    public override ValueTask<IReadOnlyList<QuarantinedMessage>> ListAsync(bool onlyUntold, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        return new(store.Read(database => CrashRows.Quarantined(database, onlyUntold)));
    }

    public override async ValueTask SetToldAsync(RiskyWork kind, long id, CancellationToken cancel) =>
        await store.WriteAsync(
            session =>
            {
                CrashRows.SetTold(session.Database, kind, id);
                return true;
            },
            grows: false, cancel);

    public override async ValueTask<bool> ForgetAsync(RiskyWork kind, long id, CancellationToken cancel)
    {
        var known = suspects.ContainsKey((kind, id));
        if (known)
            await store.WriteAsync(
                session =>
                {
                    Forget(session, kind, id);
                    return true;
                },
                grows: false, cancel);
        return known;
    }

    /// <summary>As part of a verb.</summary>
    public void Forget(WriteSession session, RiskyWork kind, long id)
    {
        if (!suspects.ContainsKey((kind, id))) return;
        CrashRows.RemoveAll(session.Database, kind, id);
        session.AfterCommit.Add(() => suspects.TryRemove((kind, id), out _));
    }

    public void Dispose()
    {
        ledger.Dispose();
        alone.Dispose();
    }

    private async ValueTask CameThroughAsync(WorkItem item)
    {
        try
        {
            await store.WriteAsync(
                session =>
                {
                    var left = CrashRows.Remove(session.Database, item);
                    session.AfterCommit.Add(() =>
                    {
                        if (left == 0) suspects.TryRemove((item.Kind, item.Id), out _);
                        else suspects[(item.Kind, item.Id)] = left;
                    });
                    return true;
                },
                grows: false, CancellationToken.None);
        }
        catch (Exception e)
        {
            LogNotCleared(e, item.Kind, item.Id); // It stays a suspect: that costs its next turn a wait.
        }
    }

    private static string PathIn(string folder) => Path.Combine(folder, "at-work");

    /// <summary>Gives the turn of a suspect on, once: at its end, or when it takes too long.</summary>
    private sealed class Release : IDisposable
    {
        private readonly SemaphoreSlim alone;
        private readonly ITimer timer;
        private int released;

        public Release(SemaphoreSlim alone, TimeProvider time)
        {
            this.alone = alone;
            timer = time.CreateTimer(static one => ((Release)one!).Next(), this, LongestTurn, Timeout.InfiniteTimeSpan);
        }

        public void Dispose()
        {
            timer.Dispose();
            Next();
        }

        private void Next()
        {
            if (Interlocked.Exchange(ref released, 1) != 0) return;
            try
            {
                alone.Release();
            }
            catch (ObjectDisposedException)
            {
                // The store is closed.
            }
        }
    }

    private sealed class Turn(EmbeddedCrashes crashes, WorkItem item, Release? suspect, CancellationToken broken) : WorkTurn
    {
        private bool wasMarked;

        public override IDisposable Mark()
        {
            wasMarked = true;
            return new Marked(crashes.ledger, crashes.ledger.Enter(item));
        }

        public override async ValueTask DisposeAsync()
        {
            if (suspect is null) return;
            // What was broken off may not have come to where it crashes.
            if (wasMarked && !broken.IsCancellationRequested) await crashes.CameThroughAsync(item);
            suspect.Dispose();
        }
    }

    private sealed class Marked(CrashLedger ledger, int slot) : IDisposable
    {
        private int slot = slot;

        public void Dispose() => ledger.Leave(Interlocked.Exchange(ref slot, -1));
    }

    [LoggerMessage(LogLevel.Warning, "The last run ended without a stop, in the middle of work on {Count} messages: {Messages}", EventName = "crash.found")]
    private static partial void LogCrashed(ILogger logger, int count, string messages);

    [LoggerMessage(LogLevel.Warning, "{Kind} {Id} came through, which could not be noted", EventName = "crash.clear.failed")]
    private partial void LogNotCleared(Exception error, RiskyWork kind, long id);
}
