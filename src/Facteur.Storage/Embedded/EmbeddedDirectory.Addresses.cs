using System.Text;
using Facteur.Storage.Embedded.Sqlite;

namespace Facteur.Storage.Embedded;

// Addresses of accounts, and what RCPT asks.
internal sealed partial class EmbeddedDirectory
{
    private const string AddressColumns = "SELECT address, account, label, disposable, enabled FROM address";
    private const string AddressByName = AddressColumns + " WHERE folded = ?1";
    private const string AddressesOf = AddressColumns + " WHERE account = ?1 ORDER BY folded";

    public override ValueTask<IReadOnlyList<AddressRecord>> ListAddressesAsync(AccountId account, CancellationToken cancel) =>
        new(store.Read(database => All(database.Get(AddressesOf).Bind(1, account.Value), Address)));

    public override ValueTask<AddressRecord?> FindAddressAsync(string address, CancellationToken cancel) =>
        new(store.Read(database => One(database.Get(AddressByName).Bind(1, Fold(address)), Address)));

    public override async ValueTask AddAddressAsync(AddressRecord address, CancellationToken cancel) => await Write(session =>
    {
        var account = session.Account(address.Account);
        RequireFree(session.Database, address.Address);
        session.Touch(account);
        InsertAddress(session.Database, address);
        return true;
    }, cancel);

    public override async ValueTask<AddressRecord> UpdateAddressAsync(AddressRecord address, CancellationToken cancel) => await Write(session =>
    {
        var database = session.Database;
        if (One(database.Get(AddressByName).Bind(1, Fold(address.Address)), Address) is not { } before || before.Account != address.Account)
            throw new StoreRefusedException(StoreRefusal.NotPossible, "the account has no such address");
        if (!address.Enabled && IsPrimary(database, address.Address))
            throw new StoreRefusedException(StoreRefusal.NotPossible, "the primary address of an account is not switched off");
        session.Touch(session.Account(before.Account));
        database.Get("UPDATE address SET label = ?2, disposable = ?3, enabled = ?4 WHERE folded = ?1")
            .Bind(1, Fold(address.Address)).Bind(2, address.Label).Bind(3, address.IsDisposable ? 1 : 0).Bind(4, address.Enabled ? 1 : 0).Run();
        return address with { Address = before.Address };
    }, cancel);

    public override async ValueTask RemoveAddressAsync(string address, CancellationToken cancel) => await Write(session =>
    {
        if (IsPrimary(session.Database, address))
            throw new StoreRefusedException(StoreRefusal.InUse, "the primary address of an account goes with the account");
        if (One(session.Database.Get(AddressByName).Bind(1, Fold(address)), Address) is { } gone) session.Touch(session.Account(gone.Account));
        session.Database.Get("DELETE FROM address WHERE folded = ?1").Bind(1, Fold(address)).Run();
        return true;
    }, cancel);

    public override ValueTask<DirectoryMatch> ResolveAsync(string foldedLocal, string domain, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        var known = Volatile.Read(ref remembered).Recipients;
        return new(known.Get((foldedLocal, domain), static (store, key) => store.Read(database => Resolve(database, key.Local, key.Domain)), store));
    }

    private static DirectoryMatch Resolve(SqliteConnection database, string local, string name)
    {
        // One moment for all that is read; reads of one statement each would see changes in between.
        database.Get("BEGIN").Run();
        try
        {
            if (Domain(database, name) is not { } domain) return new DirectoryMatch(null, null, null, null, null);
            var target = domain.AliasOf is { } other ? One(database.Get(DomainById).Bind(1, other.Value), Domain)! : domain;
            if (Entry(database, local, domain, target) is { } exact) return new DirectoryMatch(domain, target, exact, null, null);
            var plus = local.IndexOf('+', StringComparison.Ordinal);
            if (plus > 0 && Entry(database, local[..plus], domain, target) is { } plusBase) return new DirectoryMatch(domain, target, null, plusBase, null);
            var catchAll = Entry(database, "", domain, target)?.Alias;
            return new DirectoryMatch(domain, target, null, null, catchAll is { Enabled: true } ? catchAll : null);
        }
        finally
        {
            database.ResetAll();
            database.Get("COMMIT").Run();
        }
    }

    private static DirectoryEntry? Entry(SqliteConnection database, string local, DomainRecord domain, DomainRecord target) =>
        Entry(database, $"{local}@{domain.Name}") ?? (target == domain ? null : Entry(database, $"{local}@{target.Name}"));

    private static DirectoryEntry? Entry(SqliteConnection database, string folded)
    {
        if (One(database.Get(AddressByName).Bind(1, folded), Address) is { } address)
            return ById(database, address.Account) is { } account ? new DirectoryEntry(address, account, null) : null;
        return One(database.Get(AliasByName).Bind(1, folded), Alias) is { } alias ? new DirectoryEntry(null, null, alias) : null;
    }

    private static string Fold(string address)
    {
        try
        {
            return address.Normalize(NormalizationForm.FormC).ToLowerInvariant();
        }
        catch (ArgumentException)
        {
            return address; // Not Unicode: equal to nothing that was stored.
        }
    }

    private static bool IsPrimary(SqliteConnection database, string address) =>
        ByAddress(database, address) is { } account && Fold(account.Address) == Fold(address);

    private static void RequireFree(SqliteConnection database, string address)
    {
        if (Any(database.Get("SELECT 1 FROM address WHERE folded = ?1 UNION ALL SELECT 1 FROM alias WHERE folded = ?1").Bind(1, Fold(address))))
            throw new StoreRefusedException(StoreRefusal.AlreadyExists, "the address exists");
    }

    private static void InsertAddress(SqliteConnection database, AddressRecord address) =>
        database.Get("INSERT INTO address (folded, address, account, label, disposable, enabled) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")
            .Bind(1, Fold(address.Address)).Bind(2, address.Address).Bind(3, address.Account.Value).Bind(4, address.Label)
            .Bind(5, address.IsDisposable ? 1 : 0).Bind(6, address.Enabled ? 1 : 0).Run();

    private static AddressRecord Address(SqliteStatement row) => new(row.Text(0), new AccountId(row.Int64(1)))
    {
        Label = row.Text(2), IsDisposable = row.Int64(3) != 0, Enabled = row.Int64(4) != 0,
    };
}
