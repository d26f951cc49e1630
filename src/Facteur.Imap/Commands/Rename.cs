namespace Facteur.Imap.Commands;

/// <summary>RENAME: a mailbox and all below it; INBOX gives its messages to the new one and stays.</summary>
// RFC 9051 §6.3.6.
internal sealed record Rename(string From, string To) : ImapCommand
{
    public static ImapCommand Parse(ref ImapReader reader)
    {
        reader.Space();
        var from = MailboxName.WithoutTrailingSeparator(reader.Mailbox());
        reader.Space();
        var to = MailboxName.WithoutTrailingSeparator(reader.Mailbox());
        reader.End();
        return new Rename(from, to);
    }

    public override bool ChangesMailboxes => true;

    public override ValueTask RunAsync(ImapSession session, CancellationToken cancel) =>
        session.Store.RenameMailboxAsync(session.Account.Id, From, To, cancel);
}
