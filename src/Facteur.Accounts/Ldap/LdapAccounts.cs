using Facteur.Storage;

namespace Facteur.Accounts.Ldap;

/// <summary>Accounts of users of a directory: one at a first login, all by a synchronisation.</summary>
internal sealed class LdapAccounts(MailStore store, AccountService service)
{
    /// <summary>Gives a user an account; false when the entry's own address of the domain is not the one that was used.</summary>
    public async ValueTask<bool> CreateAsync(DomainRecord domain, EmailAddress address, LdapUser user, CancellationToken cancel)
    {
        if (LdapSync.Of(domain, user) is not { } wanted || wanted.Address != address) return false;
        await new LdapSync(store, service, domain, isTrial: false).ApplyAsync(wanted, cancel);
        return await store.Directory.FindAccountAsync(address.ToString(), cancel) is { Kind: AccountKind.Personal };
    }

    /// <exception cref="AccountRuleException">The directory has no users of the domain, or so few that something is wrong.</exception>
    public async ValueTask<LdapSyncReport> SyncAsync(DomainRecord domain, IReadOnlyList<LdapUser> users, bool isTrial, bool isForced, CancellationToken cancel)
    {
        var wanted = users.Select(user => LdapSync.Of(domain, user)).OfType<LdapSync.Wanted>().DistinctBy(one => one.Address).ToList();
        if (wanted.Count == 0) throw new AccountRuleException($"The directory has no user with an address of {DomainName.ToDisplay(domain.Name)}, of {users.Count} it listed; nothing is changed.");
        var (gone, bound) = await GoneAsync(domain, wanted, cancel);
        if (gone.Count > 0 && gone.Count * 2 > bound && !isForced)
            throw new AccountRuleException($"{gone.Count} of {bound} accounts that came from the directory are not in it any more; nothing is changed. If that is right, use --force.");
        var sync = new LdapSync(store, service, domain, isTrial);
        foreach (var one in wanted) await sync.ApplyAsync(one, cancel);
        await sync.DisableAsync(gone, cancel);
        return sync.Report(wanted.Count);
    }

    /// <summary>Accounts in use that came from the directory and are not in it any more, and of how many.</summary>
    private async ValueTask<(List<AccountRecord> Gone, int Bound)> GoneAsync(DomainRecord domain, IReadOnlyList<LdapSync.Wanted> wanted, CancellationToken cancel)
    {
        var present = wanted.Select(one => one.Address.ToString()).ToHashSet(StringComparer.Ordinal);
        var bound = new List<AccountRecord>();
        foreach (var account in await store.Directory.ListAccountsAsync(domain.Id, cancel))
            if (account.Enabled && await LdapSync.BindingAsync(store.Settings, account.Id, cancel) is not null) bound.Add(account);
        return ([.. bound.Where(account => !present.Contains(account.Address))], bound.Count);
    }
}
