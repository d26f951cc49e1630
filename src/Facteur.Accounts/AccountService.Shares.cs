using Facteur.Storage;

namespace Facteur.Accounts;

/// <summary>Somebody's right on a shared account: <paramref name="Account"/> is the other one of the two.</summary>
public sealed record SharedWith(AccountRecord Account, ShareRights Rights);

// Shared accounts: a mailbox that several accounts read and may answer from.
public sealed partial class AccountService
{
    /// <summary>Sets what a member may do with a shared account; None takes it away.</summary>
    public async ValueTask SetShareAsync(string shared, string member, ShareRights rights, CancellationToken cancel)
    {
        var (account, other) = (await RequireAccountAsync(shared, cancel), await RequireAccountAsync(member, cancel));
        if (account.Kind != AccountKind.Shared) throw new AccountRuleException($"{account.Address} is not a shared account; its kind is chosen when it is made (facteur account add --kind shared).");
        if (other.Kind == AccountKind.Shared) throw new AccountRuleException($"{other.Address} is a shared account itself; nobody logs in as it.");
        await directory.SetShareAsync(new ShareRecord(account.Id, other.Id, rights), cancel);
    }

    /// <summary>Who may use a shared account.</summary>
    public async ValueTask<IReadOnlyList<SharedWith>> ListSharesAsync(AccountId shared, CancellationToken cancel) =>
        await NamedAsync(await directory.ListSharesAsync(shared, cancel), share => share.Member, cancel);

    /// <summary>Shared accounts that an account may use.</summary>
    public async ValueTask<IReadOnlyList<SharedWith>> ListSharesOfAsync(AccountId member, CancellationToken cancel) =>
        await NamedAsync(await directory.ListSharesOfAsync(member, cancel), share => share.Shared, cancel);

    private async ValueTask<IReadOnlyList<SharedWith>> NamedAsync(IReadOnlyList<ShareRecord> shares, Func<ShareRecord, AccountId> other, CancellationToken cancel)
    {
        var named = new List<SharedWith>();
        foreach (var share in shares)
            if (await directory.GetAccountAsync(other(share), cancel) is { } account) named.Add(new SharedWith(account, share.Rights));
        named.Sort((a, b) => string.CompareOrdinal(a.Account.Address, b.Account.Address));
        return named;
    }
}
