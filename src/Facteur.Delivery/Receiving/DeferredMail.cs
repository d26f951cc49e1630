using System.Net;
using Facteur.Accounts;
using Facteur.Delivery.Queue;
using Facteur.Delivery.Recipients;
using Facteur.Smtp;
using Facteur.Smtp.Client;
using Facteur.Storage;
using Facteur.Storage.Queue;
using Microsoft.Extensions.Logging;

namespace Facteur.Delivery.Receiving;

/// <summary>
/// Sends messages whose time has come (RFC 4865 §4.2) their ways: mailboxes here and what addresses of ours lead to as if they came now, recipients on other hosts in the
/// entry that they have. The one commit that does so takes them out of their waiting, so that a crash leaves them all waiting or all delivered.
/// </summary>
public sealed partial class DeferredMail(MailHandoff handoff) : IDeferredMail
{
    private static readonly SmtpRefusal noAccount = new(550, "5.7.1", "the account that sent it may not send any more");
    private static readonly SmtpRefusal noMessage = new(550, "5.3.0", "the message is no longer in the store");
    private static readonly SmtpRefusal noAddress = new(553, "5.1.3", "this is no address");

    private readonly ILogger log = handoff.Services.Loggers.CreateLogger<DeferredMail>();

    public async ValueTask ReleaseAsync(QueueLease lease, RetrySchedule schedule, DateTimeOffset now, CancellationToken cancel)
    {
        var release = new Release(handoff, lease, new AttemptReading(schedule, lease.Message, now), now);
        if (await OwnerAsync(lease.Message, cancel) is not { } owner) release.RefuseAll(noAccount);
        else await using (var message = await handoff.Store.ReopenAsync(lease.Message.Content, cancel))
        {
            if (message is null) release.RefuseAll(noMessage);
            else
            {
                await release.RouteAsync(cancel);
                await DeliverAsync(release, owner, message, cancel);
            }
        }
        await release.RecordRestAsync(cancel);
        LogReleased(lease.Message.Id.Value, lease.Message.Transaction, lease.Recipients.Count);
    }

    private async ValueTask<AccountRecord?> OwnerAsync(QueueMessage message, CancellationToken cancel) =>
        message.Account is { } id && await handoff.Store.Directory.GetAccountAsync(id, cancel) is { Enabled: true } owner ? owner : null;

    private async ValueTask DeliverAsync(Release release, AccountRecord owner, MessageIntake message, CancellationToken cancel)
    {
        if (release.Takers.Count == 0) return;
        try
        {
            await release.DeliverAsync(owner, message, cancel);
        }
        catch (StoreRefusedException e) when (e.Reason is StoreRefusal.OverQuota or StoreRefusal.NoSuchMailbox or StoreRefusal.NoSuchAccount)
        {
            // A mailbox filled up or went since it was looked at: all of it waits a little longer.
            foreach (var leaf in release.Takers.SelectMany(taker => taker.Routed.Local)) handoff.Inboxes.Forget(leaf.Account.Id);
            release.PostponeTakers(e.Reason == StoreRefusal.OverQuota ? Refusals.OverQuota : Refusals.RecipientsChanged);
        }
    }

    [LoggerMessage(LogLevel.Information, "Queue message {Message} ({Transaction}): its time has come for {Recipients} recipients", EventName = "queue.released")]
    private partial void LogReleased(long message, string transaction, int recipients);

    /// <summary>One message on its way out of its waiting.</summary>
    private sealed class Release(MailHandoff handoff, QueueLease lease, AttemptReading reading, DateTimeOffset now)
    {
        private readonly QueueMessage message = lease.Message;
        private readonly Envelope envelope = EnvelopeOf(lease.Message);

        // Refused, for good or for now; with them go their rows of the trace.
        private readonly List<AttemptResult> refused = [];
        private readonly List<TraceEvent> refusedRows = [];

        /// <summary>Recipients that take it now.</summary>
        public List<(QueueRecipient Row, RoutedRecipient Routed)> Takers { get; private set; } = [];

        public void RefuseAll(SmtpRefusal refusal)
        {
            foreach (var recipient in lease.Recipients) Refuse(recipient, refusal);
        }

        public void PostponeTakers(SmtpRefusal refusal)
        {
            foreach (var (row, _) in Takers) Refuse(row, refusal);
            Takers = [];
        }

        /// <summary>Looks where each recipient leads now: aliases, forwards and mailboxes may have changed since it was written.</summary>
        public async ValueTask RouteAsync(CancellationToken cancel)
        {
            foreach (var recipient in lease.Recipients)
            {
                if (!EnvelopeAddress.TryParse(recipient.Address, out var address))
                {
                    Refuse(recipient, noAddress);
                    continue;
                }
                var routed = await handoff.RouteAsync(true, envelope, new EnvelopeRecipient(address, recipient.Notify, Outgoing.Original(recipient.OriginalRecipient)), cancel);
                if (routed.Refusal is { } refusal) Refuse(recipient, refusal);
                else if (await FullAsync(routed, cancel) is { } full) Refuse(recipient, full);
                else Takers.Add((recipient, routed));
            }
        }

