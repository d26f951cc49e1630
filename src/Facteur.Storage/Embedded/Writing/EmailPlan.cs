using Facteur.Storage.Emails;

namespace Facteur.Storage.Embedded.Writing;

/// <summary>What an update does to one email: its entries' new flags, the places it leaves and those it takes. Writes nothing but names of keywords.</summary>
internal sealed class EmailPlan
{
    private readonly WriteSession session;
    private readonly EmailUpdate update;
    private readonly Dictionary<MailboxId, (MessageFlags Add, MessageFlags Remove)> resolved = [];

    /// <param name="seen">Entries that are seen; at least one.</param>
    public EmailPlan(WriteSession session, EmailUpdate update, List<(MailboxState Mailbox, EntryRow Row)> seen)
    {
        (this.session, this.update, Seen) = (session, update, seen);
        try
        {
            Outcome = Plan();
        }
        catch (StoreRefusedException e) when (e.Reason == StoreRefusal.TooManyKeywords)
        {
            Outcome = EmailOutcome.TooManyKeywords;
        }
    }

    /// <summary>Done when there is something to write.</summary>
    public EmailOutcome Outcome { get; }

    public List<(MailboxState Mailbox, EntryRow Row)> Seen { get; }
    public List<(MailboxState Mailbox, EntryRow Row, MessageFlags Flags)> Flags { get; } = [];
    public List<(MailboxState Mailbox, MessageFlags Flags)> Added { get; } = [];
    public List<(MailboxState Mailbox, EntryRow Row)> Removed { get; } = [];

    private EmailOutcome Plan()
    {
        var added = new List<MailboxState>();
        foreach (var id in (update.ReplaceMailboxes ?? update.AddTo).Distinct())
        {
            if (Seen.Exists(entry => entry.Mailbox.Id == id)) continue;
            if (session.FindMailbox(id) is not { IsDeleted: false, Selectable: true } mailbox || mailbox.Account != Seen[0].Mailbox.Account) return EmailOutcome.NoSuchMailbox;
            added.Add(mailbox);
        }
        foreach (var (mailbox, row) in Seen)
        {
            if (Leaves(mailbox.Id)) Removed.Add((mailbox, row));
            else if (Change(mailbox, row.Flags) is var flags && flags != row.Flags) Flags.Add((mailbox, row, flags));
        }
        if (Removed.Count == Seen.Count && added.Count == 0) return EmailOutcome.NoMailbox;
        foreach (var mailbox in added) Added.Add((mailbox, FlagsIn(mailbox)));
        return Flags.Count + Added.Count + Removed.Count > 0 ? EmailOutcome.Done : EmailOutcome.Unchanged;
    }

    private bool Leaves(MailboxId mailbox) => update.ReplaceMailboxes is { } all
        ? !all.Contains(mailbox)
        : update.RemoveFrom.Contains(mailbox) && !update.AddTo.Contains(mailbox);

    private MessageFlags Change(MailboxState mailbox, MessageFlags flags)
    {
        if (!resolved.TryGetValue(mailbox.Id, out var bits))
        {
            // Once a mailbox: a keyword that is new has its bit before any entry has it.
            bits = (Keywords.Resolve(session, mailbox, update.Replace ?? update.Add, add: true) & ~MessageFlags.Deleted,
                Keywords.Resolve(session, mailbox, update.Remove, add: false) & ~MessageFlags.Deleted);
            resolved.Add(mailbox.Id, bits);
        }
        return update.Replace is not null ? bits.Add : (flags | bits.Add) & ~bits.Remove;
    }

    // A new place gets the keywords of all the others together: those are the email's (RFC 8621 §4.1.1).
    private MessageFlags FlagsIn(MailboxState mailbox)
    {
        if (update.Replace is not null) return Change(mailbox, default);
        var system = update.Add.System;
        var names = new List<string>(update.Add.Keywords);
        foreach (var (from, row) in Seen)
        {
            system |= row.Flags;
            Keywords.AddNames(session, from, row.Flags, names);
        }
        names.RemoveAll(name => update.Remove.Keywords.Contains(name, StringComparer.OrdinalIgnoreCase));
        return Keywords.Resolve(session, mailbox, new FlagSet(system & ~(update.Remove.System | MessageFlags.Deleted), names), add: true);
    }
}
