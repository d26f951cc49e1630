using Facteur.Storage.Embedded.Sqlite;
using Facteur.Storage.Embedded.Writing;

namespace Facteur.Storage.Embedded;

// Secrets of accounts, as stored.
internal sealed partial class EmbeddedDirectory
{
    private const string CredentialColumns = "SELECT id, account, kind, value, created, label, lookup, detail, last_used, last_used_from FROM credential";
    private const string CredentialById = CredentialColumns + " WHERE id = ?1";
    private const string CredentialsOf = CredentialColumns + " WHERE account = ?1 ORDER BY id";

    // Index credential_lookup: the second condition makes it the one that serves.
    private const string CredentialByLookup = CredentialColumns + " WHERE kind = ?1 AND lookup = ?2 AND lookup IS NOT NULL";

    public override ValueTask<IReadOnlyList<CredentialRecord>> ListCredentialsAsync(AccountId account, CancellationToken cancel) =>
        new(store.Read(database => All(database.Get(CredentialsOf).Bind(1, account.Value), Credential)));

    public override ValueTask<CredentialRecord?> FindCredentialAsync(string kind, string lookup, CancellationToken cancel) =>
        new(store.Read(database => One(database.Get(CredentialByLookup).Bind(1, kind).Bind(2, lookup), Credential)));

    public override async ValueTask SetCredentialAsync(AccountId account, string kind, string value, CancellationToken cancel) => await Write(session =>
    {
        var database = session.Database;
        _ = session.Account(account);
        database.Get("DELETE FROM credential WHERE account = ?1 AND kind = ?2").Bind(1, account.Value).Bind(2, kind).Run();
        database.Get("INSERT INTO credential (account, kind, value, created) VALUES (?1, ?2, ?3, ?4)")
            .Bind(1, account.Value).Bind(2, kind).Bind(3, value).Bind(4, session.Now).Run();
        GrowVersion(database, account);
        TellSecurity(session, account);
        return true;
    }, cancel);

    // The next three change nothing that is remembered of recipients, and end nobody's session.
    public override async ValueTask<bool> ReplaceHashAsync(CredentialRecord old, string value, CancellationToken cancel) => await store.WriteAsync(
        session => Any(session.Database.Get("UPDATE credential SET value = ?3 WHERE id = ?1 AND value = ?2 RETURNING 1")
            .Bind(1, old.Id).Bind(2, old.Value).Bind(3, value)),
        grows: false, cancel);

    public override async ValueTask<CredentialRecord> AddCredentialAsync(CredentialRecord credential, CancellationToken cancel) => await store.WriteAsync(
        session =>
        {
            var database = session.Database;
            _ = session.Account(credential.Account);
            if (credential.Lookup is { } lookup && One(database.Get(CredentialByLookup).Bind(1, credential.Kind).Bind(2, lookup), Credential) is not null)
                throw new StoreRefusedException(StoreRefusal.AlreadyExists, "the credential is there already");
            database.Get("INSERT INTO credential (account, kind, value, created, label, lookup, detail) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")
                .Bind(1, credential.Account.Value).Bind(2, credential.Kind).Bind(3, credential.Value).Bind(4, session.Now)
                .Bind(5, credential.Label).Bind(6, credential.Lookup).Bind(7, credential.Detail).Run();
            return One(database.Get(CredentialById).Bind(1, database.LastRowId), Credential)!;
        },
        grows: true, cancel);

    public override async ValueTask<bool> UpdateCredentialAsync(CredentialRecord credential, CancellationToken cancel) => await store.WriteAsync(
        session => Any(session.Database.Get("UPDATE credential SET value = ?2, label = ?3, detail = ?4 WHERE id = ?1 RETURNING 1")
            .Bind(1, credential.Id).Bind(2, credential.Value).Bind(3, credential.Label).Bind(4, credential.Detail)),
        grows: false, cancel);

    public override async ValueTask<bool> RemoveCredentialAsync(CredentialRecord credential, CancellationToken cancel) => await Write(session =>
    {
        if (One(session.Database.Get(CredentialById).Bind(1, credential.Id), Credential) is not { } there) return false;
        session.Database.Get("DELETE FROM credential WHERE id = ?1").Bind(1, there.Id).Run();
        GrowVersion(session.Database, there.Account);
        session.AfterCommit.Add(() => store.Announcer.Post(() => RaiseCredentialRemoved(there.Account, there.Id)));
        return true;
    }, cancel);

    public override async ValueTask NoteCredentialsUsedAsync(IReadOnlyList<(long Id, DateTimeOffset At, string From)> uses, CancellationToken cancel)
    {
        if (uses.Count == 0) return;
        await store.WriteAsync(
            session =>
            {
                foreach (var (id, at, from) in uses)
                    session.Database.Get("UPDATE credential SET last_used = ?2, last_used_from = ?3 WHERE id = ?1 AND (last_used IS NULL OR last_used <= ?2)")
                        .Bind(1, id).Bind(2, at.ToUnixTimeMilliseconds()).Bind(3, from).Run();
                return true;
            },
            grows: false, cancel);
    }

    private static void GrowVersion(SqliteConnection database, AccountId account) =>
        database.Get("UPDATE account SET credential_version = credential_version + 1 WHERE id = ?1").Bind(1, account.Value).Run();

    private static CredentialRecord Credential(SqliteStatement row) => new(row.Int64(0), new AccountId(row.Int64(1)), row.Text(2), row.Text(3), Time(row.Int64(4)))
    {
        Label = row.Text(5), Lookup = row.TextOrNull(6), Detail = row.Text(7),
        LastUsed = row.Int64OrNull(8) is { } used ? Time(used) : null, LastUsedFrom = row.TextOrNull(9),
    };
}
