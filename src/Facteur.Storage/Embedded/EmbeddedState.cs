using System.Text;
using Facteur.Storage.Embedded.Sqlite;

namespace Facteur.Storage.Embedded;

/// <summary>Learnt state in the same database, one row a key.</summary>
internal sealed class EmbeddedState(EmbeddedStore store, TimeProvider time) : StateStore
{
    private const int MaxKeys = 1000;
    private const string Columns = "SELECT key, first, second, expires, value FROM state";
    private const string Live = " AND (expires IS NULL OR expires > ?3)";
    private const string GetSql = Columns + " WHERE space = ?1 AND key = ?2" + Live;
    private const string ListSql = Columns + " WHERE space = ?1 AND key >= max(?2, ?4)" + Live + " ORDER BY key";

    private const string FromSql = "SELECT space FROM state WHERE space >= ?1 ORDER BY space LIMIT 1";
    private const string AfterSql = "SELECT space FROM state WHERE space > ?1 ORDER BY space LIMIT 1";

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    public override ValueTask<StateEntry?> GetAsync(string space, string key, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        return new(store.Read(database => Get(database, space, key, Now)));
    }

    public override ValueTask<IReadOnlyDictionary<string, StateEntry>> GetManyAsync(string space, IReadOnlyCollection<string> keys, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        ArgumentOutOfRangeException.ThrowIfGreaterThan(keys.Count, MaxKeys, nameof(keys));
        return new(store.Read<IReadOnlyDictionary<string, StateEntry>>(database =>
        {
            var found = new Dictionary<string, StateEntry>(keys.Count);
            var now = Now;

            // One transaction: one moment, and the lock of the log is taken once.
            database.Get("BEGIN").Run();
            foreach (var key in keys)
                if (Get(database, space, key, now) is { } entry) found[key] = entry;
            database.Get("COMMIT").Run();
            return found;
        }));
    }

    public override ValueTask<IReadOnlyList<StateEntry>> ListAsync(string space, string prefix, string? after, int max, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        return new(store.Read(database =>
        {
            var entries = new List<StateEntry>();
            var row = database.Get(ListSql).Bind(1, space).Bind(2, prefix).Bind(3, Now).Bind(4, after ?? "");
            while (entries.Count < max && row.Step())
            {
                var entry = Entry(row);
                if (!entry.Key.StartsWith(prefix, StringComparison.Ordinal)) break;
                if (entry.Key != after) entries.Add(entry);
            }
            return entries;
        }));
    }

    public override ValueTask<IReadOnlyList<string>> SpacesAsync(string prefix, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        return new(store.Read(database =>
        {
            var spaces = new List<string>();
            for (var space = Next(database, FromSql, prefix); space is not null && space.StartsWith(prefix, StringComparison.Ordinal);
                space = Next(database, AfterSql, space))
                if (HoldsAny(database, space)) spaces.Add(space);
            return spaces;
        }));
    }

    public override async ValueTask SetAsync(string space, IReadOnlyList<StateEntry> entries, CancellationToken cancel)
    {
        foreach (var entry in entries) Require(entry.Key, entry.Value);
        await store.WriteAsync(
            session =>
            {
                foreach (var entry in entries)
                    session.Database.Get("INSERT OR REPLACE INTO state (space, key, first, second, expires, value) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")
                        .Bind(1, space).Bind(2, entry.Key).Bind(3, entry.First).Bind(4, entry.Second)
                        .Bind(5, entry.Expires?.ToUnixTimeMilliseconds()).BindOrNull(6, entry.Value).Run();
                return true;
            },
            grows: true, cancel);
    }

    public override async ValueTask AddAsync(string space, IReadOnlyList<StateChange> changes, CancellationToken cancel)
    {
        foreach (var change in changes) Require(change.Key, change.Value);
        await store.WriteAsync(
            session =>
            {
                foreach (var change in changes) Add(session.Database, space, change, session.Now);
                return true;
            },
            grows: true, cancel);
    }

