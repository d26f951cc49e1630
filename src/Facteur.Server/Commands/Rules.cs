using System.CommandLine;
using System.Globalization;
using Facteur.Server.Control;
using Spectre.Console;

namespace Facteur.Server.Commands;

/// <summary>facteur rules list|add|edit|remove|move|show|start ACCOUNT: what is done with mail by itself, without a script to write.</summary>
internal static class Rules
{
    public static Command Create() => new("rules", "Rules of an account: what is done with mail by itself")
    {
        CreateList(), CreateAdd(), CreateEdit(), CreateRemove(), CreateMove(), CreateShow(), CreateStart(),
    };

    private static Argument<string> Rule() => new("RULE") { Description = "Id of the rule, such as r1 (facteur rules list)" };

    private static Option<string[]> Conditions() => new("--if")
    {
        Description = "A condition: \"from contains example.org\", \"not subject starts [news]\", \"header:X-Loop exists\", \"size over 10MB\", \"attachment\", \"known-sender\"; give it again for more",
    };

    private static Option<string[]> Actions() => new("--then")
    {
        Description = "An action: \"move Receipts\", \"label Work\", \"flag $todo\", read, star, archive, delete, junk, never-junk, \"forward far@example.org\", \"reply Thank you.\", \"notify far@example.org\"; give it again for more",
    };

    private static Command CreateList()
    {
        var account = VerbOptions.Account();
        return Verb.Create<RuleListView>("list", "List the rules of an account", line => new ControlRequest("rules.list", ("account", line.GetRequiredValue(account))), Show, account);
    }

    private static Command CreateAdd()
    {
        var (account, conditions, actions) = (VerbOptions.Account(), Conditions(), Actions());
        var name = new Option<string>("--name") { Description = "What the rule is called", Required = true };
        actions.Required = true;
        var any = new Option<bool>("--any") { Description = "One condition is enough" };
        var stop = new Option<bool>("--stop") { Description = "No later rule is asked about a message that this one is for" };
        var place = new Option<int?>("--place") { Description = "1 for the first; the last without it" };
        return Verb.Create<RuleListView>("add", "Add a rule",
            line => new ControlRequest("rules.add",
                ("account", line.GetRequiredValue(account)), ("name", line.GetRequiredValue(name)), ("conditions", Lines(line.GetValue(conditions))), ("actions", Lines(line.GetValue(actions))),
                ("match", line.GetValue(any) ? "any" : null), ("stop", line.GetValue(stop) ? "yes" : null), ("place", line.GetValue(place)?.ToString(CultureInfo.InvariantCulture))),
            Show, account, name, conditions, actions, any, stop, place);
    }

    private static Command CreateEdit()
    {
        var (account, rule, conditions, actions) = (VerbOptions.Account(), Rule(), Conditions(), Actions());
        var name = new Option<string?>("--name") { Description = "What the rule is called" };
        var match = new Option<string?>("--match") { Description = "all or any of the conditions" };
        match.AcceptOnlyFromAmong("all", "any");
        var stop = YesNo("--stop", "Whether later rules are not asked");
        var on = YesNo("--on", "Whether the rule does anything");
        return Verb.Create<RuleListView>("edit", "Change a rule; what is not said stays",
            line => new ControlRequest("rules.edit",
                ("account", line.GetRequiredValue(account)), ("rule", line.GetRequiredValue(rule)), ("name", line.GetValue(name)),
                ("conditions", Lines(line.GetValue(conditions))), ("actions", Lines(line.GetValue(actions))), ("match", line.GetValue(match)), ("stop", line.GetValue(stop)), ("on", line.GetValue(on))),
            Show, account, rule, name, conditions, actions, match, stop, on);
    }

    private static Command CreateRemove()
    {
        var (account, rule) = (VerbOptions.Account(), Rule());
        return Verb.Create<RuleListView>("remove", "Remove a rule", line => new ControlRequest("rules.remove", ("account", line.GetRequiredValue(account)), ("rule", line.GetRequiredValue(rule))), Show, account, rule);
    }

    private static Command CreateMove()
    {
        var (account, rule) = (VerbOptions.Account(), Rule());
        var place = new Argument<int>("PLACE") { Description = "1 for the first" };
        return Verb.Create<RuleListView>("move", "Give a rule another place",
            line => new ControlRequest("rules.move", ("account", line.GetRequiredValue(account)), ("rule", line.GetRequiredValue(rule)), ("place", line.GetRequiredValue(place).ToString(CultureInfo.InvariantCulture))),
            Show, account, rule, place);
    }

    private static Command CreateShow()
    {
        var account = VerbOptions.Account();
        return Verb.Create<ScriptView>("show", "Write the rules and settings of an account as Sieve to standard output",
            line => new ControlRequest("rules.show", ("account", line.GetRequiredValue(account))), (console, view) => console.Profile.Out.Writer.Write(view.Content), account);
    }

    private static Command CreateStart()
    {
        var account = VerbOptions.Account();
        return Verb.Create<RuleListView>("start", "Send mail through the rules again; a script that was written or edited by hand stays, and is not active any more",
            line => new ControlRequest("rules.start", ("account", line.GetRequiredValue(account))), Show, account);
    }

    private static Option<string?> YesNo(string name, string description)
    {
        var option = new Option<string?>(name) { Description = description + ": yes or no" };
        option.AcceptOnlyFromAmong("yes", "no");
        return option;
    }

    private static string? Lines(string[]? values) => values is { Length: > 0 } ? string.Join('\n', values.Select(value => value.ReplaceLineEndings(" "))) : null;

    private static void Show(IAnsiConsole console, RuleListView view)
    {
        if (view.Rules.Count == 0 && view.Standing != "edited") console.WriteLine($"{view.Account} has no rules.");
        foreach (var (place, rule) in view.Rules.Index())
        {
            console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{place + 1}. {rule.Id}  {rule.Name}{(rule.On ? "" : "  (off)")}"));
            if (rule.Conditions.Count > 0) console.WriteLine($"     if {string.Join(rule.Any ? " or " : " and ", rule.Conditions.Select(RuleWords.Of))}");
            console.WriteLine($"     {string.Join(", ", rule.Actions.Select(RuleWords.Of))}{(rule.Stop ? ", stop" : "")}");
        }
        var note = view.Standing switch
        {
            "inactive" => "No script is active: nothing of this is done (facteur rules start).",
            "otherScript" => $"The script \"{view.ActiveScript}\" is active, and nothing of this is done: write include \"rules\"; into it, or facteur rules start.",
            "edited" => "The script of the rules was edited by hand and is a script like any other now: facteur rules start keeps it beside them and begins again.",
            _ => null,
        };
        if (note is not null) console.WriteLine(note);
    }
}
