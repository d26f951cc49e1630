using System.CommandLine;
using System.Text.Json.Nodes;
using Facteur.Server.Control;
using Spectre.Console;

namespace Facteur.Server.Commands;

/// <summary>facteur account rm ADDRESS [--yes]: with all its mail. Asks at a terminal; a script has said what it means.</summary>
internal static class AccountRemove
{
    public static Command Create()
    {
        var address = VerbOptions.Address();
        var yes = new Option<bool>("--yes") { Description = "Do not ask" };
        return Verb.Create<JsonObject>("rm", "Remove an account with all its mail",
            (line, cancel) => AskAsync(line.GetRequiredValue(address), line.GetValue(yes), cancel),
            (console, removed) => console.MarkupLineInterpolated($"Account [bold]{removed["address"]}[/] removed."),
            address, yes);
    }

    private static async ValueTask<ControlRequest> AskAsync(string address, bool yes, CancellationToken cancel)
    {
        if (!yes && !Console.IsInputRedirected && !Console.IsOutputRedirected
            && !await new ConfirmationPrompt($"Remove {Markup.Escape(address)} with all its mail?") { DefaultValue = false }.ShowAsync(AnsiConsole.Console, cancel))
            throw new UsageException("Nothing was removed.");
        return new ControlRequest("account.rm", ("address", address));
    }
}
