namespace Facteur.Storage;

public sealed record DomainRecord(DomainId Id, string Name, bool Enabled)
{
    /// <summary>The domain this one stands for: what is not an address of its own leads to the same local part there. Never itself an alias.</summary>
    public DomainId? AliasOf { get; init; }
}

/// <param name="CredentialVersion">Grows with every change of a credential or of <see cref="Enabled"/>; what was verified against an older one counts no more.</param>
public sealed record AccountRecord(AccountId Id, DomainId Domain, string Address, string DisplayName, bool Enabled, long? QuotaOctets, long CredentialVersion, DateTimeOffset Created)
{
    public AccountKind Kind { get; init; }
}

/// <summary>What an account is for.</summary>
public enum AccountKind : byte
{
    /// <summary>Of one person.</summary>
    Personal,
    /// <summary>A mailbox that several accounts read and may answer from; nobody logs in as it with a password of its own.</summary>
    Shared,
    /// <summary>Of a program (a scanner, a shop): no settings pages, no reports of logins.</summary>
    System,
}

/// <summary>What a member may do with a shared account.</summary>
[Flags]
public enum ShareRights : byte { None = 0, Read = 1, Write = 2, SendAs = 4, All = Read | Write | SendAs }

/// <param name="Shared">The shared account.</param>
/// <param name="Member">Who may use it.</param>
public sealed record ShareRecord(AccountId Shared, AccountId Member, ShareRights Rights);

/// <summary>What a member is told of a change of <see cref="ShareRights"/>, until it puts that away.</summary>
/// <param name="Name">Address of the shared account at that time.</param>
public sealed record ShareNotice(long Id, AccountId Member, AccountId Shared, string Name, DateTimeOffset At, ShareRights Old, ShareRights New);

/// <summary>Accounts of one domain that rules are made for together.</summary>
/// <param name="Name">One of its kind in the domain, compared without case.</param>
public sealed record GroupRecord(GroupId Id, DomainId Domain, string Name);

/// <summary>A secret as stored: never the secret itself.</summary>
/// <param name="Kind">"password", "app-password", "totp", "recovery", "passkey", "certificate", "scram-sha-256".</param>
public sealed record CredentialRecord(long Id, AccountId Account, string Kind, string Value, DateTimeOffset Created)
{
    /// <summary>What its owner calls it ("phone"), or "".</summary>
    public string Label { get; init; } = "";

    /// <summary>What it is found by without the account (hash of an app password, id of a passkey, fingerprint of a certificate); one of its kind on the server. Null: only by its account.</summary>
    public string? Lookup { get; init; }

    /// <summary>JSON object of Facteur.Accounts (protocols, networks, end), or "".</summary>
    public string Detail { get; init; } = "";

