using Facteur.Storage;

namespace Facteur.Tests.Accounts;

/// <summary>A directory in memory with the rules that <see cref="DirectoryStore"/> states, for tests of what is built on it.</summary>
internal sealed class DirectoryRows : DirectoryStore
{
    private readonly List<DomainRecord> domains = [];
    private readonly List<AccountRecord> accounts = [];
    private readonly List<AddressRecord> addresses = [];
    private readonly List<CredentialRecord> credentials = [];
    private long lastId;

    /// <summary>Set: every read throws it.</summary>
    public Exception? Fault { get; set; }

    public override ValueTask<DomainRecord> AddDomainAsync(string name, CancellationToken cancel)
    {
        if (domains.Exists(d => d.Name == name)) throw new StoreRefusedException(StoreRefusal.AlreadyExists, $"the domain {name} exists");
        var record = new DomainRecord(new DomainId(++lastId), name, true);
        domains.Add(record);
        return new(record);
    }

    public override ValueTask<DomainRecord?> FindDomainAsync(string name, CancellationToken cancel) => Read(domains.Find(d => d.Name == name));

    public override ValueTask<IReadOnlyList<DomainRecord>> ListDomainsAsync(CancellationToken cancel) => new((IReadOnlyList<DomainRecord>)[.. domains]);

    public override ValueTask RemoveDomainAsync(DomainId domain, CancellationToken cancel)
    {
        if (accounts.Exists(a => a.Domain == domain)) throw new StoreRefusedException(StoreRefusal.InUse, "the domain still has accounts");
        domains.RemoveAll(d => d.Id == domain);
        return default;
    }

    public override async ValueTask<AccountRecord> AddAccountAsync(DomainId domain, string address, string displayName, CancellationToken cancel)
    {
        var record = new AccountRecord(new AccountId(++lastId), domain, address, displayName, true, null, 1, DateTimeOffset.UnixEpoch);
        accounts.Add(record);
        await AddAddressAsync(record.Id, address, cancel);
        return record;
    }

    public override ValueTask<AccountRecord?> FindAccountAsync(string address, CancellationToken cancel) => Read(accounts.Find(a => a.Address == address));

    public override ValueTask<AccountRecord?> GetAccountAsync(AccountId account, CancellationToken cancel) => Read(accounts.Find(a => a.Id == account));

    public override ValueTask<IReadOnlyList<AccountRecord>> ListAccountsAsync(DomainId? domain, CancellationToken cancel) =>
        new((IReadOnlyList<AccountRecord>)[.. accounts.Where(a => domain is null || a.Domain == domain)]);

    public override ValueTask<AccountRecord> UpdateAccountAsync(AccountRecord account, CancellationToken cancel)
    {
        var at = accounts.FindIndex(a => a.Id == account.Id);
        var grows = accounts[at].Enabled != account.Enabled;
        accounts[at] = account with { CredentialVersion = accounts[at].CredentialVersion + (grows ? 1 : 0) };
        if (grows) RaiseAccountSecurityChanged(account.Id);
        return new(accounts[at]);
    }

    public override ValueTask RemoveAccountAsync(AccountId account, CancellationToken cancel)
    {
        accounts.RemoveAll(a => a.Id == account);
        addresses.RemoveAll(a => a.Account == account);
        credentials.RemoveAll(c => c.Account == account);
        RaiseAccountSecurityChanged(account);
        return default;
    }

    public override ValueTask<AccountRecord?> FindByAddressAsync(string address, CancellationToken cancel) =>
        Read(addresses.Find(a => a.Address == address) is { } found ? accounts.Find(a => a.Id == found.Account) : null);

    public override ValueTask<IReadOnlyList<AddressRecord>> ListAddressesAsync(AccountId account, CancellationToken cancel) =>
        new((IReadOnlyList<AddressRecord>)[.. addresses.Where(a => a.Account == account)]);

    public override ValueTask AddAddressAsync(AccountId account, string address, CancellationToken cancel)
    {
        addresses.Add(new AddressRecord(address, account));
        return default;
    }

    public override ValueTask RemoveAddressAsync(string address, CancellationToken cancel)
    {
        addresses.RemoveAll(a => a.Address == address);
        return default;
    }

    public override ValueTask<IReadOnlyList<CredentialRecord>> ListCredentialsAsync(AccountId account, CancellationToken cancel) =>
        new((IReadOnlyList<CredentialRecord>)[.. credentials.Where(c => c.Account == account)]);

    public override ValueTask SetCredentialAsync(AccountId account, string kind, string value, CancellationToken cancel)
    {
        credentials.RemoveAll(c => c.Account == account && c.Kind == kind);
        credentials.Add(new CredentialRecord(++lastId, account, kind, value, DateTimeOffset.UnixEpoch));
        var at = accounts.FindIndex(a => a.Id == account);
        accounts[at] = accounts[at] with { CredentialVersion = accounts[at].CredentialVersion + 1 };
        RaiseAccountSecurityChanged(account);
        return default;
    }

    public override ValueTask<bool> ReplaceHashAsync(CredentialRecord old, string value, CancellationToken cancel)
    {
        var at = credentials.FindIndex(c => c.Id == old.Id && c.Value == old.Value);
        if (at >= 0) credentials[at] = credentials[at] with { Value = value };
        return new(at >= 0);
    }

    private ValueTask<T?> Read<T>(T? row) where T : class => Fault is null ? new(row) : throw Fault;
}
