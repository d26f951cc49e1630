using Facteur.Storage.Annotations;

namespace Facteur.Storage.Embedded.Writing;

/// <summary>Sets, carries and removes annotations.</summary>
internal static class AnnotationVerbs
{
    /// <summary>A mailbox as rows have it.</summary>
    public static long Key(MailboxId? mailbox) => mailbox?.Value ?? 0;

    public static void Write(WriteSession session, AnnotationWrite write)
    {
        var account = session.Account(write.Place.Account);
        var mailbox = write.Place.Mailbox is { } id ? Find(session, account, id) : null;
        var changes = Last(write.Changes);
        if (changes.Exists(change => change.Value is { Length: > AnnotationStore.MaxValueOctets }))
            throw new StoreRefusedException(StoreRefusal.AnnotationTooLarge, $"an annotation has at most {AnnotationStore.MaxValueOctets} octets");
        RequireRoom(session, account, write.Place, write.Person, changes);
        if (write.Role is { } role) RequireRole(mailbox, role);
        foreach (var change in changes) Set(session, write.Place, OwnerOf(change.Name, write.Person), change);
        if (write.Role is { } given) Give(session, mailbox!, given);
        if (changes.Exists(change => change.Name == AnnotationStore.ScriptName)) session.ForgetScripted();
        var names = changes.ConvertAll(change => change.Name);
        if (names.Count > 0) session.AfterCommit.Add(() => session.AnnounceAnnotations(new AnnotationsChanged(write.Place, write.Person, names, write.Origin)));
    }

    /// <summary>The annotations of one mailbox stand at another too (RFC 5464 §4.1: a rename of INBOX copies them).</summary>
    public static void Copy(WriteSession session, AccountId account, MailboxId from, MailboxId to)
    {
        session.Database.Get("""
            INSERT INTO annotation (account, mailbox, owner, name, value)
            SELECT account, ?3, owner, name, value FROM annotation WHERE account = ?1 AND mailbox = ?2
            """).Bind(1, account.Value).Bind(2, from.Value).Bind(3, to.Value).Run();
        session.ForgetScripted();
    }

    /// <summary>The mailbox goes: so do its annotations, and what a script was to run for (RFC 5464 §4.1).</summary>
    public static void Remove(WriteSession session, MailboxState mailbox)
    {
        session.Database.Get("DELETE FROM annotation WHERE account = ?1 AND mailbox = ?2").Bind(1, mailbox.Account.Id.Value).Bind(2, mailbox.Id.Value).Run();
        session.Database.Get("DELETE FROM mailbox_event WHERE mailbox = ?1").Bind(1, mailbox.Id.Value).Run();
        session.ForgetScripted();
    }

    /// <summary>The account goes, with what it attached to others.</summary>
    public static void RemoveAll(WriteSession session, long account)
    {
        session.Database.Get("DELETE FROM annotation WHERE account = ?1").Bind(1, account).Run();
        session.Database.Get("DELETE FROM annotation WHERE owner = ?1 AND owner <> 0").Bind(1, account).Run();
        session.Database.Get("DELETE FROM mailbox_event WHERE account = ?1").Bind(1, account).Run();
        session.ForgetScripted();
    }

    private static MailboxState Find(WriteSession session, AccountState account, MailboxId id) =>
        session.FindMailbox(id) is { IsDeleted: false } mailbox && mailbox.Account == account
            ? mailbox
            : throw new StoreRefusedException(StoreRefusal.NoSuchMailbox, "there is no such mailbox");

    private static List<AnnotationChange> Last(IReadOnlyList<AnnotationChange> changes)
    {
        var last = new Dictionary<string, AnnotationChange>(StringComparer.Ordinal);
        foreach (var change in changes) last[change.Name] = change;
        return [.. last.Values];
    }

    private static long OwnerOf(string name, AccountId person) => name.StartsWith("/private/", StringComparison.Ordinal) ? person.Value : 0;

