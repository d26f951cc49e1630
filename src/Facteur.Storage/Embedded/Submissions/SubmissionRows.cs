using Facteur.Storage.Embedded.Sqlite;
using Facteur.Storage.Embedded.Writing;
using Facteur.Storage.Emails;
using Facteur.Storage.Queue;

namespace Facteur.Storage.Embedded.Submissions;

/// <summary>Rows of submissions, as parts of verbs.</summary>
internal static class SubmissionRows
{
    private const string Columns = "SELECT id, account, queue, email, thread, identity, send_at, document, created_modseq, modseq FROM submission";
    private const string One = Columns + " WHERE id = ?1 AND account = ?2";
    private const string OfAccount = Columns + " WHERE account = ?1 AND id > ?2 ORDER BY id LIMIT ?3";
    private const string Since = Columns + " WHERE account = ?1 AND modseq > ?2 ORDER BY modseq";

    public static SubmissionId Insert(WriteSession session, SubmissionDraft draft, QueueId? queue)
    {
        var at = Next(session, draft.Account.Value);
        session.Database.Get("""
            INSERT INTO submission (account, queue, email, thread, identity, send_at, document, created_modseq, modseq)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8)
            """).Bind(1, draft.Account.Value).Bind(2, queue?.Value).Bind(3, draft.Email.Value).Bind(4, draft.Thread.Value).Bind(5, draft.Identity)
            .Bind(6, draft.SendAt.ToUnixTimeMilliseconds()).Bind(7, draft.Document).Bind(8, at).Run();
        return new SubmissionId(session.Database.LastRowId);
    }

    /// <summary>Something became of the queue entry of a submission; most entries are of none.</summary>
    public static void Move(WriteSession session, long queue)
    {
        foreach (var (id, account) in Of(session, queue)) Move(session, id, account);
    }

    /// <summary>A report came in about a message that was delivered here, and so was in no queue: submissions of it count as changed.</summary>
    /// <param name="messageId">Without brackets.</param>
    public static void MoveAbout(WriteSession session, long account, string messageId)
    {
        var found = new List<long>(0);
        var row = session.Database.Get("""
            SELECT s.id FROM submission s JOIN email e ON e.id = s.email JOIN facts f ON f.blob = e.blob WHERE s.account = ?1 AND f.message_id = ?2
            """).Bind(1, account).Bind(2, $"<{messageId}>");
        while (row.Step()) found.Add(row.Int64(0));
        foreach (var id in found) Move(session, id, account);
    }

    /// <summary>The submission counts as changed.</summary>
    public static void Move(WriteSession session, long id, long account) =>
        session.Database.Get("UPDATE submission SET modseq = ?2 WHERE id = ?1").Bind(1, id).Bind(2, Next(session, account)).Run();

    /// <summary>The queue entry is being removed: so is what it carried.</summary>
    public static void Forget(WriteSession session, long queue)
    {
        foreach (var (id, account) in Of(session, queue)) Remove(session, id, account);
    }

    public static void Remove(WriteSession session, long id, long account)
    {
        session.Database.Get("DELETE FROM submission WHERE id = ?1").Bind(1, id).Run();
        session.Database.Get("INSERT INTO submission_gone (account, modseq, id, at) VALUES (?1, ?2, ?3, ?4)")
            .Bind(1, account).Bind(2, Next(session, account)).Bind(3, id).Bind(4, session.Now).Run();
    }

    /// <summary>Removes those that have no queue entry to go with, and forgets removals of long ago.</summary>
    /// <returns>True when there is more to do.</returns>
    public static bool Purge(WriteSession session, long before, int step)
    {
        var old = new List<(long Id, long Account)>();
        var row = session.Database.Get("SELECT id, account FROM submission WHERE queue IS NULL AND send_at < ?1 ORDER BY send_at LIMIT ?2").Bind(1, before).Bind(2, step);
        while (row.Step()) old.Add((row.Int64(0), row.Int64(1)));
        foreach (var (id, account) in old) Remove(session, id, account);
        var forgotten = new List<(long Account, long ModSeq)>();
        row = session.Database.Get("SELECT account, modseq FROM submission_gone WHERE at < ?1 ORDER BY at LIMIT ?2").Bind(1, before).Bind(2, step);
        while (row.Step()) forgotten.Add((row.Int64(0), row.Int64(1)));
        foreach (var (account, modSeq) in forgotten)
        {
            session.Database.Get("DELETE FROM submission_gone WHERE account = ?1 AND modseq = ?2").Bind(1, account).Bind(2, modSeq).Run();
            session.Database.Get("UPDATE submission_state SET floor = max(floor, ?2) WHERE account = ?1").Bind(1, account).Bind(2, modSeq).Run();
        }
        return old.Count == step || forgotten.Count == step;
    }

