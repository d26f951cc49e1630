using System.CommandLine;
using Facteur.Server.Control;

namespace Facteur.Server.Commands;

/// <summary>facteur filter show|set|add|rm: what is done about mail that comes in.</summary>
internal static class Filter
{
    public static Command Create() => new("filter", "What is done about mail that comes in: thresholds, lists, greylisting, rspamd, ClamAV, milters")
    {
        CreateShow(),
        CreateEdit("set", "Set a value: facteur filter set junkAt 6; facteur filter set greylist.enabled on", ArgumentArity.OneOrMore),
        CreateEdit("add", "Add to a list: facteur filter add blocked @example.org; facteur filter add lists zone=bl.example.org score=3", ArgumentArity.OneOrMore),
        CreateEdit("rm", "Set a value back to its default, or take entries out of a list", ArgumentArity.ZeroOrMore),
    };

    private static Command CreateShow()
    {
        var scope = new ScopeOptions();
        return Verb.Create<ValuesView>("show", "Show what holds for the server, a domain or an account, and who says so",
            line => new ControlRequest("filter.show", scope.Of(line)), (console, view) => Values.Show(console, view.Values), scope.All);
    }

    private static Command CreateEdit(string action, string description, ArgumentArity arity)
    {
        var key = new Argument<string>("KEY") { Description = "As filter show lists it; of a domain or account: junkAt, rejectAt, bayes, allowed, blocked" };
        var values = new Argument<string[]>("VALUE") { Description = "on, off, a number, a time (5m, 2d), a text, several for a list; JSON for whole objects", Arity = arity };
        var scope = new ScopeOptions();
        return Verb.Create<ValuesView>(action, description,
            line => new ControlRequest("filter.edit",
                [.. scope.Of(line), ("action", action), ("key", line.GetRequiredValue(key)), ("values", string.Join('\n', line.GetValue(values) ?? []))]),
            (console, view) => Values.Show(console, Changed(view, action)), [key, values, .. scope.All]);
    }

    // What was changed is among what differs from the defaults; going back may leave nothing.
    private static IReadOnlyList<ValueRow> Changed(ValuesView view, string action) => action == "rm" ? view.Values : [.. view.Values.Where(row => row.From != "default")];
}
