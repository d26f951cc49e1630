using System.CommandLine;
using System.Text.Json.Nodes;
using Facteur.Server.Control;
using Spectre.Console;

namespace Facteur.Server.Commands;

/// <summary>facteur alias add|list|set|enable|disable|rm: addresses that lead to others, here or elsewhere.</summary>
internal static class Alias
{
    /// <summary>Targets shown of one alias; --json has them all.</summary>
    private const int Shown = 4;

    public static Command Create() => new("alias", "Addresses that lead to other addresses")
    {
        CreateAdd(),
        CreateList(),
        CreateSet(),
        CreateEnable("enable", "Take mail for an alias again"),
        CreateEnable("disable", "Refuse mail for an alias; the address stays taken"),
        CreateRemove(),
    };

    private static Argument<string> Name() => new("ADDRESS") { Description = "The alias, such as contact@exemple.fr; \"@exemple.fr\" takes what the domain has no address for" };

    private static Argument<string[]> Targets() => new("TARGET") { Description = "Where its mail goes: addresses here or elsewhere", Arity = ArgumentArity.OneOrMore };

    private static Command CreateAdd()
    {
        var (address, targets, label) = (Name(), Targets(), VerbOptions.Label());
        return Verb.Create<AliasView>("add", "Add an alias",
            line => new ControlRequest("alias.add", ("address", line.GetRequiredValue(address)), ("targets", string.Join('\n', line.GetRequiredValue(targets))), ("label", line.GetValue(label))),
            Show, address, targets, label);
    }

    private static Command CreateList()
    {
        var domain = new Option<string?>("--domain") { Description = "Only aliases of this domain" };
        return Verb.Create<List<AliasView>>("list", "List aliases", line => new ControlRequest("alias.list", ("domain", line.GetValue(domain))), Show, domain);
    }

    private static Command CreateSet()
    {
        var (address, targets) = (Name(), Targets());
        return Verb.Create<AliasView>("set", "Change where an alias leads",
            line => new ControlRequest("alias.set", ("address", line.GetRequiredValue(address)), ("targets", string.Join('\n', line.GetRequiredValue(targets)))), Show, address, targets);
    }

    private static Command CreateEnable(string name, string description)
    {
        var address = Name();
        return Verb.Create<AliasView>(name, description, line => new ControlRequest("alias." + name, ("address", line.GetRequiredValue(address))),
            (console, alias) => console.MarkupLineInterpolated($"Alias [bold]{alias.Address}[/] is {(alias.Enabled ? "enabled" : "disabled")}."), address);
    }

    private static Command CreateRemove()
    {
        var address = Name();
        return Verb.Create<JsonObject>("rm", "Remove an alias", line => new ControlRequest("alias.rm", ("address", line.GetRequiredValue(address))),
            (console, removed) => console.MarkupLineInterpolated($"Alias [bold]{removed["address"]}[/] removed."), address);
    }

    private static void Show(IAnsiConsole console, AliasView alias) => console.MarkupLineInterpolated($"[bold]{alias.Address}[/] leads to {Leading(alias)}.");

    private static void Show(IAnsiConsole console, List<AliasView> aliases)
    {
        if (aliases.Count == 0)
        {
            console.WriteLine("There are no aliases.");
            return;
        }
        var table = new Table().RoundedBorder().AddColumn("Alias").AddColumn("Leads to").AddColumn("Note").AddColumn("State");
        foreach (var alias in aliases)
            table.AddRow(Markup.Escape(alias.Address), Markup.Escape(Leading(alias)), Markup.Escape(alias.Label), alias.Enabled ? "enabled" : "[yellow]disabled[/]");
        console.Write(table);
    }

    private static string Leading(AliasView alias) =>
        string.Join(", ", alias.Targets.Take(Shown)) + (alias.Targets.Count > Shown ? $" and {alias.Targets.Count - Shown:N0} more" : "");
}
