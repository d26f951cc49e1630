using System.Globalization;
using Facteur.Storage;
using Facteur.Storage.Queue;

namespace Facteur.Delivery.Queue;

/// <summary>A message in the queue with all that is known of it.</summary>
public sealed record QueueEntry(QueueMessage Message, IReadOnlyList<QueueRecipient> Recipients, IReadOnlyList<AttemptRecord> Attempts);

/// <summary>What people do with the queue: look, and change by hand. Every change leaves rows in the trace with who made it.</summary>
public sealed class QueueService(QueueStore queue, TraceStore trace, RouteTable routes, DestinationTable destinations, TimeProvider time)
{
    /// <summary>Recipients that get a trace row each; a change of more is told in one row for the rest.</summary>
    private const int MaxTraced = 1_000;
    private const int Page = 200;

    /// <summary>Recipients that match, a page of them.</summary>
    public ValueTask<IReadOnlyList<QueueListItem>> ListAsync(QueueFilter filter, QueueRecipientId? after, int max, CancellationToken cancel) =>
        queue.ListAsync(filter, after, max, cancel);

    /// <summary>A message with its recipients and every attempt; null when it is not there.</summary>
    public async ValueTask<QueueEntry?> ShowAsync(QueueId id, CancellationToken cancel) =>
        await queue.FindAsync(id, cancel) is { } message
            ? new QueueEntry(message, await queue.RecipientsAsync(id, cancel), await queue.AttemptsAsync(id, cancel))
            : null;

    /// <summary>Destinations with what waits for them, and how long each rests because it could not be reached.</summary>
    public async ValueTask<IReadOnlyList<(DestinationStats Stats, DestinationHealth? Health)>> StatsAsync(int max, CancellationToken cancel) =>
        [.. (await queue.StatsAsync(max, cancel)).Select(stats => (stats, destinations.Health(stats.Destination)))];

    /// <summary>Due now; a destination that rests is tried at once.</summary>
    public async ValueTask<int> RetryAsync(QueueFilter filter, string by, CancellationToken cancel)
    {
        await WakeAsync(filter, cancel);
        return await ChangeAsync(filter, QueueChange.Retry, null, null, by, cancel);
    }

    /// <summary>Out of the schedule until released.</summary>
    public ValueTask<int> HoldAsync(QueueFilter filter, string by, CancellationToken cancel) => ChangeAsync(filter, QueueChange.Hold, null, null, by, cancel);

    /// <summary>Back into the schedule, due now.</summary>
    public async ValueTask<int> ReleaseAsync(QueueFilter filter, string by, CancellationToken cancel)
    {
        await WakeAsync(filter, cancel);
        return await ChangeAsync(filter, QueueChange.Release, null, null, by, cancel);
    }

    /// <summary>Given up now; the senders hear of it.</summary>
    /// <param name="reason">What the report says; null: that an administrator did it.</param>
    public ValueTask<int> BounceAsync(QueueFilter filter, string? reason, string by, CancellationToken cancel) =>
        ChangeAsync(filter, QueueChange.Fail, null, reason ?? "5.3.0 returned by the administrator of the mail server", by, cancel);

    /// <summary>Taken back without a word to anybody (undo send).</summary>
    public ValueTask<int> CancelAsync(QueueFilter filter, string by, CancellationToken cancel) => ChangeAsync(filter, QueueChange.Cancel, null, null, by, cancel);

    /// <summary>To another address, by the way that mail of the server itself takes to it.</summary>
    /// <exception cref="FormatException">The address is none that mail can go to; the message says so.</exception>
    public async ValueTask<int> RedirectAsync(QueueFilter filter, string address, string by, CancellationToken cancel)
    {
        if (!Mail.MailAddress.TryParse(address, out var parsed) || RouteTable.DomainOf(parsed.ToString()) is not { } domain)
            throw new FormatException($"{address} is no address that mail can go to.");
        var way = RouteTable.Destination(await routes.FindAsync(null, domain, cancel));
        return await ChangeAsync(filter, QueueChange.Redirect, (parsed.ToString(), way), null, by, cancel);
    }

    private async ValueTask<int> ChangeAsync(QueueFilter filter, QueueChange change, (string Address, string Destination)? target, string? reason, string by, CancellationToken cancel)
    {
        var before = await MatchingAsync(filter, cancel);
        var changed = await queue.ChangeAsync(filter, change, target, reason, cancel);
        if (changed == 0) return 0;
        var rows = new List<TraceEvent>(Math.Min(before.Count, MaxTraced) + 1);
        foreach (var item in before.Take(MaxTraced)) rows.Add(Row(item.Message, item.Recipient.Address, change, target?.Address ?? reason, by));
        if (changed > rows.Count) rows.Add(Summary(changed - rows.Count, change, by));
        await trace.AppendAsync(rows, cancel);
        return changed;
    }

    // What is leased or final is left alone by the change, and gets no row.
    private async ValueTask<List<QueueListItem>> MatchingAsync(QueueFilter filter, CancellationToken cancel)
    {
        var found = new List<QueueListItem>();
        QueueRecipientId? after = null;
        while (found.Count < MaxTraced)
        {
            var page = await queue.ListAsync(filter, after, Page, cancel);
            found.AddRange(page.Where(item => item.Recipient is { IsLeased: false, State: QueueState.Waiting or QueueState.Held }));
            if (page.Count < Page) break;
            after = page[^1].Recipient.Id;
        }
        return found;
    }

    private async ValueTask WakeAsync(QueueFilter filter, CancellationToken cancel)
    {
        if (filter.Destination is { } named) destinations.Wake(named);
        else
            foreach (var destination in (await MatchingAsync(filter, cancel)).Select(item => item.Recipient.Destination).Distinct()) destinations.Wake(destination);
    }

    private TraceEvent Row(QueueMessage message, string recipient, QueueChange change, string? detail, string by) =>
        new(time.GetUtcNow(), TraceKind.QueueChanged, message.Account, message.Transaction, message.MessageId, message.Sender, recipient, Details(change, detail, by)) { Queue = message.Id };

    private TraceEvent Summary(int more, QueueChange change, string by) =>
        new(time.GetUtcNow(), TraceKind.QueueChanged, null, "", "", "", "", [.. Details(change, null, by), new("recipients", more.ToString(CultureInfo.InvariantCulture))]);

    private static List<KeyValuePair<string, string>> Details(QueueChange change, string? detail, string by)
    {
        List<KeyValuePair<string, string>> details = [new("action", change.ToString().ToLowerInvariant()), new("by", by)];
        if (detail is not null) details.Add(new("detail", detail));
        return details;
    }
}
