using Facteur.Delivery.Filtering;
using Facteur.Delivery.Queue;
using Facteur.Delivery.Recipients;
using Facteur.Delivery.Sieve;
using Facteur.Smtp;
using Facteur.Storage;
using Facteur.Storage.Queue;

namespace Facteur.Delivery.Receiving;

/// <summary>Makes the entries of the queue of one message: what an account sends, what an alias or a forward leads elsewhere, and reports asked for of what was delivered here.</summary>
internal sealed class QueuePlan(MailHandoff handoff, SmtpPeer peer, Envelope envelope, HeaderScanner header, DateTimeOffset arrived)
{
    public required string MessageId { get; init; }
    public required string Subject { get; init; }
    public required int ReturnPathOctets { get; init; }

    /// <summary>What the sender addressed to other hosts is in the queue already, and so is what is owed of the rest.</summary>
    public bool IsRelease { get; init; }

    private string Sender => envelope.Sender?.ToString() ?? "";

    public async ValueTask<IReadOnlyList<QueueSubmission>> MakeAsync(MessageIntake content, List<RoutedRecipient> recipients, ReadOnlyMemory<byte> signatures, FilterVerdict? verdict, CancellationToken cancel)
    {
        var submissions = new List<QueueSubmission>();
        if (recipients.Exists(routed => routed.Remote.Count > 0))
        {
            // Spam is not passed on: the next host would hold it against this one.
            var remote = MergedRoutes.Of(recipients, leaf => leaf.ForwardedBy is not { } owner || verdict?.For(owner).Action != FilterAction.Junk).Remote;
            if (!IsRelease) await AddRelayedAsync(submissions, remote, signatures, cancel);
            await AddForwardedAsync(submissions, content, remote, signatures, cancel);
        }
        if (!IsRelease) await AddReportsAsync(submissions, recipients, cancel);
        return submissions;
    }

    /// <summary>One entry that has all recipients as they were written, until their time.</summary>
    public async ValueTask<QueueSubmission> DeferAsync(List<RoutedRecipient> recipients, DateTimeOffset until, CancellationToken cancel)
    {
        var entries = recipients.Select(routed => OutboundRecipient.Of(routed.Recipient)).DistinctBy(one => one.Address, StringComparer.OrdinalIgnoreCase)
            .Select(one => new NewQueueRecipient(one.Address, IDeferredMail.Destination, one.Notify, one.OriginalRecipient));
        return new QueueSubmission(await MessageAsync(peer.Account?.Id, cancel) with { Created = arrived, NotBefore = until }, [.. entries]);
    }

    /// <summary>What the sender addressed to other hosts.</summary>
    private async ValueTask AddRelayedAsync(List<QueueSubmission> submissions, IReadOnlyList<RemoteLeaf> remote, ReadOnlyMemory<byte> signatures, CancellationToken cancel)
    {
        var relayed = remote.Where(leaf => leaf.Via is null).Select(Outbound).ToList();
        if (relayed.Count == 0) return;
        var message = await MessageAsync(peer.Account?.Id, cancel);
        submissions.Add(await handoff.Services.Outbound.PrepareAsync(message with { Prefix = signatures }, relayed, cancel));
    }

    /// <summary>What addresses of ours lead elsewhere: one entry for each address that does, in its name.</summary>
    private async ValueTask AddForwardedAsync(List<QueueSubmission> submissions, MessageIntake content, IReadOnlyList<RemoteLeaf> remote, ReadOnlyMemory<byte> signatures, CancellationToken cancel)
    {
        foreach (var group in remote.Where(leaf => leaf.Via is not null).GroupBy(leaf => (leaf.Via, leaf.Sender, leaf.ForwardedBy, leaf.KeepsEnvelope)))
        {
            var (via, sender, account, keepsEnvelope) = group.Key;
            // What one of our accounts sent is signed; what came from elsewhere is sealed with what we found of it.
            var vouched = peer.Account is null ? await handoff.Seal.WriteAsync(content, ReturnPathOctets, via!, cancel) : signatures;
            var message = await MessageAsync(account, cancel) with { Sender = sender, Kind = "forward", Prefix = (byte[])[.. ForwardTrail.Field(via!), .. vouched.Span] };
            if (!keepsEnvelope) message = message with { EnvelopeId = null, Return = Mail.DsnReturn.Unstated };
            submissions.Add(await handoff.Services.Outbound.PrepareAsync(message, [.. group.Select(Outbound)], cancel));
        }
    }

