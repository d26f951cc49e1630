using Facteur.Storage.Embedded.Emails;
using Facteur.Storage.Embedded.Sqlite;

namespace Facteur.Storage.Embedded.Writing;

/// <summary>One row of "entry" in the writer's hands.</summary>
internal readonly record struct EntryRow(
    Uid Uid, EmailId Email, ModSeq ModSeq, MessageFlags Flags, long Size, long Blob, long Thread, long InternalDate, int InternalZone, string? PopUidl)
{
    public MessageEntry ToMessageEntry() => new(Uid, Email, ModSeq, Flags);
}

/// <summary>Rows of "entry" and what hangs on them: the mailbox's counters, the email's count of entries, the account's quota.</summary>
internal static class Entries
{
    /// <summary>The next UID of a mailbox; never one that was used. Not a refusal when there is none: rows may have been written before it.</summary>
    public static Uid TakeUid(MailboxState mailbox)
    {
        if (mailbox.UidNext >= uint.MaxValue) throw new InvalidOperationException("the mailbox has no UID left");
        return new Uid((uint)mailbox.UidNext++);
    }

    public static void Insert(WriteSession session, MailboxState mailbox, in EntryRow row)
    {
        session.Database.Get("""
            INSERT INTO entry (mailbox, uid, email, modseq, flags, size, blob, thread, internal_date, internal_zone, save_date, pop_uidl)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
            """).Bind(1, mailbox.Id.Value).Bind(2, row.Uid.Value).Bind(3, row.Email.Value).Bind(4, row.ModSeq.Value).Bind(5, (long)row.Flags.Bits)
            .Bind(6, row.Size).Bind(7, row.Blob).Bind(8, row.Thread).Bind(9, row.InternalDate).Bind(10, row.InternalZone)
            .Bind(11, session.Now).Bind(12, row.PopUidl).Run();
        mailbox.Count(row.Flags, row.Size, 1);
        session.Log(mailbox.Account.Id)?.Add(AccountEventKind.Placed, row.Email, mailbox.Id, row.ModSeq, row.Uid, row.Flags);
    }

    /// <summary>Gives an entry other flags.</summary>
    public static void SetFlags(WriteSession session, MailboxState mailbox, in EntryRow row, MessageFlags flags, ModSeq modSeq)
    {
        if (row.Flags.Has(MessageFlags.Deleted) && !flags.Has(MessageFlags.Deleted)) Show(session, mailbox.Account, row.Email, modSeq);
        session.Database.Get("UPDATE entry SET flags = ?3, modseq = ?4 WHERE mailbox = ?1 AND uid = ?2")
            .Bind(1, mailbox.Id.Value).Bind(2, row.Uid.Value).Bind(3, (long)flags.Bits).Bind(4, modSeq.Value).Run();
        mailbox.Count(row.Flags, row.Size, -1);
        mailbox.Count(flags, row.Size, 1);
        session.Log(mailbox.Account.Id)?.Add(AccountEventKind.Placed, row.Email, mailbox.Id, modSeq, row.Uid, flags);
    }

    // JMAP sees an email again of which it saw no entry (RFC 8621 §4.1.1). Index entry_email.
    private static void Show(WriteSession session, AccountState account, EmailId email, ModSeq modSeq)
    {
        var row = session.Database.Get("""
            UPDATE email SET shown_modseq = ?2 WHERE id = ?1 AND NOT EXISTS (
                SELECT 1 FROM entry JOIN mailbox ON mailbox.id = entry.mailbox WHERE entry.email = ?1 AND entry.flags & 8 = 0 AND mailbox.deleted_at IS NULL)
            RETURNING id
            """).Bind(1, email.Value).Bind(2, modSeq.Value);
        if (row.Step()) session.Log(account.Id)?.Add(AccountEventKind.Shown, email, default, modSeq);
        row.Reset();
    }

    /// <summary>All entries of an email, ascending by mailbox and UID, also those in mailboxes that are being deleted.</summary>
    public static List<(MailboxState Mailbox, EntryRow Row)> OfEmail(WriteSession session, EmailId email)
    {
        var found = new List<(long Mailbox, EntryRow Row)>(1);

        // Index entry_email.
        var row = session.Database.Get("""
            SELECT mailbox, uid, email, modseq, flags, size, blob, thread, internal_date, internal_zone, pop_uidl
            FROM entry WHERE email = ?1 ORDER BY mailbox, uid
            """).Bind(1, email.Value);
        while (row.Step()) found.Add((row.Int64(0), Read(row, 1)));
        return found.ConvertAll(one => (session.FindMailbox(new MailboxId(one.Mailbox))!, one.Row));
    }

