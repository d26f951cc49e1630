using System.CommandLine;
using Facteur.Server.Control;
using Spectre.Console;

namespace Facteur.Server.Commands;

/// <summary>facteur account passwd ADDRESS [--password-stdin]: open sessions of the account end at once.</summary>
internal static class AccountPasswd
{
    public static Command Create()
    {
        var address = VerbOptions.Address();
        var stdin = VerbOptions.PasswordStdin();
        return Verb.Create<PasswordView>("passwd", "Give an account another password; its open sessions end",
            async (line, cancel) => new ControlRequest("account.passwd",
                ("address", line.GetRequiredValue(address)), ("password", await Verb.ReadPasswordAsync(line.GetValue(stdin), cancel))),
            Show, address, stdin);
    }

    private static void Show(IAnsiConsole console, PasswordView changed)
    {
        console.MarkupLineInterpolated($"Password of [bold]{changed.Address}[/] changed.");
        if (changed.GeneratedPassword is { } password) console.MarkupLineInterpolated($"Password: [bold]{password}[/]   (shown this once)");
    }
}
