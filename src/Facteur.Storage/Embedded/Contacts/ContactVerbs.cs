using Facteur.Mail;
using Facteur.Storage.Contacts;
using Facteur.Storage.Embedded.Writing;

namespace Facteur.Storage.Embedded.Contacts;

/// <summary>Adds, changes and removes rows of contacts, and what goes with them.</summary>
internal static class ContactVerbs
{
    public static IReadOnlyList<ContactAdded> Add(WriteSession session, AccountId account, IReadOnlyList<ContactDraft> drafts)
    {
        var owner = session.Account(account);
        var added = new List<ContactAdded>(drafts.Count);
        // Before the first row: all of it, or nothing.
        var uids = new HashSet<string>(StringComparer.Ordinal);
        var news = drafts.Where(draft => uids.Add(draft.Uid) && ContactRows.Find(session.Database, account, draft.Uid) is null).ToHashSet(ReferenceEqualityComparer.Instance);
        foreach (var draft in drafts) Check(draft);
        RequireRoom(session, account, news.Count, drafts.Where(news.Contains).Sum(draft => (long)draft.Card.Length));
        foreach (var draft in drafts)
            added.Add(news.Contains(draft)
                ? new ContactAdded(Insert(session, account, draft), IsNew: true)
                : new ContactAdded(ContactRows.Find(session.Database, account, draft.Uid)!.Id, IsNew: false));
        if (news.Count > 0) session.Touch(owner);
        return added;
    }

    public static bool Replace(WriteSession session, AccountId account, ContactId id, ModSeq? unchangedSince, ContactDraft draft)
    {
        var owner = session.Account(account);
        if (ContactRows.Find(session.Database, account, id) is not { } before) return false;
        if (unchangedSince is { } since && before.Changed != since) throw new StoreRefusedException(StoreRefusal.StateMismatch, "the card changed meanwhile");
        Check(draft);
        if (draft.Uid != before.Uid && ContactRows.Find(session.Database, account, draft.Uid) is not null)
            throw new StoreRefusedException(StoreRefusal.AlreadyExists, "another card has this uid");
        if (draft.Card.Span.SequenceEqual(before.Card.Span)) return true;
        var grown = draft.Card.Length - before.Card.Length;
        if (grown > 0) RequireRoom(session, account, 0, grown);
        session.Database.Get("""
            UPDATE contact SET uid = ?2, name = ?3, sort = ?4, emails = ?5, search = ?6, modseq = ?7, card = ?8 WHERE id = ?1
            """).Bind(1, id.Value).Bind(2, draft.Uid).Bind(3, draft.Name).Bind(4, Sort(draft)).Bind(5, Emails(draft)).Bind(6, Search(draft))
            .Bind(7, Next(session, account.Value, 0, grown)).Bind(8, draft.Card.Span).Run();
        session.Touch(owner);
        return true;
    }

    public static int Remove(WriteSession session, AccountId account, IReadOnlyList<ContactId> ids)
    {
        var owner = session.Account(account);
        var removed = 0;
        foreach (var id in ids)
        {
            var row = session.Database.Get("DELETE FROM contact WHERE id = ?1 AND account = ?2 RETURNING length(card)").Bind(1, id.Value).Bind(2, account.Value);
            if (!row.Step()) continue;
            var octets = row.Int64(0);
            row.Run();
            session.Database.Get("INSERT INTO contact_gone (account, modseq, id, at) VALUES (?1, ?2, ?3, ?4)")
                .Bind(1, account.Value).Bind(2, Next(session, account.Value, -1, -octets)).Bind(3, id.Value).Bind(4, session.Now).Run();
            removed++;
        }
        if (removed > 0) session.Touch(owner);
        return removed;
    }

