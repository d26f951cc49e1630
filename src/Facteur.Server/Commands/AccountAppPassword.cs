using System.CommandLine;
using System.Globalization;
using Facteur.Server.Control;
using Spectre.Console;

namespace Facteur.Server.Commands;

/// <summary>facteur account app-password add|list|rm: passwords for programs, each withdrawn alone.</summary>
internal static class AccountAppPassword
{
    public static Command Create() => new("app-password", "Passwords for programs: made here, for one program each, withdrawn alone") { CreateAdd(), CreateList(), CreateRemove() };

    private static Command CreateAdd()
    {
        var address = VerbOptions.Address();
        var label = new Argument<string>("LABEL") { Description = "What it is for, such as phone" };
        var protocols = new Option<string[]>("--protocol") { Description = "Only for this: imap, pop3, submission, activesync, jmap, dav, managesieve (may be given again)", HelpName = "protocol" };
        var networks = new Option<string[]>("--from") { Description = "Only from this network, such as 192.0.2.0/24 (may be given again)", HelpName = "network" };
        var until = new Option<string?>("--until") { Description = "Last day, itself included, or a time; it does not let in from then on", HelpName = "date" };
        return Verb.Create<NewAppPasswordView>("add", "Make a password for a program; it is shown this once",
            line => new ControlRequest("account.app-password.add",
                ("address", line.GetRequiredValue(address)), ("label", line.GetRequiredValue(label)), ("protocols", Lines(line.GetValue(protocols))), ("networks", Lines(line.GetValue(networks))),
                ("until", line.GetValue(until) is { } day ? DayOrTime.Read(day, wholeDay: true, TimeProvider.System).ToString("O", CultureInfo.InvariantCulture) : null)),
            ShowNew, address, label, protocols, networks, until);
    }

    private static Command CreateList()
    {
        var address = VerbOptions.Address();
        return Verb.Create<List<CredentialView>>("list", "List the app passwords of an account",
            line => new ControlRequest("account.app-password.list", ("address", line.GetRequiredValue(address))), CredentialTable.Show, address);
    }

    private static Command CreateRemove()
    {
        var address = VerbOptions.Address();
        var which = new Argument<string>("WHICH") { Description = "Its number or its label" };
        return Verb.Create<CredentialView>("rm", "Withdraw an app password; the sessions it let in end",
            line => new ControlRequest("account.app-password.rm", ("address", line.GetRequiredValue(address)), ("which", line.GetRequiredValue(which))),
            (console, view) => console.MarkupLineInterpolated($"App password {view.Id} ({view.Label}) lets nobody in any more."), address, which);
    }

    private static string? Lines(string[]? values) => values is { Length: > 0 } ? string.Join('\n', values) : null;

    private static void ShowNew(IAnsiConsole console, NewAppPasswordView made)
    {
        console.MarkupLineInterpolated($"App password {made.Credential.Id} ({made.Credential.Label}) of [bold]{made.Address}[/]:");
        console.MarkupLineInterpolated($"[bold]{made.Password}[/]   (shown this once; with or without the dashes)");
    }
}

/// <summary>Credentials as a table.</summary>
internal static class CredentialTable
{
    public static void Show(IAnsiConsole console, List<CredentialView> credentials)
    {
        if (credentials.Count == 0)
        {
            console.WriteLine("There is none.");
            return;
        }
        var table = new Table().RoundedBorder().AddColumn(new TableColumn("No.").RightAligned()).AddColumn("Kind").AddColumn("Label").AddColumn("Made").AddColumn("Last used").AddColumn("For").AddColumn("From").AddColumn("Until");
        foreach (var one in credentials)
            table.AddRow(
                one.Id.ToString(CultureInfo.InvariantCulture), Markup.Escape(one.Kind), Markup.Escape(one.Label), Day(one.Created),
                Markup.Escape(one.LastUsed is { } used ? $"{Time(used)} {one.LastUsedFrom}" : ""),
                Markup.Escape(one.Protocols is { } protocols ? string.Join(' ', protocols) : ""), Markup.Escape(one.Networks is { } networks ? string.Join(' ', networks) : ""),
                one.Ends is { } ends ? Time(ends) : "");
        console.Write(table);
    }

    private static string Day(DateTimeOffset at) => at.ToLocalTime().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Time(DateTimeOffset at) => at.ToLocalTime().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
}
