using Facteur.Storage.Embedded.Contacts;
using Facteur.Storage.Embedded.Packs;
using Facteur.Storage.Embedded.Submissions;
using Facteur.Storage.Embedded.Uploads;
using Facteur.Storage.Emails;

namespace Facteur.Storage.Embedded.Writing;

/// <summary>Removes for good, in small steps, what is gone: entries of deleted mailboxes, emails past their retention, old uploads, removed accounts, empty segments.</summary>
internal static class Purge
{
    private const int Step = 500;

    /// <returns>True when there is more to do at once.</returns>
    public static bool Run(WriteSession session, TimeSpan retention)
    {
        if (First(session, "SELECT id FROM mailbox WHERE deleted_at IS NOT NULL LIMIT 1") is { } mailbox)
        {
            MailboxVerbs.Sweep(session, session.FindMailbox(new MailboxId(mailbox))!, Step);
            return true;
        }
        var more = Emails(session, session.Now - (long)retention.TotalMilliseconds);
        more |= UploadRows.Purge(session, session.Now - (long)UploadStore.Lifetime.TotalMilliseconds, Step) == Step;
        more |= ContactVerbs.Purge(session, session.Now - (long)retention.TotalMilliseconds, Step);
        more |= Accounts(session);
        Expunged(session);
        Segments(session);
        return more;
    }

    private static long? First(WriteSession session, string sql)
    {
        var row = session.Database.Get(sql);
        if (!row.Step()) return null;
        var value = row.Int64(0);
        row.Reset();
        return value;
    }

    private static bool Emails(WriteSession session, long before)
    {
        var emails = new List<(long Email, long Blob)>();
        var rows = session.Database.Get("SELECT id, blob FROM email WHERE removed_at IS NOT NULL AND removed_at <= ?1 LIMIT ?2")
            .Bind(1, before).Bind(2, Step);
        while (rows.Step()) emails.Add((rows.Int64(0), rows.Int64(1)));
        var floors = new Dictionary<long, long>();
        foreach (var (email, blob) in emails)
        {
            var gone = session.Database.Get("DELETE FROM email WHERE id = ?1 RETURNING account, modseq").Bind(1, email);
            if (gone.Step()) floors[gone.Int64(0)] = Math.Max(floors.GetValueOrDefault(gone.Int64(0)), gone.Int64(1));
            gone.Run();
            Release(session, blob);
        }
        foreach (var (account, floor) in floors) Tombstones(session, account, floor);
        return emails.Count == Step;
    }

    // With the emails goes what tells of their end: who was away that long reads the account anew.
    private static void Tombstones(WriteSession session, long account, long floor)
    {
        session.Database.Get("UPDATE account SET changes_floor = max(changes_floor, ?2) WHERE id = ?1").Bind(1, account).Bind(2, floor).Run();
        foreach (var type in new[] { 1, 2 })
            session.Database.Get("DELETE FROM tombstone WHERE account = ?1 AND type = ?2 AND modseq <= ?3").Bind(1, account).Bind(2, type).Bind(3, floor).Run();
    }

    /// <summary>An email, a message of the queue or an upload no longer refers to a body; with the last reference it goes.</summary>
    public static void Release(WriteSession session, long blob)
    {
        var row = session.Database.Get("UPDATE blob SET refs = refs - 1 WHERE id = ?1 RETURNING refs, extents").Bind(1, blob);
        if (!row.Step()) return;
        var refs = row.Int64(0);
        var extents = ExtentList.Parse(row.Octets(1));
        row.Reset();
        if (refs > 0) return;
        session.Database.Get("DELETE FROM blob WHERE id = ?1").Bind(1, blob).Run();
        session.Database.Get("DELETE FROM facts WHERE blob = ?1").Bind(1, blob).Run();
        foreach (var extent in extents)
        {
            session.Database.Get("DELETE FROM extent WHERE segment = ?1 AND offset = ?2").Bind(1, extent.Segment).Bind(2, extent.Offset).Run();
            session.CountSegment(extent.Segment, 0, -extent.Length);
        }
    }

    private static bool Accounts(WriteSession session)
    {
        if (First(session, "SELECT id FROM account WHERE removed_at IS NOT NULL LIMIT 1") is not { } id) return false;

        // What waited for its retention goes now.
        session.Database.Get("UPDATE email SET removed_at = 0 WHERE account = ?1 AND removed_at > 0").Bind(1, id).Run();
        var row = session.Database.Get("SELECT 1 FROM email WHERE account = ?1 LIMIT 1").Bind(1, id);
        var hasEmails = row.Step();
        row.Reset();
        if (hasEmails) return true;
        var threads = session.Database.Get("""
            DELETE FROM thread_id WHERE account = ?1 AND hash IN (SELECT hash FROM thread_id WHERE account = ?1 LIMIT 5000) RETURNING 1
            """).Bind(1, id);
        if (threads.Step())
        {
            threads.Run();
            return true;
        }
        if (Logins(session, id)) return true;
        if (UploadRows.PurgeOf(session, id, Step)) return true;
        if (ContactVerbs.RemoveAll(session, id, Step)) return true;
        session.Database.Get("DELETE FROM subscription WHERE account = ?1").Bind(1, id).Run();
        session.Database.Get("DELETE FROM tombstone WHERE account = ?1").Bind(1, id).Run();
        SubmissionRows.RemoveAll(session, id);
        AnnotationVerbs.RemoveAll(session, id);
        session.Forget(new AccountId(id));
        session.Database.Get("DELETE FROM account WHERE id = ?1").Bind(1, id).Run();
        session.AfterCommit.Add(() => session.AccountGone(new AccountId(id)));
        return true;
    }

    private static bool Logins(WriteSession session, long account)
    {
        var logins = session.Database.Get("DELETE FROM login WHERE id IN (SELECT id FROM login WHERE account = ?1 LIMIT 5000) RETURNING 1").Bind(1, account);
        var any = logins.Step();
        if (any) logins.Run();
        return any;
    }

    // The older half goes: who was away that long gets a longer answer, not a wrong one.
    private static void Expunged(WriteSession session)
    {
        var limit = session.Options.MaxExpungedRanges;
        var mailboxes = new List<long>();
        var rows = session.Database.Get("SELECT mailbox FROM expunged GROUP BY mailbox HAVING count(*) > ?1").Bind(1, limit);
        while (rows.Step()) mailboxes.Add(rows.Int64(0));
        foreach (var mailbox in mailboxes)
        {
            session.Database.Get("""
                UPDATE mailbox SET vanished_floor = (SELECT modseq FROM expunged WHERE mailbox = ?1 ORDER BY modseq DESC LIMIT 1 OFFSET ?2) WHERE id = ?1
                """).Bind(1, mailbox).Bind(2, limit / 2).Run();
            session.Database.Get("DELETE FROM expunged WHERE mailbox = ?1 AND modseq <= (SELECT vanished_floor FROM mailbox WHERE id = ?1)")
                .Bind(1, mailbox).Run();
        }
    }

    private static void Segments(WriteSession session)
    {
        session.SaveCounters();
        var empty = new List<int>();
        var rows = session.Database.Get("SELECT id FROM segment WHERE live = 0");
        while (rows.Step()) empty.Add(rows.Int32(0));
        foreach (var id in empty)
        {
            if (!session.Packs.IsIdle(id)) continue;
            session.Database.Get("DELETE FROM segment WHERE id = ?1").Bind(1, id).Run();
            session.AfterCommit.Add(() => session.Packs.Retire(id));
        }
    }
}
