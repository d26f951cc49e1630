using Facteur.Accounts;
using Facteur.Delivery.Authentication;
using Facteur.Delivery.Filtering;
using Facteur.Delivery.Recipients;
using Facteur.Delivery.Sieve;
using Facteur.Delivery.Vacation;
using Facteur.Mail;
using Facteur.Smtp;
using Facteur.Storage;
using Facteur.Storage.Emails;
using Facteur.Storage.Queue;

namespace Facteur.Delivery.Receiving;

/// <summary>
/// Makes of a message that is taken what the store commits at once: mailboxes, entries of the queue, replies, rows of the trace. Rules go in this
/// order: the filter's verdict, the scripts of the site and of the account, its automatic reply, its forwarding.
/// </summary>
internal sealed class DeliveryPlan(MailHandoff handoff, SmtpPeer peer, Envelope envelope, HeaderScanner header, DateTimeOffset arrived) : IAsyncDisposable
{
    // A row for each recipient up to here; of a mailing the sender reads the rows of attempts.
    private const int MaxQueuedRows = 100;

    private readonly List<DeliveryTarget> targets = [];
    private readonly List<TraceEvent> rows = [];
    private readonly HashSet<AccountId> taken = [];
    private readonly List<Storage.Delivery> sent = [];
    private ScriptedMessage? scripted;
    private ScriptSubject? subject;

    public required MessageFacts Facts { get; init; }
    public AuthenticationSummary? Summary { get; init; }
    public FilterVerdict? Verdict { get; init; }

    /// <summary>DKIM-Signature fields of a submitted message.</summary>
    public ReadOnlyMemory<byte> Signatures { get; init; }

    /// <summary>What the store notes of a message that an account sends by JMAP.</summary>
    public SubmissionDraft? Submission { get; init; }

    /// <summary>The message waited in the queue for its time: recipients on other hosts go on in the entry that they have, and it was told of already.</summary>
    public bool IsRelease { get; init; }

    /// <summary>What goes into the same commit.</summary>
    public SideEffects? Beside { get; init; }

    /// <summary>What the message tells of others, for the trace.</summary>
    public IReadOnlyList<TraceEvent> Told { get; init; } = [];

    /// <summary>Scripts of all recipients refuse it: the answer. Then there is nothing to commit.</summary>
    public SmtpRefusal? Refusal => scripted?.Refusal;

    /// <summary>Scripts of this recipient refuse it, and the protocol has an answer for each; else null.</summary>
    public SmtpRefusal? RefusalOf(RoutedRecipient routed) => scripted?.Refusals.GetValueOrDefault(routed);

    private string MessageId => Facts.MessageId?.Trim('<', '>') ?? "";

    /// <param name="message">Complete.</param>
    /// <param name="facts">Of all of it.</param>
    /// <param name="returnPathOctets">Of the stored message, not to be sent on.</param>
    /// <returns>Null: it is refused (<see cref="Refusal"/>).</returns>
    public async ValueTask<IReadOnlyList<Storage.Delivery>?> MakeAsync(
        MessageIntake message, MessageFacts facts, List<RoutedRecipient> recipients, int returnPathOctets, CancellationToken cancel)
    {
        if (!IsRelease && Deferral.Of(envelope, arrived) is { } until) return [await DeferAsync(message, recipients, returnPathOctets, until, cancel)];
        subject = new ScriptSubject(peer, envelope, message, facts, Verdict, arrived) { ReturnPathOctets = returnPathOctets, Summary = Summary };
        scripted = await new ScriptStage(handoff, subject).RunAsync(recipients, cancel);
        if (scripted.Refusal is not null) return null;
        recipients = scripted.Recipients;
        foreach (var (account, decision) in scripted.Decisions) await TakeAsync(account, decision, cancel);
        foreach (var routed in recipients)
            foreach (var local in routed.Local) await KeepAsync(routed, local, cancel);
        await ReplyAsync(recipients, cancel);
        var queue = Queue(returnPathOctets);
        var queued = await queue.MakeAsync(message, recipients, Signatures, Verdict, cancel);
        AddQueuedRows(queued, rows);
        var isUntold = targets.Count == 0 && scripted.Decisions.Count == 0;
        if (!IsRelease && (peer.Account is not null || isUntold)) rows.Insert(0, TraceRows.Accepted(arrived, peer, envelope, MessageId, "", peer.Account?.Id, Summary, Verdict));
        if (Beside is not null) rows.AddRange(Beside.Rows);
        rows.AddRange(Told);
        var main = new Storage.Delivery(message, targets) { Queued = [.. queued, .. await queue.RefusedAsync(scripted.Decisions.Values, cancel)], Trace = rows, Submission = Submission, EndsSnoozes = true };
        return [main, .. await CopiesAsync(cancel), .. sent];
    }

    /// <summary>The commit is done.</summary>
    public ValueTask CompleteAsync() =>
        scripted is { Decisions.Count: > 0 } ? handoff.Services.Sieve.CompleteAsync(subject!, scripted.Decisions, handoff.Services.Bookkeeping) : default;

