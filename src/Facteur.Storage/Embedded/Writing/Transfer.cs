namespace Facteur.Storage.Embedded.Writing;

/// <summary>COPY and MOVE: the email stays one, whatever the number of its entries.</summary>
internal static class Transfer
{
    public static CopyResult Run(WriteSession session, MailboxId fromId, IReadOnlyList<UidRange> uids, MailboxId toId, bool move, AccountId? person)
    {
        var (from, to) = (session.Mailbox(fromId), session.Mailbox(toId));
        if (from.Account != to.Account) throw new StoreRefusedException(StoreRefusal.NotPossible, "the mailboxes belong to different accounts");
        return Run(session, from, Entries.Read(session, from, uids), to, move, person);
    }

    public static CopyResult Run(WriteSession session, MailboxState from, List<EntryRow> rows, MailboxState to, bool move, AccountId? person)
    {
        if (rows.Count == 0) return new CopyResult(to.UidValidity, [], new ModSeq(to.HighestModSeq));

        // May refuse: before the first row.
        var flags = Translate(session, from, to, rows);
        var modSeq = session.NextModSeq(from.Account);
        var notes = new EventNotes(session, person);
        var copied = new List<(Uid, Uid)>(rows.Count);
        var added = new List<MessageEntry>(rows.Count);
        foreach (var row in rows)
        {
            var uid = Entries.TakeUid(to);
            var placed = row with
            {
                Uid = uid, ModSeq = modSeq, Flags = flags[row.Flags], PopUidl = move ? CopyUidl.OfMove(session, row) : CopyUidl.OfCopy(session, to, row, uid),
            };
            Entries.Insert(session, to, placed);
            notes.Copied(to, uid);
            if (move) Entries.Delete(session, from, row);
            Entries.Spread(session, from.Account, row.Email, modSeq, move ? 0 : 1);
            copied.Add((row.Uid, uid));
            added.Add(placed.ToMessageEntry());
        }
        notes.Write();
        session.Save(to, modSeq);
        var delta = session.Delta(to, modSeq, onlyAdds: true);
        (delta.Added ??= []).AddRange(added);
        Keywords.Tell(session, to, delta);
        if (move) Expunge.Tell(session, from, rows, modSeq);
        return new CopyResult(to.UidValidity, copied, modSeq);
    }

    private static Dictionary<MessageFlags, MessageFlags> Translate(
        WriteSession session, MailboxState from, MailboxState to, List<EntryRow> rows)
    {
        var flags = new Dictionary<MessageFlags, MessageFlags>();
        foreach (var row in rows)
            if (!flags.ContainsKey(row.Flags)) flags.Add(row.Flags, Keywords.Translate(session, from, to, row.Flags));
        return flags;
    }
}
