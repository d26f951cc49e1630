namespace Facteur.Net;

/// <summary>
/// The one timer of a connection. Setting a later deadline than the one the timer was set for leaves the timer alone and
/// lets it set itself again when it fires: a busy connection touches it a few times a minute, not twice per command.
/// </summary>
internal sealed class Deadline : IDisposable
{
    /// <summary>The timestamp that never comes.</summary>
    public const long None = long.MaxValue;

    private readonly Lock gate = new();
    private readonly TimeProvider time;
    private readonly Action expired;
    private ITimer? timer;
    private long deadline = None;
    private long armed = None;
    private bool disposed;

    /// <param name="expired">Called once per <see cref="Set"/> at most, on the timer's thread, outside the lock; may come late.</param>
    public Deadline(TimeProvider time, Action expired)
    {
        this.time = time;
        this.expired = expired;
    }

    /// <summary>Timestamp that lies <paramref name="span"/> from now; an infinite span never comes.</summary>
    public long After(TimeSpan span) => span == Timeout.InfiniteTimeSpan
        ? None
        : time.GetTimestamp() + (long)(span.TotalSeconds * time.TimestampFrequency);

    public bool HasPassed(long timestamp) => timestamp != None && time.GetTimestamp() >= timestamp;

    public void Set(long timestamp)
    {
        lock (gate)
        {
            deadline = timestamp;
            if (timestamp < armed && !disposed)
                Arm();
        }
    }

    public void Clear()
    {
        lock (gate)
            deadline = None;
    }

    public void Dispose()
    {
        lock (gate)
        {
            disposed = true;
            timer?.Dispose();
        }
    }

    private void Arm()
    {
        armed = deadline;
        var left = time.GetElapsedTime(time.GetTimestamp(), deadline);
        // Timers tick in whole milliseconds: one too early would only fire twice.
        var due = TimeSpan.FromMilliseconds(Math.Max(1, Math.Ceiling(left.TotalMilliseconds)));
        timer ??= time.CreateTimer(static state => ((Deadline)state!).Fire(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        timer.Change(due, Timeout.InfiniteTimeSpan);
    }

    private void Fire()
    {
        lock (gate)
        {
            armed = None;
            if (deadline == None || disposed)
                return;
            if (!HasPassed(deadline))
            {
                Arm();
                return;
            }
            deadline = None;
        }
        expired();
    }
}
