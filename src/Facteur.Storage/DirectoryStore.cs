namespace Facteur.Storage;

public sealed record DomainRecord(DomainId Id, string Name, bool Enabled)
{
    /// <summary>The domain this one stands for: what is not an address of its own leads to the same local part there. Never itself an alias.</summary>
    public DomainId? AliasOf { get; init; }
}

/// <param name="CredentialVersion">Grows with every change of a credential or of <see cref="Enabled"/>; what was verified against an older one counts no more.</param>
public sealed record AccountRecord(AccountId Id, DomainId Domain, string Address, string DisplayName, bool Enabled, long? QuotaOctets, long CredentialVersion, DateTimeOffset Created);

/// <summary>A secret as stored: never the secret itself.</summary>
/// <param name="Kind">"password" now; app passwords, keys and tokens later.</param>
public sealed record CredentialRecord(long Id, AccountId Account, string Kind, string Value, DateTimeOffset Created);

/// <summary>An address of an account that mail is accepted for.</summary>
public sealed record AddressRecord(string Address, AccountId Account)
{
    /// <summary>What its owner notes about it ("given to the shop"), or "".</summary>
    public string Label { get; init; } = "";

    /// <summary>Made to be given to one correspondent and switched off when it is abused.</summary>
    public bool IsDisposable { get; init; }

    /// <summary>False: the address stays taken and mail to it is refused. A primary address is never switched off.</summary>
    public bool Enabled { get; init; } = true;
}

/// <summary>An address that leads to others. "@domain" takes what the domain has no address for.</summary>
/// <param name="Domain">The domain whose administration it belongs to.</param>
/// <param name="Targets">At least one address, here or elsewhere.</param>
/// <param name="Enabled">False: the address stays taken and mail to it is refused.</param>
public sealed record AliasRecord(long Id, string Address, DomainId Domain, IReadOnlyList<string> Targets, string Label, bool Enabled);

/// <summary>An address of the directory: of an account, or an alias; one of the two is null.</summary>
/// <param name="Account">The account of <paramref name="Address"/>.</param>
public sealed record DirectoryEntry(AddressRecord? Address, AccountRecord? Account, AliasRecord? Alias);

/// <summary>What the directory knows of a recipient; the rules that choose are in Facteur.Accounts.</summary>
/// <param name="Domain">The domain as asked for; null when it is not one of ours, and then all else is null.</param>
/// <param name="Target">The domain it stands for; <paramref name="Domain"/> itself when it is no alias.</param>
/// <param name="Exact">The address itself, in the domain or, failing that, in the one it stands for.</param>
/// <param name="PlusBase">Without an exact one: the address before the first "+" (RFC 5233), when there is a "+".</param>
/// <param name="CatchAll">Without either: the alias that takes the rest, switched on.</param>
public sealed record DirectoryMatch(DomainRecord? Domain, DomainRecord? Target, DirectoryEntry? Exact, DirectoryEntry? PlusBase, AliasRecord? CatchAll);

/// <summary>
/// Rows of domains, accounts, addresses and credentials; the rules over them are in Facteur.Accounts. Domains are
/// in ASCII lower case (A-labels); addresses are compared with the local part in lower case, NFC.
/// </summary>
public abstract class DirectoryStore
{
    public abstract ValueTask<DomainRecord> AddDomainAsync(string name, CancellationToken cancel);
    public abstract ValueTask<DomainRecord?> FindDomainAsync(string name, CancellationToken cancel);
    public abstract ValueTask<IReadOnlyList<DomainRecord>> ListDomainsAsync(CancellationToken cancel);

    /// <summary>
    /// Adds a name for a domain. NotPossible when there is no such domain or it is an alias itself; accounts cannot be in an alias.
    /// </summary>
    public abstract ValueTask<DomainRecord> AddDomainAliasAsync(string name, DomainId target, CancellationToken cancel);

    /// <summary>InUse when it still has accounts or aliases (<see cref="AliasRecord"/>), or other domains stand for it. Its settings go with it.</summary>
    public abstract ValueTask RemoveDomainAsync(DomainId domain, CancellationToken cancel);

    /// <summary>Adds an account with its primary address and the standard mailboxes (INBOX, Drafts, Sent, Junk, Trash, Archive, subscribed).</summary>
    public abstract ValueTask<AccountRecord> AddAccountAsync(DomainId domain, string address, string displayName, CancellationToken cancel);
    public abstract ValueTask<AccountRecord?> FindAccountAsync(string address, CancellationToken cancel);
    public abstract ValueTask<AccountRecord?> GetAccountAsync(AccountId account, CancellationToken cancel);
    public abstract ValueTask<IReadOnlyList<AccountRecord>> ListAccountsAsync(DomainId? domain, CancellationToken cancel);

    /// <summary>Changes display name, enabled and quota; CredentialVersion grows when enabled changes.</summary>
    public abstract ValueTask<AccountRecord> UpdateAccountAsync(AccountRecord account, CancellationToken cancel);

    /// <summary>
    /// Removes an account with its mail, addresses and settings; bodies go in the background. Aliases lose it as a target, and go when they
    /// have none left. What it queued still goes out, as of no account.
    /// </summary>
    public abstract ValueTask RemoveAccountAsync(AccountId account, CancellationToken cancel);

    /// <summary>The account an address belongs to (primary or other), with no rule of sub-addresses applied.</summary>
    public abstract ValueTask<AccountRecord?> FindByAddressAsync(string address, CancellationToken cancel);
    public abstract ValueTask<IReadOnlyList<AddressRecord>> ListAddressesAsync(AccountId account, CancellationToken cancel);

    /// <summary>An address of an account as it stands, also one that is switched off; null for aliases and what is free.</summary>
    public abstract ValueTask<AddressRecord?> FindAddressAsync(string address, CancellationToken cancel);

    /// <summary>AlreadyExists when an account or alias has the address.</summary>
    public abstract ValueTask AddAddressAsync(AddressRecord address, CancellationToken cancel);
    public ValueTask AddAddressAsync(AccountId account, string address, CancellationToken cancel) => AddAddressAsync(new AddressRecord(address, account), cancel);

    /// <summary>Changes label, disposable and enabled. NotPossible when the account has no such address, or when it is its primary one that is switched off.</summary>
    public abstract ValueTask<AddressRecord> UpdateAddressAsync(AddressRecord address, CancellationToken cancel);
    public abstract ValueTask RemoveAddressAsync(string address, CancellationToken cancel);

    /// <summary>AlreadyExists when an account or alias has the address; BadName without targets.</summary>
    public abstract ValueTask<AliasRecord> AddAliasAsync(string address, DomainId domain, IReadOnlyList<string> targets, string label, CancellationToken cancel);

    /// <summary>Changes targets, label and enabled.</summary>
    public abstract ValueTask<AliasRecord> UpdateAliasAsync(AliasRecord alias, CancellationToken cancel);
    public abstract ValueTask RemoveAliasAsync(long id, CancellationToken cancel);
    public abstract ValueTask<AliasRecord?> FindAliasAsync(string address, CancellationToken cancel);
    public abstract ValueTask<IReadOnlyList<AliasRecord>> ListAliasesAsync(DomainId? domain, CancellationToken cancel);

    /// <summary>Everything RCPT asks of the directory, in one look; answered from memory when asked before.</summary>
    /// <param name="foldedLocal">Local part, unquoted, in lower case and NFC.</param>
    /// <param name="domain">Domain in A-labels, lower case.</param>
    public abstract ValueTask<DirectoryMatch> ResolveAsync(string foldedLocal, string domain, CancellationToken cancel);

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
