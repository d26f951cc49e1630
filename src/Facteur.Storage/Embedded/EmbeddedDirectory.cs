using Facteur.Storage.Embedded.Sqlite;
using Facteur.Storage.Embedded.Writing;

namespace Facteur.Storage.Embedded;

/// <summary>The directory in the same database: its changes go through the same writer, and are as durable.</summary>
internal sealed partial class EmbeddedDirectory(EmbeddedStore store, EmbeddedSettings settings) : DirectoryStore
{
    private const string DomainColumns = "SELECT id, name, enabled, alias_of FROM domain";
    private const string AccountColumns = "SELECT id, domain, address, display_name, enabled, quota, credential_version, created, kind FROM account";

    private const string DomainByName = DomainColumns + " WHERE name = ?1";
    private const string DomainById = DomainColumns + " WHERE id = ?1";
    private const string Domains = DomainColumns + " ORDER BY name";
    private const string AccountById = AccountColumns + " WHERE id = ?1 AND removed_at IS NULL";
    private const string AccountByAddress = AccountColumns + " WHERE id = (SELECT account FROM address WHERE folded = ?1) AND removed_at IS NULL";
    private const string Accounts = AccountColumns + " WHERE removed_at IS NULL AND (?1 IS NULL OR domain = ?1) ORDER BY address";

    private const string AccountsAfter = AccountColumns + " WHERE id > ?1 AND removed_at IS NULL ORDER BY id LIMIT ?2";

    private static readonly (string Name, MailboxRole Role)[] StandardMailboxes =
    [
        (MailboxName.Inbox, MailboxRole.Inbox), ("Drafts", MailboxRole.Drafts), ("Sent", MailboxRole.Sent),
        ("Junk", MailboxRole.Junk), ("Trash", MailboxRole.Trash), ("Archive", MailboxRole.Archive),
    ];

    private DirectoryMemory remembered = new();

    public override async ValueTask<DomainRecord> AddDomainAsync(string name, CancellationToken cancel) => await Write(session =>
    {
        var database = session.Database;
        if (Domain(database, name) is not null) throw new StoreRefusedException(StoreRefusal.AlreadyExists, "the domain exists");
        database.Get("INSERT INTO domain (name) VALUES (?1)").Bind(1, name).Run();
        return Domain(database, name)!;
    }, cancel);

    public override ValueTask<DomainRecord?> FindDomainAsync(string name, CancellationToken cancel) => new(store.Read(database => Domain(database, name)));

    public override ValueTask<IReadOnlyList<DomainRecord>> ListDomainsAsync(CancellationToken cancel) =>
        new(store.Read(database => All(database.Get(Domains), Domain)));

    public override async ValueTask<DomainRecord> AddDomainAliasAsync(string name, DomainId target, CancellationToken cancel) => await Write(session =>
    {
        var database = session.Database;
        if (Domain(database, name) is not null) throw new StoreRefusedException(StoreRefusal.AlreadyExists, "the domain exists");
        RequireDomain(database, target);
        database.Get("INSERT INTO domain (name, alias_of) VALUES (?1, ?2)").Bind(1, name).Bind(2, target.Value).Run();
        return Domain(database, name)!;
    }, cancel);

    public override async ValueTask RemoveDomainAsync(DomainId domain, CancellationToken cancel) => await Write(session =>
    {
        var database = session.Database;
        if (Any(database.Get("SELECT 1 FROM account WHERE domain = ?1 AND removed_at IS NULL LIMIT 1").Bind(1, domain.Value)))
            throw new StoreRefusedException(StoreRefusal.InUse, "the domain still has accounts");
        if (Any(database.Get("SELECT 1 FROM alias WHERE domain = ?1 LIMIT 1").Bind(1, domain.Value)))
            throw new StoreRefusedException(StoreRefusal.InUse, "the domain still has aliases");
        if (Any(database.Get("SELECT 1 FROM domain WHERE alias_of = ?1 LIMIT 1").Bind(1, domain.Value)))
            throw new StoreRefusedException(StoreRefusal.InUse, "other domains stand for it");
        RemoveGroups(session, domain);
        database.Get("DELETE FROM domain WHERE id = ?1").Bind(1, domain.Value).Run();
        settings.Remove(session, SettingScope.Of(domain));
        return true;
    }, cancel);

