using Facteur.Accounts;
using Facteur.Storage;

namespace Facteur.Server.Control;

/// <summary>To what a setting belongs, as verbs show it.</summary>
/// <param name="Kind">"site", "domain", "group" or "account".</param>
/// <param name="Name">The domain, the group with its domain ("exemple.fr/ventes") or the account's address; "" for the site.</param>
internal sealed record ScopeView(string Kind, string Name)
{
    public static readonly ScopeView Site = new("site", "");

    /// <summary>For people: "site", "domain exemple.fr".</summary>
    public override string ToString() => Name.Length == 0 ? Kind : $"{Kind} {Name}";
}

/// <summary>A scope that was asked for.</summary>
/// <param name="Account">Of an account.</param>
/// <param name="Domain">Of an account, a group or a domain.</param>
internal sealed record NamedScope(SettingScope Scope, ScopeView View, AccountRecord? Account = null, DomainId? Domain = null, GroupRecord? Group = null)
{
    public static readonly NamedScope Site = new(SettingScope.Site, ScopeView.Site);
}

/// <summary>Reads "account", "group" and "domain" of a request as a scope, and names scopes.</summary>
internal sealed class ScopeReader(AccountService accounts, DirectoryStore directory)
{
    /// <summary>The site when the request names none.</summary>
    public async ValueTask<NamedScope> ReadAsync(ControlRequest request, CancellationToken cancel)
    {
        var (account, domain) = (request.Find("account"), request.Find("domain"));
        if (request.Find("group") is { } group)
            return account is null && domain is null ? await GroupAsync(group, cancel) : throw new AccountRuleException("Give one of --account, --group and --domain.");
        if (account is not null && domain is not null) throw new AccountRuleException("Give --account or --domain, not both.");
        if (account is not null)
        {
            var record = await accounts.GetAccountAsync(account, cancel);
            return new NamedScope(SettingScope.Of(record.Id), new ScopeView("account", record.Address), record, record.Domain);
        }
        if (domain is null) return NamedScope.Site;
        var found = await accounts.GetDomainAsync(domain, cancel);
        return new NamedScope(SettingScope.Of(found.Id), new ScopeView("domain", DomainName.ToDisplay(found.Name)), null, found.Id);
    }

    /// <summary>A group by its name; with its domain before it ("exemple.fr/ventes") where several domains have one of the name.</summary>
    private async ValueTask<NamedScope> GroupAsync(string asked, CancellationToken cancel)
    {
        var slash = asked.IndexOf('/', StringComparison.Ordinal);
        DomainId? domain = slash < 0 ? null : (await accounts.GetDomainAsync(asked[..slash], cancel)).Id;
        var name = asked[(slash + 1)..].Normalize();
        var found = (await directory.ListGroupsAsync(domain, cancel)).Where(group => group.Name.Normalize().Equals(name, StringComparison.OrdinalIgnoreCase)).ToList();
        return found switch
        {
            [] => throw new AccountRuleException($"There is no group {asked}."),
            [var one] => new NamedScope(SettingScope.Of(one.Id), await NameAsync(SettingScope.Of(one.Id), cancel), null, one.Domain, one),
            _ => throw new AccountRuleException($"Several domains have a group {asked}; write it as exemple.fr/{asked}."),
        };
    }

    /// <summary>The scope and the wider ones around it, the narrowest first.</summary>
    public async ValueTask<IReadOnlyList<NamedScope>> AroundAsync(NamedScope scope, CancellationToken cancel)
    {
        var around = new List<NamedScope> { scope };
        if (scope is { Account: not null, Domain: { } id } && (await accounts.ListDomainsAsync(cancel)).FirstOrDefault(domain => domain.Id == id) is { } own)
            around.Add(new NamedScope(SettingScope.Of(id), new ScopeView("domain", DomainName.ToDisplay(own.Name)), null, id));
        if (scope.Scope != SettingScope.Site) around.Add(NamedScope.Site);
        return around;
    }

    /// <summary>Whose a stored scope is.</summary>
    public async ValueTask<ScopeView> NameAsync(SettingScope scope, CancellationToken cancel) => scope.Kind switch
    {
        'a' => new ScopeView("account", (await directory.GetAccountAsync(new AccountId(scope.Id), cancel))?.Address ?? $"#{scope.Id}"),
        'g' => new ScopeView("group", (await directory.ListGroupsAsync(null, cancel)).FirstOrDefault(group => group.Id.Value == scope.Id) is { } group
            ? $"{(await NameAsync(SettingScope.Of(group.Domain), cancel)).Name}/{group.Name}" : $"#{scope.Id}"),
        'd' => new ScopeView("domain", (await accounts.ListDomainsAsync(cancel)).FirstOrDefault(domain => domain.Id.Value == scope.Id) is { } found ? DomainName.ToDisplay(found.Name) : $"#{scope.Id}"),
        _ => ScopeView.Site,
    };
}
