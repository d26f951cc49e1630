namespace Facteur.Storage.Embedded.Writing;

/// <summary>Changes flags of entries.</summary>
internal static class StoreFlags
{
    public static FlagResult Run(
        WriteSession session, MailboxId id, IReadOnlyList<UidRange> uids, FlagChange change, FlagSet flags, ModSeq? unchangedSince, AccountId? person)
    {
        var mailbox = session.Mailbox(id);
        var notes = new EventNotes(session, person);
        var rows = Entries.Read(session, mailbox, uids);

        // A keyword comes to be only when there is a message to have it.
        var bits = Keywords.Resolve(session, mailbox, flags, add: change != FlagChange.Remove && rows.Count > 0);
        var changed = new List<MessageEntry>();
        var modified = new List<Uid>();
        ModSeq? modSeq = null;
        foreach (var row in rows)
        {
            // RFC 7162 §3.1.3: a message changed since then is left alone, whatever the change asked for.
            if (unchangedSince is { } limit && row.ModSeq.CompareTo(limit) > 0)
            {
                modified.Add(row.Uid);
                continue;
            }
            var wanted = change switch
            {
                FlagChange.Add => row.Flags | bits,
                FlagChange.Remove => row.Flags & ~bits,
                _ => bits,
            };
            if (wanted == row.Flags) continue;
            modSeq ??= session.NextModSeq(mailbox.Account);
            Entries.SetFlags(session, mailbox, row, wanted, modSeq.Value);
            notes.Flagged(mailbox, row.Uid, row.Flags, wanted);
            changed.Add(new MessageEntry(row.Uid, row.Email, modSeq.Value, wanted));
        }
        notes.Write();
        var table = Keywords.Table(session, mailbox);
        if (modSeq is { } at)
        {
            session.Save(mailbox, at);
            var delta = session.Delta(mailbox, at, onlyAdds: false);
            delta.Changed = changed;
            Keywords.Tell(session, mailbox, delta);
        }
        return new FlagResult(changed, modified, table, new ModSeq(mailbox.HighestModSeq));
    }
}
