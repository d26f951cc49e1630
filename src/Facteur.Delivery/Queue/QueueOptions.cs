using System.ComponentModel.DataAnnotations;

namespace Facteur.Delivery.Queue;

/// <summary>How mail for other hosts is sent, and when it is given up.</summary>
public sealed class QueueOptions
{
    /// <summary>Connections to other hosts at once. 250: some 20 MiB of buffers, and more than most peers take together.</summary>
    [Range(1, 10_000)]
    public int MaxConnections { get; init; } = 250;

    /// <summary>Connections to one destination once it has answered; before that it is one, so that a dead host ties up one and not many.</summary>
    [Range(1, 1_000)]
    public int InitialPerDestination { get; init; } = 4;

    /// <summary>Connections to one destination at most; it gets there by deliveries that went well.</summary>
    [Range(1, 1_000)]
    public int MaxPerDestination { get; init; } = 20;

    /// <summary>Recipients taken for one attempt (RFC 5321 §4.5.3.1.8: every host takes 100).</summary>
    [Range(1, 10_000)]
    public int MaxRecipients { get; init; } = 100;

    /// <summary>Destinations looked at together; the longest waiting come first.</summary>
    [Range(10, 1_000_000)]
    public int MaxDestinations { get; init; } = 10_000;

    /// <summary>How long work is taken for; prolonged while it goes on. What a process that died had taken is free after it.</summary>
    [Range(typeof(TimeSpan), "00:00:30", "01:00:00")]
    public TimeSpan LeaseTime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The queue is looked at this often though nothing calls: other processes may have added to it.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan SafetyPoll { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A session that nothing is left for stays open so long. Two seconds: peers count open connections too.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan IdleSession { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a destination keeps a connection while others wait for one.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan FairShare { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A destination that could not be reached rests so long, longer each time.</summary>
    [MinLength(1)]
    public IReadOnlyList<TimeSpan> Pauses { get; init; } =
        [TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(30)];

    /// <summary>After a peer refused a further connection, no further one is tried for so long.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan GrowthRest { get; init; } = TimeSpan.FromMinutes(10);

    public RetrySchedule Schedule { get; init; } = new();

    /// <summary>A sender waits at most so long for the report of a recipient while others of the same message still have attempts under way.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan ReportPatience { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Finished messages and the trace are kept so long; the setting "queue" of the site goes before it.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "3650.00:00:00")]
    public TimeSpan KeepFinished { get; init; } = TimeSpan.FromDays(30);
}
