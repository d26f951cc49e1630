using Facteur.Storage.Embedded.Sqlite;
using Facteur.Storage.Embedded.Writing;

namespace Facteur.Storage.Embedded;

// Groups, and who may use a shared account.
internal sealed partial class EmbeddedDirectory
{
    private const string GroupColumns = "SELECT id, domain, name FROM \"group\"";
    private const string GroupById = GroupColumns + " WHERE id = ?1";
    private const string GroupByName = GroupColumns + " WHERE domain = ?1 AND folded = ?2";
    private const string Groups = GroupColumns + " WHERE ?1 IS NULL OR domain = ?1 ORDER BY domain, folded";
    private const string GroupsOf = GroupColumns + " WHERE id IN (SELECT \"group\" FROM group_member WHERE account = ?1) ORDER BY folded";
    private const string Members = AccountColumns + " WHERE id IN (SELECT account FROM group_member WHERE \"group\" = ?1) AND removed_at IS NULL ORDER BY address";
    private const string MemberIds = "SELECT account FROM group_member WHERE \"group\" = ?1";
    private const string RemoveMember = "DELETE FROM group_member WHERE account = ?1 AND \"group\" = ?2 RETURNING 1";

    private const string ShareColumns = "SELECT shared, member, rights FROM share";
    private const string SharesOf = ShareColumns + " WHERE member = ?1 ORDER BY shared";
    private const string ShareOf = ShareColumns + " WHERE member = ?1 AND shared = ?2";
    private const string Shares = ShareColumns + " WHERE shared = ?1 ORDER BY member";

    public override async ValueTask<GroupRecord> AddGroupAsync(DomainId domain, string name, CancellationToken cancel) => await Write(session =>
    {
        var database = session.Database;
        RequireDomain(database, domain);
        RequireFree(database, domain, name);
        database.Get("INSERT INTO \"group\" (domain, folded, name) VALUES (?1, ?2, ?3)").Bind(1, domain.Value).Bind(2, Fold(name)).Bind(3, name).Run();
        return One(database.Get(GroupById).Bind(1, database.LastRowId), Group)!;
    }, cancel);

    public override async ValueTask<GroupRecord> RenameGroupAsync(GroupId group, string name, CancellationToken cancel) => await Write(session =>
    {
        var database = session.Database;
        var before = RequireGroup(database, group);
        if (Fold(before.Name) != Fold(name)) RequireFree(database, before.Domain, name);
        database.Get("UPDATE \"group\" SET folded = ?2, name = ?3 WHERE id = ?1").Bind(1, group.Value).Bind(2, Fold(name)).Bind(3, name).Run();
        foreach (var member in All(database.Get(MemberIds).Bind(1, group.Value), Id)) TellMembership(session, member);
        return before with { Name = name };
    }, cancel);

    public override async ValueTask RemoveGroupAsync(GroupId group, CancellationToken cancel) => await Write(session =>
    {
        RemoveGroup(session, group);
        return true;
    }, cancel);

    public override ValueTask<IReadOnlyList<GroupRecord>> ListGroupsAsync(DomainId? domain, CancellationToken cancel) =>
        new(store.Read(database => All(database.Get(Groups).Bind(1, domain?.Value), Group)));

    public override async ValueTask SetMemberAsync(GroupId group, AccountId account, bool isMember, CancellationToken cancel) => await Write(session =>
    {
        var database = session.Database;
        var owner = RequireGroup(database, group).Domain;
        var member = ById(database, account) ?? throw NoSuchAccount();
        if (isMember && member.Domain != owner) throw new StoreRefusedException(StoreRefusal.NotPossible, "the group is of another domain");
        var changed = isMember
            ? Any(database.Get("INSERT OR IGNORE INTO group_member (account, \"group\") VALUES (?1, ?2) RETURNING 1").Bind(1, account.Value).Bind(2, group.Value))
            : Any(database.Get(RemoveMember).Bind(1, account.Value).Bind(2, group.Value));
        if (changed) TellMembership(session, account);
        return true;
    }, cancel);

    public override ValueTask<IReadOnlyList<AccountRecord>> ListMembersAsync(GroupId group, CancellationToken cancel) =>
        new(store.Read(database => All(database.Get(Members).Bind(1, group.Value), Account)));

    public override ValueTask<IReadOnlyList<GroupRecord>> ListGroupsOfAsync(AccountId account, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        var known = Volatile.Read(ref remembered).Groups;
        return new(known.Get(account, static (store, id) => store.Read(database => All(database.Get(GroupsOf).Bind(1, id.Value), Group)), store));
    }

