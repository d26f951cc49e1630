namespace Facteur.Delivery.Queue;

/// <summary>
/// The time by which work is taken. It goes on evenly: when the clock of the machine is set, this one follows only after
/// <see cref="Adopt"/>, so that leases can be prolonged first and nothing is taken twice.
/// </summary>
internal sealed class QueueClock(TimeProvider time)
{
    /// <summary>What clocks are corrected by all the time; less than any lease has left.</summary>
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(20);

    private sealed record Anchor(DateTimeOffset Wall, long Stamp);

    private volatile Anchor anchor = new(time.GetUtcNow(), time.GetTimestamp());

    public DateTimeOffset Now
    {
        get
        {
            var from = anchor;
            return from.Wall + time.GetElapsedTime(from.Stamp);
        }
    }

    /// <summary>By how much the machine's clock was set, forward or back; zero for what does not matter.</summary>
    public TimeSpan Jump
    {
        get
        {
            var ahead = time.GetUtcNow() - Now;
            return ahead.Duration() < Step ? TimeSpan.Zero : ahead;
        }
    }

    /// <summary>From now on the machine's clock counts.</summary>
    public void Adopt() => anchor = new(time.GetUtcNow(), time.GetTimestamp());
}
