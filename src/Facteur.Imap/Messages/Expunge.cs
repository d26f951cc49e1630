using Facteur.Storage;

namespace Facteur.Imap.Messages;

/// <summary>EXPUNGE and UID EXPUNGE: remove the messages with \Deleted, all or those of a set.</summary>
// Commands RFC 9051 §6.4.3 and §6.4.9, RFC 4315 §2.1. The session tells the EXPUNGE responses before it completes.
internal sealed record Expunge(SequenceSet? Set) : ImapCommand
{
    public static ImapCommand Parse(ref ImapReader reader)
    {
        reader.End();
        return new Expunge((SequenceSet?)null);
    }

    public static ImapCommand ParseUid(ref ImapReader reader)
    {
        reader.Space();
        var set = reader.SequenceSet();
        reader.End();
        return new Expunge(set);
    }

    public override async ValueTask RunAsync(ImapSession session, CancellationToken cancel)
    {
        var mailbox = session.Mailbox;
        mailbox.RequireWritable();
        var uids = Set is null ? [mailbox.All] : mailbox.Uids(mailbox.Resolve(Set, uid: true));
        if (uids.Count == 0) return;
        var result = await session.Store.ExpungeAsync(mailbox.Id, uids, onlyDeleted: true, cancel);
        session.Note(TraceKind.Deleted, session.EmailsOf(result.Removed));
    }
}
