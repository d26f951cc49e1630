using Facteur.Storage.Embedded.Sqlite;

namespace Facteur.Storage.Embedded.Reading;

/// <summary>Reads of mailboxes, subscriptions and quota.</summary>
internal static class MailboxReads
{
    private const string Columns = """
        SELECT m.id, m.account, m.name, m.role, m.selectable, m.uidvalidity, m.uidnext, m.highest_modseq, m.messages, m.unseen, m.deleted,
            m.octets, m.deleted_octets, m.sort_order, m.color, m.created_modseq, m.properties_modseq,
            EXISTS (SELECT 1 FROM subscription s WHERE s.account = m.account AND s.name = m.name)
        FROM mailbox m
        """;

    private const string ListSql = Columns + " WHERE m.account = ?1 AND m.deleted_at IS NULL AND (SELECT removed_at FROM account WHERE id = ?1) IS NULL";
    private const string FindSql = ListSql + " AND m.name = ?2";
    private const string GetSql = Columns + " WHERE m.id = ?1 AND m.deleted_at IS NULL AND (SELECT removed_at FROM account WHERE id = m.account) IS NULL";

    public static List<Mailbox> List(SqliteConnection database, AccountId account)
    {
        var mailboxes = new List<Mailbox>();
        var rows = database.Get(ListSql).Bind(1, account.Value);
        while (rows.Step()) mailboxes.Add(Read(rows));
        mailboxes.Sort((a, b) => MailboxName.Compare(a.Name, b.Name));
        return mailboxes;
    }

    public static Mailbox? Find(SqliteConnection database, AccountId account, string name) =>
        One(database.Get(FindSql).Bind(1, account.Value).Bind(2, name));

    public static Mailbox? Get(SqliteConnection database, MailboxId id) => One(database.Get(GetSql).Bind(1, id.Value));

    public static List<Subscription> Subscriptions(SqliteConnection database, AccountId account)
    {
        var subscriptions = new List<Subscription>();
        var rows = database.Get("""
            SELECT s.name, EXISTS (SELECT 1 FROM mailbox m WHERE m.account = s.account AND m.name = s.name AND m.deleted_at IS NULL)
            FROM subscription s WHERE s.account = ?1
            """).Bind(1, account.Value);
        while (rows.Step()) subscriptions.Add(new Subscription(rows.Text(0), rows.Int64(1) != 0));
        subscriptions.Sort((a, b) => MailboxName.Compare(a.Name, b.Name));
        return subscriptions;
    }

    public static AccountModSeqs? ModSeqs(SqliteConnection database, AccountId account)
    {
        // Index email_account: ids of emails ascend with what their account gets.
        var row = database.Get("""
            SELECT modseq, ifnull((SELECT created_modseq FROM email WHERE account = ?1 ORDER BY id DESC LIMIT 1), 0)
            FROM account WHERE id = ?1 AND removed_at IS NULL
            """).Bind(1, account.Value);
        if (!row.Step()) return null;
        var modSeqs = new AccountModSeqs(new ModSeq(row.Int64(0)), new ModSeq(row.Int64(1)));
        row.Reset();
        return modSeqs;
    }

    public static Quota Quota(SqliteConnection database, AccountId account)
    {
        var row = database.Get("SELECT octets, quota, messages FROM account WHERE id = ?1 AND removed_at IS NULL").Bind(1, account.Value);
        if (!row.Step()) throw new StoreRefusedException(StoreRefusal.NoSuchAccount, "there is no such account");
        var quota = new Quota(row.Int64(0), row.Int64OrNull(1), row.Int64(2));
        row.Reset();
        return quota;
    }

    /// <summary>The whole mailbox as of one moment.</summary>
    public static MailboxSnapshot Snapshot(SqliteConnection database, MailboxId id)
    {
        database.Get("BEGIN").Run();
        try
        {
            if (Get(database, id) is not { Selectable: true } mailbox)
                throw new StoreRefusedException(StoreRefusal.NoSuchMailbox, "there is no such mailbox");
            return new MailboxSnapshotBuilder(new MailboxSnapshot { Mailbox = id, UidValidity = mailbox.UidValidity })
            {
                UidNext = mailbox.UidNext, HighestModSeq = mailbox.HighestModSeq, Keywords = Keywords(database, id),
            }.Fill(Entries(database, id, mailbox.Messages));
        }
        finally
        {
            database.ResetAll();
            database.Get("COMMIT").Run();
        }
    }

    /// <summary>What was removed after <paramref name="since"/> up to <paramref name="until"/>, ascending.</summary>
    /// <returns>Null when it is not known any more.</returns>
    public static List<UidRange>? Vanished(SqliteConnection database, MailboxId id, ModSeq since, ModSeq until)
    {
        var floor = database.Get("SELECT vanished_floor FROM mailbox WHERE id = ?1").Bind(1, id.Value);
        if (!floor.Step() || floor.Int64(0) > since.Value) return null;
        floor.Reset();
        var ranges = new List<UidRange>();
        var rows = database.Get("SELECT uid_lo, uid_hi FROM expunged WHERE mailbox = ?1 AND modseq > ?2 AND modseq <= ?3")
            .Bind(1, id.Value).Bind(2, since.Value).Bind(3, until.Value);
        while (rows.Step()) ranges.Add(new UidRange((uint)rows.Int64(0), (uint)rows.Int64(1)));
        ranges.Sort((a, b) => a.First.CompareTo(b.First));
        var merged = new List<UidRange>(ranges.Count);
        foreach (var range in ranges) UidRanges.Append(merged, range.First, range.Last);
        return merged;
    }

    private static MessageEntry[] Entries(SqliteConnection database, MailboxId id, int count)
    {
        var entries = new List<MessageEntry>(count);
        var rows = database.Get("SELECT uid, email, modseq, flags FROM entry WHERE mailbox = ?1 ORDER BY uid").Bind(1, id.Value);
        while (rows.Step())
            entries.Add(new MessageEntry(new Uid((uint)rows.Int64(0)), new EmailId(rows.Int64(1)), new ModSeq(rows.Int64(2)), new MessageFlags((ulong)rows.Int64(3))));
        return [.. entries];
    }

    public static KeywordTable Keywords(SqliteConnection database, MailboxId id)
    {
        var names = new List<string?>();
        var rows = database.Get("SELECT bit, name FROM keyword WHERE mailbox = ?1 ORDER BY bit").Bind(1, id.Value);
        while (rows.Step())
        {
            while (names.Count < rows.Int32(0)) names.Add(null);
            names.Add(rows.Text(1));
        }
        return new KeywordTable(names);
    }

    private static Mailbox? One(SqliteStatement row)
    {
        if (!row.Step()) return null;
        var mailbox = Read(row);
        row.Reset();
        return mailbox;
    }

    private static Mailbox Read(SqliteStatement row) => new()
    {
        Id = new MailboxId(row.Int64(0)), Account = new AccountId(row.Int64(1)), Name = row.Text(2), Role = (MailboxRole)row.Int32(3),
        Selectable = row.Int64(4) != 0, UidValidity = (uint)row.Int64(5), UidNext = (uint)row.Int64(6), HighestModSeq = new ModSeq(row.Int64(7)),
        Messages = row.Int32(8), Unseen = row.Int32(9), Deleted = row.Int32(10), Size = row.Int64(11), DeletedSize = row.Int64(12),
        SortOrder = row.Int32(13), Color = row.Text(14), Created = new ModSeq(row.Int64(15)), PropertiesChanged = new ModSeq(row.Int64(16)),
        Subscribed = row.Int64(17) != 0,
    };
}
