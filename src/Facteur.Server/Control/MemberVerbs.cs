using System.Globalization;
using Facteur.Accounts;
using Facteur.Storage;

namespace Facteur.Server.Control;

/// <summary>Verbs over what binds accounts together: groups, shared accounts, defaults of domains; and their names.</summary>
internal sealed class MemberVerbs(AccountService accounts, DirectoryStore directory)
{
    public IEnumerable<(string Name, ControlVerb Verb)> Table =>
    [
        ("group.add", async (request, cancel) => ControlReply.Done(await ViewAsync(await accounts.AddGroupAsync(request.Require("name"), cancel), cancel))),
        ("group.list", ListGroupsAsync),
        ("group.show", ShowGroupAsync),
        ("group.rename", async (request, cancel) => ControlReply.Done(await ViewAsync(await accounts.RenameGroupAsync(request.Require("name"), request.Require("newName"), cancel), cancel))),
        ("group.remove", RemoveGroupAsync),
        ("group.join", (request, cancel) => SetMembersAsync(request, true, cancel)),
        ("group.leave", (request, cancel) => SetMembersAsync(request, false, cancel)),
        ("account.share", ShareAsync),
        ("account.rename", async (request, cancel) => View(await accounts.RenameAccountAsync(request.Require("address"), request.Require("newAddress"), cancel))),
        ("account.name", async (request, cancel) => View(await accounts.SetDisplayNameAsync(request.Require("address"), request.Require("displayName"), cancel))),
        ("domain.set-default", DefaultsAsync),
    ];

    private async ValueTask<ControlReply> ListGroupsAsync(ControlRequest request, CancellationToken cancel)
    {
        var domains = (await accounts.ListDomainsAsync(cancel)).ToDictionary(domain => domain.Id);
        var views = new List<GroupView>();
        foreach (var group in await accounts.ListGroupsAsync(request.Find("domain"), cancel))
            views.Add(new GroupView(new GroupName(domains[group.Domain].Name, group.Name).ToString(), (await accounts.ListMembersAsync(group.Id, cancel)).Count));
        return ControlReply.Done(views.OrderBy(view => view.Group, StringComparer.Ordinal).ToList());
    }

    private async ValueTask<ControlReply> ShowGroupAsync(ControlRequest request, CancellationToken cancel)
    {
        var group = await accounts.GetGroupAsync(request.Require("name"), cancel);
        var members = await accounts.ListMembersAsync(group.Id, cancel);
        return ControlReply.Done(new GroupDetails((await ViewAsync(group, cancel)).Group, [.. members.Select(member => new MemberView(member.Address, member.DisplayName))]));
    }

    private async ValueTask<ControlReply> RemoveGroupAsync(ControlRequest request, CancellationToken cancel)
    {
        await accounts.RemoveGroupAsync(request.Require("name"), cancel);
        return ControlReply.Done(new { group = request.Require("name") });
    }

    private async ValueTask<ControlReply> SetMembersAsync(ControlRequest request, bool isMember, CancellationToken cancel)
    {
        foreach (var account in request.List("accounts")) await accounts.GetAccountAsync(account, cancel); // all or none
        foreach (var account in request.List("accounts")) await accounts.SetMemberAsync(request.Require("name"), account, isMember, cancel);
        return await ShowGroupAsync(request, cancel);
    }

    private async ValueTask<ControlReply> ShareAsync(ControlRequest request, CancellationToken cancel)
    {
        var shared = await accounts.GetAccountAsync(request.Require("address"), cancel);
        var rights = ShareRightsText.Parse(request.List("rights"));
        foreach (var member in request.List("members")) await accounts.SetShareAsync(shared.Address, member, rights, cancel);
        if (shared.Kind != AccountKind.Shared) throw new AccountRuleException($"{shared.Address} is not a shared account.");
        return ControlReply.Done((await accounts.ListSharesAsync(shared.Id, cancel)).Select(ShareView.Of).ToList());
    }

    private async ValueTask<ControlReply> DefaultsAsync(ControlRequest request, CancellationToken cancel)
    {
        var domain = await accounts.GetDomainAsync(request.Require("name"), cancel);
        var defaults = await accounts.GetDefaultsAsync(domain.Name, cancel);
        if (request.Find("quota") is { } quota) defaults = defaults with { QuotaOctets = quota == "none" ? null : long.Parse(quota, CultureInfo.InvariantCulture) };
        if (request.Find("locale") is { } locale) defaults = defaults with { Locale = locale == "default" ? null : locale };
        if (request.Has("groups")) defaults = defaults with { Groups = request.List("groups") is ["none"] ? null : request.List("groups") };
        if (request.Has("quota") || request.Has("locale") || request.Has("groups")) defaults = await accounts.SetDefaultsAsync(domain.Name, defaults, cancel);
        return ControlReply.Done(new DefaultsView(DomainName.ToDisplay(domain.Name), defaults.QuotaOctets, defaults.Locale, defaults.Groups ?? []));
    }

    private async ValueTask<GroupView> ViewAsync(GroupRecord group, CancellationToken cancel)
    {
        var domain = (await accounts.ListDomainsAsync(cancel)).First(one => one.Id == group.Domain);
        return new GroupView(new GroupName(domain.Name, group.Name).ToString(), (await directory.ListMembersAsync(group.Id, cancel)).Count);
    }

    private static ControlReply View(AccountRecord account) => ControlReply.Done(new MemberView(account.Address, account.DisplayName));
}

/// <summary>A group as lists show it.</summary>
/// <param name="Group">With its domain, as people write it.</param>
internal sealed record GroupView(string Group, int Members);

internal sealed record GroupDetails(string Group, IReadOnlyList<MemberView> Members);

internal sealed record MemberView(string Address, string Name);

/// <summary>What new accounts of a domain begin with.</summary>
/// <param name="Locale">Null: as the domain.</param>
internal sealed record DefaultsView(string Domain, long? QuotaOctets, string? Locale, IReadOnlyList<string> Groups);
