using Facteur.Storage;

namespace Facteur.Accounts;

// Groups: accounts of one domain that rules are made for together.
public sealed partial class AccountService
{
    /// <param name="name">With its domain: "exemple.fr/ventes".</param>
    public async ValueTask<GroupRecord> GetGroupAsync(string name, CancellationToken cancel)
    {
        var group = GroupName.Parse(name);
        return await FindGroupAsync(await RequireDomainAsync(group.Domain, cancel), group.Name, cancel) ?? throw new AccountRuleException($"There is no group {group}.");
    }

    public async ValueTask<GroupRecord> AddGroupAsync(string name, CancellationToken cancel)
    {
        var group = GroupName.Parse(name);
        var domain = await RequireDomainAsync(group.Domain, cancel);
        if (domain.AliasOf is not null) throw new AccountRuleException($"{DomainName.ToDisplay(domain.Name)} is another name of a domain; groups are in the domain it stands for.");
        try
        {
            return await directory.AddGroupAsync(domain.Id, group.Name, cancel);
        }
        catch (StoreRefusedException e) when (e.Reason == StoreRefusal.AlreadyExists)
        {
            throw new AccountRuleException($"The group {group} is there already.");
        }
    }

    /// <summary>Gives a group another name; its members and settings stay, and so it does in the defaults of its domain.</summary>
    /// <param name="newName">Without the domain.</param>
    public async ValueTask<GroupRecord> RenameGroupAsync(string name, string newName, CancellationToken cancel)
    {
        var group = await GetGroupAsync(name, cancel);
        var normal = GroupName.Normalize(newName);
        GroupRecord renamed;
        try
        {
            renamed = await directory.RenameGroupAsync(group.Id, normal, cancel);
        }
        catch (StoreRefusedException e) when (e.Reason == StoreRefusal.AlreadyExists)
        {
            throw new AccountRuleException($"The domain has a group {normal} already.");
        }
        await ReplaceDefaultGroupAsync(group, normal, cancel);
        return renamed;
    }

    public async ValueTask RemoveGroupAsync(string name, CancellationToken cancel)
    {
        var group = await GetGroupAsync(name, cancel);
        await directory.RemoveGroupAsync(group.Id, cancel);
        await ReplaceDefaultGroupAsync(group, null, cancel);
    }

    /// <param name="domain">Null: of all domains.</param>
    public async ValueTask<IReadOnlyList<GroupRecord>> ListGroupsAsync(string? domain, CancellationToken cancel) =>
        await directory.ListGroupsAsync(domain is null ? null : (await RequireDomainAsync(domain, cancel)).Id, cancel);

    public ValueTask<IReadOnlyList<GroupRecord>> ListGroupsOfAsync(AccountId account, CancellationToken cancel) => directory.ListGroupsOfAsync(account, cancel);

    public ValueTask<IReadOnlyList<AccountRecord>> ListMembersAsync(GroupId group, CancellationToken cancel) => directory.ListMembersAsync(group, cancel);

    public async ValueTask SetMemberAsync(string group, string account, bool isMember, CancellationToken cancel)
    {
        var (record, member) = (await GetGroupAsync(group, cancel), await RequireAccountAsync(account, cancel));
        if (member.Domain != record.Domain && isMember) throw new AccountRuleException($"{member.Address} is not of the domain of the group {group}.");
        await directory.SetMemberAsync(record.Id, member.Id, isMember, cancel);
    }

    internal async ValueTask<GroupRecord?> FindGroupAsync(DomainRecord domain, string name, CancellationToken cancel) =>
        (await directory.ListGroupsAsync(domain.Id, cancel)).FirstOrDefault(one => GroupName.Same(one.Name, name));

    private async ValueTask<List<GroupRecord>> RequireGroupsAsync(DomainRecord domain, IReadOnlyList<string> names, CancellationToken cancel)
    {
        var found = new List<GroupRecord>();
        foreach (var name in names)
            found.Add(await FindGroupAsync(domain, GroupName.Normalize(name), cancel) ?? throw new AccountRuleException($"There is no group {new GroupName(domain.Name, name)}."));
        return found;
    }
}
