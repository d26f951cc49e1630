using Facteur.Accounts;
using Facteur.Accounts.Sessions;
using Facteur.Storage;

namespace Facteur.Web.Jmap;

/// <summary>Whether a login of some time ago would stand now: what was made by it, and goes on without it, asks (push subscriptions, RFC 8620 §7.2).</summary>
internal sealed class LoginStanding(WebServices web, LoginService logins)
{
    private const string SessionName = "Session ";

    /// <summary>The session of a browser, as <see cref="Facteur.Jmap.JmapUser.Login"/> has it.</summary>
    public static string NameOf(WebSession session) => SessionName + session.Name;

    /// <param name="person">Who logged in.</param>
    /// <param name="account">What was logged in to: the person's own account, or one that is shared with it.</param>
    /// <param name="login">What it rested on.</param>
    /// <param name="since">When that was.</param>
    public async ValueTask<bool> StandsAsync(AccountId person, AccountId account, string login, DateTimeOffset since, CancellationToken cancel)
    {
        if (await web.Store.Directory.GetAccountAsync(person, cancel) is not { Enabled: true } record) return false;
        if (!login.StartsWith(SessionName, StringComparison.Ordinal)) return await logins.StandsAsync(record, account, login, MailProtocol.Jmap, since, HasGrantAsync, cancel);
        if (person != account || !await logins.IsOnAsync(record, MailProtocol.Webmail, cancel)) return false;
        return (await web.Sessions.ListAsync(record, cancel)).Any(session => NameOf(session) == login);
    }

    private async ValueTask<bool> HasGrantAsync(AccountId account, string client, CancellationToken cancel) => (await web.Grants.ListAsync(account, cancel)).Any(grant => grant.ClientName == client);
}
