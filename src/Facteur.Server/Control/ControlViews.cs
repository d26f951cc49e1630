using Facteur.Accounts;
using Facteur.Storage;

namespace Facteur.Server.Control;

/// <summary>A domain as verbs show it.</summary>
/// <param name="Name">A-labels.</param>
/// <param name="Display">As people write it.</param>
/// <param name="AliasOf">The domain that this one is another name of, as people write it; or null.</param>
internal sealed record DomainView(string Name, string Display, bool Enabled, int Accounts, string? AliasOf)
{
    /// <param name="all">Where the domain that this one stands for is found.</param>
    public static DomainView Of(DomainRecord domain, int accounts, IReadOnlyList<DomainRecord> all) => new(
        domain.Name, DomainName.ToDisplay(domain.Name), domain.Enabled, accounts,
        domain.AliasOf is { } target && all.FirstOrDefault(one => one.Id == target) is { } known ? DomainName.ToDisplay(known.Name) : null);
}

/// <summary>An account as lists show it.</summary>
/// <param name="Kind">"personal", "shared" or "system".</param>
internal sealed record AccountView(string Address, string Name, bool Enabled, long Messages, long UsedOctets, long? QuotaOctets, DateTimeOffset Created, string Kind)
{
    public static AccountView Of(AccountRecord account, Quota quota) => new(
        account.Address, account.DisplayName, account.Enabled, quota.Messages, quota.UsedOctets, quota.LimitOctets, account.Created, account.Kind.ToString().ToLowerInvariant());
}

/// <summary>An account with what it holds.</summary>
/// <param name="Members">Who may use it, when it is a shared one.</param>
/// <param name="Uses">Shared accounts that it may use.</param>
internal sealed record AccountDetails(
    AccountView Account, IReadOnlyList<string> Addresses, IReadOnlyList<string> Groups, IReadOnlyList<ShareView> Members, IReadOnlyList<ShareView> Uses, IReadOnlyList<MailboxView> Mailboxes);

/// <summary>What one may do with a shared account, seen from the other.</summary>
/// <param name="Address">The member, or the shared account.</param>
/// <param name="Rights">"read", "write", "send-as".</param>
internal sealed record ShareView(string Address, string Name, IReadOnlyList<string> Rights)
{
    public static ShareView Of(SharedWith share) => new(share.Account.Address, share.Account.DisplayName, ShareRightsText.List(share.Rights));
}

internal sealed record MailboxView(string Name, string? Role, int Messages, int Unseen, long Octets)
{
    public static MailboxView Of(Mailbox mailbox) =>
        new(mailbox.Name, mailbox.Role == MailboxRole.None ? null : mailbox.Role.ToString(), mailbox.Messages, mailbox.Unseen, mailbox.Size);
}

/// <summary>Answer to account.add and account.passwd.</summary>
/// <param name="GeneratedPassword">Set when the server made the password: it is shown this once.</param>
internal sealed record PasswordView(string Address, string? GeneratedPassword);

/// <summary>The server as "status" shows it.</summary>
/// <param name="Ready">Takes connections; false while it starts or drains.</param>
internal sealed record ServerStatus(bool Running, bool Ready, string Version, string Hostname, DateTimeOffset? Started, IReadOnlyList<ListenerView> Listeners, int Connections, int Domains, int Accounts);

internal sealed record ListenerView(string Name, string Address);
