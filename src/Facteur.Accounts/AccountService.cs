using Facteur.Storage;

namespace Facteur.Accounts;

/// <summary>What an administrator asked for is against a rule; the message is for a human and says which.</summary>
public sealed class AccountRuleException(string message) : Exception(message)
{
    /// <summary>Name of the rule, for who says it in other words; "" for rules without one.</summary>
    public string Rule { get; init; } = "";

    /// <summary>The words and numbers the rule is about, for who says it in other words.</summary>
    public IReadOnlyList<object> Arguments { get; init; } = [];

    public AccountRuleException(RuleComplaint complaint) : this(complaint.Sentence) => (Rule, Arguments) = (complaint.Rule, complaint.Arguments);
}

/// <summary>What is against a rule: its name, one sentence in English, and the words and numbers of the sentence for who says it in another language.</summary>
public sealed record RuleComplaint(string Rule, string Sentence, params IReadOnlyList<object> Arguments);

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
    private readonly ScramSecrets? scram;

    /// <param name="options">Of the same values as the <see cref="LoginService"/>'s, so that new hashes are current.</param>
    public AccountService(MailStore store, LoginOptions options, TimeProvider? time = null)
        : this(store.Directory, options)
    {
        settings = store.Settings;
        scram = new ScramSecrets(store.Settings, options);
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
    public ValueTask<NewAccount> AddAccountAsync(string address, string? displayName, string? password, CancellationToken cancel) =>
        AddAccountAsync(new AccountDraft(address) { DisplayName = displayName, Password = password }, cancel);

    /// <summary>Adds an account with what it is to have, and for the rest what its domain's new accounts begin with.</summary>
    public async ValueTask<NewAccount> AddAccountAsync(AccountDraft draft, CancellationToken cancel)
    {
        var (parsed, domain) = await ParseNewAsync(draft.Address, cancel);
        if (draft is { Kind: AccountKind.Shared, Password: not null }) throw SharedHasNoPassword();
        if (draft.QuotaOctets is < 1) throw new AccountRuleException("A quota is at least one octet; disable the account to keep mail out.");
        var (name, defaults) = (Name(draft.DisplayName), draft.WithoutDefaults ? new DomainDefaults() : await DefaultsAsync(domain.Id, cancel));
        var groups = draft.Groups is null ? await DefaultGroupsAsync(draft.Kind, domain.Id, defaults, cancel) : await RequireGroupsAsync(domain, draft.Groups, cancel);
        var generated = draft.Password is null && !draft.WithoutPassword && draft.Kind != AccountKind.Shared ? PasswordRules.Generate() : null;
        var password = draft.Password ?? generated;
        var value = password is null ? null : await HashAsync(password, parsed, cancel);

        var account = await directory.AddAccountAsync(domain.Id, parsed.ToString(), name, draft.Kind, cancel);
        if (value is not null) await StorePasswordAsync(account.Id, password!, value, cancel);
        if ((draft.QuotaOctets ?? defaults.QuotaOctets) is { } quota) account = await directory.UpdateAccountAsync(account with { QuotaOctets = quota }, cancel);
        foreach (var group in groups) await directory.SetMemberAsync(group.Id, account.Id, isMember: true, cancel);
        if (defaults.Locale is { } locale) await WriteLocaleAsync(SettingScope.Of(account.Id), locale, cancel);
        return new NewAccount(account, generated);
    }

    /// <summary>Gives an account another primary address, under which it logs in from then on. The former one stays its address, and mail, UIDs and settings stay as they are.</summary>
    public async ValueTask<AccountRecord> RenameAccountAsync(string address, string newAddress, CancellationToken cancel)
    {
        var account = await RequireAccountAsync(address, cancel);
        var (parsed, domain) = await ParseNewAsync(newAddress, cancel);
        return parsed.ToString() == account.Address ? account : await directory.RenameAccountAsync(account.Id, domain.Id, parsed.ToString(), cancel);
    }

    /// <summary>Sets the name shown to others beside the address; "" for none.</summary>
    public async ValueTask<AccountRecord> SetDisplayNameAsync(string address, string name, CancellationToken cancel) =>
        await directory.UpdateAccountAsync(await RequireAccountAsync(address, cancel) with { DisplayName = Name(name) }, cancel);

    /// <summary>Sets a password and ends the open sessions of the account. Answers the password when <paramref name="password"/> is null and one was generated.</summary>
    public async ValueTask<string?> SetPasswordAsync(string address, string? password, CancellationToken cancel)
    {
        var account = await RequireAccountAsync(address, cancel);
        if (account.Kind == AccountKind.Shared) throw SharedHasNoPassword();
        var generated = password is null ? PasswordRules.Generate() : null;
        var chosen = password ?? generated!;
        await StorePasswordAsync(account.Id, chosen, await HashAsync(chosen, Parse(address), cancel), cancel);
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

    private async ValueTask<List<GroupRecord>> DefaultGroupsAsync(AccountKind kind, DomainId domain, DomainDefaults defaults, CancellationToken cancel)
    {
        if (kind != AccountKind.Personal || defaults.Groups is not { Count: > 0 } names) return [];
        return [.. (await directory.ListGroupsAsync(domain, cancel)).Where(group => names.Any(name => GroupName.Same(name, group.Name)))];
    }

    internal static string Name(string? name)
    {
        var text = (name ?? "").Trim();
        return text.Length <= IdentitiesSetting.MaxName && EmailAddress.IsPlainText(text)
            ? text : throw new AccountRuleException($"A name is one line of at most {IdentitiesSetting.MaxName} characters.");
    }

    /// <summary>True when the account has this password; costs a slow hash.</summary>
    internal async ValueTask<bool> HasPasswordAsync(AccountId account, string password, CancellationToken cancel)
    {
        var stored = (await directory.ListCredentialsAsync(account, cancel)).FirstOrDefault(one => one.Kind == CredentialKinds.Password);
        return stored is not null && LoginService.NormalizePassword(password) is { } normal
            && hashes.Verify(stored.Value, normal) != Microsoft.AspNetCore.Identity.PasswordVerificationResult.Failed;
    }

    internal static AccountRuleException SharedHasNoPassword() => new("A shared account has no password: its members log in with their own.") { Rule = "SharedPassword" };

    private async ValueTask<string> HashAsync(string password, EmailAddress address, CancellationToken cancel)
    {
        if (PasswordRules.Complaint(password, address) is { } complaint) throw new AccountRuleException(complaint);
        if (settings is not null && await new BreachedPasswords(settings).ComplaintAsync(password, cancel) is { } breached) throw new AccountRuleException(breached);
        return hashes.Hash(LoginService.NormalizePassword(password)!);
    }

    /// <summary>The hash, and beside it the verifier of SCRAM; without settings that is made at the first login.</summary>
    private async ValueTask StorePasswordAsync(AccountId account, string password, string hash, CancellationToken cancel)
    {
        await directory.SetCredentialAsync(account, CredentialKinds.Password, hash, cancel);
        if (scram is null) return;
        var verifier = scram.MakeVerifier(LoginService.NormalizePassword(password)!, await scram.SaltAsync(account, cancel));
        await ScramSecrets.WriteAsync(directory, account, verifier, hash, cancel);
    }

    private static EmailAddress Parse(string address) =>
        EmailAddress.TryParse(address, out var parsed) ? parsed : throw new AccountRuleException($"\"{address}\" is not an address in full, such as claire@exemple.fr.") { Rule = "Address" };

    private async ValueTask<DomainRecord> RequireDomainAsync(string name, CancellationToken cancel) =>
        (DomainName.Normalize(name) is { } ascii ? await directory.FindDomainAsync(ascii, cancel) : null)
            ?? throw new AccountRuleException($"The domain {name} is not one of this server; add it first with: facteur domain add {name}");

    private async ValueTask<AccountRecord> RequireAccountAsync(string address, CancellationToken cancel) =>
        await directory.FindAccountAsync(Parse(address).ToString(), cancel) ?? throw new AccountRuleException($"There is no account {address}.");
}
