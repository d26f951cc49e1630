using System.Buffers;
using Facteur.Delivery.Authentication;
using Facteur.Delivery.Authentication.Arc;
using Facteur.Delivery.Authentication.Dkim;
using Facteur.Delivery.Authentication.Dmarc;
using Facteur.Delivery.Filtering;
using Facteur.Delivery.Recipients;
using Facteur.Delivery.Reports;
using Facteur.Mail;
using Facteur.Smtp;
using Facteur.Storage;
using Microsoft.Extensions.Logging;

namespace Facteur.Delivery.Receiving;

/// <summary>
/// A message from another host (port 25): who sent it is checked while it streams, and it is judged before it is taken, so that a
/// refusal is the sender's to deal with and no bounce is ever sent to somebody who wrote nothing.
/// </summary>
internal sealed class InboundTransaction(MailHandoff handoff, SmtpPeer peer, Envelope envelope, ILogger log) : MessageTransaction(handoff, peer, envelope, log)
{
    private readonly SignatureVerifier verifier = new();
    private readonly HeaderGate gate = new(field => ForgedFieldFilter.IsForged(field.Span, handoff.Options.HostName));
    private readonly ArrayBufferWriter<byte> passed = new(1024);
    private readonly CancellationTokenSource abandoned = new();
    private Task<SpfResult>? spf;

    public override async ValueTask<SmtpRefusal?> CheckSenderAsync(CancellationToken cancel)
    {
        if (await Handoff.Services.Policy.CheckSenderAsync(Peer, Envelope.Sender, cancel) is { } refusal) return refusal;
        // Asked now, needed later: DNS works while the client sends its recipients.
        spf = CheckSpfAsync();
        return null;
    }

    protected override async ValueTask<SmtpRefusal?> CheckRecipientAsync(RoutedRecipient routed, CancellationToken cancel)
    {
        var services = Handoff.Services;
        if (routed.Refusal is not null || routed.Local.Count == 0)
            return await services.Policy.CheckRecipientAsync(Peer, Envelope.Sender, null, null, cancel);
        // An alias for several is one address to the sender: the first of them speaks for it.
        var recipient = FilterRecipient.Of(routed.Recipient.Address, routed.Local[0].Account);
        return await services.Policy.CheckRecipientAsync(Peer, Envelope.Sender, recipient, await spf!, cancel);
    }

    protected override void Look(ReadOnlySpan<byte> octets) => verifier.Write(octets);

    protected override ValueTask<bool> StoreHeaderAsync(ReadOnlyMemory<byte> octets, int end, CancellationToken cancel)
    {
        passed.ResetWrittenCount();
        gate.Write(octets.Span, passed);
        return Intake.WriteAsync(passed.WrittenMemory, cancel);
    }

    protected override async ValueTask<(DeliveryReceipt? Receipt, SmtpRefusal? Refusal)> ConcludeAsync(List<RoutedRecipient> recipients, CancellationToken cancel)
    {
        if (!gate.HasEnded)
        {
            passed.ResetWrittenCount();
            gate.Complete(passed);
            await Intake.WriteAsync(passed.WrittenMemory, cancel);
        }
        if (await Intake.EndAsync(cancel) is not { } facts) return default;
        if (await LeaveLoopsAsync(recipients, facts, cancel) is { } loop) return Refuse(recipients, loop);
        var author = AuthorDomain.Read(Header.FromFields, Header.From);
        // S-19: several authors are how a false one is shown beside a true signature.
        if (author.Problem is { } problem && (Header.FromFields > 1 || AddressParser.ParseList(Header.From, 2).Count > 1)) return Refuse(recipients, new SmtpRefusal(550, "5.7.1", problem));
        var (summary, dmarc) = await AuthenticateAsync(author, cancel);
        var verdict = await Handoff.Services.Policy.JudgeAsync(Input(recipients, summary, facts), cancel);
        Observe(dmarc, summary, verdict, recipients);
        if (verdict.Refusal is { } refusal) return Refuse(recipients, refusal, summary, verdict);
        var results = new ArrayBufferWriter<byte>(512);
        AuthenticationResultsField.Write(results, Handoff.Options.HostName, summary);
        VerdictFields.Write(results, verdict);
        var beside = new SideEffects(Handoff, Envelope, Intake.Message, facts, summary);
        await beside.FindAsync(recipients, cancel);
        await using var plan = new DeliveryPlan(Handoff, Peer, Envelope, Header, Arrived) { Facts = facts, Summary = summary, Verdict = verdict, Beside = beside };
        if (await DeliverAsync(plan, recipients, results.WrittenMemory, cancel) is not { } receipt)
            return plan.Refusal is { } unwanted ? Refuse(recipients, unwanted, summary, verdict) : default;
        await CountDisposablesAsync(recipients);
        return (receipt, null);
    }

