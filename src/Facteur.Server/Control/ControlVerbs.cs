using Facteur.Accounts;
using Facteur.Storage;
using Microsoft.Extensions.Logging;

namespace Facteur.Server.Control;

/// <summary>What the running server knows of itself; the counts come from the store.</summary>
internal interface IServerState
{
    ServerStatus Describe();
}

/// <summary>
/// Does what the command line asks, on an open store: inside the running server by way of the control socket, or in the
/// command's own process when the server is stopped. Adding a verb: one line in the table, one method.
/// </summary>
internal sealed partial class ControlVerbs
{
    private readonly MailStore store;
    private readonly AccountService accounts;
    private readonly IServerState? server;
    private readonly ILogger logger;
    private readonly Dictionary<string, Func<ControlRequest, CancellationToken, ValueTask<ControlReply>>> verbs;

    /// <param name="server">Null when the server is stopped.</param>
    public ControlVerbs(MailStore store, AccountService accounts, IServerState? server, ILogger logger)
    {
        (this.store, this.accounts, this.server, this.logger) = (store, accounts, server, logger);
        verbs = new(StringComparer.Ordinal)
        {
            ["domain.add"] = AddDomainAsync,
            ["domain.list"] = ListDomainsAsync,
            ["domain.rm"] = RemoveDomainAsync,
            ["account.add"] = AddAccountAsync,
            ["account.list"] = ListAccountsAsync,
            ["account.show"] = ShowAccountAsync,
            ["account.passwd"] = SetPasswordAsync,
            ["account.disable"] = (request, cancel) => SetEnabledAsync(request, false, cancel),
            ["account.enable"] = (request, cancel) => SetEnabledAsync(request, true, cancel),
            ["account.rm"] = RemoveAccountAsync,
            ["status"] = StatusAsync,
        };
    }

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

    private async ValueTask<ControlReply> AddDomainAsync(ControlRequest request, CancellationToken cancel) =>
        ControlReply.Done(DomainView.Of(await accounts.AddDomainAsync(request.Require("name"), cancel), 0));

    private async ValueTask<ControlReply> ListDomainsAsync(ControlRequest request, CancellationToken cancel)
    {
        var counts = (await accounts.ListAccountsAsync(null, cancel)).CountBy(a => a.Domain).ToDictionary();
        return ControlReply.Done((await accounts.ListDomainsAsync(cancel)).Select(d => DomainView.Of(d, counts.GetValueOrDefault(d.Id))).ToList());
    }

    private async ValueTask<ControlReply> RemoveDomainAsync(ControlRequest request, CancellationToken cancel)
    {
        await accounts.RemoveDomainAsync(request.Require("name"), cancel);
        return ControlReply.Done(new { name = request.Require("name") });
    }

    private async ValueTask<ControlReply> AddAccountAsync(ControlRequest request, CancellationToken cancel)
    {
        var made = await accounts.AddAccountAsync(request.Require("address"), request.Find("displayName"), request.Find("password"), cancel);
        return ControlReply.Done(new PasswordView(made.Account.Address, made.GeneratedPassword));
    }

    private async ValueTask<ControlReply> ListAccountsAsync(ControlRequest request, CancellationToken cancel)
    {
        var views = new List<AccountView>();
        foreach (var account in await accounts.ListAccountsAsync(request.Find("domain"), cancel))
            views.Add(AccountView.Of(account, await store.GetQuotaAsync(account.Id, cancel)));
        return ControlReply.Done(views);
    }

    private async ValueTask<ControlReply> ShowAccountAsync(ControlRequest request, CancellationToken cancel)
    {
        var account = await accounts.GetAccountAsync(request.Require("address"), cancel);
        var addresses = await accounts.ListAddressesAsync(account.Id, cancel);
        var mailboxes = await store.ListMailboxesAsync(account.Id, cancel);
        return ControlReply.Done(new AccountDetails(
            AccountView.Of(account, await store.GetQuotaAsync(account.Id, cancel)),
            [.. addresses.Select(a => a.Address)],
            [.. mailboxes.Select(MailboxView.Of)]));
    }

    private async ValueTask<ControlReply> SetPasswordAsync(ControlRequest request, CancellationToken cancel)
    {
        var generated = await accounts.SetPasswordAsync(request.Require("address"), request.Find("password"), cancel);
        return ControlReply.Done(new PasswordView(request.Require("address"), generated));
    }

    private async ValueTask<ControlReply> SetEnabledAsync(ControlRequest request, bool enabled, CancellationToken cancel)
    {
        var account = await accounts.SetEnabledAsync(request.Require("address"), enabled, cancel);
        return ControlReply.Done(new { address = account.Address, enabled = account.Enabled });
    }

    private async ValueTask<ControlReply> RemoveAccountAsync(ControlRequest request, CancellationToken cancel)
    {
        await accounts.RemoveAccountAsync(request.Require("address"), cancel);
        return ControlReply.Done(new { address = request.Require("address") });
    }

    private async ValueTask<ControlReply> StatusAsync(ControlRequest request, CancellationToken cancel)
    {
        var status = (server?.Describe() ?? new ServerStatus(false, false, ServerVersion.Text, "", null, [], 0, 0, 0)) with
        {
            Domains = (await accounts.ListDomainsAsync(cancel)).Count,
            Accounts = (await accounts.ListAccountsAsync(null, cancel)).Count,
        };
        return ControlReply.Done(status, status.Ready ? ExitCode.Ok : status.Running ? ExitCode.Degraded : ExitCode.Failed);
    }

    private static string Explain(StoreRefusedException refused, ControlRequest request) => (request.Verb, refused.Reason) switch
    {
        ("domain.add", StoreRefusal.AlreadyExists) => $"The domain {request.Find("name")} is there already.",
        ("account.add", StoreRefusal.AlreadyExists) => $"The address {request.Find("address")} is taken.",
        ("domain.rm", StoreRefusal.InUse) => $"The domain {request.Find("name")} still has accounts; remove them first (facteur account list --domain {request.Find("name")}).",
        _ => refused.Message,
    };

    [LoggerMessage(LogLevel.Information, "Administration: {Verb} {Subject}", EventName = "ControlDone")]
    private partial void LogDone(string verb, string subject);

    [LoggerMessage(LogLevel.Error, "Administration: {Verb} failed", EventName = "ControlFailed")]
    private partial void LogFailed(Exception e, string verb);
}
