using Facteur.Mail;
using Facteur.Storage.Queue;

namespace Facteur.Delivery.Queue;

/// <summary>Which report the sender is owed for a recipient (RFC 3461 §4.1, §5.2).</summary>
internal static class Reports
{
    // Never of mail without a sender (RFC 3461 §5.2, RFC 5321 §4.5.5), nor of what a machine wrote about other mail.
    private static bool MayReport(QueueMessage message) => message.Sender.Length > 0 && message.Kind is not ("report" or "vacation");

    /// <summary>Given up (RFC 3461 §5.2.6).</summary>
    public static QueueReport OnFailure(QueueMessage message, DsnNotify notify) =>
        MayReport(message) && (notify == DsnNotify.Unstated || notify.HasFlag(DsnNotify.Failure)) ? QueueReport.Failure : QueueReport.None;

    /// <summary>It takes long (RFC 3461 §5.2.5: without NOTIFY a warning may be sent or not; people want to know).</summary>
    public static QueueReport OnDelay(QueueMessage message, DsnNotify notify) =>
        MayReport(message) && (notify == DsnNotify.Unstated || notify.HasFlag(DsnNotify.Delay)) ? QueueReport.Delay : QueueReport.None;

    /// <summary>A host took it.</summary>
    /// <param name="isPassedOn">NOTIFY went to the host, which reports itself (RFC 3461 §5.2.1).</param>
    /// <param name="isFinal">The host put it into a mailbox (LMTP, RFC 3461 §5.2.3); any other may send it further and says nothing of it (§5.2.2).</param>
    public static QueueReport OnDelivery(QueueMessage message, DsnNotify notify, bool isPassedOn, bool isFinal) =>
        !MayReport(message) || !notify.HasFlag(DsnNotify.Success) || isPassedOn ? QueueReport.None
        : isFinal ? QueueReport.Success
        : QueueReport.Relayed;
}
