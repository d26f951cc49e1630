using Facteur.Mail;
using Facteur.Smtp;
using Facteur.Storage;
using Facteur.Storage.Queue;

namespace Facteur.Delivery.Queue;

/// <summary>A recipient on another host.</summary>
/// <param name="Address">As it goes on the wire, local part quoted where it must be.</param>
/// <param name="OriginalRecipient">ORCPT as "rfc822;address", or null.</param>
public sealed record OutboundRecipient(string Address, DsnNotify Notify = DsnNotify.Unstated, string? OriginalRecipient = null)
{
    public static OutboundRecipient Of(EnvelopeRecipient recipient) =>
        new(recipient.Address.ToString(), recipient.Notify, recipient.Original is { } original ? $"{original.AddressType};{original.Address}" : null);
}

/// <summary>
/// Makes of a message and its recipients on other hosts what enters the queue: which way each takes, and who gets nothing because of
/// the suppression list. The caller adds the result to the delivery (<see cref="Storage.Delivery.Queued"/>), so that all is one commit.
/// </summary>
public sealed class OutboundSubmission(RouteTable routes, SuppressionList suppressed, DirectoryStore directory, SendingLimits limits, TimeProvider time)
{
    /// <summary>Daily limits; a transaction opens one allowance and asks it about each recipient.</summary>
    public SendingLimits Limits => limits;

    /// <param name="message">All but Id and Content, which are the store's; Created is now.</param>
    public async ValueTask<QueueSubmission> PrepareAsync(QueueMessage message, IReadOnlyList<OutboundRecipient> recipients, CancellationToken cancel)
    {
        var owner = message.Account is { } account ? await directory.GetAccountAsync(account, cancel) : null;
        var blocked = message.Kind == "report"
            ? new Dictionary<string, SuppressedAddress>() // who hears of a failure is no matter of taste
            : await suppressed.FindAsync(message.Account, owner?.Domain, [.. recipients.Select(recipient => recipient.Address)], cancel);
        var entries = new List<NewQueueRecipient>(recipients.Count);
        var ways = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var recipient in recipients)
        {
            var entry = new NewQueueRecipient(recipient.Address, "", recipient.Notify, recipient.OriginalRecipient);
            if (blocked.TryGetValue(recipient.Address.ToLowerInvariant(), out var reason))
                entries.Add(Failed(message, entry, RouteTable.DomainOf(recipient.Address) ?? "", $"not sent: the address is on your suppression list since {reason.Since:yyyy-MM-dd}: {reason.Reason}"));
            else if (RouteTable.DomainOf(recipient.Address) is not { } domain)
                entries.Add(Failed(message, entry, "", "the address has no domain that mail can go to"));
            else
            {
                if (!ways.TryGetValue(domain, out var way)) ways[domain] = way = RouteTable.Destination(await routes.FindAsync(message.Account, domain, cancel));
                entries.Add(entry with { Destination = way });
            }
        }
        var now = time.GetUtcNow();
        return new QueueSubmission(message with { Created = now, NotBefore = message.NotBefore > now ? message.NotBefore : null }, entries);
    }

    private static NewQueueRecipient Failed(QueueMessage message, NewQueueRecipient recipient, string destination, string answer) => recipient with
    {
        Destination = destination,
        State = QueueState.Failed,
        Answer = answer,
        Report = Reports.OnFailure(message, recipient.Notify),
    };
}
