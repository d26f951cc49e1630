using System.Globalization;
using System.Text.Json;
using Facteur.Accounts;
using Facteur.Delivery.Rules;
using Facteur.Sieve;
using Facteur.Sieve.Rules;

namespace Facteur.Server.Control;

/// <summary>Verbs over the rules of accounts; each that changes them answers with all of them as they are then.</summary>
internal sealed class RuleVerbs(AccountService accounts, AccountRules rules)
{
    public IEnumerable<(string Name, ControlVerb Verb)> Table =>
    [
        ("rules.list", (request, cancel) => RunAsync(request, _ => ValueTask.CompletedTask, cancel)),
        ("rules.add", (request, cancel) => RunAsync(request, async account =>
        {
            var place = request.Find("place") is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : (int?)null;
            var added = await rules.AddAsync(account, Changed(request, new MailRule("", request.Require("name"))), isLast: true, cancel);
            if (place is { } wanted) await rules.MoveAsync(account, added.Id, wanted, cancel);
        }, cancel)),
        ("rules.edit", (request, cancel) => RunAsync(request, async account =>
        {
            var rule = (await rules.ReadAsync(account, cancel)).Find(request.Require("rule")) ?? throw new RuleRefusedException(RuleRefusal.NonExistent, ScriptText.NoSuchRule);
            await rules.ReplaceAsync(account, Changed(request, rule), cancel);
        }, cancel)),
        ("rules.remove", (request, cancel) => RunAsync(request, account => rules.RemoveAsync(account, request.Require("rule"), cancel), cancel)),
        ("rules.move", (request, cancel) => RunAsync(request, account => rules.MoveAsync(account, request.Require("rule"), int.Parse(request.Require("place"), CultureInfo.InvariantCulture), cancel), cancel)),
        ("rules.start", (request, cancel) => RunAsync(request, account => rules.StartAsync(account, cancel), cancel)),
        ("rules.show", async (request, cancel) =>
        {
            var account = await accounts.GetAccountAsync(request.Require("account"), cancel);
            return await rules.ShowAsync(account.Id, cancel) is { } text
                ? ControlReply.Done(new ScriptView(account.Address, AccountRules.ScriptName, text))
                : ControlReply.Failed("The account has no rules, and no setting that a script could say.");
        }),
    ];

    private async ValueTask<ControlReply> RunAsync(ControlRequest request, Func<Storage.AccountId, ValueTask> change, CancellationToken cancel)
    {
        var account = await accounts.GetAccountAsync(request.Require("account"), cancel);
        try
        {
            await change(account.Id);
        }
        catch (RuleRefusedException e)
        {
            return ControlReply.Failed($"{char.ToUpperInvariant(e.Message[0])}{e.Message.AsSpan(1)}.");
        }
        var set = await rules.ReadAsync(account.Id, cancel);
        var views = set.Rules.Select(rule => new RuleView(rule.Id, rule.Name, rule.IsOn, rule.Match == RuleMatch.Any, rule.Conditions, rule.Actions, rule.Stops));
        return ControlReply.Done(new RuleListView(account.Address, JsonNamingPolicy.CamelCase.ConvertName(set.Standing.ToString()), set.ActiveScript, [.. views]));
    }

    /// <summary>What is not said stays as it is.</summary>
    private static MailRule Changed(ControlRequest request, MailRule rule) => rule with
    {
        Name = request.Find("name") ?? rule.Name,
        Conditions = request.Find("conditions") is null ? rule.Conditions : [.. request.List("conditions").Select(RuleWords.Condition)],
        Actions = request.Find("actions") is null ? rule.Actions : [.. request.List("actions").Select(RuleWords.Action)],
        Match = request.Find("match") switch { "any" => RuleMatch.Any, "all" => RuleMatch.All, _ => rule.Match },
        Stops = request.Find("stop") is { } stop ? stop == "yes" : rule.Stops,
        IsOn = request.Find("on") is { } on ? on == "yes" : rule.IsOn,
    };
}

/// <param name="Standing">"none", "running", "inactive", "otherScript" (a hand-written one is active) or "edited" (their script was changed by hand).</param>
internal sealed record RuleListView(string Account, string Standing, string? ActiveScript, IReadOnlyList<RuleView> Rules);

/// <param name="Any">One condition is enough.</param>
internal sealed record RuleView(string Id, string Name, bool On, bool Any, IReadOnlyList<RuleCondition> Conditions, IReadOnlyList<RuleAction> Actions, bool Stop);
