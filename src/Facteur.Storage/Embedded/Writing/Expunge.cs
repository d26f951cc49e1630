namespace Facteur.Storage.Embedded.Writing;

/// <summary>Removes entries from a mailbox.</summary>
internal static class Expunge
{
    public static ExpungeResult Run(WriteSession session, MailboxId id, IReadOnlyList<UidRange> uids, bool onlyDeleted)
    {
        var mailbox = session.Mailbox(id);
        if (onlyDeleted && mailbox.Deleted == 0) return new ExpungeResult([], new ModSeq(mailbox.HighestModSeq));
        var rows = Entries.Read(session, mailbox, uids);
        if (onlyDeleted) rows.RemoveAll(row => !row.Flags.Has(MessageFlags.Deleted));
        if (rows.Count == 0) return new ExpungeResult([], new ModSeq(mailbox.HighestModSeq));
        var modSeq = session.NextModSeq(mailbox.Account);
        foreach (var row in rows)
        {
            Entries.Delete(session, mailbox, row);
            Entries.Drop(session, mailbox.Account, row.Email, modSeq);
        }
        return new ExpungeResult(Tell(session, mailbox, rows, modSeq), modSeq);
    }

    /// <summary>Notes and tells that entries are gone; answers their UIDs.</summary>
    public static IReadOnlyList<Uid> Tell(WriteSession session, MailboxState mailbox, List<EntryRow> rows, ModSeq modSeq)
    {
        var removed = rows.ConvertAll(row => row.Uid);
        Entries.NoteExpunged(session, mailbox, modSeq, removed);
        session.Save(mailbox, modSeq);
        session.Delta(mailbox, modSeq, onlyAdds: false).Removed = removed;
        return removed;
    }
}
