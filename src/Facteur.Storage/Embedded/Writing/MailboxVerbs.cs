using Facteur.Storage.Embedded.Emails;

namespace Facteur.Storage.Embedded.Writing;

/// <summary>Makes, renames, removes and subscribes mailboxes.</summary>
internal static class MailboxVerbs
{
    private static readonly UidRange[] Everything = [UidRange.All];

    /// <summary>Entries of a deleted mailbox that go at once; the rest goes in the background.</summary>
    private const int SweepAtOnce = 2_000;

    public static MailboxId Create(WriteSession session, AccountId accountId, string name, MailboxRole role)
    {
        var account = session.Account(accountId);
        var existing = session.FindMailbox(account, name);
        if (existing is { Selectable: true }) throw new StoreRefusedException(StoreRefusal.AlreadyExists, "a mailbox of that name exists");
        if (role != MailboxRole.None && HasRole(session, account, role))
            throw new StoreRefusedException(StoreRefusal.NotPossible, "another mailbox has that use");
        var missing = MissingAbove(session, account, name);
        RequireRoomFor(session, account, missing.Count + 1);
        var modSeq = session.NextModSeq(account);
        foreach (var above in missing) Insert(session, account, above, MailboxRole.None, modSeq, selectable: true);
        if (existing is null) return Insert(session, account, name, role, modSeq, selectable: true);

        // The name that stood above others holds messages from now on: what was attached to it stays.
        existing.IsDeleted = true;
        session.Database.Get("UPDATE mailbox SET deleted_at = ?2 WHERE id = ?1").Bind(1, existing.Id.Value).Bind(2, session.Now).Run();
        var id = Insert(session, account, name, role, modSeq, selectable: true);
        AnnotationVerbs.Copy(session, account.Id, existing.Id, id);
        Retire(session, existing, modSeq);
        MoveChildren(session, account, name, modSeq);
        return id;
    }

    public static void Delete(WriteSession session, MailboxId id)
    {
        if (session.FindMailbox(id) is not { IsDeleted: false, Account.Removed: false } mailbox)
            throw new StoreRefusedException(StoreRefusal.NoSuchMailbox, "there is no such mailbox");
        if (mailbox.Name == MailboxName.Inbox) throw new StoreRefusedException(StoreRefusal.NotPossible, "INBOX cannot be deleted");
        var hasBelow = Below(session, mailbox.Account, mailbox.Name).Count > 0;

        // RFC 9051 §6.3.5: a name that only stands above others cannot be deleted before them.
        if (hasBelow && !mailbox.Selectable) throw new StoreRefusedException(StoreRefusal.NotPossible, "there are mailboxes below this name");
        var modSeq = session.NextModSeq(mailbox.Account);
        Retire(session, mailbox, modSeq);
        if (hasBelow)
        {
            Insert(session, mailbox.Account, mailbox.Name, MailboxRole.None, modSeq, selectable: false);
            MoveChildren(session, mailbox.Account, mailbox.Name, modSeq);
        }
        if (!Sweep(session, mailbox, SweepAtOnce)) session.AfterCommit.Add(session.PurgeSoon);
    }

    public static void Rename(WriteSession session, AccountId accountId, string from, string to)
    {
        var account = session.Account(accountId);
        var mailbox = session.FindMailbox(account, from) ?? throw new StoreRefusedException(StoreRefusal.NoSuchMailbox, "there is no such mailbox");
        if (from == to || session.FindMailbox(account, to) is not null)
            throw new StoreRefusedException(StoreRefusal.AlreadyExists, "a mailbox of that name exists");
        if (from == MailboxName.Inbox)
        {
            RenameInbox(session, mailbox, to);
            return;
        }
        if (MailboxName.IsBelow(to, from)) throw new StoreRefusedException(StoreRefusal.NotPossible, "a mailbox cannot move below itself");
        var moved = Below(session, account, from);
        moved.Insert(0, mailbox);
        var names = moved.ConvertAll(one => MailboxName.Normalize(string.Concat(to, one.Name.AsSpan(from.Length))));
        var missing = MissingAbove(session, account, to);
        RequireRoomFor(session, account, missing.Count);
        var modSeq = session.NextModSeq(account);
        foreach (var above in missing) Insert(session, account, above, MailboxRole.None, modSeq, selectable: true);
        for (var i = 0; i < moved.Count; i++) SetName(session, moved[i], names[i], modSeq);
    }

