using Facteur.Storage.Embedded.Sqlite;
using Microsoft.Extensions.Logging;

namespace Facteur.Storage.Embedded;

/// <summary>What the store does beside its verbs: moves the log into the database, purges, keeps the texts of searches, makes the next segment ready.</summary>
internal sealed partial class Maintenance : IAsyncDisposable
{
    private const long PageOctets = 4096;

    private static readonly TimeSpan PurgeInterval = TimeSpan.FromHours(1);

    // Deliveries go first: texts are folded when none came for this long, or when a search asks.
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(5);

    private readonly EmbeddedStore store;
    private readonly string path;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly CancellationTokenSource stop = new();
    private readonly SemaphoreSlim commits = new(0);
    private readonly Lock gate = new();
    private readonly HashSet<AccountId> unread = [];
    private readonly Task[] loops;
    private readonly SemaphoreSlim purges = new(0);
    private readonly SemaphoreSlim arrivals = new(0);
    private long lastCommit;
    private long logPages;
    private int signalled;

    public Maintenance(EmbeddedStore store, string path, TimeProvider time, ILogger logger)
    {
        (this.store, this.path, this.time, this.logger) = (store, path, time, logger);
        loops =
        [
            Task.Run(() => GuardAsync(CheckpointsAsync)),
            Task.Run(() => GuardAsync(PurgesAsync)),
            Task.Run(() => GuardAsync(TextsAsync)),
            Task.Run(() => GuardAsync(() => this.store.Packs.Next.PrepareAsync(stop.Token))),
        ];
    }

    /// <summary>Called by the writer after a commit.</summary>
    /// <param name="pages">Pages the commit wrote to the log.</param>
    public void Committed(List<AccountChange> changes, int pages)
    {
        Interlocked.Add(ref logPages, pages);
        Volatile.Write(ref lastCommit, time.GetTimestamp());
        lock (gate)
        {
            if (unread.Count == 0 && changes.Count > 0) arrivals.Release();
            foreach (var change in changes) unread.Add(change.Account);
        }
        if (Volatile.Read(ref logPages) * PageOctets >= store.Options.CheckpointOctets && Interlocked.Exchange(ref signalled, 1) == 0) commits.Release();
    }

    public void PurgeSoon() => purges.Release();

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await Task.WhenAll(loops);
        stop.Dispose();
        commits.Dispose();
        purges.Dispose();
        arrivals.Dispose();
    }

    private async Task CheckpointsAsync()
    {
        using var side = SqliteConnection.Open(path, readOnly: false, cacheKiB: 1024, mapOctets: 0);
        while (true)
        {
            await commits.WaitAsync(stop.Token);
            Volatile.Write(ref logPages, 0);
            Volatile.Write(ref signalled, 0);
            var (frames, moved) = side.Checkpoint(truncate: false);

            // Under steady load commits overtake a checkpoint; the writer moves the rest when nothing can overtake it.
            if (frames > moved) store.RequestCheckpoint();
        }
    }

    private async Task PurgesAsync()
    {
        while (true)
        {
            await store.PurgeAsync(stop.Token);
            using var wake = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
            var delay = Task.Delay(PurgeInterval, time, wake.Token);
            await Task.WhenAny(delay, purges.WaitAsync(wake.Token));
            await wake.CancelAsync();
            stop.Token.ThrowIfCancellationRequested();
        }
    }

    private async Task TextsAsync()
    {
        while (true)
        {
            // An idle store sleeps.
            await arrivals.WaitAsync(stop.Token);
            do await Task.Delay(Quiet, time, stop.Token);
            while (time.GetElapsedTime(Volatile.Read(ref lastCommit)) < Quiet);
            AccountId[] accounts;
            lock (gate)
            {
                accounts = [.. unread];
                unread.Clear();
            }
            foreach (var account in accounts) await store.Search.CatchUpAsync(account, stop.Token);
        }
    }

    private async Task GuardAsync(Func<Task> loop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await loop();
            }
            catch (Exception) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                LogFailed(e);
                await Task.Delay(Quiet, time, stop.Token).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            }
        }
    }

    [LoggerMessage(LogLevel.Error, "Background work of the store failed; it is tried again")]
    private partial void LogFailed(Exception error);
}
