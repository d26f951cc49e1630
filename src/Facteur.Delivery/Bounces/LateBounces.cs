using Facteur.Accounts;
using Facteur.Delivery.Queue;
using Facteur.Storage;
using Facteur.Storage.Queue;

namespace Facteur.Delivery.Bounces;

/// <summary>A report that was bound to a message this server sent.</summary>
/// <param name="Trace">One row for each recipient of the message that it tells of; they stand beside the message in its owner's trace.</param>
public sealed record BoundReport(QueueMessage Message, IReadOnlyList<TraceEvent> Trace);

/// <summary>
/// Binds reports that come in, hours or days after another host took a message, to that message. Reports are easily forged (backscatter):
/// one counts only for a message that is in the queue's memory, that was sent with the address the report came to, and for recipients
/// that it was delivered to; a receipt, moreover, only from the recipient (RFC 8098 §3: From is the person it is issued for; §6.1 on forgery). All others are
/// mail like any.
/// </summary>
public sealed class LateBounces(QueueStore queue, RecipientDirectory directory, Verp verp, SuppressionList suppression, TimeProvider time)
{
    private const int Page = 1_000;
    private const int MaxPages = 100;
    private const int MaxDetail = 1_000;

    /// <summary>The message a report is about; null when there is none of ours. Counts refusals for good and complaints towards the suppression list.</summary>
    /// <param name="arrivedAt">Envelope recipients the report came to, as written.</param>
    public async ValueTask<BoundReport?> BindAsync(ReceivedReport report, IReadOnlyList<string> arrivedAt, CancellationToken cancel)
    {
        var (message, isProven) = await FindAsync(report, arrivedAt, cancel);
        if (message?.Account is not { } account) return null;
        // Complaints come to whom the other side knows, such as abuse@; they are about mail all the same.
        if (!isProven && report.Complaint is null && !await CameBackAsync(message, account, arrivedAt, cancel)) return null;
        var rows = new List<TraceEvent>();
        foreach (var (told, sent) in await MatchAsync(report, message, isProven, cancel))
        {
            rows.Add(Row(message, account, report, told, sent));
            await NoteAsync(account, told, sent, cancel);
        }
        return rows.Count == 0 ? null : new BoundReport(message, rows);
    }

    private async ValueTask<(QueueMessage? Message, bool IsProven)> FindAsync(ReceivedReport report, IReadOnlyList<string> arrivedAt, CancellationToken cancel)
    {
        foreach (var address in arrivedAt)
            if (await verp.ReadAsync(address, cancel) is { } read && await queue.FindAsync(read.Message, cancel) is { } message && SameAddress(message.Sender, read.Sender))
                return (message, true);
        if (report.EnvelopeId is { Length: > 0 } envelopeId && await queue.FindByMessageIdAsync(envelopeId, cancel) is { } byEnvelope) return (byEnvelope, false);
        return report.MessageId is { Length: > 0 } messageId ? (await queue.FindByMessageIdAsync(messageId, cancel), false) : (null, false);
    }

    private async ValueTask<bool> CameBackAsync(QueueMessage message, AccountId account, IReadOnlyList<string> arrivedAt, CancellationToken cancel)
    {
        foreach (var address in arrivedAt)
            if (SameAddress(message.Sender, address) || await directory.OwnsAsync(account, address, cancel)) return true;
        return false;
    }

    private static bool SameAddress(string one, string other) => one.Equals(other, StringComparison.OrdinalIgnoreCase);

