using System.Collections.Concurrent;
using System.Text.Json;
using Facteur.Net.Dialing;
using Facteur.Storage;
using Microsoft.Extensions.Logging;

namespace Facteur.Accounts.Ldap;

/// <summary>
/// Passwords of domains whose users are in a directory elsewhere (LDAP). A directory that does not answer is a temporary refusal, never a
/// wrong password. Accounts of programs (<see cref="AccountKind.System"/>) and domains with a setting without servers keep their own.
/// </summary>
public sealed class LdapDirectory : IExternalPasswords, IAsyncDisposable
{
    private readonly DirectoryStore directory;
    private readonly SettingsStore settings;
    private readonly GuardedDialer dialer;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly LdapAccounts accounts;
    private readonly ConcurrentDictionary<SettingScope, Known> realms = new();

    /// <summary>A directory in use, and the document it was made of.</summary>
    private sealed record Known(ReadOnlyMemory<byte> Json, LdapRealm Realm);

    public LdapDirectory(MailStore store, AccountService service, GuardedDialer dialer, TimeProvider time, ILogger<LdapDirectory> logger)
    {
        (directory, settings, this.dialer, this.time, this.logger) = (store.Directory, store.Settings, dialer, time, logger);
        accounts = new LdapAccounts(store, service);
    }

    /// <inheritdoc/>
    public async ValueTask<bool?> CheckAsync(string user, AccountRecord? account, string password, CancellationToken cancel)
    {
        if (await FindAsync(user, account, cancel) is not var (address, domain, realm)) return null;
        if (await realm.CheckAsync(address, password, cancel) is not { } found) return false;
        // Whose password it is has to have this very address: the filter may find users by others.
        return account is not null || (realm.Setting.CreateAccounts && await accounts.CreateAsync(domain, address, found, cancel));
    }

    /// <inheritdoc/>
    public async ValueTask<bool> IsResponsibleAsync(string user, AccountRecord? account, CancellationToken cancel) => await FindAsync(user, account, cancel) is not null;

    /// <inheritdoc/>
    public async ValueTask<bool> IsUsedAsync(CancellationToken cancel) => (await settings.ListAsync(LdapSetting.Document, cancel)).Any(document => Read(document.Json).IsOn);

    /// <summary>Accounts, addresses and groups of a domain as the directory has them.</summary>
    /// <param name="isTrial">Says what would be done, and does nothing.</param>
    /// <param name="isForced">Also when more than half of the accounts that came from the directory would be switched off.</param>
    /// <exception cref="AccountRuleException">The domain has no directory, or what it says cannot be right.</exception>
    /// <exception cref="Net.Ldap.LdapUnavailableException">The directory does not answer.</exception>
    /// <exception cref="Net.Ldap.LdapRefusedException">The directory does not list its users.</exception>
    public async ValueTask<LdapSyncReport> SyncAsync(DomainRecord domain, bool isTrial, bool isForced, CancellationToken cancel) =>
        await accounts.SyncAsync(domain, await (await RequireAsync(domain, cancel)).ListAsync(cancel), isTrial, isForced, cancel);

    /// <summary>Goes the way of a login step by step; the last step is the one that fails.</summary>
    /// <param name="password">Null: what can be seen without.</param>
    public async ValueTask<IReadOnlyList<LdapTestStep>> TestAsync(EmailAddress user, DomainRecord domain, string? password, CancellationToken cancel) =>
        await new LdapTest(await RequireAsync(domain, cancel)).RunAsync(user, password, cancel);

    public async ValueTask DisposeAsync()
    {
        foreach (var scope in realms.Keys)
            if (realms.TryRemove(scope, out var known)) await known.Realm.DisposeAsync();
    }

    private async ValueTask<LdapRealm> RequireAsync(DomainRecord domain, CancellationToken cancel) =>
        await RealmAsync(domain.Id, cancel) ?? throw new AccountRuleException($"{DomainName.ToDisplay(domain.Name)} has no directory; set one: facteur setting set ldap --domain {domain.Name}");

    private async ValueTask<(EmailAddress Address, DomainRecord Domain, LdapRealm Realm)?> FindAsync(string user, AccountRecord? account, CancellationToken cancel)
    {
        if (account is { Kind: not AccountKind.Personal } || !EmailAddress.TryParse(user, out var address)) return null;
        if (await DomainOfAsync(address, account, cancel) is not { } domain || await RealmAsync(domain.Id, cancel) is not { } realm) return null;
        return (address, domain, realm);
    }

    private async ValueTask<DomainRecord?> DomainOfAsync(EmailAddress address, AccountRecord? account, CancellationToken cancel)
    {
        var domain = await directory.FindDomainAsync(address.Domain, cancel);
        return domain is { AliasOf: null, Enabled: true } || (account is not null && domain is not null) ? domain : null;
    }

    /// <summary>The directory of a domain; null when passwords are ours. The domain's own setting counts alone, also when it names no server.</summary>
    private async ValueTask<LdapRealm?> RealmAsync(DomainId domain, CancellationToken cancel)
    {
        foreach (var scope in (SettingScope[])[SettingScope.Of(domain), SettingScope.Site])
        {
            if (await settings.GetAsync(scope, LdapSetting.Document, cancel) is not { } json) continue;
            if (realms.TryGetValue(scope, out var known) && known.Json.Span.SequenceEqual(json.Span)) return known.Realm;
            if (Read(json) is not { IsOn: true } setting) return null;
            var made = new Known(json, new LdapRealm(setting, dialer, time, logger));
            if (known is null ? !realms.TryAdd(scope, made) : !realms.TryUpdate(scope, made, known)) return await RealmAsync(domain, cancel); // another login was first
            if (known is not null) await known.Realm.DisposeAsync(); // logins under way end on their connections
            return made.Realm;
        }
        return null;
    }

    /// <exception cref="AccountRuleException">It is there and cannot be used: better no login than one by passwords that nobody means any more.</exception>
    private static LdapSetting Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            var setting = JsonSerializer.Deserialize(json.Span, LdapJson.Default.LdapSetting) ?? new LdapSetting();
            return setting.Fault() is { } fault ? throw new AccountRuleException($"The setting \"ldap\" cannot be used: {fault}") : setting;
        }
        catch (JsonException e)
        {
            throw new AccountRuleException($"The setting \"ldap\" cannot be read: {e.Message}");
        }
    }
}
