using Facteur.Storage;

namespace Facteur.Accounts;

// What an account's mail does by itself: replies while away, the language of what the server writes. Forwarding: AccountService.Forwarding.cs.
public sealed partial class AccountService
{
    public async ValueTask<VacationSetting?> GetVacationAsync(string account, CancellationToken cancel) =>
        await Settings.VacationAsync((await RequireAccountAsync(account, cancel)).Id, cancel);

    /// <param name="vacation">Null: no more replies.</param>
    public async ValueTask SetVacationAsync(string account, VacationSetting? vacation, CancellationToken cancel)
    {
        var owner = await RequireAccountAsync(account, cancel);
        // Who sets it by hand means to say something; a program may leave the words to us (RFC 8621 §8).
        if (vacation is { Html: null } && string.IsNullOrWhiteSpace(vacation.Text)) throw new AccountRuleException($"The text of a reply has 1 to {VacationSettings.MaxText} characters.");
        await new VacationSettings(Settings).WriteAsync(owner.Id, vacation, cancel);
    }

    /// <summary>Sets the language of reports and replies for an account.</summary>
    /// <param name="locale">"fr" or "en"; null: as its domain.</param>
    public async ValueTask SetAccountLocaleAsync(string account, string? locale, CancellationToken cancel) =>
        await WriteLocaleAsync(SettingScope.Of((await RequireAccountAsync(account, cancel)).Id), locale, cancel);

    /// <param name="domain">Null: for the site.</param>
    public async ValueTask SetLocaleAsync(string? domain, string? locale, CancellationToken cancel) =>
        await WriteLocaleAsync(await ScopeAsync(domain, cancel), locale, cancel);

    /// <summary>Language of an account, by its own setting, its domain's or the site's.</summary>
    public async ValueTask<string> GetLocaleAsync(string account, CancellationToken cancel) =>
        await Settings.LocaleAsync(await RequireAccountAsync(account, cancel), cancel);

    /// <summary>Names who gets mail for postmaster and abuse of a domain, or of all domains, that have no such address of their own.</summary>
    /// <param name="domain">Null: for the site.</param>
    /// <param name="address">Null: the first account of each domain.</param>
    public async ValueTask SetPostmasterAsync(string? domain, string? address, CancellationToken cancel)
    {
        var scope = await ScopeAsync(domain, cancel);
        PostmasterSetting? setting = null;
        if (address is not null)
        {
            var parsed = Parse(address);
            await RequireTargetAsync(parsed, cancel);
            setting = new PostmasterSetting(parsed.ToString());
        }
        await Settings.WriteAsync(scope, AccountSettings.Postmaster, setting, MailSettingsJson.Default.PostmasterSetting, cancel);
    }

    /// <summary>Switches ids in envelope senders on or off for a domain (<see cref="BounceSetting"/>).</summary>
    public async ValueTask SetBouncesAsync(string? domain, BounceSetting? setting, CancellationToken cancel) =>
        await Settings.WriteAsync(await ScopeAsync(domain, cancel), AccountSettings.Bounces, setting, MailSettingsJson.Default.BounceSetting, cancel);

    /// <summary>Lets the people of a domain see each other, or not.</summary>
    /// <param name="domain">Null: for the site.</param>
    public async ValueTask SetPeopleAsync(string? domain, PeopleSetting? setting, CancellationToken cancel) =>
        await Settings.WriteAsync(await ScopeAsync(domain, cancel), AccountSettings.People, setting, MailSettingsJson.Default.PeopleSetting, cancel);

    private ValueTask WriteLocaleAsync(SettingScope scope, string? locale, CancellationToken cancel)
    {
        if (locale is not null && !AccountSettings.Locales.Contains(locale))
            throw new AccountRuleException($"\"{locale}\" is not a language of this server; it has {string.Join(" and ", AccountSettings.Locales)}.");
        return Settings.WriteAsync(scope, AccountSettings.Locale, locale, MailSettingsJson.Default.String, cancel);
    }

    private async ValueTask<SettingScope> ScopeAsync(string? domain, CancellationToken cancel) =>
        domain is null ? SettingScope.Site : SettingScope.Of((await RequireDomainAsync(domain, cancel)).Id);
}