    /// <summary>The account is gone.</summary>
    public static void RemoveAll(WriteSession session, long account)
    {
        session.Database.Get("DELETE FROM submission WHERE account = ?1").Bind(1, account).Run();
        session.Database.Get("DELETE FROM submission_gone WHERE account = ?1").Bind(1, account).Run();
        session.Database.Get("DELETE FROM submission_state WHERE account = ?1").Bind(1, account).Run();
    }

    public static SubmissionRecord? Find(SqliteConnection database, AccountId account, SubmissionId id)
    {
        var row = database.Get(One).Bind(1, id.Value).Bind(2, account.Value);
        if (!row.Step()) return null;
        var record = Read(row);
        row.Reset();
        return record;
    }

    public static List<SubmissionRecord> List(SqliteConnection database, AccountId account, SubmissionId after, int max) =>
        All(database.Get(OfAccount).Bind(1, account.Value).Bind(2, after.Value).Bind(3, max));

    public static (long State, long Floor) State(SqliteConnection database, AccountId account)
    {
        var row = database.Get("SELECT modseq, floor FROM submission_state WHERE account = ?1").Bind(1, account.Value);
        if (!row.Step()) return (0, 0);
        var state = (row.Int64(0), row.Int64(1));
        row.Reset();
        return state;
    }

    public static SubmissionChanges? Changes(SqliteConnection database, AccountId account, ModSeq since)
    {
        database.Get("BEGIN").Run();
        try
        {
            var (state, floor) = State(database, account);
            if (since.Value > state || since.Value < floor) return null;
            var changed = All(database.Get(Since).Bind(1, account.Value).Bind(2, since.Value));
            var removed = new List<(SubmissionId, ModSeq)>();
            var row = database.Get("SELECT id, modseq FROM submission_gone WHERE account = ?1 AND modseq > ?2 ORDER BY modseq").Bind(1, account.Value).Bind(2, since.Value);
            while (row.Step()) removed.Add((new SubmissionId(row.Int64(0)), new ModSeq(row.Int64(1))));
            return new SubmissionChanges(changed, removed, new ModSeq(state));
        }
        finally
        {
            database.ResetAll();
            database.Get("COMMIT").Run();
        }
    }

    private static List<(long Id, long Account)> Of(WriteSession session, long queue)
    {
        // Index submission_queue.
        var found = new List<(long, long)>(0);
        var row = session.Database.Get("SELECT id, account FROM submission WHERE queue = ?1").Bind(1, queue);
        while (row.Step()) found.Add((row.Int64(0), row.Int64(1)));
        return found;
    }

    /// <summary>The next number of the account's submissions.</summary>
    private static long Next(WriteSession session, long account)
    {
        var row = session.Database.Get("""
            INSERT INTO submission_state (account, modseq, floor) VALUES (?1, 1, 0) ON CONFLICT (account) DO UPDATE SET modseq = modseq + 1 RETURNING modseq
            """).Bind(1, account);
        row.Step();
        var next = row.Int64(0);
        row.Run();
        session.SubmissionsChanged(new AccountId(account));
        return next;
    }

    private static List<SubmissionRecord> All(SqliteStatement row)
    {
        var records = new List<SubmissionRecord>();
        while (row.Step()) records.Add(Read(row));
        return records;
    }

    private static SubmissionRecord Read(SqliteStatement row) => new(
        new SubmissionId(row.Int64(0)), new AccountId(row.Int64(1)), row.Int64OrNull(2) is { } queue ? new QueueId(queue) : null, new EmailId(row.Int64(3)),
        new ThreadId(row.Int64(4)), row.Int32(5), DateTimeOffset.FromUnixTimeMilliseconds(row.Int64(6)), row.Text(7), new ModSeq(row.Int64(8)), new ModSeq(row.Int64(9)));
}
