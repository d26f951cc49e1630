namespace Facteur.Delivery.Queue;

/// <summary>The setting "queue" of the site: what of <see cref="QueueOptions"/> an administrator has changed.</summary>
public sealed record QueueDocument
{
    /// <summary>Minutes from one attempt to the next; the last one goes on.</summary>
    public IReadOnlyList<double>? RetryMinutes { get; init; }

    /// <summary>Hours after which a message is given up.</summary>
    public double? GiveUpHours { get; init; }

    /// <summary>The same for reports.</summary>
    public double? ReportGiveUpHours { get; init; }

    /// <summary>Hours after which the sender is told of a delay; 0: never.</summary>
    public double? DelayWarningHours { get; init; }

    /// <summary>Days for which finished messages and the trace are kept.</summary>
    public double? KeepDays { get; init; }

    /// <summary>What is wrong with the document, in one sentence; null when nothing is.</summary>
    public string? Fault()
    {
        if (RetryMinutes is { } minutes && (minutes.Count is 0 or > 100 || minutes.Any(minute => minute is not (>= 0.1 and <= 300))))
            return "retryMinutes takes 1 to 100 intervals of 0.1 to 300 minutes.";
        if (GiveUpHours is not (null or (>= 1 and <= 8_760)) || ReportGiveUpHours is not (null or (>= 1 and <= 8_760))) return "giveUpHours and reportGiveUpHours take 1 to 8760.";
        if (DelayWarningHours is not (null or (>= 0 and <= 8_760))) return "delayWarningHours takes 0 (never) to 8760.";
        return KeepDays is not (null or (>= 1 and <= 3_650)) ? "keepDays takes 1 to 3650." : null;
    }

    internal RetrySchedule Apply(RetrySchedule schedule) => Fault() is not null ? schedule : schedule with
    {
        Intervals = RetryMinutes is null ? schedule.Intervals : [.. RetryMinutes.Select(TimeSpan.FromMinutes)],
        GiveUp = GiveUpHours is { } hours ? TimeSpan.FromHours(hours) : schedule.GiveUp,
        GiveUpUnsigned = ReportGiveUpHours is { } reports ? TimeSpan.FromHours(reports) : schedule.GiveUpUnsigned,
        DelayWarning = DelayWarningHours is { } warning ? TimeSpan.FromHours(warning) : schedule.DelayWarning,
    };
}
