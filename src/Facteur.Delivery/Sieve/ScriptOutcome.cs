using Facteur.Accounts;
using Facteur.Delivery.Receiving;
using Facteur.Delivery.Recipients;
using Facteur.Delivery.Tracing;
using Facteur.Mail;
using Facteur.Sieve;
using Facteur.Storage;

namespace Facteur.Delivery.Sieve;

/// <summary>Turns what the scripts of an account decided into mailboxes, messages to send and rows that tell of it.</summary>
/// <remarks>
/// What the filter calls Junk goes to Junk: it is not sent on, nobody is answered or notified, and what scripts keep or file is filed there, unless the
/// script that files it looks at the spam score itself and so decides for itself.
/// </remarks>
internal sealed class ScriptOutcome(MailHandoff handoff, ScriptSubject subject, LocalLeaf leaf, string recipient, ScriptDecision decision)
{
    private readonly ScriptRows rows = new(subject, leaf.Account.Id, recipient);
    private readonly bool isJunk = subject.IsJunk(leaf.Account.Id);
    private SteppedAction? discarded;
    private bool sentOn, failed;

    /// <summary>Where it is to be sent on; who routes them says what came of it.</summary>
    public List<SteppedAction> Redirects { get; } = [];

    /// <summary>Something of it stays.</summary>
    public bool KeepsCopy => decision.Places.Count > 0;

    private AccountRecord Account => leaf.Account;
    private SieveDelivery Sieve => handoff.Services.Sieve;

    /// <summary>Without scripts: as if none had run.</summary>
    public async ValueTask KeepAsync(CancellationToken cancel)
    {
        AddAccepted();
        await KeepAsync(null, cancel);
    }

    public async ValueTask ApplyAsync(ScriptChain chain, CancellationToken cancel)
    {
        AddAccepted();
        (decision.Duplicates, decision.Faults) = (chain.Duplicates, chain.Faults);
        foreach (var fault in chain.Faults) decision.Rows.Add(rows.Failed(fault));
        foreach (var action in chain.Actions) await ApplyAsync(action, cancel);
    }

    public void Redirected(SteppedAction redirect, string to)
    {
        sentOn = true;
        decision.Rows.Add(rows.Done("redirect", redirect, to));
    }

    /// <summary>It cannot go there: the account keeps it.</summary>
    public void RedirectFailed(SteppedAction redirect, TraceReason why)
    {
        failed = true;
        decision.Rows.Add(rows.Done("redirect-failed", redirect, ((RedirectAction)redirect.Action).Address.ToString(), why));
    }

    /// <summary>All redirects are settled.</summary>
    public async ValueTask FinishAsync(CancellationToken cancel)
    {
        if (decision.Reject is not null || decision.Places.Count > 0 || sentOn) return;
        if (failed) await KeepAsync(null, cancel);
        else if (discarded is { } action)
        {
            decision.IsDiscarded = true;
            decision.Rows.Add(rows.Done("discard", action));
        }
    }

    private async ValueTask ApplyAsync(SteppedAction action, CancellationToken cancel)
    {
        switch (action.Action)
        {
            case KeepAction:
                await KeepAsync(action, cancel);
                break;
            case FileIntoAction:
                await FileIntoAsync(action, cancel);
                break;
            case RedirectAction when isJunk:
                RedirectFailed(action, TraceText.Reason("SpamStays"));
                break;
            case RedirectAction:
                Redirects.Add(action);
                break;
            case DiscardAction:
                discarded = action;
                break;
            case RejectAction reject:
                decision.Reject = reject;
                decision.Rows.Add(rows.Done("reject", action, reason: TraceReason.Said(reject.Reason.ReplaceLineEndings(" ").Trim())));
                break;
            case VacationAction vacation when !isJunk:
                await VacationAsync(vacation, cancel);
                break;
            case NotifyAction when !isJunk:
                await NotifyAsync(action, cancel);
                break;
        }
    }

