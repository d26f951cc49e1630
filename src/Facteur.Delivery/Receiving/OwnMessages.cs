using Facteur.Delivery.Queue;
using Facteur.Mail;
using Facteur.Storage;
using Facteur.Storage.Queue;

namespace Facteur.Delivery.Receiving;

/// <summary>A message that this server writes by itself: a reply while somebody is away, a report to the owner of another domain.</summary>
/// <param name="From">The address in From: its domain's keys sign.</param>
/// <param name="Content">The whole message.</param>
/// <param name="Kind">"vacation" or "report": what is never reported about.</param>
/// <param name="MessageId">Without brackets.</param>
public sealed record OwnMessage(AccountId? Account, string From, IReadOnlyList<string> To, ReadOnlyMemory<byte> Content, string Kind, string MessageId, string Subject)
{
    public BodyType Body { get; init; }

    /// <summary>Reverse-path; the empty one for all that answers by itself.</summary>
    public string Sender { get; init; } = "";
    public bool NeedsSmtpUtf8 { get; init; }

    /// <summary>Id of the transaction that it answers, or "".</summary>
    public string Transaction { get; init; } = "";
}

/// <summary>Puts messages of the server itself on their way: into mailboxes here, or signed into the queue, from the empty reverse-path unless they say otherwise, and with NOTIFY=NEVER (RFC 3834 §3.3, RFC 3461 §6.1).</summary>
public sealed class OwnMessages(MailStore store, OutboundSubmission outbound, IReversePath places, ReportSigner signer, TimeProvider time)
{
    private readonly ServerMail mail = new(store, time);

    /// <summary>What the store is to commit; null when none of the addresses leads anywhere. The caller disposes the message.</summary>
    public ValueTask<Storage.Delivery?> PrepareAsync(OwnMessage own, CancellationToken cancel) => PrepareAsync(own, null, cancel);

    /// <param name="copy">Where the account files what it sent (RFC 8580); only of what is sent.</param>
    internal async ValueTask<Storage.Delivery?> PrepareAsync(OwnMessage own, DeliveryTarget? copy, CancellationToken cancel)
    {
        var (targets, elsewhere) = await PlacesAsync(own, cancel);
        if (targets.Count + elsewhere.Count == 0) return null;
        IReadOnlyList<QueueSubmission> queued = elsewhere.Count == 0 ? [] : [await outbound.PrepareAsync(await MessageAsync(own, cancel), [.. elsewhere.Select(to => new OutboundRecipient(to, DsnNotify.Never))], cancel)];
        if (copy is not null && !targets.Exists(target => target.Mailbox == copy.Mailbox)) targets.Add(copy);
        return new Storage.Delivery(await mail.TakeInAsync(own.Content, cancel), targets) { Queued = queued };
    }

    /// <summary>Sends at once.</summary>
    public async ValueTask SendAsync(OwnMessage own, CancellationToken cancel)
    {
        if (await PrepareAsync(own, cancel) is not { } delivery) return;
        await using (delivery.Message) await store.DeliverAsync([delivery], cancel);
    }

    private async ValueTask<(List<DeliveryTarget> Targets, List<string> Elsewhere)> PlacesAsync(OwnMessage own, CancellationToken cancel)
    {
        var (targets, elsewhere) = (new List<DeliveryTarget>(), new List<string>());
        foreach (var to in own.To)
        {
            var found = await places.FindAsync(to, null, cancel);
            elsewhere.AddRange(found.Addresses);
            targets.AddRange(await mail.TargetsAsync(found.Accounts, cancel));
        }
        return (targets, elsewhere);
    }

    private async ValueTask<QueueMessage> MessageAsync(OwnMessage own, CancellationToken cancel) => new()
    {
        Account = own.Account,
        Transaction = own.Transaction,
        Sender = own.Sender,
        Body = own.Body,
        SmtpUtf8 = own.NeedsSmtpUtf8,
        Kind = own.Kind,
        MessageId = own.MessageId,
        Subject = own.Subject,
        SkipOctets = ServerMail.SkipOctets,
        Prefix = await signer.SignAsync(own.From, new MemoryMessage(own.Content), cancel),
    };
}
