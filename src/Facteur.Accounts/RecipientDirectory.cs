using System.Collections.Concurrent;
using System.Text;
using Facteur.Storage;

namespace Facteur.Accounts;

public enum RecipientKind
{
    /// <summary>Delivered to <see cref="RecipientMatch.Account"/>.</summary>
    Local,
    /// <summary>A domain of ours, and no such address.</summary>
    UnknownUser,
    /// <summary>A domain of ours that is switched off, or a disabled account: temporary.</summary>
    Unavailable,
    /// <summary>Not a domain of ours.</summary>
    Foreign,
    /// <summary>Leads to the targets of <see cref="RecipientMatch.Alias"/>.</summary>
    Alias,
    /// <summary>An address of ours that its owner or an administrator switched off: permanent.</summary>
    SwitchedOff,
}

/// <param name="Detail">Sub-address after "+" (RFC 5233), or null.</param>
public readonly record struct RecipientResolution(RecipientKind Kind, AccountRecord? Account, string? Detail);

/// <summary>What an address stands for.</summary>
public sealed record RecipientMatch(RecipientKind Kind)
{
    /// <summary>Of Local, and of Unavailable when it is the account that is disabled.</summary>
    public AccountRecord? Account { get; init; }

    /// <summary>The address of the account that matched, without detail; null for roles and all but addresses of accounts.</summary>
    public AddressRecord? Address { get; init; }

    /// <summary>Of Alias. With id 0 it is none of the directory: the postmaster of a domain that has no such address.</summary>
    public AliasRecord? Alias { get; init; }

    /// <summary>The alias takes what the domain has no address for.</summary>
    public bool IsCatchAll { get; init; }

    /// <summary>Sub-address after "+" (RFC 5233) as it was written, or null.</summary>
    public string? Detail { get; init; }

    /// <summary>Our domain, the one that is stood for; null for Foreign.</summary>
    public DomainRecord? Domain { get; init; }
}

/// <summary>
/// Says where an envelope recipient leads: exact address first, then without its "+detail", then what takes the rest of the domain. Domains in
/// any case, U- or A-labels, and by their other names. "postmaster" and "abuse" exist in each domain (RFC 5321 §4.5.1, RFC 2142).
/// </summary>
/// <param name="settings">Where the setting "postmaster" is; without it the first account of a domain is its postmaster.</param>
public sealed class RecipientDirectory(DirectoryStore directory, SettingsStore? settings = null)
{
    // Who may send as a list: only so many of its members are looked at.
    private const int MaxMembers = 1_000;

    private static readonly RecipientMatch foreign = new(RecipientKind.Foreign);

    // Domains ask for their first account only when they have no postmaster of their own; it is looked for once.
    private readonly ConcurrentDictionary<DomainId, AccountId> firstAccounts = new();
    private readonly AccountSettings? settings = settings is null ? null : new AccountSettings(settings);

    /// <summary>What one account an address leads to; an address that leads to several or elsewhere is none (<see cref="FindAsync"/>).</summary>
    /// <param name="localPart">Unquoted local part.</param>
    /// <param name="domain">Domain; an address literal is never ours.</param>
    public async ValueTask<RecipientResolution> ResolveAsync(string localPart, string domain, CancellationToken cancel)
    {
        var match = await FindAsync(localPart, domain, cancel);
        return match.Kind is RecipientKind.Alias or RecipientKind.SwitchedOff
            ? new(RecipientKind.UnknownUser, null, null)
            : new(match.Kind, match.Account, match.Detail);
    }

    /// <summary>What an address stands for.</summary>
    /// <param name="localPart">Unquoted local part.</param>
    /// <param name="domain">Domain; an address literal is never ours.</param>
    public async ValueTask<RecipientMatch> FindAsync(string localPart, string domain, CancellationToken cancel)
    {
        if (DomainName.Normalize(domain) is not { } ascii) return foreign;
        // The domain first, without a name: a hundred thousand recipients of a thousand other domains are a thousand questions.
        var found = await directory.ResolveAsync("", ascii, cancel);
        if (found.Domain is not { } asked || found.Target is not { } target) return foreign;
        var match = new RecipientMatch(RecipientKind.UnknownUser) { Domain = target };
        if (EmailAddress.NormalizeLocalPart(localPart) is not { } local) return match;
        if (!asked.Enabled || !target.Enabled) return match with { Kind = RecipientKind.Unavailable };
        found = await directory.ResolveAsync(local, ascii, cancel);
        if (found.Exact is { } exact) return Of(exact, match);
        if (found.PlusBase is { } plusBase) return Of(plusBase, match with { Detail = DetailOf(localPart) });
        if (found.CatchAll is { } catchAll) return match with { Kind = RecipientKind.Alias, Alias = catchAll, IsCatchAll = true };
        return local is "postmaster" or "abuse" ? await RoleAsync(local, match, cancel) : match;
    }

    /// <summary>True for a domain this server has, also by another name.</summary>
    public async ValueTask<bool> IsOursAsync(string domain, CancellationToken cancel) =>
        DomainName.Normalize(domain) is { } ascii && (await directory.ResolveAsync("", ascii, cancel)).Domain is not null;