    public override async ValueTask<AccountRecord> AddAccountAsync(
        DomainId domain, string address, string displayName, AccountKind kind, CancellationToken cancel) => await Write(session =>
    {
        var database = session.Database;
        RequireFree(database, address);
        RequireDomain(database, domain);
        database.Get("INSERT INTO account (domain, address, display_name, created, kind) VALUES (?1, ?2, ?3, ?4, ?5)")
            .Bind(1, domain.Value).Bind(2, address).Bind(3, displayName).Bind(4, session.Now).Bind(5, (long)kind).Run();
        var id = new AccountId(database.LastRowId);
        InsertAddress(database, new AddressRecord(address, id));
        var account = session.Account(id);
        var modSeq = session.NextModSeq(account);
        foreach (var (name, role) in StandardMailboxes)
        {
            MailboxVerbs.Insert(session, account, name, role, modSeq, selectable: true);
            MailboxVerbs.Subscribe(session, id, name, subscribed: true, modSeq);
        }
        return ById(database, id)!;
    }, cancel);

    public override ValueTask<AccountRecord?> FindAccountAsync(string address, CancellationToken cancel) =>
        new(store.Read(database => ByAddress(database, address) is { } account && Fold(account.Address) == Fold(address) ? account : null));

    public override ValueTask<AccountRecord?> GetAccountAsync(AccountId account, CancellationToken cancel) => new(store.Read(database => ById(database, account)));

    public override ValueTask<IReadOnlyList<AccountRecord>> ListAccountsAsync(DomainId? domain, CancellationToken cancel) =>
        new(store.Read(database => All(database.Get(Accounts).Bind(1, domain?.Value), Account)));

    public override ValueTask<IReadOnlyList<AccountRecord>> PageAccountsAsync(AccountId after, int max, CancellationToken cancel) =>
        new(store.Read(database => All(database.Get(AccountsAfter).Bind(1, after.Value).Bind(2, max), Account)));

    public override async ValueTask<AccountRecord> UpdateAccountAsync(AccountRecord account, CancellationToken cancel) => await Write(session =>
    {
        var before = ById(session.Database, account.Id) ?? throw NoSuchAccount();
        var state = session.Account(account.Id);
        state.Quota = account.QuotaOctets;
        if (before.QuotaOctets != account.QuotaOctets) session.Touch(state);
        session.Database.Get("UPDATE account SET display_name = ?2, enabled = ?3, quota = ?4, credential_version = credential_version + ?5 WHERE id = ?1")
            .Bind(1, account.Id.Value).Bind(2, account.DisplayName).Bind(3, account.Enabled ? 1 : 0).Bind(4, account.QuotaOctets)
            .Bind(5, before.Enabled == account.Enabled ? 0 : 1).Run();
        if (before.Enabled != account.Enabled) TellSecurity(session, account.Id);
        return ById(session.Database, account.Id)!;
    }, cancel);

    public override async ValueTask RemoveAccountAsync(AccountId id, CancellationToken cancel) => await Write(session =>
    {
        var account = session.Account(id);
        var modSeq = session.NextModSeq(account);
        foreach (var mailbox in Mailboxes(session, id)) MailboxVerbs.Retire(session, mailbox, modSeq);
        account.Removed = true;
        session.Database.Get("UPDATE account SET removed_at = ?2, credential_version = credential_version + 1 WHERE id = ?1").Bind(1, id.Value).Bind(2, session.Now).Run();
        RemoveTargets(session, id);
        RemoveMemberships(session, id);
        session.Database.Get("DELETE FROM address WHERE account = ?1").Bind(1, id.Value).Run();
        session.Database.Get("UPDATE queue_message SET account = NULL WHERE account = ?1").Bind(1, id.Value).Run();
        settings.Remove(session, SettingScope.Of(id));
        session.Database.Get("DELETE FROM credential WHERE account = ?1").Bind(1, id.Value).Run();
        TellSecurity(session, id);
        session.AfterCommit.Add(session.PurgeSoon);
        return true;
    }, cancel);

    public override ValueTask<AccountRecord?> FindByAddressAsync(string address, CancellationToken cancel) =>
        new(store.Read(database => ByAddress(database, address)));