    /// <summary>Last login by it, to the minute, and the address it came from; null before the first.</summary>
    public DateTimeOffset? LastUsed { get; init; }
    public string? LastUsedFrom { get; init; }
}

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

    /// <summary>InUse when it still has accounts or aliases (<see cref="AliasRecord"/>), or other domains stand for it. Its groups and settings go with it.</summary>
    public abstract ValueTask RemoveDomainAsync(DomainId domain, CancellationToken cancel);

    /// <summary>Adds an account with its primary address and the standard mailboxes (INBOX, Drafts, Sent, Junk, Trash, Archive, subscribed).</summary>
    public abstract ValueTask<AccountRecord> AddAccountAsync(DomainId domain, string address, string displayName, AccountKind kind, CancellationToken cancel);

    /// <summary>As above, of one person.</summary>
    public ValueTask<AccountRecord> AddAccountAsync(DomainId domain, string address, string displayName, CancellationToken cancel) =>
        AddAccountAsync(domain, address, displayName, AccountKind.Personal, cancel);

    public abstract ValueTask<AccountRecord?> FindAccountAsync(string address, CancellationToken cancel);
    public abstract ValueTask<AccountRecord?> GetAccountAsync(AccountId account, CancellationToken cancel);
    public abstract ValueTask<IReadOnlyList<AccountRecord>> ListAccountsAsync(DomainId? domain, CancellationToken cancel);

    /// <summary>Accounts in the order in which they were made, those after <paramref name="after"/>, at most <paramref name="max"/>: for going through all of them.</summary>
    public abstract ValueTask<IReadOnlyList<AccountRecord>> PageAccountsAsync(AccountId after, int max, CancellationToken cancel);

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

    /// <summary>
    /// Adds a credential beside those there are. Nobody who is logged in loses anything by it: CredentialVersion stays and nothing is announced.
    /// AlreadyExists when another of the kind has the <see cref="CredentialRecord.Lookup"/>.
    /// </summary>
    /// <param name="credential">Id, Created and LastUsed are ignored.</param>
    public abstract ValueTask<CredentialRecord> AddCredentialAsync(CredentialRecord credential, CancellationToken cancel);

    /// <summary>Changes value, label and detail of one that is there (a passkey's counter, recovery codes used up); nothing is announced. False when it is gone.</summary>
    public abstract ValueTask<bool> UpdateCredentialAsync(CredentialRecord credential, CancellationToken cancel);

    /// <summary>Removes one; CredentialVersion grows and <see cref="CredentialRemoved"/> is raised, so that sessions it let in end. False when it was gone.</summary>
    public abstract ValueTask<bool> RemoveCredentialAsync(CredentialRecord credential, CancellationToken cancel);

    /// <summary>By what it is found by.</summary>
    public abstract ValueTask<CredentialRecord?> FindCredentialAsync(string kind, string lookup, CancellationToken cancel);

    /// <summary>Notes last uses of credentials, all in one commit; those that are gone are passed over.</summary>
    public abstract ValueTask NoteCredentialsUsedAsync(IReadOnlyList<(long Id, DateTimeOffset At, string From)> uses, CancellationToken cancel);

    /// <summary>AlreadyExists when the domain has one of the name.</summary>
    public abstract ValueTask<GroupRecord> AddGroupAsync(DomainId domain, string name, CancellationToken cancel);
    public abstract ValueTask<GroupRecord> RenameGroupAsync(GroupId group, string name, CancellationToken cancel);

    /// <summary>Its members stay; its settings go with it.</summary>
    public abstract ValueTask RemoveGroupAsync(GroupId group, CancellationToken cancel);
    public abstract ValueTask<IReadOnlyList<GroupRecord>> ListGroupsAsync(DomainId? domain, CancellationToken cancel);

    /// <summary>NotPossible for a group of another domain than the account's.</summary>
    public abstract ValueTask SetMemberAsync(GroupId group, AccountId account, bool isMember, CancellationToken cancel);
    public abstract ValueTask<IReadOnlyList<AccountRecord>> ListMembersAsync(GroupId group, CancellationToken cancel);

    /// <summary>The groups of an account, by name; answered from memory when asked before.</summary>
    public abstract ValueTask<IReadOnlyList<GroupRecord>> ListGroupsOfAsync(AccountId account, CancellationToken cancel);

    /// <summary>Sets what a member may do with a shared account; None takes it away. NotPossible when the account is not a shared one.</summary>
    public abstract ValueTask SetShareAsync(ShareRecord share, CancellationToken cancel);
    public abstract ValueTask<IReadOnlyList<ShareRecord>> ListSharesAsync(AccountId shared, CancellationToken cancel);

    /// <summary>What an account may use of others; answered from memory when asked before.</summary>
    public abstract ValueTask<IReadOnlyList<ShareRecord>> ListSharesOfAsync(AccountId member, CancellationToken cancel);

    /// <summary>Changes of rights that a member was not told yet, or did not put away; the oldest first, at most <see cref="MaxShareNotices"/>: older ones go.</summary>
    public abstract ValueTask<IReadOnlyList<ShareNotice>> ListShareNoticesAsync(AccountId member, CancellationToken cancel);

    /// <summary>False when there was none.</summary>
    public abstract ValueTask<bool> RemoveShareNoticeAsync(AccountId member, long id, CancellationToken cancel);

    public const int MaxShareNotices = 200;

    /// <summary>
    /// Gives an account another primary address of one of the domains; the former one stays as a further address. Mailboxes, messages and
    /// settings are untouched; who comes to another domain leaves the groups of the former one. AlreadyExists when another has the address.
    /// </summary>
    public abstract ValueTask<AccountRecord> RenameAccountAsync(AccountId account, DomainId domain, string address, CancellationToken cancel);

    /// <summary>Raised after the commit that removed a credential.</summary>
    public event Action<AccountId, long>? CredentialRemoved;

    /// <summary>Raised after the commit that changed the groups or the shared accounts of an account.</summary>
    public event Action<AccountId>? MembershipChanged;

    protected void RaiseCredentialRemoved(AccountId account, long credential) => CredentialRemoved?.Invoke(account, credential);

    protected void RaiseMembershipChanged(AccountId account) => MembershipChanged?.Invoke(account);

    /// <summary>Raised after the commit of a change to an account (credential, enabled, removal), so that open sessions end.</summary>
    public event Action<AccountId>? AccountSecurityChanged;

    protected void RaiseAccountSecurityChanged(AccountId account) => AccountSecurityChanged?.Invoke(account);
}
