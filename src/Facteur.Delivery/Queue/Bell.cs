namespace Facteur.Delivery.Queue;

/// <summary>Wakes the one who waits. Rung many times before it is heard, it is heard once; rung while nobody waits, the next wait ends at once.</summary>
internal sealed class Bell(TimeProvider time)
{
    private readonly Lock gate = new();
    private TaskCompletionSource? listener;
    private bool isRung;

    /// <summary>Somebody waits.</summary>
    public bool IsAwaited
    {
        get
        {
            lock (gate) return listener is not null;
        }
    }

    public void Ring()
    {
        TaskCompletionSource? waiting;
        lock (gate)
        {
            waiting = listener;
            listener = null;
            isRung = waiting is null;
        }
        waiting?.TrySetResult();
    }

    /// <summary>Does rounds until it is stopped; each begins when the bell rings, or when the time is over that the round before answered.</summary>
    public async Task RunAsync(Func<CancellationToken, ValueTask<TimeSpan>> round, CancellationToken stop)
    {
        try
        {
            while (true) await WaitAsync(await round(stop), stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
    }

    /// <summary>Until it rings, or the time is over.</summary>
    /// <param name="atMost"><see cref="Timeout.InfiniteTimeSpan"/>: only when it rings.</param>
    public async ValueTask WaitAsync(TimeSpan atMost, CancellationToken cancel)
    {
        TaskCompletionSource waiting;
        lock (gate)
        {
            if (isRung)
            {
                isRung = false;
                return;
            }
            listener = waiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        if (atMost <= TimeSpan.Zero && atMost != Timeout.InfiniteTimeSpan) atMost = TimeSpan.FromMilliseconds(1);
        try
        {
            await waiting.Task.WaitAsync(atMost, time, cancel);
        }
        catch (TimeoutException)
        {
        }
        finally
        {
            lock (gate)
                if (listener == waiting) listener = null;
        }
    }
}
