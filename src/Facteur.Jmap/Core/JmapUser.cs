using Facteur.Accounts;
using Facteur.Storage;

namespace Facteur.Jmap;

/// <summary>Who a request is from.</summary>
/// <param name="Account">As logged in: the person's own.</param>
/// <param name="UserName">What the session shows.</param>
public sealed record JmapUser(Account Account, string UserName);

/// <summary>An account as a request may use it: the user's own, or a shared one.</summary>
/// <param name="Rights">All of them for one's own.</param>
public sealed record JmapAccount(AccountId Id, string Address, string Name, bool IsPersonal, ShareRights Rights)
{
    public bool IsReadOnly => !Rights.HasFlag(ShareRights.Write);
}
