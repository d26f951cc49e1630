using Facteur.Storage.Embedded.Sqlite;
using Facteur.Storage.Emails;

namespace Facteur.Storage.Embedded.Emails;

/// <summary>
/// What changed in an account after a MODSEQ. What is there tells itself (chunks without a change are passed over), and so do emails that are there
/// but not seen; what is gone left a tombstone.
/// </summary>
internal sealed class AccountDifference(EmbeddedAccountSnapshot snapshot, ModSeq since)
{
    private readonly List<EmailChange> emails = [];
    private readonly List<(ThreadId Thread, ModSeq ModSeq)> passed = [];

    // The latest change of each thread, and what is known of each mailbox.
    private readonly Dictionary<ThreadId, ModSeq> threads = [];
    private readonly Dictionary<MailboxId, MailboxChange> mailboxes = [];

    /// <summary>A row of "tombstone".</summary>
    public readonly record struct Tombstone(bool IsMailbox, ModSeq ModSeq, long Object, ThreadId Thread, ModSeq Created);

    /// <summary>Tombstones after <paramref name="since"/> up to <paramref name="until"/>; null when some may have been dropped.</summary>
    public static List<Tombstone>? Tombstones(SqliteConnection database, AccountId account, ModSeq since, ModSeq until)
    {
        // One transaction: a purge between the two would go unseen.
        database.Get("BEGIN").Run();
        try
        {
            var floor = database.Get("SELECT changes_floor FROM account WHERE id = ?1").Bind(1, account.Value);
            if (!floor.Step() || floor.Int64(0) > since.Value) return null;
            floor.Reset();
            var tombstones = new List<Tombstone>();
            foreach (var type in new[] { 1, 2 })
            {
                var rows = database.Get("""
                    SELECT modseq, object, thread, created FROM tombstone WHERE account = ?1 AND type = ?2 AND modseq > ?3 AND modseq <= ?4
                    """).Bind(1, account.Value).Bind(2, type).Bind(3, since.Value).Bind(4, until.Value);
                while (rows.Step())
                    tombstones.Add(new Tombstone(type == 2, new ModSeq(rows.Int64(0)), rows.Int64(1), new ThreadId(rows.Int64(2)), new ModSeq(rows.Int64(3))));
            }
            return tombstones;
        }
        finally
        {
            database.ResetAll();
            database.Get("COMMIT").Run();
        }
    }

    public AccountChanges Build(List<Tombstone> gone)
    {
        Add(snapshot.Emails, seen: true);
        Add(snapshot.Hidden, seen: false);
        foreach (var one in gone)
        {
            // RFC 8620 §5.2: of what came and went since, nobody need hear.
            if (one.Created.CompareTo(since) > 0)
            {
                if (!one.IsMailbox) Pass(one.Thread, one.ModSeq);
                continue;
            }
            if (one.IsMailbox) mailboxes[new MailboxId(one.Object)] = new MailboxChange(new MailboxId(one.Object), one.ModSeq, ChangeKind.Destroyed, false);
            else Add(new EmailChange(new EmailId(one.Object), one.Thread, one.ModSeq, ChangeKind.Destroyed));
        }
        foreach (var mailbox in snapshot.Mailboxes) Add(mailbox.Mailbox);
        AddCountsOfThreads();
        emails.Sort(static (a, b) => a.ModSeq == b.ModSeq ? a.Email.Value.CompareTo(b.Email.Value) : a.ModSeq.CompareTo(b.ModSeq));
        return new AccountChanges(emails, [.. mailboxes.Values.OrderBy(change => change.ModSeq).ThenBy(change => change.Mailbox.Value)], snapshot) { PassedThreads = passed };
    }

    private void Add(ChunkList<EmailRow, ByEmail> rows, bool seen)
    {
        for (var chunk = 0; chunk < rows.ChunkCount; chunk++)
        {
            if (rows.RankOf(chunk) <= since.Value) continue;
            foreach (ref readonly var row in rows.Chunk(chunk))
            {
                if (row.Changed.CompareTo(since) <= 0) continue;
                var isNew = row.Created.CompareTo(since) > 0;
                if (seen) Add(new EmailChange(row.Id, row.Thread, row.Changed, isNew || row.Shown.CompareTo(since) > 0 ? ChangeKind.Created : ChangeKind.Updated));
                else if (isNew) Pass(row.Thread, row.Changed);
                else Add(new EmailChange(row.Id, row.Thread, row.Changed, ChangeKind.Destroyed));
            }
        }
    }

    private void Add(EmailChange change)
    {
        emails.Add(change);
        Touch(change.Thread, change.ModSeq);
    }

    // The counts of threads changed, and back again: of that, too, who looked meanwhile has to hear.
    private void Pass(ThreadId thread, ModSeq at)
    {
        passed.Add((thread, at));
        Touch(thread, at);
    }

    private void Touch(ThreadId thread, ModSeq at)
    {
        if (!threads.TryGetValue(thread, out var before) || before.CompareTo(at) < 0) threads[thread] = at;
    }

    private void Add(Mailbox mailbox)
    {
        var isNew = mailbox.Created.CompareTo(since) > 0;
        var ofProperties = mailbox.PropertiesChanged.CompareTo(since) > 0;
        var at = new ModSeq(Math.Max(mailbox.HighestModSeq.Value, mailbox.PropertiesChanged.Value));
        if (at.CompareTo(since) > 0)
            mailboxes[mailbox.Id] = new MailboxChange(mailbox.Id, at, isNew ? ChangeKind.Created : ChangeKind.Updated, OnlyCounts: !isNew && !ofProperties);
    }

    // An email of a thread that was read changes the unread threads of every mailbox the thread is in (RFC 8621 §2).
    private void AddCountsOfThreads()
    {
        var emails = new List<EmailRow>();
        foreach (var (thread, at) in threads)
        {
            emails.Clear();
            snapshot.AddThread(thread, emails);
            foreach (var row in emails)
                for (var i = 0; i < row.PlaceCount; i++) AddCounts(row.Place(i).Mailbox, at);
        }
    }

    private void AddCounts(MailboxId mailbox, ModSeq at)
    {
        if (!mailboxes.TryGetValue(mailbox, out var known)) mailboxes.Add(mailbox, new MailboxChange(mailbox, at, ChangeKind.Updated, OnlyCounts: true));
        else if (known.ModSeq.CompareTo(at) < 0) mailboxes[mailbox] = known with { ModSeq = at };
    }
}
