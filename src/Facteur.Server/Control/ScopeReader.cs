using Facteur.Accounts;
using Facteur.Storage;

namespace Facteur.Server.Control;

/// <summary>To what a setting belongs, as verbs show it.</summary>
/// <param name="Kind">"site", "domain" or "account".</param>
/// <param name="Name">The domain or the account's address; "" for the site.</param>
internal sealed record ScopeView(string Kind, string Name)
{
    public static readonly ScopeView Site = new("site", "");

    /// <summary>For people: "site", "domain exemple.fr".</summary>
    public override string ToString() => Name.Length == 0 ? Kind : $"{Kind} {Name}";
}

/// <summary>A scope that was asked for.</summary>
/// <param name="Account">Of an account.</param>
/// <param name="Domain">Of an account or a domain.</param>
internal sealed record NamedScope(SettingScope Scope, ScopeView View, AccountRecord? Account = null, DomainId? Domain = null)
{
    public static readonly NamedScope Site = new(SettingScope.Site, ScopeView.Site);
}

/// <summary>Reads "account" and "domain" of a request as a scope, and names scopes.</summary>
internal sealed class ScopeReader(AccountService accounts, DirectoryStore directory)
{
    /// <summary>The site when the request names neither.</summary>
    public async ValueTask<NamedScope> ReadAsync(ControlRequest request, CancellationToken cancel)
    {
        var (account, domain) = (request.Find("account"), request.Find("domain"));
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
        'd' => new ScopeView("domain", (await accounts.ListDomainsAsync(cancel)).FirstOrDefault(domain => domain.Id.Value == scope.Id) is { } found ? DomainName.ToDisplay(found.Name) : $"#{scope.Id}"),
        _ => ScopeView.Site,
    };
}
