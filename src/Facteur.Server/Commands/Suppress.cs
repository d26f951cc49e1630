using System.CommandLine;
using System.Globalization;
using Facteur.Server.Control;
using Spectre.Console;

namespace Facteur.Server.Commands;

/// <summary>facteur suppress add|list|rm: addresses that nothing is sent to.</summary>
internal static class Suppress
{
    public static Command Create() => new("suppress", "Addresses that nothing is sent to: refused again and again, complained, or put here") { CreateAdd(), CreateList(), CreateRemove() };

    private static Command CreateAdd()
    {
        var address = VerbOptions.Address();
        var reason = new Option<string?>("--reason") { Description = "What the report to a sender says" };
        var scope = new ScopeOptions();
        return Verb.Create<SuppressionChangeView>("add", "Send nothing to an address any more",
            line => new ControlRequest("suppress.add", [.. scope.Of(line), ("address", line.GetRequiredValue(address)), ("reason", line.GetValue(reason))]),
            (console, view) => console.MarkupLineInterpolated($"Nothing of the {view.Scope.ToString()} goes to [bold]{view.Address}[/] any more."), [address, reason, .. scope.All]);
    }

    private static Command CreateList()
    {
        var max = new Option<int>("--max") { Description = "Addresses shown at most", DefaultValueFactory = _ => 1_000 };
        var scope = new ScopeOptions();
        scope.Domain.Description = "Of this domain only (default: all of them)";
        return Verb.Create<List<SuppressionView>>("list", "List addresses that nothing is sent to, with the reason",
            line => new ControlRequest("suppress.list", [.. scope.Of(line), ("max", line.GetValue(max).ToString(CultureInfo.InvariantCulture))]), Show, [max, .. scope.All]);
    }

    private static Command CreateRemove()
    {
        var address = VerbOptions.Address();
        var scope = new ScopeOptions();
        return Verb.Create<SuppressionChangeView>("rm", "Send to an address again",
            line => new ControlRequest("suppress.rm", [.. scope.Of(line), ("address", line.GetRequiredValue(address))]),
            (console, view) => console.MarkupLineInterpolated($"[bold]{view.Address}[/] gets mail of the {view.Scope.ToString()} again."), [address, .. scope.All]);
    }

    private static void Show(IAnsiConsole console, List<SuppressionView> list)
    {
        if (list.Count == 0)
        {
            console.WriteLine("No address is suppressed.");
            return;
        }
        var table = new Table().RoundedBorder().AddColumn("Address").AddColumn("For mail of").AddColumn("Since").AddColumn("By").AddColumn("Reason");
        foreach (var one in list)
            table.AddRow(Markup.Escape(one.Address), Markup.Escape(one.Scope.ToString()), one.Since.ToLocalTime().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), Markup.Escape(one.By), Markup.Escape(one.Reason));
        console.Write(table);
    }
}
