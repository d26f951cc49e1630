using System.Diagnostics.Metrics;

namespace Facteur.Delivery;

/// <summary>Counters of delivery, meter "Facteur.Delivery".</summary>
internal static class DeliveryMetrics
{
    private static readonly Meter Meter = new("Facteur.Delivery");
    private static readonly Counter<long> Messages = Meter.CreateCounter<long>("facteur.delivery.messages", "{message}", "Messages delivered");
    private static readonly Counter<long> Entries = Meter.CreateCounter<long>("facteur.delivery.entries", "{entry}", "Mailbox entries made for them");

    public static void Delivered(int entries)
    {
        Messages.Add(1);
        Entries.Add(entries);
    }
}
