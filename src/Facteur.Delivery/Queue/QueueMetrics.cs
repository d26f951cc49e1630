using System.Diagnostics.Metrics;

namespace Facteur.Delivery.Queue;

/// <summary>Counters of the queue, meter "Facteur.Queue".</summary>
internal static class QueueMetrics
{
    private static readonly Meter Meter = new("Facteur.Queue");
    private static readonly Counter<long> Recipients = Meter.CreateCounter<long>("facteur.queue.attempts", "{recipient}", "Recipients by what an attempt came to");
    private static readonly UpDownCounter<int> Lanes = Meter.CreateUpDownCounter<int>("facteur.queue.connections", "{connection}", "Connections at work");
    private static readonly Counter<long> Held = Meter.CreateCounter<long>("facteur.queue.quarantined", "{recipient}", "Recipients of messages that the process ended on again and again");

    public static void Attempted(int delivered, int waiting, int failed)
    {
        Add("delivered", delivered);
        Add("waiting", waiting);
        Add("failed", failed);
    }

    public static void Quarantined(int recipients) => Held.Add(recipients);

    public static void LaneStarted() => Lanes.Add(1);

    public static void LaneEnded() => Lanes.Add(-1);

    private static void Add(string result, int count)
    {
        if (count > 0) Recipients.Add(count, new KeyValuePair<string, object?>("result", result));
    }
}
