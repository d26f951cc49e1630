using Facteur.Storage;

namespace Facteur.Imap.Messages;

/// <summary>MOVE and UID MOVE: copy and expunge as one step.</summary>
// Command RFC 9051 §6.4.8, RFC 6851 §3. A message already gone is no error: to NO the iPhone shows ghosts that cannot be deleted (CLIENTS 19).
internal sealed record Move(SequenceSet Set, bool Uid, string Target) : ImapCommand
{
    public static ImapCommand Parse(ref ImapReader reader) => Parse(ref reader, uid: false);

    public static ImapCommand ParseUid(ref ImapReader reader) => Parse(ref reader, uid: true);

    private static Move Parse(ref ImapReader reader, bool uid)
    {
        var (set, target) = Copy.CopyArguments(ref reader);
        return new Move(set, uid, target);
    }

    public override async ValueTask RunAsync(ImapSession session, CancellationToken cancel)
    {
        var mailbox = session.Mailbox;
        mailbox.RequireWritable();
        var places = mailbox.Resolve(Set, Uid);
        var target = await session.FindTargetAsync(Target, cancel);
        if (places.Count == 0) return;
        var result = await session.Store.MoveAsync(mailbox.Id, mailbox.Uids(places), target.Id, session.Person, cancel);
        if (result.Copied.Count == 0) return;
        session.Note(TraceKind.Moved, session.EmailsOf(result.Copied.Select(copy => copy.Source)));
        // COPYUID stands in an untagged OK before the first EXPUNGE (RFC 9051 §6.4.8).
        session.Writer.Raw("* OK ["u8);
        session.Writer.Raw(Copy.CopyUid(result));
        session.Writer.Raw("] moved\r\n"u8);
    }
}
