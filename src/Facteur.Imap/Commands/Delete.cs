namespace Facteur.Imap.Commands;

/// <summary>DELETE: removes a mailbox with its messages.</summary>
// RFC 9051 §6.3.5.
internal sealed record Delete(string Mailbox) : ImapCommand
{
    public static ImapCommand Parse(ref ImapReader reader)
    {
        reader.Space();
        var mailbox = MailboxName.WithoutTrailingSeparator(reader.Mailbox());
        reader.End();
        return new Delete(mailbox);
    }

    public override bool ChangesMailboxes => true;

    public override async ValueTask RunAsync(ImapSession session, CancellationToken cancel)
    {
        if (Mailbox == MailboxName.Inbox) throw new ImapRefusedException("CANNOT", "INBOX cannot be deleted");
        var mailbox = await session.FindMailboxAsync(Mailbox, cancel);
        await session.Store.DeleteMailboxAsync(mailbox.Id, cancel);
        if (session.Selected?.Id == mailbox.Id) session.LeaveSelected(isTold: true);
    }
}
