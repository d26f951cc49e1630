using System.Collections.Concurrent;
using Facteur.Storage.Embedded.Sqlite;

namespace Facteur.Storage.Embedded.Reading;

/// <summary>Connections for reading; each is used by one thread at a time and returned before anybody waits.</summary>
internal sealed class ReaderPool(string path, long mapOctets) : IDisposable
{
    private const int MaxIdle = 8;
    private const int CacheKiB = 4 * 1024;

    private readonly ConcurrentBag<SqliteConnection> idle = [];
    private volatile bool disposed;

    public Lease Rent()
    {
        ObjectDisposedException.ThrowIf(disposed, typeof(EmbeddedStore));
        return new Lease(this, idle.TryTake(out var connection) ? connection : SqliteConnection.Open(path, readOnly: true, CacheKiB, mapOctets));
    }

    public void Dispose()
    {
        disposed = true;
        while (idle.TryTake(out var connection)) connection.Dispose();
    }

    private void Return(SqliteConnection connection)
    {
        connection.ResetAll();
        if (disposed || idle.Count >= MaxIdle || !connection.IsAutoCommit) connection.Dispose();
        else idle.Add(connection);
    }

    /// <summary>A connection until it is disposed.</summary>
    internal readonly ref struct Lease(ReaderPool pool, SqliteConnection database)
    {
        public SqliteConnection Database { get; } = database;

        public void Dispose() => pool.Return(Database);
    }
}
