using Facteur.Storage;

namespace Facteur.Imap.Messages;

/// <summary>The message that keys are asked about, as far as it was read.</summary>
/// <param name="mailbox">What the client was told.</param>
internal sealed class SearchContext(ImapSession session, SelectedMailbox mailbox)
{
    public MailboxSnapshot Snapshot { get; } = mailbox.Snapshot;
    public DateTimeOffset Now { get; } = session.Time.GetUtcNow();

    /// <summary>Place in the snapshot; the message number minus one.</summary>
    public int Place { get; set; }

    public MessageEntry Entry { get; set; }

    /// <summary>The stored text was scanned for the needles.</summary>
    public bool TextIsKnown { get; set; }

    /// <summary>Stored facts; null before they are read.</summary>
    public EmailReader? Email { get; set; }

    /// <summary>The header of the message; null before it is read.</summary>
    public SearchHeader? Header { get; set; }

    public bool IsRecent => mailbox.IsRecent(session, Entry.Uid);

    public SelectedMailbox Mailbox => mailbox;
}