    /// <summary>Reads the entries in ranges, ascending, each once.</summary>
    public static List<EntryRow> Read(WriteSession session, MailboxState mailbox, IReadOnlyList<UidRange> uids, int limit = int.MaxValue)
    {
        var rows = new List<EntryRow>();
        foreach (var range in UidRanges.Normalize(uids))
        {
            var row = session.Database.Get("""
                SELECT uid, email, modseq, flags, size, blob, thread, internal_date, internal_zone, pop_uidl
                FROM entry WHERE mailbox = ?1 AND uid BETWEEN ?2 AND ?3 ORDER BY uid
                """).Bind(1, mailbox.Id.Value).Bind(2, range.First).Bind(3, range.Last);
            while (rows.Count < limit && row.Step())
                rows.Add(Read(row, 0));
            row.Reset();
        }
        return rows;
    }

    /// <summary>Takes an entry out of its mailbox; the caller takes it off its email.</summary>
    public static void Delete(WriteSession session, MailboxState mailbox, in EntryRow row)
    {
        session.Database.Get("DELETE FROM entry WHERE mailbox = ?1 AND uid = ?2").Bind(1, mailbox.Id.Value).Bind(2, row.Uid.Value).Run();
        mailbox.Count(row.Flags, row.Size, -1);
        session.Log(mailbox.Account.Id)?.Add(AccountEventKind.Taken, row.Email, mailbox.Id, default, row.Uid);
        // Whoever takes it from there, by whatever protocol: it need not come back.
        if (mailbox.Role == MailboxRole.Snoozed) Snoozes.End(session, row.Email);
    }

    /// <summary>Notes removed UIDs (ascending) for those who ask what vanished, as ranges.</summary>
    public static void NoteExpunged(WriteSession session, MailboxState mailbox, ModSeq modSeq, IReadOnlyList<Uid> removed)
    {
        for (var i = 0; i < removed.Count;)
        {
            var last = i;
            while (last + 1 < removed.Count && removed[last + 1].Value == removed[last].Value + 1) last++;
            session.Database.Get("INSERT INTO expunged (mailbox, modseq, uid_lo, uid_hi) VALUES (?1, ?2, ?3, ?4)")
                .Bind(1, mailbox.Id.Value).Bind(2, modSeq.Value).Bind(3, removed[i].Value).Bind(4, removed[last].Value).Run();
            i = last + 1;
        }
    }

    /// <summary>An email has more entries, or as many in other places (0).</summary>
    public static void Spread(WriteSession session, AccountState account, EmailId email, ModSeq modSeq, int more)
    {
        session.Database.Get("UPDATE email SET entries = entries + ?2, modseq = ?3 WHERE id = ?1")
            .Bind(1, email.Value).Bind(2, more).Bind(3, modSeq.Value).Run();
        session.Log(account.Id)?.Add(AccountEventKind.Touched, email, default, modSeq);
    }

    /// <summary>An email lost an entry; with the last one it is gone for its account and waits for the purge.</summary>
    public static void Drop(WriteSession session, AccountState account, EmailId email, ModSeq modSeq)
    {
        // Of a removed account nothing is kept for later.
        var removedAt = account.Removed ? 0 : session.Now;
        var row = session.Database.Get("""
            UPDATE email SET entries = entries - 1, modseq = ?2, removed_at = CASE WHEN entries = 1 THEN ?3 END WHERE id = ?1
            RETURNING entries, size, thread, created_modseq
            """).Bind(1, email.Value).Bind(2, modSeq.Value).Bind(3, removedAt);
        if (!row.Step()) return;
        var (entries, size, thread, created) = (row.Int64(0), row.Int64(1), row.Int64(2), new ModSeq(row.Int64(3)));
        row.Reset();
        session.Log(account.Id)?.Add(entries > 0 ? AccountEventKind.Touched : AccountEventKind.Gone, email, default, modSeq);
        if (entries > 0) return;
        Snoozes.End(session, email);
        account.Messages--;
        account.Octets -= size;
        session.Save(account);
        Tombstone(session, account, 1, modSeq, email.Value, thread, created);
    }

    /// <param name="type">1 email, 2 mailbox.</param>
    /// <param name="created">When it came to be: of what came and went since, nobody need hear.</param>
    public static void Tombstone(WriteSession session, AccountState account, int type, ModSeq modSeq, long id, long thread, ModSeq created)
    {
        if (account.Removed) return;
        session.Database.Get("INSERT OR IGNORE INTO tombstone (account, type, modseq, object, thread, created) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")
            .Bind(1, account.Id.Value).Bind(2, type).Bind(3, modSeq.Value).Bind(4, id).Bind(5, thread).Bind(6, created.Value).Run();
    }

    private static EntryRow Read(SqliteStatement row, int first) => new(
        new Uid((uint)row.Int64(first)), new EmailId(row.Int64(first + 1)), new ModSeq(row.Int64(first + 2)), new MessageFlags((ulong)row.Int64(first + 3)),
        row.Int64(first + 4), row.Int64(first + 5), row.Int64(first + 6), row.Int64(first + 7), row.Int32(first + 8), row.TextOrNull(first + 9));
}