    /// <summary>
    /// True when <paramref name="account"/> may send as this address (S-20): one of its addresses or a sub-address of one, an alias that leads
    /// to it, whatever is left of a domain whose mail it takes alone; in every name of the domain; and the same of a shared account whose rights
    /// say so (<see cref="ShareRights.SendAs"/>). Addresses that are switched off do not count.
    /// </summary>
    public async ValueTask<bool> MaySendAsAsync(AccountId account, string address, CancellationToken cancel)
    {
        if (!EmailAddress.TryParse(address, out var parsed)) return false;
        var match = await FindAsync(parsed.LocalPart, parsed.Domain, cancel);
        if (match.Kind is RecipientKind.Local or RecipientKind.Unavailable && match.Account?.Id == account) return true;
        if (match.Kind is not (RecipientKind.Local or RecipientKind.Alias)) return false;

        // Remembered by the directory, as the match is: a message costs no query.
        var senders = new HashSet<AccountId> { account };
        foreach (var share in await directory.ListSharesOfAsync(account, cancel))
            if (share.Rights.HasFlag(ShareRights.SendAs)) senders.Add(share.Shared);
        if (match.Kind == RecipientKind.Local) return senders.Contains(match.Account!.Id);
        return match.Alias is { } alias && (!match.IsCatchAll || alias.Targets.Count == 1) && await LeadsToAsync(alias, senders, cancel);
    }

    /// <summary>True for an address that is the account's alone: not one of a list it is on. What "addressed to me" means (RFC 5230 §4.5).</summary>
    public async ValueTask<bool> OwnsAsync(AccountId account, string address, CancellationToken cancel)
    {
        if (!EmailAddress.TryParse(address, out var parsed)) return false;
        var match = await FindAsync(parsed.LocalPart, parsed.Domain, cancel);
        if (match.Kind == RecipientKind.Local) return match.Account!.Id == account;
        return match is { Kind: RecipientKind.Alias, Alias: { Targets.Count: 1 } alias } && await LeadsToAsync(alias, [account], cancel);
    }

    /// <summary>Whether rules of an account may send mail on to an address: one of this server that is not its own, or one that was confirmed.</summary>
    public async ValueTask<bool> MaySendOnAsync(AccountId account, string address, CancellationToken cancel)
    {
        if (!EmailAddress.TryParse(address, out var parsed)) return false;
        if (await IsOursAsync(parsed.Domain, cancel)) return !await OwnsAsync(account, parsed.ToString(), cancel);
        return settings is not null && await settings.ForwardAsync(account, cancel) is { } forward && forward.Targets.Any(one => one.IsConfirmed && one.Address == parsed.ToString());
    }

    private static RecipientMatch Of(DirectoryEntry entry, RecipientMatch match) => entry switch
    {
        { Alias: { } alias } => match with { Kind = alias.Enabled ? RecipientKind.Alias : RecipientKind.SwitchedOff, Alias = alias },
        { Address: { Enabled: false } address } => match with { Kind = RecipientKind.SwitchedOff, Address = address },
        { Account: { } account } => match with { Kind = account.Enabled ? RecipientKind.Local : RecipientKind.Unavailable, Account = account, Address = entry.Address },
        _ => match,
    };

    private static string DetailOf(string written)
    {
        var detail = written.Normalize(NormalizationForm.FormC);
        return detail[(detail.IndexOf('+', StringComparison.Ordinal) + 1)..];
    }

    private async ValueTask<bool> LeadsToAsync(AliasRecord alias, HashSet<AccountId> accounts, CancellationToken cancel)
    {
        foreach (var target in alias.Targets.Take(MaxMembers))
        {
            if (!EmailAddress.TryParse(target, out var parsed)) continue;
            var match = await FindAsync(parsed.LocalPart, parsed.Domain, cancel);
            if (match.Kind == RecipientKind.Local && accounts.Contains(match.Account!.Id)) return true;
        }
        return false;
    }

    /// <summary>Who answers for a domain that has no such address: who the setting "postmaster" names, else its first account.</summary>
    private async ValueTask<RecipientMatch> RoleAsync(string role, RecipientMatch match, CancellationToken cancel)
    {
        var domain = match.Domain!;
        if (settings is not null && await settings.PostmasterAsync(domain.Id, cancel) is { } address)
            return match with { Kind = RecipientKind.Alias, Alias = new AliasRecord(0, $"{role}@{domain.Name}", domain.Id, [address], "", true) };
        return await FirstAccountAsync(domain.Id, cancel) is { } account ? match with { Kind = RecipientKind.Local, Account = account } : match;
    }

    private async ValueTask<AccountRecord?> FirstAccountAsync(DomainId domain, CancellationToken cancel)
    {
        if (firstAccounts.TryGetValue(domain, out var known) && await directory.GetAccountAsync(known, cancel) is { Enabled: true } still) return still;
        var accounts = await directory.ListAccountsAsync(domain, cancel);
        var first = accounts.Where(account => account.Enabled).MinBy(account => account.Id.Value);
        if (first is not null) firstAccounts[domain] = first.Id;
        return first;
    }
}
