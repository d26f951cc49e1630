using Facteur.Storage;
using Facteur.Storage.Searching;

namespace Facteur.Imap.Messages;

/// <summary>THREAD and UID THREAD: finds messages and tells them as trees of replies.</summary>
// Command RFC 5256 §3, response §4.
internal sealed record Thread(bool Uid, bool ByReferences, SearchCondition Condition) : ImapCommand
{
    public override bool AllowsExpunge => Uid;

    public static ImapCommand Parse(ref ImapReader reader) => Parse(ref reader, uid: false);

    public static ImapCommand ParseUid(ref ImapReader reader) => Parse(ref reader, uid: true);

    private static Thread Parse(ref ImapReader reader, bool uid)
    {
        reader.Space();
        var byReferences = reader.TryAtom("REFERENCES"u8);
        if (!byReferences && !reader.TryAtom("ORDEREDSUBJECT"u8)) throw new ImapSyntaxException("unknown thread algorithm");
        reader.Space();
        var text = SearchText.Of(reader.AString());
        reader.Space();
        return new Thread(uid, byReferences, SearchParser.Parse(ref reader, text));
    }

    public override async ValueTask RunAsync(ImapSession session, CancellationToken cancel)
    {
        if (Condition.All().Any(one => one is ModSeqCondition)) Condstore.Enable(session);
        var snapshot = session.Mailbox.Snapshot;
        var found = await MailboxSubject.SearchAsync(session, Condition, cancel);
        var threads = await new ThreadLoader(session, ByReferences).RunAsync(found, cancel);
        var writer = session.Writer;
        writer.Raw("* THREAD"u8);
        if (threads.Count > 0) writer.Space();
        foreach (var thread in threads) await WriteAsync(writer, thread, snapshot);
        writer.EndLine();
    }

    /// <summary>
    /// One "thread-list" (RFC 5256 §5): an only child follows its parent, several children are lists of their own. With its own stack:
    /// a thread may be as deep as the mailbox is long.
    /// </summary>
    private async ValueTask WriteAsync(ImapWriter writer, ThreadNode thread, MailboxSnapshot snapshot)
    {
        var open = new Stack<(ThreadNode? Node, bool IsList)>(); // a null node closes a list
        open.Push((thread, true));
        while (open.TryPop(out var next))
        {
            if (next.Node is not { } node)
            {
                writer.Raw(")"u8);
                continue;
            }
            if (next.IsList)
            {
                writer.Raw("("u8);
                open.Push((null, false));
            }
            else writer.Space();
            if (!node.IsDummy) writer.Number(Uid ? snapshot[node.Place].Uid.Value : node.Place + 1);
            if (node.Children.Count > 1 && !node.IsDummy) writer.Space();
            for (var i = node.Children.Count - 1; i >= 0; i--) open.Push((node.Children[i], node.Children.Count > 1));
            if (writer.IsFull) await writer.FlushIfFullAsync();
        }
    }
}