        public async ValueTask DeliverAsync(AccountRecord owner, MessageIntake content, CancellationToken cancel)
        {
            var facts = await content.CompleteAsync(cancel);
            var header = new HeaderScanner();
            header.Scan((await SideEffects.ReadHeaderAsync(content, facts, cancel)).Span);
            var nowhere = new IPEndPoint(IPAddress.None, 0);
            var peer = new SmtpPeer(SmtpMode.Submission, message.Transaction, nowhere, nowhere, "", true, null, null, new Account(owner.Id, owner.Address, owner.DisplayName)) { IsHttp = true };
            var signatures = Takers.Exists(taker => taker.Routed.Remote.Count > 0)
                ? await Signing.SignAsync(handoff, envelope.Sender, owner.Address, content, message.SkipOctets, cancel)
                : default;
            await using var plan = new DeliveryPlan(handoff, peer, envelope, header, now) { Facts = facts, Signatures = signatures, IsRelease = true };
            var deliveries = await plan.MakeAsync(content, facts, [.. Takers.Select(taker => taker.Routed)], message.SkipOctets, cancel);
            var main = deliveries![0] with { Released = await ReleasedAsync(signatures, cancel) };
            await handoff.Store.DeliverAsync([main, .. deliveries.Skip(1)], cancel);
            await plan.CompleteAsync();
        }

        /// <summary>Writes what is not part of the delivery.</summary>
        public async ValueTask RecordRestAsync(CancellationToken cancel)
        {
            if (refused.Count > 0) await handoff.Store.Queue.RecordAsync(lease, refused, refusedRows, cancel);
        }

        private async ValueTask<QueueRelease> ReleasedAsync(ReadOnlyMemory<byte> signatures, CancellationToken cancel)
        {
            var foreign = Takers.Where(taker => taker.Routed.IsForeign).ToList();
            var (onward, settled) = (new List<(QueueRecipientId, string)>(foreign.Count), new List<AttemptResult>());
            if (foreign.Count > 0)
            {
                var ways = await handoff.Services.Outbound.PrepareAsync(message, [.. foreign.Select(taker => new OutboundRecipient(taker.Row.Address, taker.Row.Notify))], cancel);
                for (var i = 0; i < foreign.Count; i++)
                    if (ways.Recipients[i] is { State: QueueState.Failed } failed) settled.Add(Settled(foreign[i].Row, QueueState.Failed, failed.Report, failed.Answer, 0, ""));
                    else onward.Add((foreign[i].Row.Id, ways.Recipients[i].Destination));
            }
            foreach (var (row, routed) in Takers.Where(taker => !taker.Routed.IsForeign))
            {
                var enhanced = routed.Remote.Count == 0 ? "2.1.5" : "2.0.0";
                settled.Add(Settled(row, QueueState.Delivered, ReportOf(routed), $"250 {enhanced} {Words(routed)}", 250, enhanced));
            }
            return new QueueRelease(lease, signatures, onward, settled);
        }

        private static string Words(RoutedRecipient routed) =>
            routed.Remote.Count == 0 ? "delivered to the mailbox" : "sent on to where the address leads";

        // NOTIFY=SUCCESS: RFC 3461 §5.2.3, §5.2.7.3.
        private QueueReport ReportOf(RoutedRecipient routed) =>
            message.Sender.Length == 0 ? QueueReport.None
            : routed.OwesExpanded ? QueueReport.Expanded
            : routed.Local.Any(leaf => leaf.Notify.HasFlag(Mail.DsnNotify.Success)) ? QueueReport.Success
            : QueueReport.None;

        private AttemptResult Settled(QueueRecipient row, QueueState state, QueueReport report, string answer, int code, string enhanced) =>
            new(row.Id, state, null, report, now, TimeSpan.Zero, "", answer, code, enhanced, "");

        private void Refuse(QueueRecipient recipient, SmtpRefusal refusal)
        {
            var outcome = new AttemptOutcome
            {
                Verdict = refusal.IsTemporary ? AttemptVerdict.TemporaryFailure : AttemptVerdict.PermanentFailure, Stage = SmtpStage.Rcpt,
                ReplyCode = refusal.Code, EnhancedCode = refusal.EnhancedCode, Text = refusal.Text,
            };
            var read = new RecipientOutcome(recipient, outcome, true, []);
            var result = reading.Result(read);
            refused.Add(result);
            refusedRows.Add(reading.Trace(read, result));
        }

        private async ValueTask<SmtpRefusal?> FullAsync(RoutedRecipient routed, CancellationToken cancel)
        {
            foreach (var leaf in routed.Local)
                if (leaf.Keep != ForwardKeep.Delete && await Quotas.CheckAsync(handoff.Store, leaf.Account, message.Content.Size, cancel) is { } full) return full;
            return null;
        }

        private static Envelope EnvelopeOf(QueueMessage message) => new()
        {
            Id = message.Transaction, Sender = EnvelopeAddress.TryParse(message.Sender, out var sender) ? sender : null, DeclaredSize = message.Content.Size,
            Body = message.Body, SmtpUtf8 = message.SmtpUtf8, Return = message.Return, EnvelopeId = message.EnvelopeId, RequireTls = message.RequireTls,
        };
    }
}
