using System.CommandLine;
using Facteur.Server.Control;
using Spectre.Console;

namespace Facteur.Server.Commands;

/// <summary>facteur account add ADDRESS [--name NAME] [--password-stdin].</summary>
internal static class AccountAdd
{
    public static Command Create()
    {
        var address = VerbOptions.Address();
        var name = new Option<string?>("--name") { Description = "Name shown to others, such as \"Claire Martin\"" };
        var stdin = VerbOptions.PasswordStdin();
        return Verb.Create<PasswordView>("add", "Add an account",
            async (line, cancel) => new ControlRequest("account.add",
                ("address", line.GetRequiredValue(address)), ("displayName", line.GetValue(name)), ("password", await Verb.ReadPasswordAsync(line.GetValue(stdin), cancel))),
            Show, address, name, stdin);
    }

    private static void Show(IAnsiConsole console, PasswordView made)
    {
        console.MarkupLineInterpolated($"Account [bold]{made.Address}[/] added.");
        if (made.GeneratedPassword is { } password) console.MarkupLineInterpolated($"Password: [bold]{password}[/]   (shown this once)");
    }
}
