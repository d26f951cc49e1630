using Facteur.Storage;

namespace Facteur.Imap.Messages;

/// <summary>COPY and UID COPY: put messages at the end of a mailbox too, all or none.</summary>
// Command RFC 9051 §6.4.7; COPYUID RFC 9051 §7.1, RFC 4315 §3. Messages gone meanwhile are passed over, without NO (CLIENTS 19).
internal sealed record Copy(SequenceSet Set, bool Uid, string Target) : ImapCommand
{
    public override bool AllowsExpunge => Uid;

    public static ImapCommand Parse(ref ImapReader reader) => Parse(ref reader, uid: false);

    public static ImapCommand ParseUid(ref ImapReader reader) => Parse(ref reader, uid: true);

    private static Copy Parse(ref ImapReader reader, bool uid)
    {
        var (set, target) = CopyArguments(ref reader);
        return new Copy(set, uid, target);
    }

    /// <summary>The arguments COPY and MOVE share.</summary>
    internal static (SequenceSet Set, string Target) CopyArguments(ref ImapReader reader)
    {
        reader.Space();
        var set = reader.SequenceSet();
        reader.Space();
        var target = reader.Mailbox();
        reader.End();
        return (set, target);
    }

    public override async ValueTask RunAsync(ImapSession session, CancellationToken cancel)
    {
        var mailbox = session.Mailbox;
        var places = mailbox.Resolve(Set, Uid);
        var target = await session.FindTargetAsync(Target, cancel);
        if (places.Count == 0) return;
        var result = await session.Store.CopyAsync(mailbox.Id, mailbox.Uids(places), target.Id, session.Person, cancel);
        if (result.Copied.Count > 0) session.Complete(CopyUid(result));
    }

    /// <summary>"COPYUID uidvalidity sources targets": both sets in the same order (RFC 4315 §3).</summary>
    internal static string CopyUid(CopyResult result)
    {
        var sources = SequenceText.Of(result.Copied.Select(c => c.Source.Value));
        var targets = SequenceText.Of(result.Copied.Select(c => c.Target.Value));
        return $"COPYUID {result.UidValidity} {sources} {targets}";
    }
}