    /// <param name="modSeq">Of the verb this is part of; null to take the account's next.</param>
    public static void Subscribe(WriteSession session, AccountId accountId, string name, bool subscribed, ModSeq? modSeq = null)
    {
        var account = session.Account(accountId);
        var sql = subscribed
            ? "INSERT OR IGNORE INTO subscription (account, name) VALUES (?1, ?2)"
            : "DELETE FROM subscription WHERE account = ?1 AND name = ?2";
        session.Database.Get(sql).Bind(1, account.Id.Value).Bind(2, name).Run();
        if (session.FindMailbox(account, name) is not { } mailbox) return;
        mailbox.Subscribed = subscribed;
        SaveProperties(session, mailbox, modSeq ?? session.NextModSeq(account));
    }

    /// <summary>Writes what people give a mailbox besides its name.</summary>
    public static void SaveProperties(WriteSession session, MailboxState mailbox, ModSeq modSeq)
    {
        mailbox.PropertiesChanged = modSeq;
        session.Database.Get("UPDATE mailbox SET role = ?2, sort_order = ?3, color = ?4, properties_modseq = ?5 WHERE id = ?1")
            .Bind(1, mailbox.Id.Value).Bind(2, (int)mailbox.Role).Bind(3, mailbox.SortOrder).Bind(4, mailbox.Color).Bind(5, modSeq.Value).Run();
        session.Touch(mailbox.Account, mailbox.Id);
    }

    /// <summary>Adds the row of a mailbox.</summary>
    public static MailboxId Insert(WriteSession session, AccountState account, string name, MailboxRole role, ModSeq modSeq, bool selectable)
    {
        // Greater than any before it in the account: a name used again never gets the UIDVALIDITY it had (RFC 9051 §2.3.1.1).
        account.UidValidity = (uint)Math.Max(account.UidValidity + 1, session.Now / 1000);
        session.Save(account);
        session.Database.Get("""
            INSERT INTO mailbox (account, name, role, selectable, uidvalidity, created_modseq, highest_modseq, properties_modseq)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, ?6)
            """).Bind(1, account.Id.Value).Bind(2, name).Bind(3, (int)role).Bind(4, selectable ? 1 : 0)
            .Bind(5, account.UidValidity).Bind(6, modSeq.Value).Run();
        var id = new MailboxId(session.Database.LastRowId);
        session.Touch(account, id);
        return id;
    }

    /// <summary>Takes a mailbox from sight; its entries go by <see cref="Sweep"/>.</summary>
    public static void Retire(WriteSession session, MailboxState mailbox, ModSeq modSeq)
    {
        mailbox.IsDeleted = true;
        session.Database.Get("UPDATE mailbox SET deleted_at = ?2 WHERE id = ?1").Bind(1, mailbox.Id.Value).Bind(2, session.Now).Run();
        AnnotationVerbs.Remove(session, mailbox);
        session.Save(mailbox, modSeq);
        session.Delta(mailbox, modSeq, onlyAdds: false).MailboxDeleted = true;
        Entries.Tombstone(session, mailbox.Account, 2, modSeq, mailbox.Id.Value, thread: 0, mailbox.Created);
        session.Log(mailbox.Account.Id)?.Add(AccountEventKind.Retired, default, mailbox.Id, modSeq);
    }

    /// <summary>Removes entries of a deleted mailbox, and the mailbox when none is left.</summary>
    /// <returns>True when the mailbox is gone.</returns>
    public static bool Sweep(WriteSession session, MailboxState mailbox, int limit)
    {
        var rows = Entries.Read(session, mailbox, Everything, limit);
        if (rows.Count > 0)
        {
            var modSeq = session.NextModSeq(mailbox.Account);
            foreach (var row in rows)
            {
                Entries.Delete(session, mailbox, row);
                Entries.Drop(session, mailbox.Account, row.Email, modSeq);
            }
            session.Save(mailbox, modSeq);
            if (rows.Count == limit) return false;
        }
        session.Database.Get("DELETE FROM keyword WHERE mailbox = ?1").Bind(1, mailbox.Id.Value).Run();
        session.Database.Get("DELETE FROM expunged WHERE mailbox = ?1").Bind(1, mailbox.Id.Value).Run();
        session.Database.Get("DELETE FROM mailbox WHERE id = ?1").Bind(1, mailbox.Id.Value).Run();
        return true;
    }

