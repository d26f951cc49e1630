namespace Facteur.Imap.Commands;

/// <summary>SUBSCRIBE and UNSUBSCRIBE. A name may be subscribed to that does not exist yet, or no more.</summary>
// RFC 9051 §6.3.7, §6.3.8.
internal sealed record Subscribe(string Mailbox, bool Subscribed) : ImapCommand
{
    public static ImapCommand Parse(ref ImapReader reader) => Parse(ref reader, subscribed: true);

    public static ImapCommand ParseUnsubscribe(ref ImapReader reader) => Parse(ref reader, subscribed: false);

    private static Subscribe Parse(ref ImapReader reader, bool subscribed)
    {
        reader.Space();
        var mailbox = MailboxName.WithoutTrailingSeparator(reader.Mailbox());
        reader.End();
        return new Subscribe(mailbox, subscribed);
    }

    public override bool ChangesMailboxes => true;

    public override ValueTask RunAsync(ImapSession session, CancellationToken cancel) =>
        session.Store.SetSubscribedAsync(session.Account.Id, Mailbox, Subscribed, cancel);
}
