using System.Net;
using Facteur.Accounts;
using Facteur.Accounts.Policy;
using Facteur.Server.Control.Settings;
using Facteur.Storage;

namespace Facteur.Server.Control;

/// <summary>Verbs over who may use what, from where and how.</summary>
internal sealed class PolicyVerbs(SettingFile file, ScopeReader scopes, AccountService accounts, MailStore store)
{
    private readonly AccountSettings choices = new(store.Settings);

    public IEnumerable<(string Name, ControlVerb Verb)> Table =>
    [
        ("policy.show", ShowAsync),
        ("policy.set", SetAsync),
        ("policy.clear", ClearAsync),
        ("policy.name", NameAsync),
        ("policy.test", TestAsync),
    ];

    private async ValueTask<ControlReply> ShowAsync(ControlRequest request, CancellationToken cancel)
    {
        var scope = await scopes.ReadAsync(request, cancel);
        return request.Has("effective") ? ControlReply.Done(await EffectiveAsync(scope, cancel)) : ControlReply.Done(View(scope, await ReadAsync(scope, cancel)));
    }

    private async ValueTask<ControlReply> SetAsync(ControlRequest request, CancellationToken cancel)
    {
        var (rule, values) = (PolicyWords.Read<PolicyRule>(request.Require("rule")), request.List("values"));
        return await ChangeAsync(request, (policy, protocol) => policy.With(protocol, PolicyValues.Set(policy.Of(protocol) ?? new PolicyRules(), rule, values)), cancel);
    }

    private ValueTask<ControlReply> ClearAsync(ControlRequest request, CancellationToken cancel)
    {
        var rule = request.Find("rule") is { } word ? PolicyWords.Read<PolicyRule>(word) : (PolicyRule?)null;
        return ChangeAsync(request, (policy, protocol) => policy.With(protocol, rule is { } one && policy.Of(protocol) is { } rules ? PolicyValues.Set(rules, one, ["default"]) : null), cancel);
    }

    private async ValueTask<ControlReply> NameAsync(ControlRequest request, CancellationToken cancel)
    {
        var scope = await scopes.ReadAsync(request, cancel);
        var name = request.Require("name");
        return await WriteAsync(scope, await ReadAsync(scope, cancel) with { Name = name == "default" ? null : name }, cancel);
    }

    private async ValueTask<ControlReply> TestAsync(ControlRequest request, CancellationToken cancel)
    {
        var account = await accounts.GetAccountAsync(request.Require("address"), cancel);
        var protocol = PolicyWords.Read<MailProtocol>(request.Require("protocol"));
        var remote = IPAddress.TryParse(request.Require("from"), out var address) ? address : throw new AccountRuleException($"\"{request.Require("from")}\" is no address such as 192.0.2.7.");
        using var policies = Policies();
        var (tls, certificate, credential) = (request.Has("tls") || request.Has("certificate"), request.Has("certificate"), PolicyWords.Read<CredentialKind>(request.Find("credential") ?? "password"));
        var refusal = !account.Enabled ? AccessRefusal.Of(LoginRefusal.Disabled)
            : await policies.ForecastAsync(account, protocol, remote, tls, certificate, credential, cancel);
        var view = new PolicyTestView(
            account.Address, PolicyWords.Of(protocol), remote.ToString(), tls, certificate, PolicyWords.Of(credential), refusal is null,
            refusal?.Code, refusal?.In(await choices.LocaleAsync(account, cancel)), refusal?.Origin?.In("en"));
        return ControlReply.Done(view, refusal is null ? ExitCode.Ok : ExitCode.Failed);
    }

    // What is asked here is read anew each time; logins have a service of their own that remembers.
    private PolicyService Policies() => new(store.Directory, store.Settings);