    /// <summary>Forgets removals of long ago.</summary>
    /// <returns>True when there is more to do.</returns>
    public static bool Purge(WriteSession session, long before, int step)
    {
        var forgotten = new List<(long Account, long ModSeq)>();
        var row = session.Database.Get("SELECT account, modseq FROM contact_gone WHERE at <= ?1 ORDER BY at LIMIT ?2").Bind(1, before).Bind(2, step); // index contact_gone_at
        while (row.Step()) forgotten.Add((row.Int64(0), row.Int64(1)));
        foreach (var (account, modSeq) in forgotten)
        {
            session.Database.Get("DELETE FROM contact_gone WHERE account = ?1 AND modseq = ?2").Bind(1, account).Bind(2, modSeq).Run();
            session.Database.Get("UPDATE contact_state SET floor = max(floor, ?2) WHERE account = ?1").Bind(1, account).Bind(2, modSeq).Run();
        }
        return forgotten.Count == step;
    }

    /// <summary>The account is gone: so are its cards, some at a time.</summary>
    /// <returns>True when there is more to do.</returns>
    public static bool RemoveAll(WriteSession session, long account, int step)
    {
        var row = session.Database.Get("DELETE FROM contact WHERE id IN (SELECT id FROM contact WHERE account = ?1 LIMIT ?2) RETURNING 1").Bind(1, account).Bind(2, step);
        if (row.Step())
        {
            row.Run();
            return true;
        }
        session.Database.Get("DELETE FROM contact_gone WHERE account = ?1").Bind(1, account).Run();
        session.Database.Get("DELETE FROM contact_state WHERE account = ?1").Bind(1, account).Run();
        return false;
    }

    private static void Check(ContactDraft draft)
    {
        if (draft.Card.Length > ContactStore.MaxCardOctets)
            throw new StoreRefusedException(StoreRefusal.ContactTooLarge, $"a contact has at most {ContactStore.MaxCardOctets} octets");
        if (draft.Uid.Length is 0 or > ContactStore.MaxUidLength) throw new StoreRefusedException(StoreRefusal.BadName, "a uid has 1 to 255 characters");
    }

    private static void RequireRoom(WriteSession session, AccountId account, int cards, long octets)
    {
        if (cards == 0 && octets <= 0) return;
        var state = ContactRows.State(session.Database, account);
        if (state.Cards + cards > ContactStore.MaxCards)
            throw new StoreRefusedException(StoreRefusal.TooManyContacts, $"an address book has at most {ContactStore.MaxCards} contacts");
        if (state.Octets + octets > ContactStore.MaxOctets)
            throw new StoreRefusedException(StoreRefusal.TooManyContacts, "there is no room for more in this address book");
    }

    private static ContactId Insert(WriteSession session, AccountId account, ContactDraft draft)
    {
        var at = Next(session, account.Value, 1, draft.Card.Length);
        session.Database.Get("""
            INSERT INTO contact (account, uid, name, sort, emails, search, created_modseq, modseq, card) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7, ?8)
            """).Bind(1, account.Value).Bind(2, draft.Uid).Bind(3, draft.Name).Bind(4, Sort(draft)).Bind(5, Emails(draft)).Bind(6, Search(draft))
            .Bind(7, at).Bind(8, draft.Card.Span).Run();
        return new ContactId(session.Database.LastRowId);
    }

    /// <summary>The next number of the account's cards, with what the change makes of their count.</summary>
    private static long Next(WriteSession session, long account, int cards, long octets)
    {
        var row = session.Database.Get("""
            INSERT INTO contact_state (account, modseq, floor, cards, octets) VALUES (?1, 1, 0, ?2, ?3)
            ON CONFLICT (account) DO UPDATE SET modseq = modseq + 1, cards = cards + ?2, octets = octets + ?3 RETURNING modseq
            """).Bind(1, account).Bind(2, cards).Bind(3, octets);
        row.Step();
        var next = row.Int64(0);
        row.Run();
        return next;
    }

    private static string Sort(ContactDraft draft) => FoldedText.Fold(draft.Name);

    private static string Emails(ContactDraft draft) => string.Join('\n', draft.Emails.Select(email => email.ReplaceLineEndings("")));

    private static string Search(ContactDraft draft) => FoldedText.Fold($"{draft.Name} {string.Join(' ', draft.Emails)} {draft.Words}");
}
