using Facteur.Storage;

namespace Facteur.Accounts;

// What new accounts of a domain begin with.
public sealed partial class AccountService
{
    public async ValueTask<DomainDefaults> GetDefaultsAsync(string domain, CancellationToken cancel) =>
        await DefaultsAsync((await RequireDomainAsync(domain, cancel)).Id, cancel);

    /// <summary>Sets what new accounts of a domain begin with; groups are there already.</summary>
    public async ValueTask<DomainDefaults> SetDefaultsAsync(string domain, DomainDefaults defaults, CancellationToken cancel)
    {
        var owner = await RequireDomainAsync(domain, cancel);
        if (Fault(defaults) is { } fault) throw new AccountRuleException(fault);
        var groups = (await RequireGroupsAsync(owner, defaults.Groups ?? [], cancel)).ConvertAll(group => group.Name);
        var setting = defaults with { Groups = groups.Count == 0 ? null : [.. groups.Distinct(StringComparer.Ordinal)] };
        await WriteDefaultsAsync(owner.Id, setting, cancel);
        return setting;
    }

    /// <summary>What is wrong with them in one sentence; null when nothing is.</summary>
    public static string? Fault(DomainDefaults defaults)
    {
        if (defaults.QuotaOctets is < 1) return "A quota is at least one octet.";
        return defaults.Locale is { } locale && !AccountSettings.Locales.Contains(locale)
            ? $"\"{locale}\" is not a language of this server; it has {string.Join(" and ", AccountSettings.Locales)}." : null;
    }

    private async ValueTask<DomainDefaults> DefaultsAsync(DomainId domain, CancellationToken cancel) =>
        (settings is null ? null : await Settings.DefaultsAsync(domain, cancel)) ?? new DomainDefaults();

    /// <param name="name">Null: it is gone.</param>
    private async ValueTask ReplaceDefaultGroupAsync(GroupRecord group, string? name, CancellationToken cancel)
    {
        var defaults = await DefaultsAsync(group.Domain, cancel);
        if (defaults.Groups?.Any(one => GroupName.Same(one, group.Name)) != true) return;
        var left = defaults.Groups.Select(one => GroupName.Same(one, group.Name) ? name : one).OfType<string>().ToList();
        await WriteDefaultsAsync(group.Domain, defaults with { Groups = left.Count == 0 ? null : left }, cancel);
    }

    private ValueTask WriteDefaultsAsync(DomainId domain, DomainDefaults defaults, CancellationToken cancel) =>
        Settings.WriteAsync(SettingScope.Of(domain), AccountSettings.Defaults, defaults == new DomainDefaults() ? null : defaults, DirectoryJson.Default.DomainDefaults, cancel);
}
