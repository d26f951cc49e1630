using Facteur.Storage.Embedded.Sqlite;

namespace Facteur.Storage.Embedded.Writing;

/// <summary>Rows of accounts and mailboxes, read and written by the writer.</summary>
internal static class Rows
{
    public static AccountState? LoadAccount(SqliteConnection database, AccountId id)
    {
        var row = database.Get("SELECT quota, modseq, uidvalidity, messages, octets, removed_at FROM account WHERE id = ?1").Bind(1, id.Value);
        if (!row.Step()) return null;
        var account = new AccountState
        {
            Id = id, Quota = row.Int64OrNull(0), ModSeq = row.Int64(1), UidValidity = (uint)row.Int64(2),
            Messages = row.Int64(3), Octets = row.Int64(4), Removed = !row.IsNull(5),
        };
        row.Reset();
        return account;
    }

    public static MailboxState? LoadMailbox(SqliteConnection database, MailboxId id, WriteSession session)
    {
        var row = database.Get("""
            SELECT account, name, role, selectable, uidvalidity, uidnext, highest_modseq, messages, unseen, deleted, octets, deleted_octets, deleted_at,
                sort_order, color, created_modseq, properties_modseq, EXISTS (SELECT 1 FROM subscription s WHERE s.account = m.account AND s.name = m.name)
            FROM mailbox m WHERE id = ?1
            """).Bind(1, id.Value);
        if (!row.Step()) return null;
        var account = session.FindAccount(new AccountId(row.Int64(0)))!;
        var mailbox = new MailboxState
        {
            Id = id, Account = account, Name = row.Text(1), Role = (MailboxRole)row.Int32(2), Selectable = row.Int64(3) != 0,
            UidValidity = (uint)row.Int64(4), UidNext = row.Int64(5), HighestModSeq = row.Int64(6), Messages = row.Int64(7), Unseen = row.Int64(8),
            Deleted = row.Int64(9), Octets = row.Int64(10), DeletedOctets = row.Int64(11), IsDeleted = !row.IsNull(12),
            SortOrder = row.Int32(13), Color = row.Text(14), Created = new ModSeq(row.Int64(15)), PropertiesChanged = new ModSeq(row.Int64(16)),
            Subscribed = row.Int64(17) != 0,
        };
        row.Reset();
        return mailbox;
    }

    public static MailboxId? FindMailbox(SqliteConnection database, AccountId account, string name)
    {
        // Index mailbox_name.
        var row = database.Get("SELECT id FROM mailbox WHERE account = ?1 AND name = ?2 AND deleted_at IS NULL").Bind(1, account.Value).Bind(2, name);
        if (!row.Step()) return null;
        var id = new MailboxId(row.Int64(0));
        row.Reset();
        return id;
    }

    public static void Save(SqliteConnection database, AccountState account)
    {
        account.Dirty = false;
        database.Get("UPDATE account SET modseq = ?2, uidvalidity = ?3, messages = ?4, octets = ?5 WHERE id = ?1")
            .Bind(1, account.Id.Value).Bind(2, account.ModSeq).Bind(3, account.UidValidity).Bind(4, account.Messages).Bind(5, account.Octets).Run();
    }

    public static void Save(SqliteConnection database, MailboxState mailbox)
    {
        mailbox.Dirty = false;
        database.Get("""
            UPDATE mailbox SET uidnext = ?2, highest_modseq = ?3, messages = ?4, unseen = ?5, deleted = ?6, octets = ?7, deleted_octets = ?8
            WHERE id = ?1
            """).Bind(1, mailbox.Id.Value).Bind(2, mailbox.UidNext).Bind(3, mailbox.HighestModSeq).Bind(4, mailbox.Messages)
            .Bind(5, mailbox.Unseen).Bind(6, mailbox.Deleted).Bind(7, mailbox.Octets).Bind(8, mailbox.DeletedOctets).Run();
    }
}
