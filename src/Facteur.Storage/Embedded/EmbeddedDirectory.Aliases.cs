using System.Text.Json;
using Facteur.Storage.Embedded.Sqlite;
using Facteur.Storage.Embedded.Writing;

namespace Facteur.Storage.Embedded;

// Addresses that lead to others.
internal sealed partial class EmbeddedDirectory
{
    private const string AliasColumns = "SELECT id, address, domain, targets, label, enabled FROM alias";
    private const string AliasByName = AliasColumns + " WHERE folded = ?1";
    private const string AliasById = AliasColumns + " WHERE id = ?1";
    private const string Aliases = AliasColumns + " WHERE ?1 IS NULL OR domain = ?1 ORDER BY folded";

    public override async ValueTask<AliasRecord> AddAliasAsync(
        string address, DomainId domain, IReadOnlyList<string> targets, string label, CancellationToken cancel) => await Write(session =>
    {
        var database = session.Database;
        RequireTargets(targets);
        RequireFree(database, address);
        if (!Any(database.Get("SELECT 1 FROM domain WHERE id = ?1").Bind(1, domain.Value)))
            throw new StoreRefusedException(StoreRefusal.NotPossible, "there is no such domain");
        database.Get("INSERT INTO alias (folded, address, domain, targets, label) VALUES (?1, ?2, ?3, ?4, ?5)")
            .Bind(1, Fold(address)).Bind(2, address).Bind(3, domain.Value).Bind(4, JsonSerializer.Serialize(targets)).Bind(5, label).Run();
        return One(database.Get(AliasById).Bind(1, database.LastRowId), Alias)!;
    }, cancel);

    public override async ValueTask<AliasRecord> UpdateAliasAsync(AliasRecord alias, CancellationToken cancel) => await Write(session =>
    {
        RequireTargets(alias.Targets);
        session.Database.Get("UPDATE alias SET targets = ?2, label = ?3, enabled = ?4 WHERE id = ?1")
            .Bind(1, alias.Id).Bind(2, JsonSerializer.Serialize(alias.Targets)).Bind(3, alias.Label).Bind(4, alias.Enabled ? 1 : 0).Run();
        return One(session.Database.Get(AliasById).Bind(1, alias.Id), Alias)
            ?? throw new StoreRefusedException(StoreRefusal.NotPossible, "there is no such alias");
    }, cancel);

    public override async ValueTask RemoveAliasAsync(long id, CancellationToken cancel) => await Write(session =>
    {
        session.Database.Get("DELETE FROM alias WHERE id = ?1").Bind(1, id).Run();
        return true;
    }, cancel);

    public override ValueTask<AliasRecord?> FindAliasAsync(string address, CancellationToken cancel) =>
        new(store.Read(database => One(database.Get(AliasByName).Bind(1, Fold(address)), Alias)));

    public override ValueTask<IReadOnlyList<AliasRecord>> ListAliasesAsync(DomainId? domain, CancellationToken cancel) =>
        new(store.Read(database => All(database.Get(Aliases).Bind(1, domain?.Value), Alias)));

    /// <summary>Takes the addresses of an account that goes out of all targets; an alias that leads nowhere goes too.</summary>
    private static void RemoveTargets(WriteSession session, AccountId account)
    {
        var database = session.Database;
        var gone = All(database.Get(AddressesOf).Bind(1, account.Value), Address).Select(address => Fold(address.Address)).ToHashSet();
        foreach (var alias in All(database.Get(Aliases).BindNull(1), Alias))
        {
            var left = alias.Targets.Where(target => !gone.Contains(Fold(target))).ToArray();
            if (left.Length == alias.Targets.Count) continue;
            if (left.Length == 0) database.Get("DELETE FROM alias WHERE id = ?1").Bind(1, alias.Id).Run();
            else database.Get("UPDATE alias SET targets = ?2 WHERE id = ?1").Bind(1, alias.Id).Bind(2, JsonSerializer.Serialize(left)).Run();
        }
    }

    private static void RequireTargets(IReadOnlyList<string> targets)
    {
        if (targets.Count == 0) throw new StoreRefusedException(StoreRefusal.BadName, "an alias leads to one address at least");
    }

    private static AliasRecord Alias(SqliteStatement row) => new(
        row.Int64(0), row.Text(1), new DomainId(row.Int64(2)), JsonSerializer.Deserialize<string[]>(row.Octets(3)) ?? [], row.Text(4), row.Int64(5) != 0);
}
