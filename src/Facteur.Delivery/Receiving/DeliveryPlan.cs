using Facteur.Accounts;
using Facteur.Delivery.Authentication;
using Facteur.Delivery.Filtering;
using Facteur.Delivery.Recipients;
using Facteur.Mail;
using Facteur.Smtp;
using Facteur.Storage;
using Facteur.Storage.Emails;
using Facteur.Storage.Queue;

namespace Facteur.Delivery.Receiving;

/// <summary>Makes of a message that is taken what the store commits at once: mailboxes, entries of the queue, rows of the trace.</summary>
internal sealed class DeliveryPlan(MailHandoff handoff, SmtpPeer peer, Envelope envelope, HeaderScanner header, DateTimeOffset arrived)
{
    // A row for each recipient up to here; of a mailing the sender reads the rows of attempts.
    private const int MaxQueuedRows = 100;

    private readonly List<DeliveryTarget> targets = [];
    private readonly List<TraceEvent> rows = [];
    private readonly HashSet<AccountId> taken = [];

    public required MessageFacts Facts { get; init; }
    public AuthenticationSummary? Summary { get; init; }
    public FilterVerdict? Verdict { get; init; }

    /// <summary>DKIM-Signature fields of a submitted message.</summary>
    public ReadOnlyMemory<byte> Signatures { get; init; }

    /// <summary>What the store notes of a message that an account sends by JMAP.</summary>
    public SubmissionDraft? Submission { get; init; }

    /// <summary>What goes into the same commit.</summary>
    public SideEffects? Beside { get; init; }

    private string MessageId => Facts.MessageId?.Trim('<', '>') ?? "";

    /// <param name="returnPathOctets">Of the stored message, not to be sent on.</param>
    public async ValueTask<IReadOnlyList<Storage.Delivery>> MakeAsync(MessageIntake message, List<RoutedRecipient> recipients, int returnPathOctets, CancellationToken cancel)
    {
        foreach (var routed in recipients)
            foreach (var local in routed.Local) await KeepAsync(routed, local, cancel);
        var queue = new QueuePlan(handoff, peer, envelope, header, arrived) { MessageId = MessageId, Subject = Facts.Subject, ReturnPathOctets = returnPathOctets };
        var queued = await queue.MakeAsync(message, recipients, Signatures, Verdict, cancel);
        AddQueuedRows(queued);
        if (peer.Account is { } sender) rows.Insert(0, TraceRows.Accepted(arrived, peer, envelope, MessageId, "", sender.Id, Summary, Verdict));
        else if (targets.Count == 0) rows.Insert(0, TraceRows.Accepted(arrived, peer, envelope, MessageId, "", null, Summary, Verdict));
        if (Beside is not null) rows.AddRange(Beside.Rows);
        var main = new Storage.Delivery(message, targets) { Queued = queued, Trace = rows, Submission = Submission };
        return Beside is null ? [main] : [main, .. Beside.Deliveries];
    }

    /// <summary>The mailbox of each account once, however many recipients lead to it.</summary>
    private async ValueTask KeepAsync(RoutedRecipient routed, LocalLeaf local, CancellationToken cancel)
    {
        var isJunk = Verdict?.For(local.Account.Id).Action == FilterAction.Junk;
        // Spam is not forwarded, so whoever keeps no copy finds it in Junk.
        if ((local.Keep == ForwardKeep.Delete && !isJunk) || !taken.Add(local.Account.Id)) return;
        var role = isJunk ? MailboxRole.Junk : local.Keep == ForwardKeep.Archive ? MailboxRole.Archive : MailboxRole.Inbox;
        var mailbox = await handoff.Inboxes.FindAsync(local.Account.Id, role, cancel)
            ?? throw new StoreRefusedException(StoreRefusal.NoSuchMailbox, "the account has no inbox any more");
        targets.Add(new DeliveryTarget(mailbox, FlagSet.Empty, arrived));
        var recipient = routed.Recipient.Address.ToString();
        if (peer.Account is null) rows.Add(TraceRows.Accepted(arrived, peer, envelope, MessageId, recipient, local.Account.Id, Summary, Verdict));
        rows.Add(TraceRows.Stored(arrived, envelope, MessageId, recipient, local.Account.Id, role, Verdict));
    }

    private void AddQueuedRows(IReadOnlyList<QueueSubmission> queued)
    {
        foreach (var submission in queued)
        {
            var account = submission.Message.Account;
            foreach (var recipient in submission.Recipients.Where(one => one.State != QueueState.Delivered).Take(MaxQueuedRows))
                rows.Add(submission.Message.Kind == "forward"
                    ? TraceRows.Forwarded(arrived, envelope, MessageId, account, recipient.Address)
                    : TraceRows.Queued(arrived, envelope, MessageId, recipient.Address, account, submission.Message.NotBefore));
        }
    }
}
