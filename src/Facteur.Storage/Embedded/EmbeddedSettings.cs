using System.Collections.Concurrent;
using Facteur.Storage.Embedded.Sqlite;
using Facteur.Storage.Embedded.Writing;

namespace Facteur.Storage.Embedded;

/// <summary>Settings in the same database. What was read is remembered, also that there is nothing, until any setting changes.</summary>
internal sealed class EmbeddedSettings(EmbeddedStore store) : SettingsStore
{
    /// <summary>Octets of documents remembered; past them all is read again.</summary>
    private const long MaxRemembered = 16 * 1024 * 1024;

    // A document counts as this much more: names, and those that are not there.
    private const int EntryOctets = 200;

    private const string GetSql = "SELECT json FROM setting WHERE kind = ?1 AND owner = ?2 AND name = ?3";

    // Replaced by every change, so that what was read before it is never put beside what was read after.
    private Memory remembered = new();

    public override ValueTask<ReadOnlyMemory<byte>?> GetAsync(SettingScope scope, string name, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        var known = Volatile.Read(ref remembered);
        if (known.Documents.TryGetValue((scope, name), out var json)) return new(Document(json));
        json = store.Read(database => Read(database, scope, name));
        known.Keep(scope, name, json);
        return new(Document(json));
    }

    public override async ValueTask SetAsync(SettingScope scope, string name, ReadOnlyMemory<byte>? json, CancellationToken cancel)
    {
        if (json is { Length: > MaxOctets }) throw new ArgumentException("the document is too long", nameof(json));
        await store.WriteAsync(
            session =>
            {
                if (json is { } document) Write(session.Database, scope, name, document.Span);
                else session.Database.Get("DELETE FROM setting WHERE kind = ?1 AND owner = ?2 AND name = ?3").Bind(1, scope.Kind).Bind(2, scope.Id).Bind(3, name).Run();
                Changing(session, scope, name);
                return true;
            },
            grows: false, cancel);
        // Who listens has heard of it before the verb completes: a login right behind it is held against the new rules.
        await store.Announcer.CaughtUpAsync();
    }

    public override ValueTask<IReadOnlyList<(SettingScope Scope, ReadOnlyMemory<byte> Json)>> ListAsync(string name, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        return new(store.Read(database =>
        {
            var all = new List<(SettingScope, ReadOnlyMemory<byte>)>();
            var row = database.Get("SELECT kind, owner, json FROM setting WHERE name = ?1 ORDER BY kind, owner").Bind(1, name);
            while (row.Step()) all.Add((new SettingScope((char)row.Int32(0), row.Int64(1)), row.Octets(2).ToArray()));
            return all;
        }));
    }

    public override ValueTask<IReadOnlyList<(string Name, ReadOnlyMemory<byte> Json)>> ListOfAsync(SettingScope scope, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        return new(store.Read(database =>
        {
            var all = new List<(string, ReadOnlyMemory<byte>)>();
            var row = database.Get("SELECT name, json FROM setting WHERE kind = ?1 AND owner = ?2 ORDER BY name").Bind(1, scope.Kind).Bind(2, scope.Id);
            while (row.Step()) all.Add((row.Text(0), row.Octets(1).ToArray()));
            return all;
        }));
    }

    /// <summary>Removes all settings of a scope, as part of what removes its owner.</summary>
    public void Remove(WriteSession session, SettingScope scope)
    {
        var names = new List<string>();
        var row = session.Database.Get("DELETE FROM setting WHERE kind = ?1 AND owner = ?2 RETURNING name").Bind(1, scope.Kind).Bind(2, scope.Id);
        while (row.Step()) names.Add(row.Text(0));
        foreach (var name in names) Changing(session, scope, name);
    }

    private static void Write(SqliteConnection database, SettingScope scope, string name, ReadOnlySpan<byte> json) =>
        database.Get("INSERT OR REPLACE INTO setting (kind, owner, name, json) VALUES (?1, ?2, ?3, ?4)")
            .Bind(1, scope.Kind).Bind(2, scope.Id).Bind(3, name).Bind(4, json).Run();

    private static byte[]? Read(SqliteConnection database, SettingScope scope, string name)
    {
        var row = database.Get(GetSql).Bind(1, scope.Kind).Bind(2, scope.Id).Bind(3, name);
        if (!row.Step()) return null;
        var json = row.Octets(0).ToArray();
        row.Reset();
        return json;
    }

    private static ReadOnlyMemory<byte>? Document(byte[]? json) => json is null ? default(ReadOnlyMemory<byte>?) : json.AsMemory();

    private void Changing(WriteSession session, SettingScope scope, string name) => session.AfterCommit.Add(() =>
    {
        Volatile.Write(ref remembered, new Memory());
        store.Announcer.Post(() => RaiseChanged(scope, name));
    });

    private sealed class Memory
    {
        private long octets;

        public ConcurrentDictionary<(SettingScope, string), byte[]?> Documents { get; } = new();

        public void Keep(SettingScope scope, string name, byte[]? json)
        {
            if (Interlocked.Add(ref octets, EntryOctets + (json?.Length ?? 0)) > MaxRemembered)
            {
                Documents.Clear();
                Interlocked.Exchange(ref octets, 0);
            }
            Documents[(scope, name)] = json;
        }
    }
}
