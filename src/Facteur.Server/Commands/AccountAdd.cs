using System.CommandLine;
using Facteur.Server.Control;
using Spectre.Console;

namespace Facteur.Server.Commands;

/// <summary>facteur account add ADDRESS [--name NAME] [--kind KIND] [--quota SIZE] [--group NAME] [--password-stdin].</summary>
internal static class AccountAdd
{
    public static Command Create()
    {
        var address = VerbOptions.Address();
        var name = new Option<string?>("--name") { Description = "Name shown to others, such as \"Claire Martin\"" };
        var kind = new Option<string>("--kind") { Description = "personal, shared (a mailbox of several; they log in as themselves) or system (of a program)", DefaultValueFactory = _ => "personal" };
        kind.AcceptOnlyFromAmong("personal", "shared", "system");
        var quota = new Option<string?>("--quota") { Description = "Room for its mail, such as 10GB (default: as its domain says)", HelpName = "size" };
        var groups = new Option<string[]>("--group") { Description = "A group of its domain that it joins, may be said again (default: as its domain says)", HelpName = "name" };
        var stdin = VerbOptions.PasswordStdin();
        return Verb.Create<PasswordView>("add", "Add an account",
            async (line, cancel) => new ControlRequest("account.add",
                ("address", line.GetRequiredValue(address)), ("displayName", line.GetValue(name)), ("kind", line.GetValue(kind)),
                ("quota", line.GetValue(quota) is { } size ? Sizes.Octets(size) : null), ("groups", line.GetValue(groups) is { Length: > 0 } joined ? string.Join('\n', joined) : null),
                ("password", await Verb.ReadPasswordAsync(line.GetValue(stdin), cancel))),
            Show, address, name, kind, quota, groups, stdin);
    }

    private static void Show(IAnsiConsole console, PasswordView made)
    {
        console.MarkupLineInterpolated($"Account [bold]{made.Address}[/] added.");
        if (made.GeneratedPassword is { } password) console.MarkupLineInterpolated($"Password: [bold]{password}[/]   (shown this once)");
    }
}