    public async ValueTask DisposeAsync()
    {
        foreach (var delivery in sent) await delivery.Message.DisposeAsync();
        if (scripted is not null) await scripted.DisposeAsync();
    }

    private QueuePlan Queue(int returnPathOctets) => new(handoff, peer, envelope, header, arrived)
    {
        MessageId = MessageId, Subject = Facts.Subject, ReturnPathOctets = returnPathOctets, IsRelease = IsRelease,
    };

    /// <summary>All of it waits, also for mailboxes here: nobody has it before its time, and it can be taken back from all (RFC 4865 §4.2).</summary>
    private async ValueTask<Storage.Delivery> DeferAsync(MessageIntake message, List<RoutedRecipient> recipients, int returnPathOctets, DateTimeOffset until, CancellationToken cancel)
    {
        var entry = await Queue(returnPathOctets).DeferAsync(recipients, until, cancel);
        rows.Add(TraceRows.Accepted(arrived, peer, envelope, MessageId, "", peer.Account?.Id, Summary, Verdict));
        AddQueuedRows([entry], rows);
        return new Storage.Delivery(message, []) { Queued = [entry], Trace = rows, Submission = Submission };
    }

    /// <summary>An account whose scripts ran: what they decided, and nothing more.</summary>
    private async ValueTask TakeAsync(AccountId account, ScriptDecision decision, CancellationToken cancel)
    {
        taken.Add(account);
        targets.AddRange(decision.Targets);
        rows.AddRange(decision.Rows);
        foreach (var reply in decision.Replies) await SendAsync(reply.Message, reply.Copy, cancel);
        if (decision is { OwesRefusal: true, Reject: { IsEreject: false } reject })
            await SendAsync(await handoff.Services.Sieve.Replies.RefusalAsync(decision.Leaf.Account, reject, subject!, decision.Recipient, cancel), null, cancel);
    }

    private async ValueTask SendAsync(OwnMessage own, DeliveryTarget? copy, CancellationToken cancel)
    {
        if (await handoff.Services.Own.PrepareAsync(own, copy, cancel) is { } delivery) sent.Add(delivery);
    }

    /// <summary>Replies by the setting of accounts that are away: to what was neither refused nor thrown away, and not answered by a script.</summary>
    private async ValueTask ReplyAsync(List<RoutedRecipient> recipients, CancellationToken cancel)
    {
        if (envelope.Sender is not { } sender) return;
        foreach (var account in recipients.SelectMany(routed => routed.Local).Select(local => local.Account).DistinctBy(account => account.Id))
        {
            if (scripted!.Decisions.TryGetValue(account.Id, out var decision) && (decision.IsGone || decision.AnswersSender)) continue;
            if (await handoff.Services.Settings.VacationAsync(account.Id, cancel) is null or { IsOff: true }) continue;
            if (await handoff.Services.Vacation.ReplyAsync(account, sender.ToString(), await subject!.HeaderAsync(cancel), subject.IsJunk(account.Id), cancel) is not { } reply) continue;
            var own = new OwnMessage(account.Id, account.Address, [reply.To], reply.Content, "vacation", reply.MessageId, reply.Subject)
            {
                Body = reply.Body, NeedsSmtpUtf8 = reply.NeedsSmtpUtf8, Transaction = envelope.Id,
            };
            var before = sent.Count;
            await SendAsync(own, null, cancel);
            if (sent.Count > before) rows.Add(VacationResponder.Trace(reply, envelope.Id, MessageId, handoff.Time.GetUtcNow()));
        }
    }

    /// <summary>Messages that scripts changed, each with its own mailboxes and ways on.</summary>
    private async ValueTask<List<Storage.Delivery>> CopiesAsync(CancellationToken cancel)
    {
        var copies = new List<Storage.Delivery>();
        foreach (var copy in scripted!.Copies)
        {
            var queue = Queue(copy.ReturnPathOctets);
            // No signature of the message as it was holds for this one: none of ours goes with it.
            var queued = copy.Recipients.Count == 0 ? [] : await queue.MakeAsync(copy.Message, copy.Recipients, default, Verdict, cancel);
            AddQueuedRows(queued, copy.Rows);
            if (copy.Targets.Count + queued.Count > 0) copies.Add(new Storage.Delivery(copy.Message, copy.Targets) { Queued = queued, Trace = copy.Rows, EndsSnoozes = true });
        }
        return copies;
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

    private void AddQueuedRows(IReadOnlyList<QueueSubmission> queued, List<TraceEvent> into)
    {
        foreach (var submission in queued)
        {
            var account = submission.Message.Account;
            foreach (var recipient in submission.Recipients.Where(one => one.State != QueueState.Delivered).Take(MaxQueuedRows))
                into.Add(submission.Message.Kind == "forward"
                    ? TraceRows.Forwarded(arrived, envelope, MessageId, account, recipient.Address)
                    : TraceRows.Queued(arrived, envelope, MessageId, recipient.Address, account, submission.Message.NotBefore));
        }
    }
}
