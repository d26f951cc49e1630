using Facteur.Accounts;
using Facteur.Accounts.Contacts;
using Facteur.Accounts.OAuth;
using Facteur.Accounts.Passkeys;
using Facteur.Accounts.Policy;
using Facteur.Accounts.Sessions;
using Facteur.Delivery.Receiving;
using Facteur.Delivery.Recipients;
using Facteur.Jmap;
using Facteur.Jmap.Http;
using Facteur.Jmap.Push;
using Facteur.Storage;
using Facteur.Web.External;
using Facteur.Web.Jmap;
using Facteur.Web.Requests;
using Facteur.Web.Servers;
using Facteur.Web.Transfer;
using Microsoft.Extensions.Logging;

namespace Facteur.Web;

/// <summary>What the host gives to the web part.</summary>
public sealed record WebParts(WebOptions Options, MailStore Store, LoginService Logins, LoginOptions LoginOptions, FetchAsync Fetch, TimeProvider Time, ILoggerFactory Loggers)
{
    /// <summary>What accounts gave to programs, when the host has it for others as well.</summary>
    public OAuthGrants? Grants { get; init; }

    /// <summary>The way of messages that are sent by JMAP; null where none are.</summary>
    public DeliveryServices? Delivery { get; init; }
}

/// <summary>What pages and endpoints work with: one object, since each of its parts is the only one in the process.</summary>
public sealed class WebServices : IDisposable
{
    private readonly LoginService logins;
    private readonly PushService push;

    public WebServices(WebParts parts)
    {
        (Options, Store, Time, Loggers, Fetch, Delivery) = (parts.Options, parts.Store, parts.Time, parts.Loggers, parts.Fetch, parts.Delivery);
        Accounts = new AccountService(Store, parts.LoginOptions, Time);
        Settings = new AccountSettings(Store.Settings);
        Webmail = new WebmailSettings(Store.Settings);
        Contacts = new ContactBook(Store.Contacts, Time);
        Secrets = new SiteSecrets(Store.Settings);
        Sessions = new WebSessions(Store, new WebSessionOptions(), Time);
        Totp = new TotpService(Store.Directory, Time);
        AppPasswords = new AppPasswords(Store, parts.LoginOptions, Time);
        Passkeys = new PasskeyStore(Store.Directory);
        SignIn = new SignInService(Store, parts.Logins, Sessions, Totp, parts.Logins.Policies, Time);
        Clients = new OAuthClients(Store, Time);
        Codes = new AccountRates(10, TimeSpan.FromDays(1), Time);
        Exports = new AccountRates(10, TimeSpan.FromHours(1), Time);
        Tests = new AccountRates(10, TimeSpan.FromMinutes(10), Time);
        logins = parts.Logins;
        Alerts = parts.Delivery is { } way ? new LoginAlertMail(logins, way, Options, Loggers.CreateLogger<LoginAlertMail>()) : null;
        Grants = parts.Grants ?? new OAuthGrants(Store, Clients, Time);
        Grants.Withdrawn += logins.EndTokenSessions;
        Tokens = new OAuthTokens(Store, Clients, Grants, Time);
        Devices = new DeviceCodes(Store, Clients, Grants, Tokens, Time);
        Providers = new OidcProviders(Store);
        Policies = parts.Logins.Policies;
        parts.Logins.Tokens = Tokens;
        var jmap = new JmapServices(Store, Accounts, parts.Logins, Time) { Delivery = parts.Delivery, Urls = new JmapUrls { Origin = () => Options.Origin, EventSource = JmapUrls.EventSourceTemplate, WebSocket = JmapUrls.WebSocketPath } };
        push = new PushService(jmap, new PushParts(Fetch.Invoke, new LoginStanding(this, parts.Logins).StandsAsync, $"mailto:postmaster@{Options.HostName}"), Loggers);
        Jmap = new JmapEndpoints(jmap, new JmapAuthentication(this, parts.Logins), Loggers);
    }

    public WebOptions Options { get; }
    public MailStore Store { get; }
    public TimeProvider Time { get; }
    public ILoggerFactory Loggers { get; }
    public FetchAsync Fetch { get; }

    /// <summary>The way of messages that pages send (codes); null where none are.</summary>
    public DeliveryServices? Delivery { get; }

    /// <summary>Logins as every protocol makes them.</summary>
    internal LoginService Logins => logins;

    /// <summary>Codes that an account has sent to strangers in a day.</summary>
    internal AccountRates Codes { get; }

    /// <summary>Archives that an account asks for.</summary>
    internal AccountRates Exports { get; }

    /// <summary>Files of mail that come in.</summary>
    public ImportJobs Imports { get; } = new();

    /// <summary>Address books.</summary>
    public ContactBook Contacts { get; }

    internal ContactImports ContactImports { get; } = new();

    /// <summary>Tests of all ports: each costs logins.</summary>
    internal AccountRates Tests { get; }
    public AccountService Accounts { get; }
    public AccountSettings Settings { get; }

    /// <summary>How owners want the webmail.</summary>
    public WebmailSettings Webmail { get; }

    /// <summary>Tells owners of logins, once the host has started it; null where no mail is sent.</summary>
    public LoginAlertMail? Alerts { get; }
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
    public JmapEndpoints Jmap { get; }

    public void Dispose()
    {
        Grants.Withdrawn -= logins.EndTokenSessions;
        push.Dispose();
        Alerts?.Dispose();
        Passkeys.Dispose();
    }
}
