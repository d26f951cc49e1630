using System.Net;
using Facteur.Accounts;
using Facteur.Storage;

namespace Facteur.Jmap;

/// <summary>Who a request is from.</summary>
/// <param name="Account">As logged in: the person's own.</param>
/// <param name="UserName">What the session shows.</param>
public sealed record JmapUser(Account Account, string UserName)
{
    /// <summary>How <see cref="Watch"/> is told; null where nothing ends (tests).</summary>
    public Func<Action, IDisposable>? Watcher { get; init; }

    /// <summary>Where the request comes from, for the trace of what is sent; null where that is not known.</summary>
    public IPAddress? Remote { get; init; }

    /// <summary>Names what it was let in by, a credential or a session: the same for each request by that, and no secret.</summary>
    public string Login { get; init; } = "";

    /// <summary>The person: a member of a shared account that is logged in to it, else the account itself.</summary>
    public AccountId Person => Account.Member ?? Account.Id;

    /// <summary>
    /// Calls <paramref name="end"/>, on any thread and perhaps more than once, when this user would not be let in any more: account, credential, token or session is
    /// gone, or a rule is against it. At once when that happened since it was let in. Whatever is open for long holds the result.
    /// </summary>
    public IDisposable Watch(Action end) => Watcher?.Invoke(end) ?? NothingToWatch.Instance;

    private sealed class NothingToWatch : IDisposable
    {
        public static readonly NothingToWatch Instance = new();

        public void Dispose()
        {
        }
    }
}

/// <summary>An account as a request may use it: the user's own, or a shared one.</summary>
/// <param name="Rights">All of them for one's own.</param>
public sealed record JmapAccount(AccountId Id, string Address, string Name, bool IsPersonal, ShareRights Rights)
{
    /// <summary>Who uses it: uploads are seen by nobody else (RFC 8620 §6.1).</summary>
    public required AccountId User { get; init; }

    /// <summary>The session has the person's own account, in which principals are looked up.</summary>
    public bool HasPrincipals { get; init; }

    public bool IsReadOnly => !Rights.HasFlag(ShareRights.Write);
}
