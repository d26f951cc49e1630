using Facteur.Storage.Emails;
using Facteur.Storage.Embedded.Emails;

namespace Facteur.Storage.Embedded.Writing;

/// <summary>What it means for an email to be put off: where it goes meanwhile, where it comes back, and the row that says when.</summary>
internal sealed class Snoozes(WriteSession session, AccountState account)
{
    /// <summary>The name that the mailbox is made with; it may be another later.</summary>
    private const string Name = "Snoozed";

    private MailboxState? place;

    /// <summary>It need not come back any more; true when it was to.</summary>
    public static bool End(WriteSession session, EmailId email)
    {
        var row = session.Database.Get("DELETE FROM snooze WHERE email = ?1 RETURNING 1").Bind(1, email.Value);
        if (!row.Step()) return false;
        row.Run();
        return true;
    }

    /// <summary>Brings back what is put off of a conversation: somebody answered.</summary>
    public static void EndAll(WriteSession session, AccountId account, ThreadId thread)
    {
        var updates = new List<EmailUpdate>();

        // Index snooze_account: for most accounts there is nothing.
        var rows = session.Database.Get("SELECT s.email FROM snooze s JOIN email e ON e.id = s.email WHERE s.account = ?1 AND e.thread = ?2")
            .Bind(1, account.Value).Bind(2, thread.Value);
        while (rows.Step()) updates.Add(new EmailUpdate(new EmailId(rows.Int64(0))) { EndSnooze = true });
        if (updates.Count > 0) new UpdateEmails(session, account, person: null).Run(ifState: null, updates);
    }

    /// <summary>Finds the mailbox for what is put off, or makes it; before any row is written, since an account may have no room for it.</summary>
    public void MakePlace()
    {
        place = MailboxVerbs.FindRole(session, account, MailboxRole.Snoozed);
        if (place is not null) return;
        if (session.FindMailbox(account, Name) is { Selectable: true, Role: MailboxRole.None } named)
        {
            named.Role = MailboxRole.Snoozed;
            MailboxVerbs.SaveProperties(session, named, session.NextModSeq(account));
            place = named;
            return;
        }
        try
        {
            place = session.FindMailbox(MailboxVerbs.Create(session, account.Id, FreeName(), MailboxRole.Snoozed))!;
            MailboxVerbs.Subscribe(session, account.Id, place.Name, subscribed: true);
        }
        catch (StoreRefusedException e) when (e.Reason == StoreRefusal.TooManyMailboxes)
        {
            place = null;
        }
    }

    /// <summary>The update with the mailboxes and keywords that putting off or coming back stands for; null when there is no mailbox for it.</summary>
    public EmailUpdate? Expand(EmailUpdate update, List<(MailboxState Mailbox, EntryRow Row)> seen)
    {
        if (update.WakeBy is not null) return Woken(update.Email) with { WakeBy = update.WakeBy };
        if (update.Snooze is not null)
        {
            if (place is null) return null;
            var left = seen.FindAll(static one => one.Mailbox.Role is MailboxRole.Inbox or MailboxRole.Archive or MailboxRole.Junk or MailboxRole.Trash);
            return update with { AddTo = [.. update.AddTo, place.Id], RemoveFrom = [.. update.RemoveFrom, .. left.Select(static one => one.Mailbox.Id)] };
        }
        if (!update.EndSnooze || update.ReplaceMailboxes is not null || MailboxVerbs.FindRole(session, account, MailboxRole.Snoozed) is not { } from) return update;
        return update.AddTo.Count > 0
            ? update with { RemoveFrom = [.. update.RemoveFrom, from.Id] }
            : update with { AddTo = [Inbox()], RemoveFrom = [.. update.RemoveFrom, from.Id] };
    }

    /// <summary>Its time has come by <paramref name="by"/>.</summary>
    public bool IsDue(EmailId email, DateTimeOffset by) => Find(email) is { } row && row.Until <= by.ToUnixTimeMilliseconds();

    /// <summary>True when it is another time than it was.</summary>
    public bool Set(EmailId email, EmailSnooze snooze)
    {
        var row = (Until: snooze.Until.ToUnixTimeMilliseconds(), snooze.MarkUnread);
        if (Find(email) == row) return false;
        session.Database.Get("INSERT OR REPLACE INTO snooze (email, account, until, mailbox, unread) VALUES (?1, ?2, ?3, NULL, ?4)")
            .Bind(1, email.Value).Bind(2, account.Id.Value).Bind(3, row.Until).Bind(4, row.MarkUnread ? 1 : 0).Run();
        session.SnoozeSet();
        return true;
    }

    /// <summary>From now on it stands in lists where it came back.</summary>
    public void NoteReturn(EmailId email, ModSeq modSeq)
    {
        var second = (uint)(session.Now / 1000);
        session.Database.Get("UPDATE email SET returned_at = ?2 WHERE id = ?1").Bind(1, email.Value).Bind(2, second).Run();
        session.Log(account.Id)?.Add(AccountEventKind.Returned, email, default, modSeq, new Uid(second));
    }

    private EmailUpdate Woken(EmailId email)
    {
        var isUnread = Find(email) is { MarkUnread: true };
        return new EmailUpdate(email)
        {
            AddTo = [Inbox()], RemoveFrom = MailboxVerbs.FindRole(session, account, MailboxRole.Snoozed) is { } from ? [from.Id] : [],
            Remove = isUnread ? new FlagSet(MessageFlags.Seen, []) : FlagSet.Empty,
        };
    }

    private MailboxId Inbox() => session.FindMailbox(account, MailboxName.Inbox)!.Id;

    // Somebody may have given the name to something else.
    private string FreeName()
    {
        var name = Name;
        for (var number = 2; session.FindMailbox(account, name) is { Selectable: true }; number++) name = $"{Name} {number}";
        return name;
    }

    private (long Until, bool MarkUnread)? Find(EmailId email)
    {
        var row = session.Database.Get("SELECT until, unread FROM snooze WHERE email = ?1 AND account = ?2").Bind(1, email.Value).Bind(2, account.Id.Value);
        (long, bool)? found = row.Step() ? (row.Int64(0), row.Int64(1) != 0) : null;
        row.Reset();
        return found;
    }
}
