using System.CommandLine;
using Facteur.Server.Control;
using Spectre.Console;

namespace Facteur.Server.Commands;

/// <summary>facteur reload: as SIGHUP, and says what came of it (exit code 3 when something stays as it is).</summary>
internal static class Reload
{
    public static Command Create() => Verb.Create<ReloadView>(
        "reload", "Let the running server read its configuration and certificates again (exit code 3: something stays as it is)", _ => new ControlRequest("reload"), Show);

    private static void Show(IAnsiConsole console, ReloadView view)
    {
        foreach (var sentence in view.Kept) console.MarkupLineInterpolated($"[yellow]{sentence}[/]");
        if (view.Kept.Count == 0) console.WriteLine("The configuration was read again.");
    }
}
