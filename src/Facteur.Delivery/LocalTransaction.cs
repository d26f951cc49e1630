using System.Buffers;
using Facteur.Smtp;
using Facteur.Storage;
using Microsoft.Extensions.Logging;

namespace Facteur.Delivery;

/// <summary>
/// One message from its envelope into the inboxes of its recipients: one intake, one commit for all of them.
/// </summary>
/// <remarks>
/// The message is kept as it came. Return-Path and Received are written before it; of a submitted one, Date and Message-ID
/// at the end of its header if it has none.
/// </remarks>
internal sealed partial class LocalTransaction(MailHandoff handoff, SmtpPeer peer, Envelope envelope, ILogger log) : IMailTransaction
{
    private readonly ILogger log = log;
    private readonly List<LocalRecipient> recipients = new(1);
    private readonly HeaderScanner header = new();
    private readonly bool isSubmission = peer.Mode == SmtpMode.Submission;
    private MessageIntake? intake;
    private SmtpRefusal? refusal;
    private DateTimeOffset arrived;

    public async ValueTask<SmtpRefusal?> CheckSenderAsync(CancellationToken cancel)
    {
        // The empty sender of reports and receipts is anybody's (RFC 5321 §4.5.5).
        if (!isSubmission || envelope.Sender is not { } sender) return null;
        return await handoff.Recipients.MaySendAsAsync(peer.Account!.Id, sender.ToString(), cancel) ? null : Refusals.NotYourAddress;
    }

    public async ValueTask<SmtpRefusal?> CheckRecipientAsync(EnvelopeRecipient recipient, CancellationToken cancel)
    {
        var (local, refused) = await RecipientCheck.RunAsync(handoff, peer, envelope, recipient, cancel);
        if (local is not null) recipients.Add(local);
        else if (log.IsEnabled(LogLevel.Information)) LogRecipientRefused(envelope.Id, recipient.Address.ToString(), refused!.ToString(), peer.Remote);
        return refused;
    }

    public async ValueTask<SmtpRefusal?> BeginMessageAsync(CancellationToken cancel)
    {
        arrived = handoff.Time.GetLocalNow();
        var prefix = new ArrayBufferWriter<byte>(512);
        TraceFields.WritePrefix(prefix, peer, envelope, handoff.Options.HostName, arrived);
        try
        {
            intake = handoff.Store.BeginMessage(envelope.DeclaredSize + prefix.WrittenCount);
        }
        catch (Exception e) when (Refuse(e))
        {
            return refusal;
        }
        await StoreAsync(prefix.WrittenMemory, cancel);
        return refusal;
    }