    /// <summary>INBOX stays and its messages move into a new mailbox; those below INBOX stay (RFC 9051 §6.3.6).</summary>
    private static void RenameInbox(WriteSession session, MailboxState inbox, string to)
    {
        var created = session.FindMailbox(Create(session, inbox.Account.Id, to, MailboxRole.None))!;
        Transfer.Run(session, inbox, Entries.Read(session, inbox, Everything), created, move: true, person: null);
        AnnotationVerbs.Copy(session, inbox.Account.Id, inbox.Id, created.Id);
    }

    private static void SetName(WriteSession session, MailboxState mailbox, string name, ModSeq modSeq)
    {
        session.Database.Get("UPDATE mailbox SET name = ?2, properties_modseq = ?3 WHERE id = ?1")
            .Bind(1, mailbox.Id.Value).Bind(2, name).Bind(3, modSeq.Value).Run();
        var subscribed = session.Database.Get("SELECT 1 FROM subscription WHERE account = ?1 AND name = ?2").Bind(1, mailbox.Account.Id.Value).Bind(2, name);
        mailbox.Subscribed |= subscribed.Step();
        subscribed.Reset();

        // A mailbox that was subscribed stays so under its new name.
        session.Database.Get("UPDATE OR REPLACE subscription SET name = ?3 WHERE account = ?1 AND name = ?2")
            .Bind(1, mailbox.Account.Id.Value).Bind(2, mailbox.Name).Bind(3, name).Run();
        mailbox.Name = name;
        mailbox.PropertiesChanged = modSeq;
        session.Touch(mailbox.Account, mailbox.Id);
        session.Save(mailbox, modSeq);
        session.Delta(mailbox, modSeq, onlyAdds: false);
    }

    public static bool HasRole(WriteSession session, AccountState account, MailboxRole role) => FindRole(session, account, role) is not null;

    /// <summary>The mailbox that has a use; null when none has.</summary>
    public static MailboxState? FindRole(WriteSession session, AccountState account, MailboxRole role)
    {
        var row = session.Database.Get("SELECT id FROM mailbox WHERE account = ?1 AND role = ?2 AND deleted_at IS NULL")
            .Bind(1, account.Id.Value).Bind(2, (int)role);
        MailboxId? found = row.Step() ? new MailboxId(row.Int64(0)) : null;
        row.Reset();
        return found is { } id ? session.FindMailbox(id) : null;
    }

    // Another mailbox has the name above them now: they changed for whoever knows it by its id (parentId, RFC 8621 §2).
    private static void MoveChildren(WriteSession session, AccountState account, string name, ModSeq modSeq)
    {
        foreach (var below in Below(session, account, name))
            if (MailboxName.Parent(below.Name) == name) SaveProperties(session, below, modSeq);
    }

    // Index mailbox_name: '0' is the character after '/'.
    private static List<MailboxState> Below(WriteSession session, AccountState account, string name)
    {
        var ids = new List<MailboxId>();
        var rows = session.Database.Get("SELECT id FROM mailbox WHERE account = ?1 AND name > ?2 AND name < ?3 AND deleted_at IS NULL ORDER BY name")
            .Bind(1, account.Id.Value).Bind(2, name + "/").Bind(3, name + "0");
        while (rows.Step()) ids.Add(new MailboxId(rows.Int64(0)));
        return ids.ConvertAll(id => session.FindMailbox(id)!);
    }

    private static List<string> MissingAbove(WriteSession session, AccountState account, string name)
    {
        var missing = new List<string>();
        for (var above = MailboxName.Parent(name); above is not null && session.FindMailbox(account, above) is null; above = MailboxName.Parent(above))
            missing.Insert(0, above);
        return missing;
    }

    private static void RequireRoomFor(WriteSession session, AccountState account, int more)
    {
        var row = session.Database.Get("SELECT count(*) FROM mailbox WHERE account = ?1 AND deleted_at IS NULL").Bind(1, account.Id.Value);
        row.Step();
        var count = row.Int64(0);
        row.Reset();
        if (count + more > session.Options.MaxMailboxes)
            throw new StoreRefusedException(StoreRefusal.TooManyMailboxes, $"an account has at most {session.Options.MaxMailboxes} mailboxes");
    }
}
