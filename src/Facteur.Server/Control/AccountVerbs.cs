using System.Globalization;
using Facteur.Accounts;
using Facteur.Storage;

namespace Facteur.Server.Control;

/// <summary>Verbs over domains and accounts, and the state of the server.</summary>
internal sealed class AccountVerbs(MailStore store, AccountService accounts, IServerState? server)
{
    public IEnumerable<(string Name, ControlVerb Verb)> Table =>
    [
        ("domain.add", AddDomainAsync),
        ("domain.list", ListDomainsAsync),
        ("domain.rm", RemoveDomainAsync),
        ("account.add", AddAccountAsync),
        ("account.list", ListAccountsAsync),
        ("account.show", ShowAccountAsync),
        ("account.passwd", SetPasswordAsync),
        ("account.disable", (request, cancel) => SetEnabledAsync(request, false, cancel)),
        ("account.enable", (request, cancel) => SetEnabledAsync(request, true, cancel)),
        ("account.quota", SetQuotaAsync),
        ("account.rm", RemoveAccountAsync),
        ("status", StatusAsync),
    ];

    private async ValueTask<ControlReply> AddDomainAsync(ControlRequest request, CancellationToken cancel)
    {
        var domain = request.Find("aliasOf") is { } target
            ? await accounts.AddDomainAliasAsync(request.Require("name"), target, cancel)
            : await accounts.AddDomainAsync(request.Require("name"), cancel);
        return ControlReply.Done(DomainView.Of(domain, 0, await accounts.ListDomainsAsync(cancel)));
    }

    private async ValueTask<ControlReply> ListDomainsAsync(ControlRequest request, CancellationToken cancel)
    {
        var counts = (await accounts.ListAccountsAsync(null, cancel)).CountBy(a => a.Domain).ToDictionary();
        var domains = await accounts.ListDomainsAsync(cancel);
        return ControlReply.Done(domains.Select(domain => DomainView.Of(domain, counts.GetValueOrDefault(domain.Id), domains)).ToList());
    }

    private async ValueTask<ControlReply> RemoveDomainAsync(ControlRequest request, CancellationToken cancel)
    {
        await accounts.RemoveDomainAsync(request.Require("name"), cancel);
        return ControlReply.Done(new { name = request.Require("name") });
    }

    private async ValueTask<ControlReply> AddAccountAsync(ControlRequest request, CancellationToken cancel)
    {
        var made = await accounts.AddAccountAsync(
            new AccountDraft(request.Require("address"))
            {
                DisplayName = request.Find("displayName"), Password = request.Find("password"),
                Kind = request.Find("kind") is { } kind ? Enum.Parse<AccountKind>(kind, ignoreCase: true) : AccountKind.Personal,
                QuotaOctets = request.Find("quota") is { } octets ? long.Parse(octets, CultureInfo.InvariantCulture) : null,
                Groups = request.Has("groups") ? request.List("groups") : null,
            },
            cancel);
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
            [.. (await accounts.ListGroupsOfAsync(account.Id, cancel)).Select(group => group.Name)],
            [.. (await accounts.ListSharesAsync(account.Id, cancel)).Select(ShareView.Of)],
            [.. (await accounts.ListSharesOfAsync(account.Id, cancel)).Select(ShareView.Of)],
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

    private async ValueTask<ControlReply> SetQuotaAsync(ControlRequest request, CancellationToken cancel)
    {
        var octets = request.Find("octets") is { } text ? long.Parse(text, CultureInfo.InvariantCulture) : (long?)null;
        var account = await accounts.SetQuotaAsync(request.Require("address"), octets, cancel);
        return ControlReply.Done(AccountView.Of(account, await store.GetQuotaAsync(account.Id, cancel)));
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
}