    public override async ValueTask<bool> RemoveAsync(string space, string key, CancellationToken cancel) => await store.WriteAsync(
        session =>
        {
            var row = session.Database.Get("DELETE FROM state WHERE space = ?1 AND key = ?2 RETURNING expires IS NULL OR expires > ?3")
                .Bind(1, space).Bind(2, key).Bind(3, session.Now);
            if (!row.Step()) return false;
            var wasLive = row.Int64(0) != 0;
            row.Run();
            return wasLive;
        },
        grows: false, cancel);

    public override async ValueTask RemoveSpaceAsync(string space, CancellationToken cancel)
    {
        while (await store.WriteAsync(session => Delete(session.Database, space, MaxKeys), grows: false, cancel) > 0)
        {
        }
    }

    public override async ValueTask<int> PurgeAsync(DateTimeOffset now, int max, CancellationToken cancel) => await store.WriteAsync(
        session =>
        {
            // Index state_expires.
            var expired = new List<(string Space, string Key)>();
            var row = session.Database.Get("SELECT space, key FROM state WHERE expires <= ?1 ORDER BY expires LIMIT ?2").Bind(1, now.ToUnixTimeMilliseconds()).Bind(2, max);
            while (row.Step()) expired.Add((row.Text(0), row.Text(1)));
            foreach (var (space, key) in expired)
                session.Database.Get("DELETE FROM state WHERE space = ?1 AND key = ?2").Bind(1, space).Bind(2, key).Run();
            return expired.Count;
        },
        grows: false, cancel);

    private static void Add(SqliteConnection database, string space, StateChange change, long now) =>
        // What has expired counts from nothing again.
        database.Get("""
            INSERT INTO state (space, key, first, second, expires, value) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
            ON CONFLICT (space, key) DO UPDATE SET
                first = excluded.first + CASE WHEN expires <= ?7 THEN 0 ELSE first END,
                second = excluded.second + CASE WHEN expires <= ?7 THEN 0 ELSE second END,
                value = CASE WHEN expires <= ?7 THEN excluded.value ELSE ifnull(excluded.value, value) END,
                expires = CASE WHEN expires <= ?7 THEN excluded.expires ELSE ifnull(excluded.expires, expires) END
            """).Bind(1, space).Bind(2, change.Key).Bind(3, change.First).Bind(4, change.Second)
            .Bind(5, change.Expires?.ToUnixTimeMilliseconds()).BindOrNull(6, change.Value).Bind(7, now).Run();

    private static int Delete(SqliteConnection database, string space, int max)
    {
        var removed = 0;
        var row = database.Get("DELETE FROM state WHERE space = ?1 AND key IN (SELECT key FROM state WHERE space = ?1 LIMIT ?2) RETURNING 1")
            .Bind(1, space).Bind(2, max);
        while (row.Step()) removed++;
        return removed;
    }

    private static StateEntry? Get(SqliteConnection database, string space, string key, long now)
    {
        var row = database.Get(GetSql).Bind(1, space).Bind(2, key).Bind(3, now);
        if (!row.Step()) return null;
        var entry = Entry(row);
        row.Reset();
        return entry;
    }

    private static string? Next(SqliteConnection database, string sql, string space)
    {
        var row = database.Get(sql).Bind(1, space);
        if (!row.Step()) return null;
        var next = row.Text(0);
        row.Reset();
        return next;
    }

    private bool HoldsAny(SqliteConnection database, string space)
    {
        var row = database.Get("SELECT 1 FROM state WHERE space = ?1 AND (expires IS NULL OR expires > ?2) LIMIT 1").Bind(1, space).Bind(2, Now);
        var any = row.Step();
        row.Reset();
        return any;
    }

    private static void Require(string key, byte[]? value)
    {
        if (Encoding.UTF8.GetByteCount(key) > MaxKeyOctets) throw new ArgumentException("the key is too long", nameof(key));
        if (value is { Length: > MaxValueOctets }) throw new ArgumentException("the value is too long", nameof(value));
    }

    private static StateEntry Entry(SqliteStatement row) => new(
        row.Text(0), row.Int64(1), row.Int64(2), row.IsNull(4) ? null : row.Octets(4).ToArray(),
        row.Int64OrNull(3) is { } expires ? DateTimeOffset.FromUnixTimeMilliseconds(expires) : null);
}