    /// <summary>Into the inbox, or where the forwarding of the account keeps what it sends on.</summary>
    private async ValueTask KeepAsync(SteppedAction? by, CancellationToken cancel)
    {
        var keep = by?.Action as KeepAction;
        var isSaid = keep is { IsImplicit: false };
        var toJunk = isJunk && !(isSaid && by!.Value.Step.DecidesOnSpam);
        if (leaf.Keep == ForwardKeep.Delete && !isJunk && !failed)
        {
            sentOn = true; // by the forward
            return;
        }
        var role = toJunk ? MailboxRole.Junk : leaf.Keep == ForwardKeep.Archive ? MailboxRole.Archive : MailboxRole.Inbox;
        await PlaceAsync(role, keep?.Flags ?? [], keep?.Edited, isSaid ? by : null, null, cancel);
    }

    private async ValueTask FileIntoAsync(SteppedAction by, CancellationToken cancel)
    {
        var action = (FileIntoAction)by.Action;
        if (isJunk && !by.Step.DecidesOnSpam)
            await PlaceAsync(MailboxRole.Junk, action.Flags, action.Edited, by, null, cancel);
        else if (await Sieve.Mailboxes.FindAsync(Account.Id, action.Target, cancel) is { } mailbox)
            Add(mailbox.Id, mailbox.Name, action.Flags, action.Edited, by, null);
        else
            await PlaceAsync(MailboxRole.Inbox, action.Flags, action.Edited, by, TraceText.Reason("NoMailbox", action.Target.Mailbox ?? ""), cancel); // RFC 5228 §4.1
    }

    private async ValueTask PlaceAsync(MailboxRole role, IReadOnlyList<string> flags, IMessageSource? edited, SteppedAction? by, TraceReason? reason, CancellationToken cancel)
    {
        var mailbox = await handoff.Inboxes.FindAsync(Account.Id, role, cancel)
            ?? throw new StoreRefusedException(StoreRefusal.NoSuchMailbox, "the account has no inbox any more");
        if (role == MailboxRole.Junk) reason ??= TraceReason.Of(subject.Verdict, Account.Id);
        Add(mailbox, role == MailboxRole.Inbox ? MailboxName.Inbox : role.ToString(), flags, edited, by, reason);
    }

    /// <summary>Each mailbox once: what was said first stays (RFC 5228 §2.10.3).</summary>
    private void Add(MailboxId mailbox, string name, IReadOnlyList<string> flags, IMessageSource? edited, SteppedAction? by, TraceReason? reason)
    {
        if (!decision.Places.Exists(place => place.Mailbox == mailbox))
            decision.Places.Add(new ScriptPlace(mailbox, ScriptMailboxes.Flags(flags), edited, rows.Stored(name, by, reason)));
    }

    private async ValueTask VacationAsync(VacationAction vacation, CancellationToken cancel)
    {
        if (await Sieve.Replies.VacationAsync(Account, vacation, subject, recipient, cancel) is not { } reply) return;
        decision.AnswersSender = true;
        decision.Replies.Add(reply);
        decision.Rows.Add(new TraceEvent(subject.Arrived, TraceKind.Replied, Account.Id, subject.Envelope.Id, subject.MessageId, "", subject.Sender, [new("subject", TraceDetail.Printable(reply.Message.Subject))]));
    }

    private async ValueTask NotifyAsync(SteppedAction by, CancellationToken cancel)
    {
        var notify = (NotifyAction)by.Action;
        var to = string.Join(", ", notify.Recipients);
        if (await Sieve.Replies.NotifyAsync(Account, notify, subject, recipient, cancel) is { } reply)
        {
            decision.Replies.Add(reply);
            decision.Rows.Add(rows.Done("notify", by, to));
        }
        else decision.Rows.Add(rows.Done("notify-failed", by, to, TraceText.Reason("TooManyNotices")));
    }

    private void AddAccepted()
    {
        if (subject.Peer.Account is not null) return;
        decision.Rows.Add(TraceRows.Accepted(subject.Arrived, subject.Peer, subject.Envelope, subject.MessageId, recipient, Account.Id, subject.Summary, subject.Verdict));
    }
}
