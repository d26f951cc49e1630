using Facteur.Storage.Emails;

namespace Facteur.Storage.Embedded.Writing;

/// <summary>Changes emails wherever they are, under one MODSEQ: each is planned whole, so that what refuses it comes before its first row.</summary>
/// <param name="person">Who asks; null: the server itself.</param>
internal sealed class UpdateEmails(WriteSession session, AccountId accountId, AccountId? person)
{
    private readonly AccountState account = session.Account(accountId);
    private readonly EntryChanges changes = new(session);
    private readonly EventNotes notes = new(session, person);
    private readonly Snoozes snoozes = new(session, session.Account(accountId));
    private readonly Dictionary<(MailboxId From, MailboxId To, bool IsCopy), List<(Uid Source, Uid Target)>> moves = [];
    private ModSeq? modSeq;

    public EmailsUpdated Run(ModSeq? ifState, IReadOnlyList<EmailUpdate> updates)
    {
        var before = new ModSeq(account.ModSeq);
        if (ifState is { } state && state != before) throw new StoreRefusedException(StoreRefusal.StateMismatch, "the account is not at this state any more");
        if (updates.Any(static update => update.Snooze is not null)) snoozes.MakePlace();
        var outcomes = new EmailOutcome[updates.Count];
        for (var i = 0; i < outcomes.Length; i++) outcomes[i] = Update(updates[i]);
        if (modSeq is { } at) changes.Tell(at);
        notes.Write();
        return new EmailsUpdated(outcomes, before, new ModSeq(account.ModSeq));
    }

    /// <summary>What went from one mailbox to another.</summary>
    public IReadOnlyList<EmailsMoved> Moves()
    {
        var moved = new List<EmailsMoved>(moves.Count);
        foreach (var ((from, to, isCopy), emails) in moves)
        {
            emails.Sort(static (a, b) => a.Source.CompareTo(b.Source));
            moved.Add(new EmailsMoved(account.Id, from, session.FindMailbox(from)!.Role, to, session.FindMailbox(to)!.Role, emails, isCopy));
        }
        return moved;
    }

    private EmailOutcome Update(EmailUpdate update)
    {
        if (!IsOfAccount(update.Email)) return EmailOutcome.NotFound;
        if (update.WakeBy is { } by && !snoozes.IsDue(update.Email, by)) return EmailOutcome.Unchanged;
        var entries = Entries.OfEmail(session, update.Email);
        var seen = entries.FindAll(static entry => !entry.Mailbox.IsDeleted && !entry.Row.Flags.Has(MessageFlags.Deleted));
        if (seen.Count == 0)
        {
            // What IMAP marked as deleted stays where it is.
            if (update.WakeBy is not null) Snoozes.End(session, update.Email);
            return EmailOutcome.NotFound;
        }
        if (update.Destroy)
        {
            Destroy(entries);
            return EmailOutcome.Done;
        }
        if (snoozes.Expand(update, seen) is not { } whole) return EmailOutcome.TooManyMailboxes;
        var plan = new EmailPlan(session, whole, seen);
        if (plan.Outcome == EmailOutcome.Done) Carry(plan, whole);
        return plan.Outcome is EmailOutcome.Done or EmailOutcome.Unchanged && Note(whole) ? EmailOutcome.Done : plan.Outcome;
    }

    /// <summary>Writes when it comes back, or that it does not; true when that is another than it was.</summary>
    private bool Note(EmailUpdate update)
    {
        var isNoted = update.Snooze is { } snooze ? snoozes.Set(update.Email, snooze) : (update.EndSnooze || update.WakeBy is not null) && Snoozes.End(session, update.Email);
        if (isNoted) Entries.Spread(session, account, update.Email, modSeq ??= session.NextModSeq(account), 0);
        if (isNoted) session.Touch(account);
        return isNoted;
    }

    private bool IsOfAccount(EmailId email)
    {
        var row = session.Database.Get("SELECT account FROM email WHERE id = ?1 AND entries > 0").Bind(1, email.Value);
        var found = row.Step() && row.Int64(0) == account.Id.Value;
        row.Reset();
        return found;
    }

    private void Destroy(List<(MailboxState Mailbox, EntryRow Row)> entries)
    {
        var at = modSeq ??= session.NextModSeq(account);
        foreach (var (mailbox, row) in entries)
        {
            Entries.Delete(session, mailbox, row);
            Entries.Drop(session, account, row.Email, at);
            changes.Removed(mailbox, row.Uid);
        }
    }

    private void Carry(EmailPlan plan, EmailUpdate update)
    {
        var email = update.Email;
        var at = modSeq ??= session.NextModSeq(account);
        var isWoken = update.WakeBy is not null;
        foreach (var (mailbox, row, flags) in plan.Flags)
        {
            Entries.SetFlags(session, mailbox, row, flags, at);
            notes.Flagged(mailbox, row.Uid, row.Flags, flags);
            changes.Changed(mailbox, new MessageEntry(row.Uid, row.Email, at, flags));
        }
        for (var i = 0; i < plan.Added.Count; i++) Place(plan, i, at, isWoken);
        foreach (var (mailbox, row) in plan.Removed)
        {
            Entries.Delete(session, mailbox, row);
            changes.Removed(mailbox, row.Uid);
        }
        if (plan.Added.Count + plan.Removed.Count > 0) Entries.Spread(session, account, email, at, plan.Added.Count - plan.Removed.Count);
        if (isWoken) snoozes.NoteReturn(email, at);
    }

    // A place that is left and one that is taken are a MOVE, so that POP3 sees the same message.
    /// <param name="isWoken">It comes in now, also by its INTERNALDATE: programs that sort by it show it first.</param>
    private void Place(EmailPlan plan, int number, ModSeq at, bool isWoken)
    {
        var (to, flags) = plan.Added[number];
        var isCopy = plan.Removed.Count == 0;
        var (from, source) = isCopy ? plan.Seen[0] : plan.Removed[Math.Min(number, plan.Removed.Count - 1)];
        var uid = Entries.TakeUid(to);
        var uidl = number >= Math.Max(plan.Removed.Count, 1)
            ? CopyUidl.Make(to, source.Email, uid, source.PopUidl)
            : isCopy ? CopyUidl.OfCopy(session, to, source, uid) : CopyUidl.OfMove(session, source);
        var placed = source with { Uid = uid, ModSeq = at, Flags = flags, PopUidl = uidl };
        if (isWoken) placed = placed with { InternalDate = session.Now, InternalZone = 0 };
        Entries.Insert(session, to, placed);
        notes.Copied(to, uid);
        changes.Added(to, placed.ToMessageEntry());
        if (!moves.TryGetValue((from.Id, to.Id, isCopy), out var moved)) moves.Add((from.Id, to.Id, isCopy), moved = []);
        moved.Add((source.Uid, uid));
    }
}
