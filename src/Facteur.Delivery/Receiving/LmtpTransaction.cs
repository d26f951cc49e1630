using Facteur.Mail;
using Facteur.Delivery.Recipients;
using Facteur.Smtp;
using Facteur.Storage;
using Microsoft.Extensions.Logging;

namespace Facteur.Delivery.Receiving;

/// <summary>A message from a mail system in front of this one (LMTP), which checked it: a verdict for each recipient (RFC 2033 §4.2).</summary>
internal sealed class LmtpTransaction(MailHandoff handoff, SmtpPeer peer, Envelope envelope, ILogger log) : MessageTransaction(handoff, peer, envelope, log)
{
    public override ValueTask<SmtpRefusal?> CheckSenderAsync(CancellationToken cancel) => new((SmtpRefusal?)null);

    protected override ValueTask<SmtpRefusal?> CheckRecipientAsync(RoutedRecipient routed, CancellationToken cancel) => new((SmtpRefusal?)null);

    protected override ValueTask<bool> StoreHeaderAsync(ReadOnlyMemory<byte> octets, int end, CancellationToken cancel) => StoreAsync(octets, cancel);

    public override async ValueTask<IReadOnlyList<MessageVerdict>> CompleteEachAsync(CancellationToken cancel)
    {
        var verdicts = new MessageVerdict?[Recipients.Count];
        // Who has no room now is told so, and does not keep the message from the others.
        if (await Intake.EndAsync(cancel) is not null)
        {
            for (var i = 0; i < verdicts.Length; i++)
                if (await RoomAsync(Recipients[i], cancel) is { } full) verdicts[i] = MessageVerdict.Refused(full);
            var takers = Recipients.Where((_, i) => verdicts[i] is null).ToList();
            if (takers.Count > 0) await ConcludeEachAsync(takers, verdicts, cancel);
        }
        return Array.ConvertAll(verdicts, verdict => verdict ?? MessageVerdict.Refused(Intake.Refusal!));
    }

    protected override async ValueTask<(DeliveryReceipt? Receipt, SmtpRefusal? Refusal)> ConcludeAsync(List<RoutedRecipient> recipients, CancellationToken cancel)
    {
        if (await Intake.EndAsync(cancel) is not { } facts) return default;
        await using var plan = new DeliveryPlan(Handoff, Peer, Envelope, Header, Arrived) { Facts = facts };
        return (await DeliverAsync(plan, recipients, default, cancel), plan.Refusal);
    }

    /// <summary>One commit for all who take it; whose script refuses it is told so alone (RFC 5429 §2.2).</summary>
    private async ValueTask ConcludeEachAsync(List<RoutedRecipient> takers, MessageVerdict?[] verdicts, CancellationToken cancel)
    {
        if (await Intake.EndAsync(cancel) is not { } facts) return;
        await using var plan = new DeliveryPlan(Handoff, Peer, Envelope, Header, Arrived) { Facts = facts };
        var receipt = await DeliverAsync(plan, takers, default, cancel);
        for (var i = 0; i < verdicts.Length; i++)
        {
            if (verdicts[i] is not null) continue;
            if (plan.RefusalOf(Recipients[i]) is { } refusal)
            {
                verdicts[i] = MessageVerdict.Refused(refusal);
                Handoff.Trace.Refused(Peer, Envelope, Recipients[i], refusal, Handoff.Time.GetUtcNow());
            }
            else if (receipt is not null) verdicts[i] = MessageVerdict.Accepted(receipt);
        }
    }

    private async ValueTask<SmtpRefusal?> RoomAsync(RoutedRecipient routed, CancellationToken cancel)
    {
        foreach (var local in routed.Local)
            if (await Quotas.CheckAsync(Handoff.Store, local.Account, Intake.Message.Length, cancel) is { } full) return full;
        return null;
    }
}
