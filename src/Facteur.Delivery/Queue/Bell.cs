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

    /// <summary>Until it rings, or the time is over.</summary>
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
        if (atMost <= TimeSpan.Zero) atMost = TimeSpan.FromMilliseconds(1);
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