    /// <summary>NOTIFY=SUCCESS: "delivered" for mailboxes here, "expanded" for aliases of several; owed at once (RFC 3461 §5.2.3, §5.2.7.3).</summary>
    private async ValueTask AddReportsAsync(List<QueueSubmission> submissions, List<RoutedRecipient> recipients, CancellationToken cancel)
    {
        if (Sender.Length == 0) return;
        var told = new List<NewQueueRecipient>();
        foreach (var routed in recipients)
        {
            var address = routed.Recipient.Address.ToString();
            var original = OutboundRecipient.Of(routed.Recipient).OriginalRecipient;
            if (routed.OwesExpanded) told.Add(Done(address, routed.Recipient.Notify, original, QueueReport.Expanded, "2.1.5 the address leads to several others"));
            told.AddRange(routed.Local.Where(local => local.Notify.HasFlag(Mail.DsnNotify.Success))
                .Select(local => Done(address, local.Notify, local.OriginalRecipient ?? original, QueueReport.Success, "2.1.5 delivered to the mailbox")));
        }
        if (told.Count > 0) submissions.Add(new QueueSubmission(await MessageAsync(peer.Account?.Id, cancel) with { Created = arrived }, told));
    }

    /// <summary>Who refused by "ereject" when no answer of the session could say so: the sender is owed a report with the owner's words (RFC 5429 §2.1.2).</summary>
    public async ValueTask<IReadOnlyList<QueueSubmission>> RefusedAsync(IEnumerable<ScriptDecision> decisions, CancellationToken cancel)
    {
        List<NewQueueRecipient>? refused = null;
        var message = default(QueueMessage);
        foreach (var decision in decisions)
        {
            if (decision is not { OwesRefusal: true, Reject: { IsEreject: true } reject }) continue;
            message ??= await MessageAsync(peer.Account?.Id, cancel) with { Created = arrived };
            var leaf = decision.Leaf;
            (refused ??= []).Add(new NewQueueRecipient(decision.Recipient, "", leaf.Notify, leaf.OriginalRecipient)
            {
                State = QueueState.Failed, Answer = $"550 5.7.1 {reject.Reason.ReplaceLineEndings(" ").Trim()}", Report = Queue.Reports.OnFailure(message, leaf.Notify),
            });
        }
        return refused is null ? [] : [new QueueSubmission(message!, refused)];
    }

    private static NewQueueRecipient Done(string address, Mail.DsnNotify notify, string? original, QueueReport report, string answer) =>
        new(address, "", notify, original) { State = QueueState.Delivered, Report = report, Answer = answer };

    private static OutboundRecipient Outbound(RemoteLeaf leaf) => new(leaf.Address, leaf.Notify, leaf.OriginalRecipient);

    private async ValueTask<QueueMessage> MessageAsync(AccountId? account, CancellationToken cancel) => new()
    {
        Account = account,
        Transaction = envelope.Id,
        Sender = Sender,
        EnvelopeId = envelope.EnvelopeId,
        Return = envelope.Return,
        Body = envelope.Body,
        SmtpUtf8 = envelope.SmtpUtf8,
        RequireTls = envelope.RequireTls,
        TlsOptional = header.TlsNotRequired,
        SkipOctets = ReturnPathOctets,
        MessageId = MessageId,
        Subject = Subject,
        Locale = await handoff.LocaleAsync(account, cancel),
    };
}
