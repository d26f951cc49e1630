using System.CommandLine;
using System.Globalization;
using Facteur.Server.Control;
using Spectre.Console;

namespace Facteur.Server.Commands;

/// <summary>facteur domain list.</summary>
internal static class DomainList
{
    public static Command Create() => Verb.Create<List<DomainView>>("list", "List the domains of this server", _ => new ControlRequest("domain.list"), Show);

    private static void Show(IAnsiConsole console, List<DomainView> domains)
    {
        var table = new Table().RoundedBorder().AddColumn("Domain").AddColumn(new TableColumn("Accounts").RightAligned()).AddColumn("State");
        foreach (var domain in domains)
            table.AddRow(Markup.Escape(domain.Display), domain.AliasOf is null ? domain.Accounts.ToString(CultureInfo.InvariantCulture) : "",
                domain.AliasOf is { } target ? Markup.Escape($"another name of {target}") : domain.Enabled ? "enabled" : "[yellow]disabled[/]");
        console.Write(table);
    }
}
