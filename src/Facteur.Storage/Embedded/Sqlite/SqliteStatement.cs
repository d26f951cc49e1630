using System.Text;
using SQLitePCL;

namespace Facteur.Storage.Embedded.Sqlite;

/// <summary>A prepared statement. Parameters count from 1, columns from 0. Spans of columns are valid until the next step.</summary>
internal sealed class SqliteStatement(SqliteConnection connection, sqlite3_stmt handle) : IDisposable
{
    // The statement lives as long as this object, and is used by one thread.
    private readonly nint pointer = handle.DangerousGetHandle();
    private bool active;

    public SqliteStatement Bind(int index, long value)
    {
        _ = SqliteNative.BindInt64(pointer, index, value);
        return this;
    }

    public SqliteStatement Bind(int index, long? value)
    {
        if (value is { } number) _ = SqliteNative.BindInt64(pointer, index, number);
        else raw.sqlite3_bind_null(handle, index);
        return this;
    }

    public SqliteStatement Bind(int index, ReadOnlySpan<byte> value)
    {
        // An empty span may have a null pointer, which SQLite would take for NULL.
        if (value.IsEmpty) raw.sqlite3_bind_zeroblob(handle, index, 0);
        else if (raw.sqlite3_bind_blob(handle, index, value) is var code && code != raw.SQLITE_OK) throw connection.Error(code);
        return this;
    }

    /// <summary>Binds a text that is in UTF-8 already.</summary>
    public SqliteStatement BindText(int index, ReadOnlySpan<byte> utf8)
    {
        if (raw.sqlite3_bind_text(handle, index, utf8) is var code && code != raw.SQLITE_OK) throw connection.Error(code);
        return this;
    }

    public SqliteStatement BindOrNull(int index, byte[]? value) => value is null ? BindNull(index) : Bind(index, value.AsSpan());

    public SqliteStatement BindNull(int index)
    {
        raw.sqlite3_bind_null(handle, index);
        return this;
    }

    public SqliteStatement Bind(int index, string? value)
    {
        if (value is null) raw.sqlite3_bind_null(handle, index);
        else if (raw.sqlite3_bind_text(handle, index, value) is var code && code != raw.SQLITE_OK) throw connection.Error(code);
        return this;
    }

    /// <summary>Moves to the next row; at the end, answers false and stands ready to bind again.</summary>
    public bool Step()
    {
        active = true;
        var code = SqliteNative.Step(pointer);
        if (code == raw.SQLITE_ROW) return true;
        if (code == raw.SQLITE_DONE)
        {
            Reset();
            return false;
        }
        var error = connection.Error(code);
        Reset();
        throw error;
    }

    /// <summary>Runs a statement that has no rows.</summary>
    public void Run()
    {
        while (Step())
        {
        }
    }

    public long Int64(int column) => SqliteNative.ColumnInt64(pointer, column);

    public int Int32(int column) => (int)SqliteNative.ColumnInt64(pointer, column);

    public bool IsNull(int column) => SqliteNative.ColumnType(pointer, column) == raw.SQLITE_NULL;

    public long? Int64OrNull(int column) => IsNull(column) ? null : Int64(column);

    /// <summary>Octets of a BLOB, or of a TEXT in UTF-8.</summary>
    public ReadOnlySpan<byte> Octets(int column) => raw.sqlite3_column_blob(handle, column);

    public string Text(int column) => Encoding.UTF8.GetString(Octets(column));

    public string? TextOrNull(int column) => IsNull(column) ? null : Text(column);

    public void Reset()
    {
        if (!active) return;
        active = false;
        raw.sqlite3_reset(handle);
    }

    public void Dispose() => handle.Dispose();
}
