using System.Globalization;
using Facteur.Storage.Crashes;
using Facteur.Storage.Queue;
using Microsoft.Extensions.Logging;

namespace Facteur.Delivery.Queue;

/// <summary>Messages of the queue that the process ended in the middle of work on: suspects wait for their turn, and after some crashes a message is held as a whole.</summary>
internal sealed partial class QueueQuarantine(QueueStore queue, CrashStore crashes, ILogger log)
{
    private readonly ILogger log = log;

    /// <summary>Of a message and one destination of it.</summary>
    public ValueTask<WorkTurn> TurnAsync(QueueMessage message, string destination, CancellationToken cancel) =>
        crashes.TurnAsync(new WorkItem(RiskyWork.Queue, message.Id.Value, WorkItem.PartOf(destination)), cancel);

    /// <summary>Holds a message that is in quarantine, and gives its lease back.</summary>
    /// <returns>False: it is not in quarantine, and nothing was done.</returns>
    public async ValueTask<bool> HoldAsync(QueueLease lease, CancellationToken cancel)
    {
        var id = lease.Message.Id;
        if (!crashes.IsQuarantined(RiskyWork.Queue, id.Value)) return false;
        await queue.ReleaseAsync(lease, CancellationToken.None);
        var held = await queue.ChangeAsync(new QueueFilter { Message = id }, QueueChange.Quarantine, null, Reason, cancel);
        if (held > 0)
        {
            LogQuarantined(id.Value, lease.Message.Transaction, CrashStore.Limit, held);
            QueueMetrics.Quarantined(held);
        }
        return true;
    }

    /// <summary>Stands in lists of the queue as what became of the message.</summary>
    internal static string Reason { get; } = string.Create(CultureInfo.InvariantCulture,
        $"in quarantine: the server ended {CrashStore.Limit} times while it was at work on this message; \"release\" tries again");

    [LoggerMessage(LogLevel.Warning, "Queue message {Message} ({Transaction}) is in quarantine: the server ended {Crashes} times while it was at work on it; {Recipients} recipients are held", EventName = "quarantine.queue")]
    private partial void LogQuarantined(long message, string transaction, int crashes, int recipients);
}
