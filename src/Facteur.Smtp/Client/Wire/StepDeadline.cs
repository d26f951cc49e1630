namespace Facteur.Smtp.Client.Wire;

/// <summary>One timer for all waits of a session. When it fires, or the caller cancels, the token fires and the session is over.</summary>
internal sealed class StepDeadline : IDisposable
{
    private readonly CancellationTokenSource source = new();
    private readonly TimeProvider time;
    private readonly ITimer timer;
    private long overallStart;
    private TimeSpan overall = Timeout.InfiniteTimeSpan;
    private volatile bool fired;

    public StepDeadline(TimeProvider time)
    {
        this.time = time;
        timer = time.CreateTimer(static state => ((StepDeadline)state!).Fire(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public CancellationToken Token => source.Token;

    /// <summary>The time was up, as opposed to a caller who cancelled.</summary>
    public bool HasFired => fired;

    /// <summary>The next wait ends after <paramref name="timeout"/>, or at the end of the overall time.</summary>
    public void Set(TimeSpan timeout)
    {
        if (overall != Timeout.InfiniteTimeSpan)
        {
            var left = overall - time.GetElapsedTime(overallStart);
            if (left < timeout) timeout = left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
        timer.Change(timeout, Timeout.InfiniteTimeSpan);
    }

    public void Clear() => timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    /// <summary>From now on all waits together end after <paramref name="span"/>.</summary>
    public void BeginOverall(TimeSpan span)
    {
        overallStart = time.GetTimestamp();
        overall = span;
    }

    public void EndOverall()
    {
        overall = Timeout.InfiniteTimeSpan;
        Clear();
    }

    /// <summary>Lets a caller's token end the session.</summary>
    public CancellationTokenRegistration Follow(CancellationToken cancel) =>
        cancel.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), source);

    public void Dispose()
    {
        timer.Dispose();
        source.Dispose();
    }

    private void Fire()
    {
        fired = true;
        try
        {
            source.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The session has ended meanwhile.
        }
    }
}
