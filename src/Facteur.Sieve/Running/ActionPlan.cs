using Facteur.Mail;

namespace Facteur.Sieve.Running;

/// <summary>What a run decided so far: which actions go together, which count once, and whether the message is kept without being told to.</summary>
// RFC 5228 §2.10; RFC 5429 §2.4; RFC 5230 §4.7.
internal sealed class ActionPlan(SieveRun run)
{
    private readonly List<SieveAction> actions = [];
    private bool isKeepCancelled;

    public void Keep(IReadOnlyList<string> flags)
    {
        isKeepCancelled = true;
        Refuse<RejectAction>("keep");
        AddDelivery(new KeepAction(flags, Edited, false) { At = run.At }, IsInbox);
    }

    /// <param name="isCopy">The implicit keep stays (RFC 3894 §3).</param>
    public void FileInto(SieveTarget target, IReadOnlyList<string> flags, bool isCopy)
    {
        isKeepCancelled |= !isCopy;
        Refuse<RejectAction>("fileinto");
        AddDelivery(new FileIntoAction(target, flags, run.Message.Edited) { At = run.At }, action => IsSame(action, target));
    }

    public void Redirect(MailAddress address, bool isCopy)
    {
        isKeepCancelled |= !isCopy;
        Refuse<RejectAction>("redirect");
        var redirects = actions.OfType<RedirectAction>().ToList();
        if (redirects.Exists(r => r.Address.LocalPart == address.LocalPart && r.Address.Domain.Equals(address.Domain, StringComparison.OrdinalIgnoreCase))) return;
        if (redirects.Count >= run.Limits.MaxRedirects) throw new SieveRuntimeException(ScriptText.TooManyRedirects.With(run.Limits.MaxRedirects));
        Add(new RedirectAction(address, run.Message.EditedForRedirect) { At = run.At });
    }

    public void Discard()
    {
        isKeepCancelled = true;
        if (!actions.Exists(action => action is DiscardAction)) Add(new DiscardAction { At = run.At });
    }

    public void Reject(string reason, bool isEreject)
    {
        isKeepCancelled = true;
        var name = isEreject ? "ereject" : "reject";
        Refuse<RejectAction>(name);
        Refuse<KeepAction>(name);
        Refuse<FileIntoAction>(name);
        Refuse<RedirectAction>(name);
        Refuse<VacationAction>(name);
        Add(new RejectAction(reason, isEreject) { At = run.At });
    }

    public void Vacation(VacationAction vacation)
    {
        Refuse<RejectAction>("vacation");
        Refuse<VacationAction>("vacation");
        Add(vacation);
    }

    public void Notify(NotifyAction notify)
    {
        var notifications = actions.OfType<NotifyAction>().ToList();
        // RFC 5436 §2.7: not the same to the same address twice.
        if (notifications.Exists(n => n.Method == notify.Method && n.Subject == notify.Subject)) return;
        if (notifications.Count >= run.Limits.MaxNotifications) throw new SieveRuntimeException(ScriptText.TooManyNotifications.With(run.Limits.MaxNotifications));
        Add(notify);
    }

    public SieveResult Finish()
    {
        // RFC 5293 §7: as the message is at the end.
        if (!isKeepCancelled) actions.Add(new KeepAction(run.Flags.Flags, Edited, true) { At = new SievePosition(1, 1) });
        var flags = run.Flags.IsTouched ? run.Flags.Flags : null;
        return new SieveResult(actions, null, [.. run.Duplicates.Values], flags, run.Work.Spent);
    }

    /// <summary>A message in a mailbox stays as it is (RFC 6785 §3.1).</summary>
    private IMessageSource? Edited => run.Context.ImapEvent is null ? run.Message.Edited : null;

    /// <summary>One copy a mailbox, with the flags said last (RFC 5228 §2.10.3, RFC 5232 §3).</summary>
    private void AddDelivery(SieveAction delivery, Predicate<SieveAction> isSame)
    {
        var known = actions.FindIndex(isSame);
        if (known < 0)
        {
            Add(delivery);
            return;
        }
        var flags = delivery is KeepAction keep ? keep.Flags : ((FileIntoAction)delivery).Flags;
        actions[known] = actions[known] switch
        {
            KeepAction first => first with { Flags = flags },
            FileIntoAction first => first with { Flags = flags },
            var other => other,
        };
    }

    private void Add(SieveAction action)
    {
        if (actions.Count >= run.Limits.MaxActions) throw new SieveRuntimeException(ScriptText.TooManyActions.With(run.Limits.MaxActions));
        actions.Add(action);
    }

    private void Refuse<T>(string name) where T : SieveAction
    {
        if (actions.Find(action => action is T) is not { } other) return;
        var which = other switch
        {
            KeepAction => "keep",
            FileIntoAction => "fileinto",
            RedirectAction => "redirect",
            VacationAction => "vacation",
            RejectAction { IsEreject: true } => "ereject",
            _ => "reject",
        };
        throw new SieveRuntimeException(which == name ? ScriptText.OncePerMessage.With(name) : ScriptText.CannotGoWith.With(name, which, other.At.Line));
    }

    // What stays in a mailbox is no copy in the inbox (RFC 6785 §3.3): the two are one only at delivery.
    private bool IsInbox(SieveAction action) => action is KeepAction || run.Context.ImapEvent is null && action is FileIntoAction file && IsInbox(file.Target.Mailbox);

    private static bool IsInbox(string mailbox) => mailbox.Equals("INBOX", StringComparison.OrdinalIgnoreCase);

    private bool IsSame(SieveAction action, SieveTarget target) =>
        action is FileIntoAction file && (file.Target.Mailbox == target.Mailbox || IsInbox(file.Target.Mailbox) && IsInbox(target.Mailbox))
        || run.Context.ImapEvent is null && action is KeepAction && IsInbox(target.Mailbox);
}