    public ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> octets, CancellationToken cancel)
    {
        if (refusal is not null) return new(false);
        if (header.HasEnded) return StoreAsync(octets, cancel);
        var end = header.Scan(octets.Span);
        if (header.ReceivedFields > handoff.Options.MaxReceivedFields)
        {
            refusal = Refusals.Loop;
            return new(false);
        }
        return end >= 0 && isSubmission && !(header.HasDate && header.HasMessageId)
            ? CompleteHeaderAsync(octets, end, cancel)
            : StoreAsync(octets, cancel);
    }

    public async ValueTask<MessageVerdict> CompleteAsync(CancellationToken cancel)
    {
        if (!await FinishAsync(cancel)) return MessageVerdict.Refused(refusal!);
        var receipt = await DeliverAsync(recipients, cancel);
        return receipt is null ? MessageVerdict.Refused(refusal!) : MessageVerdict.Accepted(receipt);
    }

    public async ValueTask<IReadOnlyList<MessageVerdict>> CompleteEachAsync(CancellationToken cancel)
    {
        var verdicts = new MessageVerdict?[recipients.Count];
        if (await FinishAsync(cancel))
        {
            // Who has no room now is told so, and does not keep the message from the others.
            for (var i = 0; i < verdicts.Length; i++)
            {
                if (recipients[i].Account is { QuotaOctets: { } limit } account
                    && await RecipientCheck.QuotaAsync(handoff, account.Id, limit, intake!.Length, cancel) is { } full)
                    verdicts[i] = MessageVerdict.Refused(full);
            }
            var takers = recipients.Where((_, i) => verdicts[i] is null).ToList();
            if (takers.Count > 0 && await DeliverAsync(takers, cancel) is { } receipt)
            {
                for (var i = 0; i < verdicts.Length; i++) verdicts[i] ??= MessageVerdict.Accepted(receipt);
            }
        }
        return Array.ConvertAll(verdicts, verdict => verdict ?? MessageVerdict.Refused(refusal!));
    }

    public ValueTask DisposeAsync()
    {
        var open = intake;
        intake = null;
        return open?.DisposeAsync() ?? default;
    }

    // The missing fields go between the header and its empty line, so that nothing of the message has to wait for them.
    private async ValueTask<bool> CompleteHeaderAsync(ReadOnlyMemory<byte> octets, int end, CancellationToken cancel)
    {
        var missing = new ArrayBufferWriter<byte>(200);
        TraceFields.WriteMissing(missing, header.HasDate, header.HasMessageId, envelope, handoff.Options.HostName, arrived);
        return await StoreAsync(octets[..end], cancel)
            && await StoreAsync(missing.WrittenMemory, cancel)
            && await StoreAsync(octets[end..], cancel);
    }

    private ValueTask<bool> StoreAsync(ReadOnlyMemory<byte> octets, CancellationToken cancel)
    {
        ValueTask pending;
        try
        {
            pending = intake!.WriteAsync(octets, cancel);
            if (!pending.IsCompletedSuccessfully) return FinishStoreAsync(pending);
            pending.GetAwaiter().GetResult();
            return new(true);
        }
        catch (Exception e) when (Refuse(e))
        {
            return new(false);
        }
    }

    private async ValueTask<bool> FinishStoreAsync(ValueTask pending)
    {
        try
        {
            await pending;
            return true;
        }
        catch (Exception e) when (Refuse(e))
        {
            return false;
        }
    }

    /// <summary>The content is complete: last looks at it. False: it is refused.</summary>
    private async ValueTask<bool> FinishAsync(CancellationToken cancel)
    {
        if (refusal is not null) return false;
        if (isSubmission) refusal = await FromCheck.RunAsync(handoff.Recipients, peer.Account!.Id, header, cancel);
        if (refusal is not null) return false;
        try
        {
            await intake!.CompleteAsync(cancel);
            return true;
        }
        catch (Exception e) when (Refuse(e))
        {
            return false;
        }
    }

    /// <summary>One commit for all; null when it is refused.</summary>
    private async ValueTask<DeliveryReceipt?> DeliverAsync(List<LocalRecipient> to, CancellationToken cancel)
    {
        try
        {
            var targets = await TargetsAsync(to, cancel);
            var receipt = await handoff.Store.DeliverAsync([new Storage.Delivery(intake!, targets)], cancel);
            DeliveryMetrics.Delivered(receipt.Entries.Count);
            if (log.IsEnabled(LogLevel.Information)) LogDelivered(envelope.Id, envelope.Sender?.ToString() ?? "", peer.Remote, receipt.Entries.Count, intake!.Length);
            return receipt;
        }
        catch (Exception e) when (Refuse(e))
        {
            foreach (var recipient in to) handoff.Inboxes.Forget(recipient.Account.Id);
            return null;
        }
    }

    /// <summary>The inbox of each account once, however many recipients lead to it.</summary>
    private async ValueTask<IReadOnlyList<DeliveryTarget>> TargetsAsync(List<LocalRecipient> to, CancellationToken cancel)
    {
        if (to.Count == 1) return [await TargetAsync(to[0].Account.Id, cancel)];
        var accounts = new HashSet<AccountId>(to.Count);
        var targets = new List<DeliveryTarget>(to.Count);
        foreach (var recipient in to)
            if (accounts.Add(recipient.Account.Id)) targets.Add(await TargetAsync(recipient.Account.Id, cancel));
        return targets;
    }

    private async ValueTask<DeliveryTarget> TargetAsync(AccountId account, CancellationToken cancel) =>
        await handoff.Inboxes.FindAsync(account, cancel) is { } inbox
            ? new DeliveryTarget(inbox, FlagSet.Empty, arrived)
            : throw new StoreRefusedException(StoreRefusal.NoSuchMailbox, "the account has no inbox any more");

    /// <summary>What a failure of the store means for the sender. False: it is none of the store's.</summary>
    private bool Refuse(Exception e)
    {
        refusal = e switch
        {
            StoreFullException => Refusals.StoreFull,
            StoreFailedException => Refusals.StoreFailed,
            // All or nothing: with one mailbox full nobody gets it now. Where SIZE was declared, RCPT has told the sender already.
            StoreRefusedException { Reason: StoreRefusal.OverQuota } => Refusals.OverQuota,
            StoreRefusedException { Reason: StoreRefusal.NoSuchMailbox or StoreRefusal.NoSuchAccount } => Refusals.RecipientsChanged,
            _ => null,
        };
        if (e is StoreFailedException or StoreFullException) LogStore(e, envelope.Id);
        return refusal is not null;
    }

    [LoggerMessage(LogLevel.Information, "Message {Transaction} delivered: sender <{Sender}>, from {Remote}, {Mailboxes} mailboxes, {Octets} octets", EventName = "delivery.delivered")]
    private partial void LogDelivered(string transaction, string sender, System.Net.IPEndPoint remote, int mailboxes, long octets);

    [LoggerMessage(LogLevel.Information, "Message {Transaction}: recipient <{Recipient}> refused: {Refusal}; from {Remote}", EventName = "delivery.recipient.refused")]
    private partial void LogRecipientRefused(string transaction, string recipient, string refusal, System.Net.IPEndPoint remote);

    [LoggerMessage(LogLevel.Error, "Message {Transaction}: the store takes no mail", EventName = "delivery.store.failed")]
    private partial void LogStore(Exception e, string transaction);
}
