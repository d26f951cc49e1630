using Facteur.Storage;

namespace Facteur.Accounts;

/// <summary>What an administrator asked for is against a rule; the message is for a human and says which.</summary>
public sealed class AccountRuleException(string message) : Exception(message);

/// <summary>An account as it was made, and its password when that was generated: the one time it is seen.</summary>
public sealed record NewAccount(AccountRecord Account, string? GeneratedPassword);

/// <summary>
/// Administration of domains and accounts, for the command line and the web alike. Throws <see cref="AccountRuleException"/>
/// for what cannot be, <see cref="StoreRefusedException"/> when the store refuses (AlreadyExists, InUse).
/// </summary>
public sealed partial class AccountService
{
    private readonly DirectoryStore directory;
    private readonly SettingsStore? settings;
    private readonly StateStore? state;
    private readonly TimeProvider time;
    private readonly PasswordHashes hashes;

    /// <param name="options">Of the same values as the <see cref="LoginService"/>'s, so that new hashes are current.</param>
    public AccountService(MailStore store, LoginOptions options, TimeProvider? time = null)
        : this(store.Directory, options)
    {
        settings = store.Settings;
        state = store.State;
        this.time = time ?? TimeProvider.System;
    }

    /// <summary>For domains and accounts alone: without settings and learnt state.</summary>

    /// <param name="options">Of the same values as the <see cref="LoginService"/>'s, so that new hashes are current.</param>
    public AccountService(DirectoryStore directory, LoginOptions options)
    {
        this.directory = directory;
        time = TimeProvider.System;
        hashes = new PasswordHashes(options.HashIterations);
    }

    public ValueTask<DomainRecord> AddDomainAsync(string name, CancellationToken cancel) =>
        directory.AddDomainAsync(DomainName.Normalize(name) ?? throw new AccountRuleException($"\"{name}\" is not a domain name."), cancel);

    public ValueTask<IReadOnlyList<DomainRecord>> ListDomainsAsync(CancellationToken cancel) => directory.ListDomainsAsync(cancel);

    public async ValueTask RemoveDomainAsync(string name, CancellationToken cancel) =>
        await directory.RemoveDomainAsync((await RequireDomainAsync(name, cancel)).Id, cancel);

    /// <param name="password">Null: one is generated.</param>
    public async ValueTask<NewAccount> AddAccountAsync(string address, string? displayName, string? password, CancellationToken cancel)
    {
        var (parsed, domain) = await ParseNewAsync(address, cancel);
        var generated = password is null ? PasswordRules.Generate() : null;
        var value = Hash(password ?? generated!, parsed);
        var account = await directory.AddAccountAsync(domain.Id, parsed.ToString(), displayName ?? "", cancel);
        await directory.SetCredentialAsync(account.Id, LoginService.PasswordKind, value, cancel);
        return new NewAccount(account, generated);
    }

    /// <summary>Sets a password and ends the open sessions of the account. Answers the password when <paramref name="password"/> is null and one was generated.</summary>
    public async ValueTask<string?> SetPasswordAsync(string address, string? password, CancellationToken cancel)
    {
        var account = await RequireAccountAsync(address, cancel);
        var generated = password is null ? PasswordRules.Generate() : null;
        await directory.SetCredentialAsync(account.Id, LoginService.PasswordKind, Hash(password ?? generated!, Parse(address)), cancel);
        return generated;
    }

    /// <summary>Disabled: no login, open sessions end, mail for it is put off (4xx) until it is enabled again.</summary>
    public async ValueTask<AccountRecord> SetEnabledAsync(string address, bool enabled, CancellationToken cancel)
    {
        var account = await RequireAccountAsync(address, cancel);
        return account.Enabled == enabled ? account : await directory.UpdateAccountAsync(account with { Enabled = enabled }, cancel);
    }

    /// <summary>Sets what the mail of an account may take; null: as much as there is. An account that has more takes none until it has less.</summary>
    public async ValueTask<AccountRecord> SetQuotaAsync(string address, long? octets, CancellationToken cancel)
    {
        if (octets is < 1) throw new AccountRuleException("A quota is at least one octet; disable the account to keep mail out.");
        return await directory.UpdateAccountAsync(await RequireAccountAsync(address, cancel) with { QuotaOctets = octets }, cancel);
    }

    /// <summary>Removes an account with its mail.</summary>
    public async ValueTask RemoveAccountAsync(string address, CancellationToken cancel) =>
        await directory.RemoveAccountAsync((await RequireAccountAsync(address, cancel)).Id, cancel);

    public async ValueTask<AccountRecord> GetAccountAsync(string address, CancellationToken cancel) => await RequireAccountAsync(address, cancel);

    public async ValueTask<DomainRecord> GetDomainAsync(string name, CancellationToken cancel) => await RequireDomainAsync(name, cancel);

    public ValueTask<IReadOnlyList<AddressRecord>> ListAddressesAsync(AccountId account, CancellationToken cancel) => directory.ListAddressesAsync(account, cancel);

    /// <param name="domain">Null: of all domains.</param>
    public async ValueTask<IReadOnlyList<AccountRecord>> ListAccountsAsync(string? domain, CancellationToken cancel) =>
        await directory.ListAccountsAsync(domain is null ? null : (await RequireDomainAsync(domain, cancel)).Id, cancel);

    private AccountSettings Settings => new(settings ?? throw new InvalidOperationException("this service was made without settings"));

    private StateStore State => state ?? throw new InvalidOperationException("this service was made without learnt state");

    private string Hash(string password, EmailAddress address)
    {
        if (PasswordRules.Complaint(password, address) is { } complaint) throw new AccountRuleException(complaint);
        return hashes.Hash(LoginService.NormalizePassword(password)!);
    }

    private static EmailAddress Parse(string address) =>
        EmailAddress.TryParse(address, out var parsed) ? parsed : throw new AccountRuleException($"\"{address}\" is not an address in full, such as claire@exemple.fr.");

    private async ValueTask<DomainRecord> RequireDomainAsync(string name, CancellationToken cancel) =>
        (DomainName.Normalize(name) is { } ascii ? await directory.FindDomainAsync(ascii, cancel) : null)
            ?? throw new AccountRuleException($"The domain {name} is not one of this server; add it first with: facteur domain add {name}");

    private async ValueTask<AccountRecord> RequireAccountAsync(string address, CancellationToken cancel) =>
        await directory.FindAccountAsync(Parse(address).ToString(), cancel) ?? throw new AccountRuleException($"There is no account {address}.");
}
