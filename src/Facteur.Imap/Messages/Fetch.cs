using Facteur.Storage;

namespace Facteur.Imap.Messages;

/// <summary>FETCH and UID FETCH: reads data of messages.</summary>
// Command RFC 9051 §6.4.5, RFC 3501 §6.4.5; CHANGEDSINCE RFC 7162 §3.1.4.1. Invariants: FLAGS, UID, MODSEQ and EMAILID come from
// the snapshot without a read of the store; nothing of a message is held whole; a message gone meanwhile is passed over.
internal sealed record Fetch(SequenceSet Set, bool Uid, IReadOnlyList<FetchItem> Items, ModSeq? ChangedSince) : ImapCommand
{
    /// <summary>Messages that get \Seen in one change of the store: a client that goes away leaves few marked that it never got.</summary>
    private const int SeenBatch = 500;

    public override bool AllowsExpunge => Uid;

    public static ImapCommand Parse(ref ImapReader reader) => Parse(ref reader, uid: false);

    public static ImapCommand ParseUid(ref ImapReader reader) => Parse(ref reader, uid: true);

    private static Fetch Parse(ref ImapReader reader, bool uid)
    {
        reader.Space();
        var set = reader.SequenceSet();
        reader.Space();
        var items = FetchItemParser.Items(ref reader);
        var changedSince = Modifiers(ref reader);
        reader.End();
        if (changedSince is not null && !Contains(items, FetchKind.ModSeq)) items.Add(FetchItem.ModSeq);
        if (uid && !Contains(items, FetchKind.Uid)) items.Insert(0, FetchItem.Uid); // RFC 9051 §6.4.9
        return new Fetch(set, uid, items, changedSince);
    }

    private static ModSeq? Modifiers(ref ImapReader reader)
    {
        if (!reader.TryPrefix(" ("u8)) return null;
        if (!reader.TryAtom("CHANGEDSINCE"u8)) throw new ImapSyntaxException("unknown modifier of FETCH");
        reader.Space();
        var since = reader.ModSeqValue(); // 0 too: iOS asks for it (CLIENTS 16)
        reader.Expect((byte)')');
        return since;
    }

    private static bool Contains(List<FetchItem> items, FetchKind kind) => items.Exists(i => i.Kind == kind);

    public override async ValueTask RunAsync(ImapSession session, CancellationToken cancel)
    {
        var mailbox = session.Mailbox;
        if (Items.Any(i => i.Kind == FetchKind.ModSeq)) Condstore.Enable(session);
        var places = mailbox.Resolve(Set, Uid);
        if (ChangedSince is { } since) places = Changed(mailbox.Snapshot, places, since);
        await using var answer = new FetchAnswer(session, Items);
        if (mailbox.IsReadOnly || Items.All(i => i.Peek)) await answer.WriteAsync(places, cancel);
        else
            foreach (var batch in Batches(places))
            {
                await answer.MarkSeenAsync(batch, cancel);
                await answer.WriteAsync(batch, cancel);
            }
        answer.Complete();
    }

    private static List<IndexRange> Changed(MailboxSnapshot snapshot, IReadOnlyList<IndexRange> places, ModSeq since)
    {
        var changed = new List<IndexRange>();
        foreach (var range in places)
            for (var place = range.First; place <= range.Last; place++)
            {
                if (snapshot[place].ModSeq.Value <= since.Value) continue;
                if (changed.Count > 0 && changed[^1].Last == place - 1) changed[^1] = changed[^1] with { Last = place };
                else changed.Add(new IndexRange(place, place));
            }
        return changed;
    }

    private static IEnumerable<IReadOnlyList<IndexRange>> Batches(IReadOnlyList<IndexRange> places)
    {
        var batch = new List<IndexRange>();
        var room = SeenBatch;
        foreach (var range in places)
            for (var first = range.First; first <= range.Last;)
            {
                var last = Math.Min(range.Last, first + room - 1);
                batch.Add(new IndexRange(first, last));
                room -= last - first + 1;
                first = last + 1;
                if (room > 0) continue;
                yield return batch;
                batch = [];
                room = SeenBatch;
            }
        if (batch.Count > 0) yield return batch;
    }
}
