namespace Facteur.Imap;

/// <summary>One command with its arguments read. What it answers in the end is set by <see cref="ImapSession.Complete"/>, by default OK.</summary>
internal abstract record ImapCommand
{
    /// <summary>
    /// EXPUNGE may be told before this command completes. Not during FETCH, STORE and SEARCH without UID, whose message
    /// numbers would be in doubt (RFC 9051 §7.5.1).
    /// </summary>
    public virtual bool AllowsExpunge => true;

    /// <summary>It changes mailboxes of the account: not for who may only read a shared one.</summary>
    public virtual bool ChangesMailboxes => false;

    /// <summary>Runs; writes untagged answers to <see cref="ImapSession.Writer"/>. The session writes the tagged one, after what is owed of the mailbox.</summary>
    public abstract ValueTask RunAsync(ImapSession session, CancellationToken cancel);
}
