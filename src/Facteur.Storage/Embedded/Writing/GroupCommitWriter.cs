using Facteur.Storage.Embedded.Packs;
using Facteur.Storage.Embedded.Sqlite;
using Microsoft.Extensions.Logging;

namespace Facteur.Storage.Embedded.Writing;

/// <summary>
/// The one writer. It takes all verbs that wait as one batch: runs them in one transaction, flushes the segments they refer to, commits,
/// and only then answers them. While a batch commits, the next gathers. A flush or write that fails is never tried again: the store
/// has failed until it is opened anew, since nobody knows what is on the device.
/// </summary>
internal sealed partial class GroupCommitWriter : IDisposable
{
    /// <summary>Verbs of one batch, so that the first does not wait for too many others.</summary>
    private const int MaxBatch = 1024;

    private readonly WriteSession session;
    private readonly Action<WriteSession> publish;
    private readonly Func<bool> hasRoom;
    private readonly ILogger logger;
    private readonly object gate = new();
    private readonly Thread thread;
    private List<WriteOperation> waiting = [];
    private bool stopping;
    private volatile bool checkpoint;
    private volatile Exception? failure;

    /// <param name="publish">Called after each commit and before its verbs are answered, so that who reads after an answer sees what it acknowledges.</param>
    /// <param name="hasRoom">False when the disk is too full for verbs that grow the store.</param>
    public GroupCommitWriter(WriteSession session, Action<WriteSession> publish, Func<bool> hasRoom, ILogger logger)
    {
        (this.session, this.publish, this.hasRoom, this.logger) = (session, publish, hasRoom, logger);
        thread = new Thread(Loop) { IsBackground = true, Name = "store writer" };
        thread.Start();
    }

    /// <summary>Verbs that wait or run; for the background work, which gives way.</summary>
    public bool IsBusy
    {
        get { lock (gate) return waiting.Count > 0; }
    }

    public Task<T> RunAsync<T>(Func<WriteSession, T> verb, bool grows, CancellationToken cancel)
    {
        if (cancel.IsCancellationRequested) return Task.FromCanceled<T>(cancel);
        var operation = new WriteOperation<T>(verb) { Grows = grows, Cancel = cancel };
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(stopping, typeof(EmbeddedStore));
            waiting.Add(operation);
            if (waiting.Count == 1) Monitor.Pulse(gate);
        }
        return operation.Task;
    }

    /// <summary>Has the log moved into the database after the next batch.</summary>
    public void RequestCheckpoint() => checkpoint = true;

    /// <summary>Finishes what waits and stops.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            stopping = true;
            Monitor.Pulse(gate);
        }
        thread.Join();
    }

    private void Loop()
    {
        var batch = new List<WriteOperation>();
        while (Take(ref batch))
        {
            for (var at = 0; at < batch.Count; at += MaxBatch)
                RunBatch(batch.GetRange(at, Math.Min(MaxBatch, batch.Count - at)));
            batch.Clear();
            if (!checkpoint) continue;
            checkpoint = false;
            MoveLog();
        }
    }

    private void MoveLog()
    {
        try
        {
            session.Database.Checkpoint(truncate: false);
        }
        catch (SqliteException e)
        {
            LogCheckpointFailed(e); // Nothing is lost: the log only grows until the next try.
        }
    }

    private bool Take(ref List<WriteOperation> batch)
    {
        lock (gate)
        {
            while (waiting.Count == 0)
            {
                if (stopping) return false;
                Monitor.Wait(gate);
            }
            (batch, waiting) = (waiting, batch);
            return true;
        }
    }

    private void RunBatch(List<WriteOperation> batch)
    {
        if (failure is { } cause)
        {
            foreach (var operation in batch) operation.Fail(new StoreFailedException("the store failed and takes no writes until it is opened again", cause));
            return;
        }
        var refused = new Dictionary<WriteOperation, Exception>();
        try
        {
            Commit(batch, refused);
        }
        catch (Exception e)
        {
            Recover(batch, e);
            return;
        }
        AfterCommit();
        session.Clear();
        foreach (var operation in batch)
        {
            if (refused.TryGetValue(operation, out var error)) operation.Fail(error);
            else operation.Succeed();
        }
    }

    // What is committed is answered, whatever happens here.
    private void AfterCommit()
    {
        foreach (var action in session.AfterCommit.Append(() => publish(session)))
        {
            try
            {
                action();
            }
            catch (Exception e)
            {
                LogAfterCommitFailed(e);
            }
        }
    }

    private void Commit(List<WriteOperation> batch, Dictionary<WriteOperation, Exception> refused)
    {
        var room = hasRoom();
        session.Begin();
        foreach (var operation in batch)
        {
            try
            {
                operation.Cancel.ThrowIfCancellationRequested();
                if (operation.Grows && !room) throw new StoreFullException("the disk is nearly full");
                operation.Run(session);
            }
            catch (Exception e) when (e is StoreRefusedException or StoreFullException or OperationCanceledException)
            {
                refused[operation] = e;
            }
        }
        session.SaveCounters();
        try
        {
            // The bodies first: a commit never refers to octets that a power cut could take.
            foreach (var segment in session.Unflushed) session.Packs.Flush(segment);
        }
        catch (Exception e)
        {
            throw new StoreFailedException("a pack segment could not be flushed", e);
        }
        session.Database.Get("COMMIT").Run();
    }

    private void Recover(List<WriteOperation> batch, Exception error)
    {
        try
        {
            session.Database.ResetAll();
            if (!session.Database.IsAutoCommit) session.Database.Get("ROLLBACK").Run();
        }
        catch (SqliteException e)
        {
            error = new StoreFailedException("a batch could not be rolled back", e);
        }
        session.Forget();
        if (error is StoreFailedException || (error is SqliteException { IsFull: false, IsConstraint: false } sqlite && IsOfDevice(sqlite)))
        {
            failure = error;
            LogFailed(error);
            foreach (var operation in batch) operation.Fail(new StoreFailedException("the store failed while it wrote", error));
            return;
        }
        if (batch.Count > 1)
        {
            // One verb spoiled the batch, or only some found no room: each for itself.
            foreach (var operation in batch) RunBatch([operation]);
            return;
        }
        batch[0].Fail(error is SqliteException { IsFull: true } ? new StoreFullException("there is no room in the database", error) : error);
    }

    private static bool IsOfDevice(SqliteException error) =>
        error.Code is SQLitePCL.raw.SQLITE_IOERR or SQLitePCL.raw.SQLITE_CORRUPT or SQLitePCL.raw.SQLITE_NOTADB
            or SQLitePCL.raw.SQLITE_READONLY or SQLitePCL.raw.SQLITE_CANTOPEN;

    [LoggerMessage(LogLevel.Warning, "The write-ahead log could not be moved into the database")]
    private partial void LogCheckpointFailed(Exception error);

    [LoggerMessage(LogLevel.Error, "What follows a commit failed; the commit stands")]
    private partial void LogAfterCommitFailed(Exception error);

    [LoggerMessage(LogLevel.Critical, "The store failed and takes no writes until it is opened again")]
    private partial void LogFailed(Exception error);
}
