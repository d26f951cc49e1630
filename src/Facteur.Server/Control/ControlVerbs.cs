using Facteur.Accounts;
using Facteur.Server.Control.Settings;
using Facteur.Server.Running;
using Facteur.Storage;
using Microsoft.Extensions.Logging;

namespace Facteur.Server.Control;

/// <summary>What the running server knows of itself; the counts come from the store.</summary>
internal interface IServerState
{
    ServerStatus Describe();

    /// <summary>What checks logins, with what it has not written yet.</summary>
    LoginService? Logins => null;

    /// <summary>What is open, with what clients find there.</summary>
    IReadOnlyList<OpenListener> DescribeListeners();

    /// <summary>Reads configuration and certificates again; answers what stays as it is, and why, in sentences.</summary>
    ValueTask<IReadOnlyList<string>> ReloadAsync(CancellationToken cancel);
}

/// <summary>One thing that can be asked of the control socket.</summary>
internal delegate ValueTask<ControlReply> ControlVerb(ControlRequest request, CancellationToken cancel);

/// <summary>
/// Does what the command line asks, on an open store: inside the running server by way of the control socket, or in the
/// command's own process when the server is stopped. The verbs come in groups, one class each; adding one is a line in its table.
/// </summary>
internal sealed partial class ControlVerbs(IEnumerable<(string Name, ControlVerb Verb)> verbs, ILogger logger)
{
    private readonly Dictionary<string, ControlVerb> verbs = verbs.ToDictionary(pair => pair.Name, pair => pair.Verb, StringComparer.Ordinal);
    private readonly ILogger logger = logger;

    /// <param name="server">Null when the server is stopped.</param>
    public static ControlVerbs Over(MailStore store, AccountService accounts, MailServices mail, IServerState? server, ILogger logger)
    {
        var (file, scopes, time) = (new SettingFile(store.Settings), new ScopeReader(accounts, store.Directory), mail.Delivery.Time);
        return new(
        [
            .. new AccountVerbs(store, accounts, server).Table,
            .. new CredentialVerbs(accounts, new AppPasswords(store, new LoginOptions(), time), new ClientCertificates(store.Directory), store.Directory).Table,
            .. new TotpVerbs(accounts, new TotpService(store.Directory, time), mail.Delivery.Options.HostName).Table,
            .. new LoginVerbs(accounts, server?.Logins?.History ?? new LoginHistory(store.Logins, time), server?.Logins?.Blocks ?? new AddressBlocks(store.State, new LoginOptions(), time)).Table,
            .. new AddressVerbs(accounts).Table,
            .. new MemberVerbs(accounts, store.Directory).Table,
            .. new IdentityVerbs(accounts, new RecipientDirectory(store.Directory, store.Settings)).Table,
            .. new MailRuleVerbs(accounts, new AccountSettings(store.Settings), mail.Delivery.Confirmations, time).Table,
            .. new PopVerbs(accounts, store).Table,
            .. new ScriptVerbs(accounts, mail.Scripts).Table,
            .. new ScriptBindingVerbs(store, accounts, mail.Scripts).Table,
            .. new RuleVerbs(accounts, mail.Delivery.Sieve.Rules).Table,
            .. new TraceVerbs(store, accounts).Table,
            .. new QueueVerbs(mail.Queue, accounts).Table,
            .. new DomainVerbs(accounts, mail.Setups, mail.Check, mail.Keys, mail.Resolver).Table,
            .. new RouteVerbs(file, scopes).Table,
            .. new LimitVerbs(file, scopes, store.Queue, time).Table,
            .. new PolicyVerbs(file, scopes, accounts, store).Table,
            .. new SuppressVerbs(mail.Suppressed, scopes).Table,
            .. new FilterVerbs(file, scopes).Table,
            .. new OAuthVerbs(store, accounts, mail.Grants, time).Table,
            .. new SettingVerbs(file, scopes).Table,
            .. new DirectoryVerbs(store, accounts).Table,
            .. new ListenerVerbs(server).Table,
            .. new LdapVerbs(accounts, mail.Ldap).Table,
        ], logger);
    }

    /// <summary>Longest time that a verb may take.</summary>
    public static TimeSpan PatienceOf(string verb) => verb is "directory.import" or "directory.export" ? TimeSpan.FromHours(12) : TimeSpan.FromMinutes(2);

    public async ValueTask<ControlReply> RunAsync(ControlRequest request, CancellationToken cancel)
    {
        if (!verbs.TryGetValue(request.Verb, out var verb)) return ControlReply.Failed($"The server does not know \"{request.Verb}\"; it may be of another version than this command.");
        try
        {
            var reply = await verb(request, cancel);
            LogDone(request.Verb, request.Find("address") ?? request.Find("name") ?? "");
            return reply;
        }
        catch (AccountRuleException e)
        {
            return ControlReply.Failed(e.Message);
        }
        catch (StoreRefusedException e)
        {
            return ControlReply.Failed(Explain(e, request));
        }
        catch (StoreFullException)
        {
            return ControlReply.Failed("The disk is full; nothing was changed.");
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogFailed(e, request.Verb);
            return ControlReply.Failed("The store could not do this; the log of the server says why.");
        }
    }

    private static string Explain(StoreRefusedException refused, ControlRequest request) => (request.Verb, refused.Reason) switch
    {
        ("domain.add", StoreRefusal.AlreadyExists) => $"The domain {request.Find("name")} is there already.",
        ("account.rename", StoreRefusal.AlreadyExists) => $"The address {request.Find("newAddress")} is taken.",
        ("account.add" or "alias.add" or "address.add" or "address.disposable", StoreRefusal.AlreadyExists) => $"The address {request.Find("address")} is taken.",
        ("account.credentials.bind", StoreRefusal.AlreadyExists) => "The certificate is bound already, to this account or to another.",
        ("domain.rm", StoreRefusal.InUse) =>
            $"The domain {request.Find("name")} still has accounts or aliases, or another domain stands for it; remove them first (facteur account list, alias list, domain list).",
        ("address.rm", StoreRefusal.InUse) => $"{request.Find("address")} is the primary address of its account and goes with it.",
        _ => refused.Message,
    };

    [LoggerMessage(LogLevel.Information, "Administration: {Verb} {Subject}", EventName = "ControlDone")]
    private partial void LogDone(string verb, string subject);

    [LoggerMessage(LogLevel.Error, "Administration: {Verb} failed", EventName = "ControlFailed")]
    private partial void LogFailed(Exception e, string verb);
}
