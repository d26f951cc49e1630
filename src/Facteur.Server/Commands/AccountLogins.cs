using System.CommandLine;
using System.Globalization;
using Facteur.Server.Control;
using Spectre.Console;

namespace Facteur.Server.Commands;

/// <summary>facteur account logins ADDRESS [--since 7d] [--max N]: who came in as an account, and who was refused and why.</summary>
internal static class AccountLogins
{
    public static Command Create()
    {
        var address = VerbOptions.Address();
        var since = new Option<string?>("--since") { Description = "From then on: 30m, 2h, 7d or a date (default 7d)", HelpName = "time" };
        var max = new Option<int>("--max") { Description = "Rows shown at most", DefaultValueFactory = _ => 200 };
        return Verb.Create<List<LoginView>>("logins", "Show the logins of an account, the latest first; equal ones within an hour are one row",
            line => new ControlRequest("account.logins",
                ("address", line.GetRequiredValue(address)), ("since", PastTime.Read(line.GetValue(since) ?? "7d", TimeProvider.System).ToString("O", CultureInfo.InvariantCulture)),
                ("max", line.GetValue(max).ToString(CultureInfo.InvariantCulture))),
            Show, address, since, max);
    }

    private static void Show(IAnsiConsole console, List<LoginView> logins)
    {
        if (logins.Count == 0)
        {
            console.WriteLine("Nobody has logged in.");
            return;
        }
        var table = new Table().RoundedBorder().AddColumn("Last").AddColumn(new TableColumn("Times").RightAligned()).AddColumn("Protocol").AddColumn("From").AddColumn("Program").AddColumn("By").AddColumn("Result");
        foreach (var one in logins)
            table.AddRow(
                one.Last.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture), one.Count.ToString(CultureInfo.InvariantCulture), one.Protocol, Markup.Escape(one.Remote),
                Markup.Escape(one.Program), Markup.Escape(one.Credential), one.Result == "ok" ? "ok" : $"[yellow]{Markup.Escape(one.Result)}[/]");
        console.Write(table);
    }
}
