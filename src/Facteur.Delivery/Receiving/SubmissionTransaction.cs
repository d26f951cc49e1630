using System.Buffers;
using Facteur.Delivery.Authentication.Dkim;
using Facteur.Delivery.Bounces;
using Facteur.Delivery.Filtering;
using Facteur.Delivery.Queue;
using Facteur.Delivery.Recipients;
using Facteur.Mail;
using Facteur.Smtp;
using Facteur.Storage;
using Facteur.Storage.Emails;
using Microsoft.Extensions.Logging;

namespace Facteur.Delivery.Receiving;

/// <summary>
/// A message that an account sends: completed where a field is missing (RFC 6409 §8), checked to be the account's own, signed
/// as it leaves, and in mailboxes and the queue by one commit.
/// </summary>
internal sealed class SubmissionTransaction : MessageTransaction
{
    private readonly AccountId account;
    private readonly SendingAllowance allowance;
    private DkimSigner? signer;

    public SubmissionTransaction(MailHandoff handoff, SmtpPeer peer, Envelope envelope, ILogger log)
        : base(handoff, peer, envelope, log)
    {
        account = peer.Account!.Id;
        allowance = handoff.Services.Outbound.Limits.Open(account);
    }

    /// <summary>What is noted of it with the commit; null for nothing.</summary>
    public SubmissionNote? Note { get; init; }

    /// <summary>A limit of the account refused the last recipient; null when none did.</summary>
    public SmtpRefusal? LimitReached { get; private set; }

    public override async ValueTask<SmtpRefusal?> CheckSenderAsync(CancellationToken cancel)
    {
        // The empty sender of reports and receipts is anybody's (RFC 5321 §4.5.5).
        if (Envelope.Sender is not { } sender) return null;
        return await Handoff.Services.Directory.MaySendAsAsync(account, sender.ToString(), cancel) ? null : Refusals.NotYourAddress;
    }

    protected override async ValueTask<SmtpRefusal?> CheckRecipientAsync(RoutedRecipient routed, CancellationToken cancel)
    {
        if (routed.Refusal is not null) return null;
        foreach (var remote in routed.Remote)
            if (remote.Via is null && await allowance.AddAsync(remote.Address, cancel) is { } refusal) return LimitReached = refusal;
        return null;
    }

    protected override async ValueTask PrepareAsync(CancellationToken cancel)
    {
        // What waits is signed when it leaves: signatures age, and so do keys.
        if (Deferral.Of(Envelope, Arrived) is null && Recipients.Exists(routed => routed.Remote.Count > 0)) signer = await Signing.OpenAsync(Handoff, Envelope.Sender, Peer.Account!.Address, cancel);
    }

    // The missing fields go between the header and its empty line, so that nothing of the message has to wait for them.
    protected override async ValueTask<bool> StoreHeaderAsync(ReadOnlyMemory<byte> octets, int end, CancellationToken cancel)
    {
        if (end < 0 || (Header.HasDate && Header.HasMessageId)) return await StoreAsync(octets, cancel);
        var missing = new ArrayBufferWriter<byte>(200);
        TraceFields.WriteMissing(missing, Header.HasDate, Header.HasMessageId, Envelope, Handoff.Options.HostName, Arrived);
        return await StoreAsync(octets[..end], cancel)
            && await StoreAsync(missing.WrittenMemory, cancel)
            && await StoreAsync(octets[end..], cancel);
    }

    protected override ValueTask<bool> StoreAsync(ReadOnlyMemory<byte> octets, CancellationToken cancel)
    {
        signer?.Write(octets.Span);
        return base.StoreAsync(octets, cancel);
    }

    protected override async ValueTask<(DeliveryReceipt? Receipt, SmtpRefusal? Refusal)> ConcludeAsync(List<RoutedRecipient> recipients, CancellationToken cancel)
    {
        if (Intake.Refusal is not null) return default;
        if (await FromCheck.RunAsync(Handoff.Services.Directory, account, Header, cancel) is { } refusal) return (null, refusal);
        if (await Intake.EndAsync(cancel) is not { } facts) return default;
        // Checkers that look at outgoing mail too (a virus scanner): the others say nothing of a logged-in sender.
        var verdict = await Handoff.Services.Policy.JudgeAsync(
            new FilterInput { Peer = Peer, Transaction = Envelope.Id, Sender = Envelope.Sender, Recipients = [], Facts = facts, Source = Intake.Message }, cancel);
        if (verdict.Refusal is { } unwanted) return (null, unwanted);
        var signatures = new ArrayBufferWriter<byte>(signer is null ? 1 : 1024);
        signer?.Complete(signatures, Handoff.Time.GetUtcNow());
        var told = await LocalReceipts.BindAsync(Handoff.Store, account, Intake.Message, facts, recipients, Handoff.Time.GetUtcNow(), cancel);
        await using var plan = new DeliveryPlan(Handoff, Peer, Envelope, Header, Arrived) { Facts = facts, Signatures = signatures.WrittenMemory, Submission = Draft(recipients), Told = told };
        if (await DeliverAsync(plan, recipients, default, cancel) is not { } receipt) return default;
        allowance.Commit();
        await NoteAsync(recipients);
        return (receipt, null);
    }

    private SubmissionDraft? Draft(List<RoutedRecipient> recipients)
    {
        var later = Deferral.Of(Envelope, Arrived);
        return Note?.Invoke(recipients, later ?? Arrived, later is not null);
    }

    private ValueTask NoteAsync(List<RoutedRecipient> recipients)
    {
        // Few strings rather than the transaction: it may wait for a while.
        var (services, sender, sent) = (Handoff.Services, account, allowance);
        string[] addresses = [.. recipients.Take(KnownCorrespondents.MaxNoted).Select(routed => routed.Recipient.Address.ToString())];
        return services.Bookkeeping.AddAsync(Envelope.Id, async cancel =>
        {
            try
            {
                await sent.WriteAsync(cancel);
            }
            finally
            {
                await services.Policy.Correspondents.NoteSentAsync(sender, addresses, cancel);
            }
        });
    }

    public override ValueTask DisposeAsync()
    {
        signer?.Dispose();
        allowance.Dispose();
        return base.DisposeAsync();
    }
}