    public override async ValueTask<AccountRecord> RenameAccountAsync(AccountId id, DomainId domain, string address, CancellationToken cancel) => await Write(session =>
    {
        var database = session.Database;
        var before = ById(database, id) ?? throw NoSuchAccount();
        RequireDomain(database, domain);
        if (One(database.Get(AddressByName).Bind(1, Fold(address)), Address) is { } own && own.Account == id)
            database.Get("DELETE FROM address WHERE folded = ?1").Bind(1, Fold(address)).Run();
        RequireFree(database, address);
        InsertAddress(database, new AddressRecord(address, id));
        database.Get("UPDATE account SET address = ?2, domain = ?3 WHERE id = ?1").Bind(1, id.Value).Bind(2, address).Bind(3, domain.Value).Run();
        if (before.Domain != domain) LeaveGroups(session, id);
        return ById(database, id)!;
    }, cancel);

    /// <summary>Throws unless the domain is there and has a directory of its own.</summary>
    private static void RequireDomain(SqliteConnection database, DomainId id)
    {
        if (One(database.Get(DomainById).Bind(1, id.Value), Domain) is not { } domain) throw new StoreRefusedException(StoreRefusal.NotPossible, "there is no such domain");
        if (domain.AliasOf is not null) throw new StoreRefusedException(StoreRefusal.NotPossible, "the domain stands for another");
    }

    private static DomainRecord? Domain(SqliteConnection database, string name) => One(database.Get(DomainByName).Bind(1, name), Domain);

    private static AccountRecord? ById(SqliteConnection database, AccountId id) => One(database.Get(AccountById).Bind(1, id.Value), Account);

    private static AccountRecord? ByAddress(SqliteConnection database, string address) =>
        One(database.Get(AccountByAddress).Bind(1, Fold(address)), Account);

    private static List<MailboxState> Mailboxes(WriteSession session, AccountId account) =>
        All(session.Database.Get("SELECT id FROM mailbox WHERE account = ?1 AND deleted_at IS NULL").Bind(1, account.Value), row => new MailboxId(row.Int64(0)))
            .ConvertAll(id => session.FindMailbox(id)!);

    private static List<T> All<T>(SqliteStatement rows, Func<SqliteStatement, T> read)
    {
        var all = new List<T>();
        while (rows.Step()) all.Add(read(rows));
        return all;
    }

    private static T? One<T>(SqliteStatement row, Func<SqliteStatement, T> read) where T : class
    {
        if (!row.Step()) return null;
        var one = read(row);
        row.Reset();
        return one;
    }

    private static bool Any(SqliteStatement row)
    {
        var any = row.Step();
        row.Reset();
        return any;
    }

    private static DomainRecord Domain(SqliteStatement row) => new(new DomainId(row.Int64(0)), row.Text(1), row.Int64(2) != 0)
    {
        AliasOf = row.Int64OrNull(3) is { } target ? new DomainId(target) : null,
    };

    private static AccountRecord Account(SqliteStatement row) => new(
        new AccountId(row.Int64(0)), new DomainId(row.Int64(1)), row.Text(2), row.Text(3), row.Int64(4) != 0, row.Int64OrNull(5), row.Int64(6), Time(row.Int64(7)))
    {
        Kind = (AccountKind)row.Int32(8),
    };

    private static DateTimeOffset Time(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    private static StoreRefusedException NoSuchAccount() => new(StoreRefusal.NoSuchAccount, "there is no such account");

    private void TellSecurity(WriteSession session, AccountId account) =>
        session.AfterCommit.Add(() => store.Announcer.Post(() => RaiseAccountSecurityChanged(account)));

    // What is remembered is forgotten before the verb completes.
    private T Forgetting<T>(WriteSession session, Func<WriteSession, T> verb)
    {
        session.AfterCommit.Add(() => Volatile.Write(ref remembered, new DirectoryMemory()));
        return verb(session);
    }

    // Sessions that the change ends are told before the verb completes: a login right behind it must not be taken for an old one.
    private async Task<T> Write<T>(Func<WriteSession, T> verb, CancellationToken cancel)
    {
        var result = await store.WriteAsync(session => Forgetting(session, verb), grows: false, cancel);
        await store.Announcer.CaughtUpAsync();
        return result;
    }
}