    public override async ValueTask SetShareAsync(ShareRecord share, CancellationToken cancel) => await Write(session =>
    {
        var database = session.Database;
        var shared = ById(database, share.Shared) ?? throw NoSuchAccount();
        _ = ById(database, share.Member) ?? throw NoSuchAccount();
        if (shared.Kind != AccountKind.Shared || share.Member == share.Shared)
            throw new StoreRefusedException(StoreRefusal.NotPossible, "the account is not a shared one");
        var before = One(database.Get(ShareOf).Bind(1, share.Member.Value).Bind(2, share.Shared.Value), Share)?.Rights ?? ShareRights.None;
        var changed = share.Rights == ShareRights.None
            ? Any(database.Get("DELETE FROM share WHERE member = ?1 AND shared = ?2 RETURNING 1").Bind(1, share.Member.Value).Bind(2, share.Shared.Value))
            : Any(database.Get("""
                INSERT INTO share (member, shared, rights) VALUES (?1, ?2, ?3)
                ON CONFLICT (member, shared) DO UPDATE SET rights = excluded.rights WHERE rights <> excluded.rights RETURNING 1
                """).Bind(1, share.Member.Value).Bind(2, share.Shared.Value).Bind(3, (long)share.Rights));
        if (!changed) return true;
        TellMembership(session, share.Member);
        Notice(session, shared.Address, share, before);
        return true;
    }, cancel);

    public override ValueTask<IReadOnlyList<ShareRecord>> ListSharesAsync(AccountId shared, CancellationToken cancel) =>
        new(store.Read(database => All(database.Get(Shares).Bind(1, shared.Value), Share)));

    public override ValueTask<IReadOnlyList<ShareRecord>> ListSharesOfAsync(AccountId member, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        var known = Volatile.Read(ref remembered).Shares;
        return new(known.Get(member, static (store, id) => store.Read(database => All(database.Get(SharesOf).Bind(1, id.Value), Share)), store));
    }

    private void RemoveGroups(WriteSession session, DomainId domain)
    {
        foreach (var group in All(session.Database.Get(Groups).Bind(1, domain.Value), Group)) RemoveGroup(session, group.Id);
    }

    private void RemoveGroup(WriteSession session, GroupId group)
    {
        foreach (var member in All(session.Database.Get(MemberIds).Bind(1, group.Value), Id)) TellMembership(session, member);
        session.Database.Get("DELETE FROM group_member WHERE \"group\" = ?1").Bind(1, group.Value).Run();
        session.Database.Get("DELETE FROM \"group\" WHERE id = ?1").Bind(1, group.Value).Run();
        settings.Remove(session, SettingScope.Of(group));
    }

    /// <summary>Takes an account that goes out of its groups and away from those it shares with.</summary>
    private void RemoveMemberships(WriteSession session, AccountId account)
    {
        var database = session.Database;
        var name = One(database.Get("SELECT address FROM account WHERE id = ?1").Bind(1, account.Value), static row => row.Text(0)) ?? "";
        foreach (var share in All(database.Get(Shares).Bind(1, account.Value), Share))
        {
            TellMembership(session, share.Member);
            Notice(session, name, share with { Rights = ShareRights.None }, share.Rights);
        }
        database.Get("DELETE FROM share_notice WHERE member = ?1").Bind(1, account.Value).Run();
        database.Get("DELETE FROM share WHERE shared = ?1 OR member = ?1").Bind(1, account.Value).Run();
        database.Get("DELETE FROM group_member WHERE account = ?1").Bind(1, account.Value).Run();
    }

    /// <summary>Groups are of one domain: who moves to another is in none.</summary>
    private void LeaveGroups(WriteSession session, AccountId account)
    {
        if (Any(session.Database.Get("DELETE FROM group_member WHERE account = ?1 RETURNING 1").Bind(1, account.Value))) TellMembership(session, account);
    }

    private void TellMembership(WriteSession session, AccountId account) =>
        session.AfterCommit.Add(() => store.Announcer.Post(() => RaiseMembershipChanged(account)));

    private static GroupRecord RequireGroup(SqliteConnection database, GroupId group) =>
        One(database.Get(GroupById).Bind(1, group.Value), Group) ?? throw new StoreRefusedException(StoreRefusal.NotPossible, "there is no such group");

    private static void RequireFree(SqliteConnection database, DomainId domain, string group)
    {
        if (Any(database.Get(GroupByName).Bind(1, domain.Value).Bind(2, Fold(group))))
            throw new StoreRefusedException(StoreRefusal.AlreadyExists, "the domain has a group of that name");
    }

    private static GroupRecord Group(SqliteStatement row) => new(new GroupId(row.Int64(0)), new DomainId(row.Int64(1)), row.Text(2));

    private static ShareRecord Share(SqliteStatement row) => new(new AccountId(row.Int64(0)), new AccountId(row.Int64(1)), (ShareRights)row.Int32(2));

    private static AccountId Id(SqliteStatement row) => new(row.Int64(0));
}