    private async ValueTask<ControlReply> ChangeAsync(ControlRequest request, Func<PolicyDocument, MailProtocol, PolicyDocument> change, CancellationToken cancel)
    {
        var scope = await scopes.ReadAsync(request, cancel);
        var word = request.Find("protocol") ?? "all";
        var protocols = word == "all" ? Enum.GetValues<MailProtocol>() : [PolicyWords.Read<MailProtocol>(word)];
        return await WriteAsync(scope, protocols.Aggregate(await ReadAsync(scope, cancel), change), cancel);
    }

    private async ValueTask<ControlReply> WriteAsync(NamedScope scope, PolicyDocument policy, CancellationToken cancel)
    {
        await file.WriteAsync(scope, PolicyDocument.Setting, policy, cancel);
        return ControlReply.Done(View(scope, policy));
    }

    /// <exception cref="AccountRuleException">There is one that cannot be read: writing it anew would throw rules away.</exception>
    private async ValueTask<PolicyDocument> ReadAsync(NamedScope scope, CancellationToken cancel) =>
        await file.ReadAsync<PolicyDocument>(scope, PolicyDocument.Setting, cancel)
            ?? (await store.Settings.GetAsync(scope.Scope, PolicyDocument.Setting, cancel) is null ? new PolicyDocument()
                : throw new AccountRuleException($"The policy of the {scope.View} cannot be read, and nobody it is for gets in; write it anew (facteur setting set policy) or remove it (facteur setting rm policy)."));

    private async ValueTask<PolicyView> EffectiveAsync(NamedScope scope, CancellationToken cancel)
    {
        using var policies = Policies();
        var policy = scope.Account is { } account
            ? await policies.EffectiveAsync(account, cancel)
            : await policies.EffectiveAsync(scope.Domain, scope.Group, cancel);
        var notes = new List<string>();
        if (scope.Account is { } owner)
        {
            if (!owner.Enabled) notes.Add("The account is disabled: nothing of it can be used.");
            if ((await choices.PopAsync(owner, cancel)).Scope == PopScope.Off) notes.Add("POP is switched off in the settings of the account.");
            if ((await choices.ImapAsync(owner.Id, cancel)).IsOff) notes.Add("IMAP is switched off in the settings of the account.");
        }
        return new PolicyView(scope.View, null, true, [.. Enum.GetValues<MailProtocol>().Select(protocol => PolicyRowView.Of(protocol, policy[protocol]))], notes);
    }

    private static PolicyView View(NamedScope scope, PolicyDocument policy) => new(
        scope.View, policy.Name, false,
        [.. Enum.GetValues<MailProtocol>().Where(protocol => policy.Of(protocol) is { IsEmpty: false }).Select(protocol => PolicyRowView.Of(protocol, policy.Of(protocol)))], []);
}

/// <summary>Values of rules as they are typed.</summary>
internal static class PolicyValues
{
    public static PolicyRules Set(PolicyRules rules, PolicyRule rule, IReadOnlyList<string> values) => rule switch
    {
        PolicyRule.On => rules with { On = Flag(values, rule) },
        PolicyRule.Networks => rules with { Networks = Networks(values) },
        PolicyRule.Tls => rules with { Tls = Flag(values, rule) },
        PolicyRule.Certificate => rules with { Certificate = Flag(values, rule) },
        PolicyRule.AppPassword => rules with { AppPassword = Flag(values, rule) },
        _ => rules with { SecondFactor = Flag(values, rule) },
    };

    private static bool? Flag(IReadOnlyList<string> values, PolicyRule rule) => values switch
    {
        ["default"] => null,
        ["on" or "required" or "yes" or "true"] => true,
        ["off" or "optional" or "no" or "false"] => false,
        _ => throw new AccountRuleException($"\"{string.Join(' ', values)}\" is no value of {PolicyWords.Of(rule)}; there are {(rule == PolicyRule.On ? "on, off" : "required, optional")} and default."),
    };

    private static List<string>? Networks(IReadOnlyList<string> values)
    {
        if (values is ["default"]) return null;
        if (values is ["any"]) return [];
        List<string> networks = [.. values.SelectMany(value => value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];
        if (networks.Count == 0) throw new AccountRuleException("Say the networks, any or default.");
        return networks;
    }
}
