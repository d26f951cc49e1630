using SQLitePCL;

namespace Facteur.Storage.Embedded.Sqlite;

/// <summary>
/// One connection, used by one thread at a time; its statements are prepared once and kept.
/// Only this folder calls SQLite (docs/decisions/0001-sqlite-raw.md).
/// </summary>
internal sealed class SqliteConnection : IDisposable
{
    private readonly sqlite3 handle;

    // Keyed by reference: SQL texts are constants of the program.
    private readonly Dictionary<string, SqliteStatement> statements = new(ReferenceEqualityComparer.Instance);

    static SqliteConnection() => Batteries_V2.Init();

    private SqliteConnection(sqlite3 handle) => this.handle = handle;

    /// <param name="cacheKiB">Page cache of this connection.</param>
    /// <param name="mapOctets">Octets of the file read by memory map; 0 for none.</param>
    public static SqliteConnection Open(string path, bool readOnly, int cacheKiB, long mapOctets)
    {
        var flags = raw.SQLITE_OPEN_NOMUTEX | (readOnly ? raw.SQLITE_OPEN_READONLY : raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE);
        var code = raw.sqlite3_open_v2(path, out var handle, flags, null);
        if (code != raw.SQLITE_OK)
        {
            var message = handle is null ? "cannot open" : raw.sqlite3_errmsg(handle).utf8_to_string();
            handle?.Dispose();
            throw new SqliteException(code, message);
        }
        var connection = new SqliteConnection(handle);
        try
        {
            raw.sqlite3_extended_result_codes(handle, 1);
            raw.sqlite3_busy_timeout(handle, 10_000);
            connection.Run($"PRAGMA cache_size = -{cacheKiB}");
            connection.Run($"PRAGMA mmap_size = {mapOctets}");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>A statement ready to bind. <paramref name="sql"/> is a constant of the program: the statement is kept for it.</summary>
    public SqliteStatement Get(string sql)
    {
        if (statements.TryGetValue(sql, out var statement))
        {
            statement.Reset();
            return statement;
        }
        statement = Prepare(sql);
        statements.Add(sql, statement);
        return statement;
    }

    /// <summary>Runs one statement that is not kept.</summary>
    public void Run(string sql)
    {
        using var statement = Prepare(sql);
        while (statement.Step())
        {
        }
    }

    /// <summary>Runs a script of several statements.</summary>
    public void RunScript(string script)
    {
        if (raw.sqlite3_exec(handle, script) is var code && code != raw.SQLITE_OK) throw Error(code);
    }

    /// <summary>The first column of the first row of a statement that is not kept.</summary>
    public long Scalar(string sql)
    {
        using var statement = Prepare(sql);
        return statement.Step() ? statement.Int64(0) : 0;
    }

    public long LastRowId => raw.sqlite3_last_insert_rowid(handle);

    /// <summary>False while a transaction is open.</summary>
    public bool IsAutoCommit => raw.sqlite3_get_autocommit(handle) != 0;

    /// <summary>Ends statements that stand in the middle of their rows, and with them the read transaction.</summary>
    public void ResetAll()
    {
        foreach (var statement in statements.Values) statement.Reset();
    }

    /// <summary>Moves what it can of the log into the database without making anyone wait.</summary>
    /// <returns>Frames in the log, and those of them that are in the database.</returns>
    public (int Log, int Moved) Checkpoint(bool truncate)
    {
        var mode = truncate ? raw.SQLITE_CHECKPOINT_TRUNCATE : raw.SQLITE_CHECKPOINT_PASSIVE;
        var code = raw.sqlite3_wal_checkpoint_v2(handle, "main", mode, out var log, out var moved);
        if (code != raw.SQLITE_OK && (code & 0xFF) != raw.SQLITE_BUSY) throw Error(code);
        return (log, moved);
    }

    /// <summary>Pages written to the log since this was asked last.</summary>
    public int PagesWritten()
    {
        raw.sqlite3_db_status(handle, raw.SQLITE_DBSTATUS_CACHE_WRITE, out var pages, out _, 1);
        return pages;
    }

    public SqliteException Error(int code) => new(code, raw.sqlite3_errmsg(handle).utf8_to_string());

    public void Dispose()
    {
        foreach (var statement in statements.Values) statement.Dispose();
        statements.Clear();
        handle.Dispose();
    }

    private SqliteStatement Prepare(string sql)
    {
        var code = raw.sqlite3_prepare_v3(handle, sql, raw.SQLITE_PREPARE_PERSISTENT, out var statement);
        if (code != raw.SQLITE_OK) throw Error(code);
        return new SqliteStatement(this, statement);
    }
}
