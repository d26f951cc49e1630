using Facteur.Accounts;
using Facteur.Accounts.Ldap;
using Facteur.Net.Ldap;

namespace Facteur.Server.Control;

/// <summary>Verbs over directories elsewhere.</summary>
internal sealed class LdapVerbs(AccountService accounts, LdapDirectory ldap)
{
    public IEnumerable<(string Name, ControlVerb Verb)> Table =>
    [
        ("ldap.test", TestAsync),
        ("ldap.sync", SyncAsync),
    ];

    private async ValueTask<ControlReply> TestAsync(ControlRequest request, CancellationToken cancel)
    {
        var text = request.Require("address");
        if (!EmailAddress.TryParse(text, out var address)) throw new AccountRuleException($"\"{text}\" is not an address in full, such as claire@exemple.fr.");
        var steps = await ldap.TestAsync(address, await accounts.GetDomainAsync(address.Domain, cancel), request.Find("password"), cancel);
        return ControlReply.Done(steps, steps.All(step => step.IsOk) ? ExitCode.Ok : ExitCode.Failed);
    }

    private async ValueTask<ControlReply> SyncAsync(ControlRequest request, CancellationToken cancel)
    {
        var domain = await accounts.GetDomainAsync(request.Require("name"), cancel);
        if (domain.AliasOf is not null) throw new AccountRuleException($"{DomainName.ToDisplay(domain.Name)} is another name of a domain; synchronise the one it stands for.");
        try
        {
            var report = await ldap.SyncAsync(domain, request.Has("dryRun"), request.Has("force"), cancel);
            return ControlReply.Done(LdapSyncView.Of(report, request.Has("dryRun")), report.Changes.Any(change => change.Problem is not null) ? ExitCode.Degraded : ExitCode.Ok);
        }
        catch (Exception e) when (e is LdapUnavailableException or LdapRefusedException)
        {
            return ControlReply.Failed($"Nothing is changed: {e.Message}");
        }
    }
}

/// <summary>A synchronisation as verbs show it.</summary>
internal sealed record LdapSyncView(bool DryRun, int Users, IReadOnlyList<LdapChangeView> Changes, IReadOnlyList<string> PassedOver)
{
    public static LdapSyncView Of(LdapSyncReport report, bool isTrial) =>
        new(isTrial, report.Users, [.. report.Changes.Select(change => new LdapChangeView(change.Kind.ToString(), change.Account, change.Value, change.Problem))], report.PassedOver);
}

internal sealed record LdapChangeView(string Kind, string Account, string Value, string? Problem);
