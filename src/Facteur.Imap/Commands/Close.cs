using Facteur.Storage;

namespace Facteur.Imap.Commands;

/// <summary>CLOSE removes the deleted messages without telling and leaves the mailbox; UNSELECT only leaves it.</summary>
// RFC 9051 §6.4.1, §6.4.2.
internal sealed record Close(bool Expunges) : ImapCommand
{
    public static ImapCommand Parse(ref ImapReader reader)
    {
        reader.End();
        return new Close(Expunges: true);
    }

    public static ImapCommand ParseUnselect(ref ImapReader reader)
    {
        reader.End();
        return new Close(Expunges: false);
    }

    public override async ValueTask RunAsync(ImapSession session, CancellationToken cancel)
    {
        var mailbox = session.Mailbox;
        if (Expunges && !mailbox.IsReadOnly)
        {
            var result = await session.Store.ExpungeAsync(mailbox.Id, [mailbox.All], onlyDeleted: true, cancel);
            session.Note(TraceKind.Deleted, session.EmailsOf(result.Removed));
        }
        session.LeaveSelected(isTold: false);
    }
}