    public override async ValueTask DisposeAsync()
    {
        await abandoned.CancelAsync();
        verifier.Dispose();
        await base.DisposeAsync();
        abandoned.Dispose();
    }

    /// <summary>Forwards that this message has taken before are not taken again. Null: somebody still gets it.</summary>
    private async ValueTask<SmtpRefusal?> LeaveLoopsAsync(List<RoutedRecipient> recipients, MessageFacts facts, CancellationToken cancel)
    {
        if (!recipients.Exists(routed => routed.Remote.Count > 0 || routed.Local.Any(local => local.ForwardedBy is not null))) return null;
        var header = await SideEffects.ReadHeaderAsync(Intake.Message, facts, cancel);
        SmtpRefusal? refusal = null;
        for (var i = recipients.Count - 1; i >= 0; i--)
        {
            var left = RecipientRouter.WithoutLoops(recipients[i], header.Span);
            if (left.Refusal is null) recipients[i] = left;
            else
            {
                refusal = left.Refusal;
                recipients.RemoveAt(i);
            }
        }
        return recipients.Count > 0 ? null : refusal;
    }

    private ValueTask CountDisposablesAsync(List<RoutedRecipient> recipients)
    {
        var delivered = DisposableCounts.Of(recipients);
        return delivered.Count == 0 ? default : Handoff.Services.Bookkeeping.AddAsync(Envelope.Id, cancel => Handoff.Services.Disposable.CountAsync(delivered, cancel));
    }

    private async Task<SpfResult> CheckSpfAsync()
    {
        try
        {
            var sender = Envelope.Sender is { } address ? (address.LocalPart, address.Domain) : ((string, string)?)null;
            return await Handoff.Services.Spf.CheckAsync(Peer.Remote.Address, Peer.Hello, sender, abandoned.Token);
        }
        catch (OperationCanceledException)
        {
            return new SpfResult(SpfVerdict.None, "", Envelope.Sender is null, null, null, null);
        }
    }

    private async ValueTask<(AuthenticationSummary Summary, DmarcEvaluation Dmarc)> AuthenticateAsync(AuthorDomain author, CancellationToken cancel)
    {
        var services = Handoff.Services;
        var signatures = await verifier.CompleteAsync(services.Dns, services.Time, cancel);
        var sender = await spf!;
        var dmarc = await services.Dmarc.EvaluateAsync(author, sender, signatures.Dkim, cancel);
        return (new AuthenticationSummary { Spf = sender, Dkim = signatures.Dkim, Dmarc = dmarc.Result, Arc = signatures.Arc, Remote = Peer.Remote.Address }, dmarc);
    }

    /// <summary>Counts the message for the report that the owner of the author's domain asks for.</summary>
    private void Observe(DmarcEvaluation dmarc, AuthenticationSummary summary, FilterVerdict verdict, List<RoutedRecipient> recipients)
    {
        var failed = dmarc.Result.Verdict == DmarcVerdict.Fail;
        var done = !failed ? DmarcPolicy.None : verdict.Action switch
        {
            FilterAction.Reject => DmarcPolicy.Reject,
            FilterAction.Junk => DmarcPolicy.Quarantine,
            _ => DmarcPolicy.None,
        };
        var reason = failed && done != dmarc.Result.Policy ? DmarcOverride.LocalPolicy : DmarcOverride.None;
        var observation = DmarcObservation.Of(
            dmarc, Peer.Remote.Address, summary.Spf!, summary.Dkim ?? [], Envelope.Sender?.Domain ?? "", recipients[0].Recipient.Address.Domain, done, reason);
        if (observation is not null) Handoff.Services.Ledger.Observe(observation);
    }

    private FilterInput Input(List<RoutedRecipient> recipients, AuthenticationSummary summary, MessageFacts facts) => new()
    {
        Peer = Peer,
        Transaction = Envelope.Id,
        Sender = Envelope.Sender,
        Recipients = [.. recipients.SelectMany(routed => routed.Local.Select(local => FilterRecipient.Of(routed.Recipient.Address, local.Account)))],
        Spf = summary.Spf,
        Dkim = summary.Dkim ?? [],
        Dmarc = summary.Dmarc,
        Arc = summary.Arc,
        Facts = facts,
        Source = Intake.Message,
    };

    private (DeliveryReceipt?, SmtpRefusal?) Refuse(List<RoutedRecipient> recipients, SmtpRefusal refusal, AuthenticationSummary? summary = null, FilterVerdict? verdict = null)
    {
        foreach (var routed in recipients) Handoff.Trace.Refused(Peer, Envelope, routed, refusal, Handoff.Time.GetUtcNow(), summary, verdict);
        return (null, refusal);
    }
}
