namespace Facteur.Jmap.Push;

/// <summary>When the next message may go to one push service: not in a flood, less often when it says so, later and later while it fails.</summary>
internal sealed class PushPace(TimeProvider time)
{
    /// <summary>From one message to the next; what happens between is one message.</summary>
    private static readonly TimeSpan usualGap = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan slowestGap = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan firstRetry = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan lastRetry = TimeSpan.FromHours(1);

    /// <summary>A service that has failed for so long will not come back.</summary>
    private static readonly TimeSpan patience = TimeSpan.FromDays(3);

    private TimeSpan gap = usualGap;
    private TimeSpan retry = firstRetry;
    private DateTimeOffset? failingSince;

    public DateTimeOffset NotBefore { get; private set; }

    /// <summary>It has failed since long ago.</summary>
    public bool IsHopeless => time.GetUtcNow() - failingSince > patience;

    public void Taken()
    {
        (failingSince, retry) = (null, firstRetry);
        // What it once asked for is forgotten slowly.
        gap = gap > usualGap ? gap * 0.9 : usualGap;
        NotBefore = time.GetUtcNow() + gap;
    }

    /// <param name="isTooMany">It wants messages less often, not later.</param>
    public void Failed(bool isTooMany, TimeSpan? retryAfter)
    {
        var now = time.GetUtcNow();
        if (isTooMany) gap = Smaller(gap * 2, slowestGap);
        else failingSince ??= now;
        NotBefore = now + (retryAfter ?? (isTooMany ? gap : retry));
        if (!isTooMany) retry = Smaller(retry * 4, lastRetry);
    }

    private static TimeSpan Smaller(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
