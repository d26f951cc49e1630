using System.CommandLine;
using System.Globalization;
using Facteur.Server.Control;
using Spectre.Console;

namespace Facteur.Server.Commands;

/// <summary>facteur account list [--domain DOMAIN].</summary>
internal static class AccountList
{
    public static Command Create()
    {
        var domain = new Option<string?>("--domain") { Description = "Only accounts of this domain" };
        return Verb.Create<List<AccountView>>("list", "List accounts", line => new ControlRequest("account.list", ("domain", line.GetValue(domain))), Show, domain);
    }

    private static void Show(IAnsiConsole console, List<AccountView> accounts)
    {
        var table = new Table().RoundedBorder().AddColumn("Address").AddColumn("Name")
            .AddColumn(new TableColumn("Messages").RightAligned()).AddColumn(new TableColumn("Size").RightAligned()).AddColumn("State");
        foreach (var account in accounts)
            table.AddRow(Markup.Escape(account.Address), Markup.Escape(account.Name), account.Messages.ToString("N0", CultureInfo.InvariantCulture),
                Sizes.Text(account.UsedOctets), account.Enabled ? "enabled" : "[yellow]disabled[/]");
        console.Write(table);
    }
}
