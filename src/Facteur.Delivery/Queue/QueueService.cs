using Facteur.Storage.Queue;

namespace Facteur.Delivery.Queue;

/// <summary>A message in the queue with all that is known of it.</summary>
public sealed record QueueEntry(QueueMessage Message, IReadOnlyList<QueueRecipient> Recipients, IReadOnlyList<AttemptRecord> Attempts);

/// <summary>What people do with the queue: look, and change by hand. Every change leaves rows in the trace with who made it.</summary>
public sealed class QueueService(QueueStore queue, RouteTable routes, DestinationTable destinations)
{
    private const int MaxWoken = 1_000;

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
        return await queue.ChangeAsync(filter, QueueChange.Retry, null, null, by, cancel);
    }

    /// <summary>Out of the schedule until released.</summary>
    public ValueTask<int> HoldAsync(QueueFilter filter, string by, CancellationToken cancel) => queue.ChangeAsync(filter, QueueChange.Hold, null, null, by, cancel);

    /// <summary>Back into the schedule, due now.</summary>
    public async ValueTask<int> ReleaseAsync(QueueFilter filter, string by, CancellationToken cancel)
    {
        await WakeAsync(filter, cancel);
        return await queue.ChangeAsync(filter, QueueChange.Release, null, null, by, cancel);
    }

    /// <summary>Given up now; the senders hear of it.</summary>
    /// <param name="reason">What the report says; null: that an administrator did it.</param>
    public ValueTask<int> BounceAsync(QueueFilter filter, string? reason, string by, CancellationToken cancel) =>
        queue.ChangeAsync(filter, QueueChange.Fail, null, reason ?? "returned by the administrator of the mail server", by, cancel);

    /// <summary>Taken back without a word to anybody (undo send).</summary>
    public ValueTask<int> CancelAsync(QueueFilter filter, string by, CancellationToken cancel) => queue.ChangeAsync(filter, QueueChange.Cancel, null, null, by, cancel);

    /// <summary>To another address, by the way that mail of the server itself takes to it.</summary>
    /// <exception cref="FormatException">The address is none that mail can go to; the message says so.</exception>
    public async ValueTask<int> RedirectAsync(QueueFilter filter, string address, string by, CancellationToken cancel)
    {
        if (!Mail.MailAddress.TryParse(address, out var parsed) || RouteTable.DomainOf(parsed.ToString()) is not { } domain)
            throw new FormatException($"{address} is no address that mail can go to.");
        var way = RouteTable.Destination(await routes.FindAsync(null, domain, cancel));
        return await queue.ChangeAsync(filter, QueueChange.Redirect, (parsed.ToString(), way), null, by, cancel);
    }

    private async ValueTask WakeAsync(QueueFilter filter, CancellationToken cancel)
    {
        if (filter.Destination is { } named) destinations.Wake(named);
        else
            foreach (var destination in await DestinationsAsync(filter, cancel)) destinations.Wake(destination);
    }

    // Of very many the first: the others wait a while longer.
    private async ValueTask<IEnumerable<string>> DestinationsAsync(QueueFilter filter, CancellationToken cancel) =>
        (await queue.ListAsync(filter, null, MaxWoken, cancel)).Select(item => item.Recipient.Destination).Distinct();
}
