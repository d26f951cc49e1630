using System.Runtime.InteropServices;
using Facteur.Storage.Embedded.Reading;
using Facteur.Storage.Embedded.Sqlite;
using Facteur.Storage.Emails;

namespace Facteur.Storage.Embedded.Emails;

/// <summary>Reads a whole account as of one moment: its entries mailbox by mailbox, as they lie, and beside them its emails by id.</summary>
internal static class AccountLoad
{
    // Index email_account holds the ids of an account in order.
    private const string EmailsSql = """
        SELECT id, thread, created_modseq, modseq, received_at, size, has_attachment, blob, shown_modseq, returned_at
        FROM email INDEXED BY email_account WHERE account = ?1 AND entries > 0 ORDER BY id
        """;

    private const string EntriesSql = "SELECT email, uid, flags, modseq FROM entry WHERE mailbox = ?1";

    // A mailbox that is being deleted, and since when: its entries go in the background.
    private const string RetiredSql = """
        SELECT m.id, ifnull((SELECT max(t.modseq) FROM tombstone t WHERE t.account = ?1 AND t.type = 2 AND t.object = m.id), m.highest_modseq)
        FROM mailbox m WHERE m.account = ?1 AND m.deleted_at IS NOT NULL
        """;

    public static EmbeddedAccountSnapshot Read(SqliteConnection database, AccountId account)
    {
        database.Get("BEGIN").Run();
        try
        {
            var row = database.Get("SELECT modseq FROM account WHERE id = ?1 AND removed_at IS NULL").Bind(1, account.Value);
            if (!row.Step()) throw new StoreRefusedException(StoreRefusal.NoSuchAccount, "there is no such account");
            var modSeq = new ModSeq(row.Int64(0));
            row.Reset();
            var mailboxes = MailboxReads.List(database, account)
                .ConvertAll(mailbox => AccountCounts.Zero(mailbox, MailboxReads.Keywords(database, mailbox.Id)));
            return Snapshot(database, account, modSeq, [.. mailboxes], Places(database, account, mailboxes));
        }
        finally
        {
            database.ResetAll();
            database.Get("COMMIT").Run();
        }
    }

    private static EmbeddedAccountSnapshot Snapshot(
        SqliteConnection database, AccountId account, ModSeq modSeq, AccountMailbox[] mailboxes, List<LoadedPlace> places)
    {
        var (seen, hidden, links) = (new ChunkList<EmailRow, ByEmail>.Filler(), new ChunkList<EmailRow, ByEmail>.Filler(), new List<ThreadLink>());
        var more = new List<EmailPlace>();
        var next = 0;
        var rows = database.Get(EmailsSql).Bind(1, account.Value);
        while (rows.Step())
        {
            var (email, changed) = (rows.Int64(0), rows.Int64(3));
            EmailPlace? first = null;
            more.Clear();
            while (next < places.Count && places[next].Email < email) next++;
            for (; next < places.Count && places[next].Email == email; next++)
            {
                changed = Math.Max(changed, places[next].ModSeq);
                if (!places[next].IsSeen) continue;
                if (first is null) first = places[next].ToPlace();
                else more.Add(places[next].ToPlace());
            }
            var row = new EmailRow
            {
                Id = new EmailId(email), Thread = new ThreadId(rows.Int64(1)), Created = new ModSeq(rows.Int64(2)), Changed = new ModSeq(changed),
                ReceivedAt = rows.Int64(4), Size = rows.Int64(5), HasAttachment = rows.Int64(6) != 0, Body = new BodyReference(rows.Int64(7), rows.Int64(5)),
                Shown = new ModSeq(rows.Int64(8)), ReturnedAt = (uint)rows.Int64(9), First = first ?? default, More = more.Count > 0 ? [.. more] : null,
            };
            (first is null ? hidden : seen).Add(row);
            if (first is not null && row.Thread.Value != email) links.Add(new ThreadLink(row.Thread, row.Id));
        }
        links.Sort(static (a, b) => ByThread.Compare(a, b));
        var snapshot = new EmbeddedAccountSnapshot(account, modSeq, mailboxes, null)
        {
            Emails = seen.Build(), Hidden = hidden.Build(),
            Links = ChunkList<ThreadLink, ByThread>.Of(CollectionsMarshal.AsSpan(links)),
        };
        var counts = new AccountCounts(null, snapshot.Trash);
        counts.AddAll(snapshot);
        for (var i = 0; i < mailboxes.Length; i++) mailboxes[i] = counts.Apply(mailboxes[i]);
        return snapshot;
    }

    private static List<LoadedPlace> Places(SqliteConnection database, AccountId account, List<AccountMailbox> mailboxes)
    {
        var places = new List<LoadedPlace>(mailboxes.Sum(mailbox => mailbox.Mailbox.Messages));
        foreach (var mailbox in mailboxes)
        {
            var rows = database.Get(EntriesSql).Bind(1, mailbox.Id.Value);
            while (rows.Step()) places.Add(new LoadedPlace(rows.Int64(0), mailbox.Id, new Uid((uint)rows.Int64(1)), new MessageFlags((ulong)rows.Int64(2)), rows.Int64(3), Retired: false));
        }
        foreach (var (id, at) in Retired(database, account))
        {
            var rows = database.Get(EntriesSql).Bind(1, id.Value);
            while (rows.Step())
            {
                var flags = new MessageFlags((ulong)rows.Int64(2));

                // With its mailbox the entry went from sight, if it was seen: a change to its email.
                places.Add(new LoadedPlace(rows.Int64(0), id, new Uid((uint)rows.Int64(1)), flags,
                    flags.Has(MessageFlags.Deleted) ? rows.Int64(3) : Math.Max(at, rows.Int64(3)), Retired: true));
            }
        }
        Sort(places);
        return places;
    }

    private static List<(MailboxId Mailbox, long At)> Retired(SqliteConnection database, AccountId account)
    {
        var retired = new List<(MailboxId, long)>();
        var rows = database.Get(RetiredSql).Bind(1, account.Value);
        while (rows.Step()) retired.Add((new MailboxId(rows.Int64(0)), rows.Int64(1)));
        return retired;
    }

    // Most accounts have most of their mail in one mailbox, in order.
    private static void Sort(List<LoadedPlace> places)
    {
        var ordered = true;
        for (var i = 1; i < places.Count && ordered; i++) ordered = places[i - 1].CompareTo(places[i]) < 0;
        if (!ordered) places.Sort();
    }

    private readonly record struct LoadedPlace(long Email, MailboxId Mailbox, Uid Uid, MessageFlags Flags, long ModSeq, bool Retired) : IComparable<LoadedPlace>
    {
        public bool IsSeen => !Retired && !Flags.Has(MessageFlags.Deleted);

        public EmailPlace ToPlace() => new(Mailbox, Uid, Flags);

        public int CompareTo(LoadedPlace other)
        {
            if (Email != other.Email) return Email.CompareTo(other.Email);
            return Mailbox == other.Mailbox ? Uid.CompareTo(other.Uid) : Mailbox.Value.CompareTo(other.Mailbox.Value);
        }
    }
}
