using Facteur.Accounts;
using Facteur.Accounts.OAuth;
using Facteur.Accounts.Passkeys;
using Facteur.Accounts.Policy;
using Facteur.Accounts.Sessions;
using Facteur.Delivery.Recipients;
using Facteur.Storage;
using Facteur.Web.External;
using Microsoft.Extensions.Logging;

namespace Facteur.Web;

/// <summary>What the host gives to the web part.</summary>
public sealed record WebParts(WebOptions Options, MailStore Store, LoginService Logins, LoginOptions LoginOptions, FetchAsync Fetch, TimeProvider Time, ILoggerFactory Loggers)
{
    /// <summary>What accounts gave to programs, when the host has it for others as well.</summary>
    public OAuthGrants? Grants { get; init; }
}

/// <summary>What pages and endpoints work with: one object, since each of its parts is the only one in the process.</summary>
public sealed class WebServices : IDisposable
{
    private readonly LoginService logins;

    public WebServices(WebParts parts)
    {
        (Options, Store, Time, Loggers, Fetch) = (parts.Options, parts.Store, parts.Time, parts.Loggers, parts.Fetch);
        Accounts = new AccountService(Store, parts.LoginOptions, Time);
        Settings = new AccountSettings(Store.Settings);
        Secrets = new SiteSecrets(Store.Settings);
        Sessions = new WebSessions(Store, new WebSessionOptions(), Time);
        Totp = new TotpService(Store.Directory, Time);
        AppPasswords = new AppPasswords(Store, parts.LoginOptions, Time);
        Passkeys = new PasskeyStore(Store.Directory);
        SignIn = new SignInService(Store, parts.Logins, Sessions, Totp, parts.Logins.Policies, Time);
        Clients = new OAuthClients(Store, Time);
        logins = parts.Logins;
        Grants = parts.Grants ?? new OAuthGrants(Store, Clients, Time);
        Grants.Withdrawn += logins.EndTokenSessions;
        Tokens = new OAuthTokens(Store, Clients, Grants, Time);
        Devices = new DeviceCodes(Store, Clients, Grants, Tokens, Time);
        Providers = new OidcProviders(Store);
        Policies = parts.Logins.Policies;
        parts.Logins.Tokens = Tokens;
    }

    public WebOptions Options { get; }
    public MailStore Store { get; }
    public TimeProvider Time { get; }
    public ILoggerFactory Loggers { get; }
    public FetchAsync Fetch { get; }
    public AccountService Accounts { get; }
    public AccountSettings Settings { get; }
    public SiteSecrets Secrets { get; }
    public WebSessions Sessions { get; }
    public TotpService Totp { get; }
    public AppPasswords AppPasswords { get; }
    public PolicyService Policies { get; }
    public PasskeyStore Passkeys { get; }
    public SignInService SignIn { get; }
    public OAuthClients Clients { get; }
    public OAuthGrants Grants { get; }
    public OAuthTokens Tokens { get; }
    public DeviceCodes Devices { get; }
    public OidcProviders Providers { get; }

    public void Dispose()
    {
        Grants.Withdrawn -= logins.EndTokenSessions;
        Passkeys.Dispose();
    }
}
