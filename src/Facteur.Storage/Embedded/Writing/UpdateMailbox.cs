using Facteur.Storage.Emails;

namespace Facteur.Storage.Embedded.Writing;

/// <summary>Changes what people give a mailbox: name, role, place, colour, subscription; all of it or nothing.</summary>
internal static class UpdateMailbox
{
    public static void Run(WriteSession session, MailboxId id, MailboxUpdate update)
    {
        if (session.FindMailbox(id) is not { IsDeleted: false, Account.Removed: false } mailbox)
            throw new StoreRefusedException(StoreRefusal.NoSuchMailbox, "there is no such mailbox");
        if (update.Role is { } role && role != mailbox.Role) RequireRole(session, mailbox, role);
        if (update.Name is { } name && name != mailbox.Name)
        {
            if (mailbox.Name == MailboxName.Inbox) throw new StoreRefusedException(StoreRefusal.NotPossible, "INBOX cannot be renamed");
            MailboxVerbs.Rename(session, mailbox.Account.Id, mailbox.Name, name); // the last that may refuse
        }
        if (update.Subscribed is { } subscribed && subscribed != mailbox.Subscribed)
            MailboxVerbs.Subscribe(session, mailbox.Account.Id, mailbox.Name, subscribed);
        var (nextRole, place, color) = (update.Role ?? mailbox.Role, update.SortOrder ?? mailbox.SortOrder, update.Color ?? mailbox.Color);
        if ((nextRole, place, color) == (mailbox.Role, mailbox.SortOrder, mailbox.Color) && !update.IsTold) return;
        (mailbox.Role, mailbox.SortOrder, mailbox.Color) = (nextRole, place, color);
        MailboxVerbs.SaveProperties(session, mailbox, session.NextModSeq(mailbox.Account));
    }

    private static void RequireRole(WriteSession session, MailboxState mailbox, MailboxRole role)
    {
        if (mailbox.Role == MailboxRole.Inbox || role == MailboxRole.Inbox)
            throw new StoreRefusedException(StoreRefusal.NotPossible, "INBOX keeps its use");
        if (role != MailboxRole.None && MailboxVerbs.HasRole(session, mailbox.Account, role))
            throw new StoreRefusedException(StoreRefusal.NotPossible, "another mailbox has that use");
    }
}
