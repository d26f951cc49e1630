using System.Net;

namespace Facteur.Net.Dialing;

/// <summary>Several addresses of one host.</summary>
public sealed partial class GuardedDialer
{
    /// <summary>
    /// Tries addresses in order; the next one when the last failed, or has been silent for a moment, so that a lame family does
    /// not cost its whole timeout (RFC 8305 §5). The first connection wins; what comes later is closed.
    /// </summary>
    /// <returns>Finished attempts as they finished, the successful one last.</returns>
    private async Task<(List<DialAttempt> Tried, DialedConnection? Connection)> RaceAsync(List<IPEndPoint> endPoints, DialPurpose purpose, CancellationToken cancel)
    {
        var tried = new List<DialAttempt>();
        var running = new List<Task<(DialAttempt Attempt, DialedConnection? Connection)>>();
        using var settled = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        try
        {
            for (var next = 0; next < endPoints.Count || running.Count > 0;)
            {
                if (next < endPoints.Count) running.Add(AttemptAsync(endPoints[next++], purpose, settled.Token));
                if (await FirstAsync(running, waitForAll: next == endPoints.Count, settled.Token) is not { } done) continue;
                running.Remove(done);
                var (attempt, connection) = await done;
                tried.Add(attempt);
                if (connection is not null) return (tried, connection);
            }
            return (tried, null);
        }
        finally
        {
            await settled.CancelAsync();
            foreach (var late in running) await CloseAsync(late);
        }
    }

    /// <summary>The first attempt that finishes; null when none did before the next address is due.</summary>
    private async Task<Task<(DialAttempt Attempt, DialedConnection? Connection)>?> FirstAsync(
        List<Task<(DialAttempt Attempt, DialedConnection? Connection)>> running, bool waitForAll, CancellationToken cancel)
    {
        var first = Task.WhenAny(running);
        if (waitForAll) return await first;
        using var moment = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var pause = Task.Delay(options.AttemptDelay, time, moment.Token);
        var isFirst = await Task.WhenAny(first, pause) == first;
        await moment.CancelAsync();
        cancel.ThrowIfCancellationRequested();
        return isFirst ? await first : null;
    }

    private static async Task CloseAsync(Task<(DialAttempt Attempt, DialedConnection? Connection)> late)
    {
        try
        {
            if ((await late).Connection is { } connection) await connection.DisposeAsync();
        }
        catch (OperationCanceledException)
        {
            // As asked.
        }
    }
}
