using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Facteur.Storage;

namespace Facteur.Accounts;

/// <summary>Settings of accounts, domains and the site as they stand, the narrowest that is there. A document that cannot be read counts as none.</summary>
public sealed partial class AccountSettings(SettingsStore store)
{
    internal const string Forward = "forward", Vacation = "vacation", Locale = "locale", Postmaster = "postmaster", Bounces = "bounces", Pop = "pop", Imap = "imap", Identities = "identities", Defaults = "defaults", People = "people";

    /// <summary>Languages that texts for people are there in.</summary>
    public static readonly IReadOnlyList<string> Locales = ["en", "fr"];

    public ValueTask<ForwardSetting?> ForwardAsync(AccountId account, CancellationToken cancel) =>
        ReadAsync(SettingScope.Of(account), Forward, MailSettingsJson.Default.ForwardSetting, cancel);

    public ValueTask<VacationSetting?> VacationAsync(AccountId account, CancellationToken cancel) =>
        ReadAsync(SettingScope.Of(account), Vacation, MailSettingsJson.Default.VacationSetting, cancel);

    /// <summary>The account's own, else its domain's, else the site's, else the defaults.</summary>
    public async ValueTask<PopSetting> PopAsync(AccountRecord account, CancellationToken cancel) =>
        await ReadAsync(SettingScope.Of(account.Id), Pop, MailSettingsJson.Default.PopSetting, cancel)
            ?? await ReadAsync(SettingScope.Of(account.Domain), Pop, MailSettingsJson.Default.PopSetting, cancel)
            ?? await ReadAsync(SettingScope.Site, Pop, MailSettingsJson.Default.PopSetting, cancel)
            ?? new PopSetting();

    public async ValueTask<ImapSetting> ImapAsync(AccountId account, CancellationToken cancel) =>
        await ReadAsync(SettingScope.Of(account), Imap, MailSettingsJson.Default.ImapSetting, cancel) ?? new ImapSetting();

    public ValueTask<IdentitiesSetting?> IdentitiesAsync(AccountId account, CancellationToken cancel) =>
        ReadAsync(SettingScope.Of(account), Identities, DirectoryJson.Default.IdentitiesSetting, cancel);

    /// <summary>What new accounts of a domain begin with.</summary>
    public ValueTask<DomainDefaults?> DefaultsAsync(DomainId domain, CancellationToken cancel) =>
        ReadAsync(SettingScope.Of(domain), Defaults, DirectoryJson.Default.DomainDefaults, cancel);

    /// <summary>Who answers for the domain, as an address; null when nobody is named.</summary>
    public async ValueTask<string?> PostmasterAsync(DomainId domain, CancellationToken cancel) =>
        (await ReadAsync(SettingScope.Of(domain), Postmaster, MailSettingsJson.Default.PostmasterSetting, cancel)
            ?? await ReadAsync(SettingScope.Site, Postmaster, MailSettingsJson.Default.PostmasterSetting, cancel))?.Address;

    public async ValueTask<BounceSetting> BouncesAsync(DomainId domain, CancellationToken cancel) =>
        await ReadAsync(SettingScope.Of(domain), Bounces, MailSettingsJson.Default.BounceSetting, cancel)
            ?? await ReadAsync(SettingScope.Site, Bounces, MailSettingsJson.Default.BounceSetting, cancel)
            ?? new BounceSetting();

    /// <summary>The domain's own, else the site's, else that nobody is seen.</summary>
    public async ValueTask<PeopleSetting> PeopleAsync(DomainId domain, CancellationToken cancel) =>
        await ReadAsync(SettingScope.Of(domain), People, MailSettingsJson.Default.PeopleSetting, cancel)
            ?? await ReadAsync(SettingScope.Site, People, MailSettingsJson.Default.PeopleSetting, cancel)
            ?? new PeopleSetting();

    /// <summary>The language that an account chose; null when it chose none.</summary>
    public ValueTask<string?> OwnLocaleAsync(AccountId account, CancellationToken cancel) => ReadAsync(SettingScope.Of(account), Locale, MailSettingsJson.Default.String, cancel);

    /// <summary>Language of what the server writes to people: of the account, else of its domain, else of the site, else English.</summary>
    public async ValueTask<string> LocaleAsync(AccountRecord account, CancellationToken cancel) =>
        await ReadAsync(SettingScope.Of(account.Id), Locale, MailSettingsJson.Default.String, cancel) ?? await LocaleAsync(account.Domain, cancel);

    /// <param name="domain">Null: of the site.</param>
    public async ValueTask<string> LocaleAsync(DomainId? domain, CancellationToken cancel) =>
        (domain is { } id ? await ReadAsync(SettingScope.Of(id), Locale, MailSettingsJson.Default.String, cancel) : null)
            ?? await ReadAsync(SettingScope.Site, Locale, MailSettingsJson.Default.String, cancel)
            ?? "en";

    internal ValueTask WriteAsync<T>(SettingScope scope, string name, T? value, JsonTypeInfo<T> type, CancellationToken cancel) where T : class =>
        store.SetAsync(scope, name, value is null ? null : new ReadOnlyMemory<byte>(JsonSerializer.SerializeToUtf8Bytes(value, type)), cancel);

    private ValueTask<T?> ReadAsync<T>(SettingScope scope, string name, JsonTypeInfo<T> type, CancellationToken cancel) where T : class =>
        store.ReadAsync(scope, name, type, cancel);
}