    // Before the first row: all of it, or nothing.
    private static void RequireRoom(WriteSession session, AccountState account, AnnotationPlace place, AccountId person, List<AnnotationChange> changes)
    {
        var before = changes.ToDictionary(change => change.Name, change => Octets(session, place, OwnerOf(change.Name, person), change.Name), StringComparer.Ordinal);
        foreach (var owner in (long[])[0, person.Value])
        {
            var own = changes.Where(change => OwnerOf(change.Name, person) == owner);
            var more = own.Sum(change => (change.Value is null ? 0 : 1) - (before[change.Name] is null ? 0 : 1));
            if (more > 0 && Count(session, place, owner) + more > AnnotationStore.MaxEntries) throw TooMany();
        }
        var added = changes.Sum(change => (change.Value is null ? 0 : 1) - (before[change.Name] is null ? 0 : 1));
        var grown = changes.Sum(change => (change.Value?.Length ?? 0L) - (before[change.Name] ?? 0L));
        if (added <= 0 && grown <= 0) return;
        if (account.Quota is { } limit && account.Octets >= limit) throw new StoreRefusedException(StoreRefusal.OverQuota, "the account is full");
        var (entries, octets) = Total(session, account.Id);
        if (entries + added > AnnotationStore.MaxEntriesOfAccount || octets + grown > AnnotationStore.MaxOctetsOfAccount) throw TooMany();
    }

    private static StoreRefusedException TooMany() => new(StoreRefusal.TooManyAnnotations, "there is no room for another annotation");

    /// <summary>How long a value is; null for none.</summary>
    /// <param name="owner">Of a private entry whose; 0 for shared ones.</param>
    public static long? Octets(WriteSession session, AnnotationPlace place, long owner, string name)
    {
        var row = session.Database.Get("SELECT length(value) FROM annotation WHERE account = ?1 AND mailbox = ?2 AND owner = ?3 AND name = ?4")
            .Bind(1, place.Account.Value).Bind(2, Key(place.Mailbox)).Bind(3, owner).Bind(4, name);
        long? octets = row.Step() ? row.Int64(0) : null;
        row.Reset();
        return octets;
    }

    private static long Count(WriteSession session, AnnotationPlace place, long owner)
    {
        var row = session.Database.Get("SELECT count(*) FROM annotation WHERE account = ?1 AND mailbox = ?2 AND owner = ?3")
            .Bind(1, place.Account.Value).Bind(2, Key(place.Mailbox)).Bind(3, owner);
        row.Step();
        var count = row.Int64(0);
        row.Reset();
        return count;
    }

    private static (long Entries, long Octets) Total(WriteSession session, AccountId account)
    {
        var row = session.Database.Get("SELECT count(*), ifnull(sum(length(value)), 0) FROM annotation WHERE account = ?1").Bind(1, account.Value);
        row.Step();
        var total = (row.Int64(0), row.Int64(1));
        row.Reset();
        return total;
    }

    private static void Set(WriteSession session, AnnotationPlace place, long owner, AnnotationChange change)
    {
        if (change.Value is not { } value)
            session.Database.Get("DELETE FROM annotation WHERE account = ?1 AND mailbox = ?2 AND owner = ?3 AND name = ?4")
                .Bind(1, place.Account.Value).Bind(2, Key(place.Mailbox)).Bind(3, owner).Bind(4, change.Name).Run();
        else
            session.Database.Get("""
                INSERT INTO annotation (account, mailbox, owner, name, value) VALUES (?1, ?2, ?3, ?4, ?5)
                ON CONFLICT (account, mailbox, owner, name) DO UPDATE SET value = excluded.value
                """).Bind(1, place.Account.Value).Bind(2, Key(place.Mailbox)).Bind(3, owner).Bind(4, change.Name).Bind(5, value.Span).Run();
    }

    private static void RequireRole(MailboxState? mailbox, MailboxRole role)
    {
        if (mailbox is not { Selectable: true }) throw new StoreRefusedException(StoreRefusal.NotPossible, "only a mailbox that holds messages has a use");
        if (mailbox.Role == role) return;
        if (mailbox.Role == MailboxRole.Inbox || role == MailboxRole.Inbox) throw new StoreRefusedException(StoreRefusal.NotPossible, "INBOX keeps its use");
    }

    private static void Give(WriteSession session, MailboxState mailbox, MailboxRole role)
    {
        if (mailbox.Role == role) return;
        var modSeq = session.NextModSeq(mailbox.Account);
        if (role != MailboxRole.None && MailboxVerbs.FindRole(session, mailbox.Account, role) is { } former)
        {
            former.Role = MailboxRole.None;
            MailboxVerbs.SaveProperties(session, former, modSeq);
        }
        mailbox.Role = role;
        MailboxVerbs.SaveProperties(session, mailbox, modSeq);
    }
}
