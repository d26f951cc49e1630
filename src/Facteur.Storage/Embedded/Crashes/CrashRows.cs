using Facteur.Storage.Crashes;
using Facteur.Storage.Embedded.Sqlite;

namespace Facteur.Storage.Embedded.Crashes;

/// <summary>Rows of crashes.</summary>
internal static class CrashRows
{
    /// <summary>
    /// Counts one crash for each message that was at work, in the rows of the pieces that were. A piece counts on from what the message has,
    /// so that one that is bad for all its hosts is known after three crashes, and a host that took it says nothing about the others.
    /// </summary>
    public static void Count(SqliteConnection database, IReadOnlySet<WorkItem> atWork, long now)
    {
        if (atWork.Count == 0) return;
        database.Run("BEGIN IMMEDIATE");
        try
        {
            foreach (var message in atWork.GroupBy(item => (item.Kind, item.Id)))
            {
                var row = database.Get("SELECT ifnull(max(count), 0) + 1 FROM crash WHERE kind = ?1 AND id = ?2").Bind(1, (int)message.Key.Kind).Bind(2, message.Key.Id);
                row.Step();
                var count = row.Int64(0);
                row.Reset();
                foreach (var item in message)
                    database.Get("INSERT OR REPLACE INTO crash (kind, id, part, count, at, told) VALUES (?1, ?2, ?3, ?4, ?5, 0)")
                        .Bind(1, (int)item.Kind).Bind(2, item.Id).Bind(3, item.Part).Bind(4, count).Bind(5, now).Run();
            }
            RemoveGone(database);
            database.Run("COMMIT");
        }
        catch
        {
            database.ResetAll();
            if (!database.IsAutoCommit) database.Run("ROLLBACK");
            throw;
        }
    }

    /// <summary>Crashes of each message that has any.</summary>
    public static List<(RiskyWork Kind, long Id, int Count)> All(SqliteConnection database)
    {
        var all = new List<(RiskyWork, long, int)>();
        var row = database.Get("SELECT kind, id, max(count) FROM crash GROUP BY kind, id");
        while (row.Step()) all.Add(((RiskyWork)row.Int32(0), row.Int64(1), row.Int32(2)));
        return all;
    }

    public static List<QuarantinedMessage> Quarantined(SqliteConnection database, bool onlyUntold)
    {
        var found = new List<QuarantinedMessage>();
        var row = database.Get("""
            SELECT kind, id, max(count), max(at), CASE WHEN kind IN (3, 4) THEN (SELECT account FROM email WHERE email.id = crash.id) END
            FROM crash GROUP BY kind, id HAVING max(count) >= ?1 AND (?2 = 0 OR min(told) = 0) ORDER BY kind, id
            """).Bind(1, CrashStore.Limit).Bind(2, onlyUntold ? 1 : 0);
        while (row.Step())
            found.Add(new QuarantinedMessage((RiskyWork)row.Int32(0), row.Int64(1), row.Int32(2), DateTimeOffset.FromUnixTimeMilliseconds(row.Int64(3)),
                row.Int64OrNull(4) is { } account ? new AccountId(account) : null));
        return found;
    }

    public static void SetTold(SqliteConnection database, RiskyWork kind, long id) =>
        database.Get("UPDATE crash SET told = 1 WHERE kind = ?1 AND id = ?2").Bind(1, (int)kind).Bind(2, id).Run();

    /// <summary>A piece of work came through.</summary>
    /// <returns>Crashes that the message still has.</returns>
    public static int Remove(SqliteConnection database, WorkItem item)
    {
        database.Get("DELETE FROM crash WHERE kind = ?1 AND id = ?2 AND part = ?3").Bind(1, (int)item.Kind).Bind(2, item.Id).Bind(3, item.Part).Run();
        var row = database.Get("SELECT ifnull(max(count), 0) FROM crash WHERE kind = ?1 AND id = ?2").Bind(1, (int)item.Kind).Bind(2, item.Id);
        row.Step();
        var left = row.Int32(0);
        row.Reset();
        return left;
    }

    public static void RemoveAll(SqliteConnection database, RiskyWork kind, long id) =>
        database.Get("DELETE FROM crash WHERE kind = ?1 AND id = ?2").Bind(1, (int)kind).Bind(2, id).Run();

    private static void RemoveGone(SqliteConnection database)
    {
        database.Get("DELETE FROM crash WHERE kind IN (1, 2) AND NOT EXISTS (SELECT 1 FROM queue_message WHERE queue_message.id = crash.id)").Run();
        database.Get("DELETE FROM crash WHERE kind IN (3, 4) AND NOT EXISTS (SELECT 1 FROM email WHERE email.id = crash.id)").Run();
    }
}
