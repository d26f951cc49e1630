namespace Facteur.Storage;

public sealed record DomainRecord(DomainId Id, string Name, bool Enabled);

/// <param name="CredentialVersion">Grows with every change of a credential or of <see cref="Enabled"/>; what was verified against an older one counts no more.</param>
public sealed record AccountRecord(AccountId Id, DomainId Domain, string Address, string DisplayName, bool Enabled, long? QuotaOctets, long CredentialVersion, DateTimeOffset Created);

/// <summary>A secret as stored: never the secret itself.</summary>
/// <param name="Kind">"password" now; app passwords, keys and tokens later.</param>
public sealed record CredentialRecord(long Id, AccountId Account, string Kind, string Value, DateTimeOffset Created);

/// <summary>An address that mail is accepted for.</summary>
public sealed record AddressRecord(string Address, AccountId Account);

/// <summary>
/// Rows of domains, accounts, addresses and credentials; the rules over them are in Facteur.Accounts. Domains are
/// in ASCII lower case (A-labels); addresses are compared with the local part in lower case, NFC.
/// </summary>
public abstract class DirectoryStore
{
    public abstract ValueTask<DomainRecord> AddDomainAsync(string name, CancellationToken cancel);
    public abstract ValueTask<DomainRecord?> FindDomainAsync(string name, CancellationToken cancel);
    public abstract ValueTask<IReadOnlyList<DomainRecord>> ListDomainsAsync(CancellationToken cancel);

    /// <summary>InUse when it still has accounts.</summary>
    public abstract ValueTask RemoveDomainAsync(DomainId domain, CancellationToken cancel);

    /// <summary>Adds an account with its primary address and the standard mailboxes (INBOX, Drafts, Sent, Junk, Trash, Archive, subscribed).</summary>
    public abstract ValueTask<AccountRecord> AddAccountAsync(DomainId domain, string address, string displayName, CancellationToken cancel);
    public abstract ValueTask<AccountRecord?> FindAccountAsync(string address, CancellationToken cancel);
    public abstract ValueTask<AccountRecord?> GetAccountAsync(AccountId account, CancellationToken cancel);
    public abstract ValueTask<IReadOnlyList<AccountRecord>> ListAccountsAsync(DomainId? domain, CancellationToken cancel);

    /// <summary>Changes display name, enabled and quota; CredentialVersion grows when enabled changes.</summary>
    public abstract ValueTask<AccountRecord> UpdateAccountAsync(AccountRecord account, CancellationToken cancel);

    /// <summary>Removes an account with its mail; bodies go in the background.</summary>
    public abstract ValueTask RemoveAccountAsync(AccountId account, CancellationToken cancel);

    /// <summary>The account an address belongs to (primary or other), with no rule of sub-addresses applied.</summary>
    public abstract ValueTask<AccountRecord?> FindByAddressAsync(string address, CancellationToken cancel);
    public abstract ValueTask<IReadOnlyList<AddressRecord>> ListAddressesAsync(AccountId account, CancellationToken cancel);
    public abstract ValueTask AddAddressAsync(AccountId account, string address, CancellationToken cancel);
    public abstract ValueTask RemoveAddressAsync(string address, CancellationToken cancel);

    public abstract ValueTask<IReadOnlyList<CredentialRecord>> ListCredentialsAsync(AccountId account, CancellationToken cancel);

    /// <summary>Sets the one credential of this kind, replacing any; CredentialVersion grows.</summary>
    public abstract ValueTask SetCredentialAsync(AccountId account, string kind, string value, CancellationToken cancel);

    /// <summary>
    /// Writes the same secret hashed anew, if the credential still is what <paramref name="old"/> says (a password set meanwhile wins).
    /// The secret stays the same, so CredentialVersion stays and nothing is announced. False when nothing was written.
    /// </summary>
    public abstract ValueTask<bool> ReplaceHashAsync(CredentialRecord old, string value, CancellationToken cancel);

    /// <summary>Raised after the commit of a change to an account (credential, enabled, removal), so that open sessions end.</summary>
    public event Action<AccountId>? AccountSecurityChanged;

    protected void RaiseAccountSecurityChanged(AccountId account) => AccountSecurityChanged?.Invoke(account);
}
