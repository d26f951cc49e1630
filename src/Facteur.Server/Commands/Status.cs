using System.CommandLine;
using Facteur.Server.Control;
using Spectre.Console;

namespace Facteur.Server.Commands;

/// <summary>facteur status: exit code 0 ready, 3 running and not ready, 1 stopped.</summary>
internal static class Status
{
    public static Command Create() => Verb.Create<ServerStatus>("status", "Show whether the server runs and on which ports (exit code 0 ready, 3 not ready, 1 stopped)",
        _ => new ControlRequest("status"), Show);

    private static void Show(IAnsiConsole console, ServerStatus status)
    {
        if (!status.Running)
        {
            console.MarkupLineInterpolated($"Facteur {status.Version} is [yellow]stopped[/]. {status.Domains} domains, {status.Accounts} accounts.");
            return;
        }
        console.MarkupLineInterpolated($"Facteur {status.Version} on [bold]{status.Hostname}[/] is {(status.Ready ? "ready" : "not ready")}, since {status.Started:yyyy-MM-dd HH:mm:ss} UTC. {status.Domains} domains, {status.Accounts} accounts, {status.Connections} open connections.");
        var table = new Table().RoundedBorder().AddColumn("Listener").AddColumn("Address");
        foreach (var listener in status.Listeners) table.AddRow(Markup.Escape(listener.Name), Markup.Escape(listener.Address));
        console.Write(table);
    }
}