    /// <summary>What the report tells of recipients the message was delivered to.</summary>
    private async ValueTask<List<(ReportedRecipient Told, QueueRecipient? Sent)>> MatchAsync(ReceivedReport report, QueueMessage message, bool isProven, CancellationToken cancel)
    {
        var told = new Dictionary<string, ReportedRecipient>(StringComparer.OrdinalIgnoreCase);
        foreach (var recipient in report.Recipients)
        {
            if (recipient.Address.Length > 0) told.TryAdd(recipient.Address, recipient);
            if (recipient.OriginalAddress is { Length: > 0 } original) told.TryAdd(original, recipient);
        }
        var found = new Dictionary<ReportedRecipient, QueueRecipient>();
        var (seen, last) = (0, default(QueueRecipient));
        QueueRecipientId? after = null;
        for (var page = 0; page < MaxPages; page++)
        {
            var items = await queue.ListAsync(new QueueFilter { Message = message.Id, States = [QueueState.Delivered] }, after, Page, cancel);
            foreach (var item in items)
            {
                (seen, last) = (seen + 1, item.Recipient);
                if (Told(told, item.Recipient) is { } one) found.TryAdd(one, item.Recipient);
            }
            if (items.Count < Page || found.Count == report.Recipients.Count) break;
            after = items[^1].Recipient.Id;
        }
        if (report.IsReceipt) return [.. found.Where(pair => IsFrom(report, pair.Key, pair.Value)).Select(pair => (pair.Key, (QueueRecipient?)pair.Value))];
        if (found.Count > 0) return [.. found.Select(pair => (pair.Key, (QueueRecipient?)pair.Value))];
        // Sent on beyond its recipient, a message fails at an address nobody here knows: the proof in the envelope, and that it went to
        // one alone, tell whose it was. Complaints hide the address on purpose (RFC 5965).
        if (isProven && seen == 1) return [(report.Recipients[0], last)];
        return report.Complaint is not null && seen > 0 ? [(report.Recipients[0], seen == 1 ? last : null)] : [];
    }

    // Whoever else got the message knows its id, and its recipients.
    private static bool IsFrom(ReceivedReport receipt, ReportedRecipient told, QueueRecipient sent) =>
        receipt.ReceiptFrom is { } from && (SameAddress(from, sent.Address) || SameAddress(from, told.Address));

    private static ReportedRecipient? Told(Dictionary<string, ReportedRecipient> told, QueueRecipient sent)
    {
        if (told.TryGetValue(sent.Address, out var one)) return one;
        return sent.OriginalRecipient is { } original && told.TryGetValue(ReportAddress.Read(original), out one) ? one : null;
    }

    private TraceEvent Row(QueueMessage message, AccountId account, ReceivedReport report, ReportedRecipient told, QueueRecipient? sent)
    {
        List<KeyValuePair<string, string>> detail = [new("action", told.Action.ToString().ToLowerInvariant())];
        if (told.Status.Length > 0) detail.Add(new("status", told.Status));
        if (told.Answer.Length > 0) detail.Add(new("answer", HumanPart.OneLine(told.Answer, MaxDetail - 1)));
        var host = told.RemoteHost.Length > 0 ? told.RemoteHost : report.ReportingHost;
        if (host.Length > 0) detail.Add(new("host", HumanPart.OneLine(host, 255)));
        return new TraceEvent(time.GetUtcNow(), TraceKind.ReportReceived, account, message.Transaction, message.MessageId, message.Sender, sent?.Address ?? "", detail) { Queue = message.Id };
    }

    private async ValueTask NoteAsync(AccountId account, ReportedRecipient told, QueueRecipient? sent, CancellationToken cancel)
    {
        if (sent is null) return;
        if (told.Action == ReportAction.Complaint) await suppression.NoteComplaintAsync(account, sent.Address, cancel);
        else if (told.Action == ReportAction.Failed && IsGone(told.Status)) await suppression.NoteHardBounceAsync(account, sent.Address, $"{told.Status} {told.Answer}", cancel);
    }

    /// <summary>No such mailbox or domain, moved, switched off: it will not be better tomorrow (RFC 3463 §3.2, §3.3).</summary>
    private static bool IsGone(string status) => status is "5.1.1" or "5.1.2" or "5.1.3" or "5.1.6" or "5.1.10" or "5.2.1";
}
