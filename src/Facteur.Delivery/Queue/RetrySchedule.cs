using Facteur.Storage.Queue;

namespace Facteur.Delivery.Queue;

/// <summary>When a recipient is tried again, when its sender is warned, and when it is given up (RFC 5321 §4.5.4.1).</summary>
/// <remarks>
/// Giving up takes both: the age by the clock, and the attempts that make such an age. A clock that was set wrong
/// cannot return mail, and a server that was off for a week tries for a while before it does.
/// </remarks>
public sealed record RetrySchedule
{
    /// <summary>Clocks of two machines, and of one before and after it was set, differ by so much and mean nothing by it.</summary>
    private static readonly TimeSpan Future = TimeSpan.FromDays(1);

    /// <summary>From one attempt to the next; the last one goes on. Short at first: greylisting and restarts pass in minutes.</summary>
    public IReadOnlyList<TimeSpan> Intervals { get; init; } =
    [
        TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(30), TimeSpan.FromHours(1),
        TimeSpan.FromHours(2), TimeSpan.FromHours(4),
    ];

    /// <summary>Age at which a message is given up (RFC 5321 §4.5.4.1: at least 4 to 5 days).</summary>
    public TimeSpan GiveUp { get; init; } = TimeSpan.FromDays(5);

    /// <summary>The same for reports and other mail without a sender: nobody waits for it.</summary>
    public TimeSpan GiveUpUnsigned { get; init; } = TimeSpan.FromDays(2);

    /// <summary>Age at which the sender is told that it takes long; zero: never.</summary>
    public TimeSpan DelayWarning { get; init; } = TimeSpan.FromHours(4);

    /// <summary>Share by which an interval is made longer or shorter at random, so that what failed together is not tried together.</summary>
    public double Jitter { get; init; } = 0.1;

    /// <summary>When the next attempt is due.</summary>
    /// <param name="attempts">Attempts made so far, at least one.</param>
    public DateTimeOffset Next(DateTimeOffset now, int attempts)
    {
        var interval = Intervals[Math.Clamp(attempts - 1, 0, Intervals.Count - 1)];
        return now + interval * (1 + Jitter * (2 * Random.Shared.NextDouble() - 1));
    }

    /// <summary>The message is given up after this attempt.</summary>
    public bool IsExhausted(QueueMessage message, int attempts, DateTimeOffset now)
    {
        var born = Born(message);
        var life = Life(message, born);
        var needed = AttemptsIn(life);
        // Born ahead of the clock: it was made while the clock was wrong, and only the attempts tell its age.
        if (born > now + Future) return attempts >= needed + needed / 2 + 1;
        return now - born >= life && attempts >= needed;
    }

    /// <summary>The sender is told now that it takes long.</summary>
    public bool IsDelayed(QueueMessage message, int attempts, DateTimeOffset now) =>
        DelayWarning > TimeSpan.Zero && now - Born(message) >= DelayWarning && attempts >= AttemptsIn(DelayWarning);

    /// <summary>Attempts that fit into a time whatever the jitter, less a tenth: a destination that rests makes some late.</summary>
    public int AttemptsIn(TimeSpan time)
    {
        var attempts = 1;
        var at = TimeSpan.Zero;
        while (attempts < 10_000)
        {
            at += Intervals[Math.Min(attempts - 1, Intervals.Count - 1)] * (1 + Jitter);
            if (at > time) break;
            attempts++;
        }
        return Math.Max(1, attempts * 9 / 10);
    }

    // What was to be sent later begins to age when it is due.
    private static DateTimeOffset Born(QueueMessage message) => message.NotBefore > message.Created ? message.NotBefore.Value : message.Created;

    private TimeSpan Life(QueueMessage message, DateTimeOffset born)
    {
        var life = message.Sender.Length == 0 ? GiveUpUnsigned : GiveUp;
        return message.Expires is { } expires && expires - born < life ? TimeSpan.FromTicks(Math.Max(0, (expires - born).Ticks)) : life;
    }
}
