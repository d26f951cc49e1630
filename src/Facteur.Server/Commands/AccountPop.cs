using System.CommandLine;
using System.Globalization;
using Facteur.Server.Control;
using Spectre.Console;

namespace Facteur.Server.Commands;

/// <summary>facteur account pop ADDRESS: what POP programs see of the mail, and what becomes of what they fetched.</summary>
internal static class AccountPop
{
    public static Command Create()
    {
        var account = VerbOptions.Account();
        var scope = new Option<string?>("--scope") { Description = "all: all mail; from-now: what comes from now on; off: no POP" };
        scope.AcceptOnlyFromAmong("all", "from-now", "off");
        var after = new Option<string?>("--after") { Description = "What becomes here of a message that was fetched: keep, mark-read, archive or delete" };
        after.AcceptOnlyFromAmong("keep", "mark-read", "archive", "delete");
        var folders = new Option<string[]?>("--folders") { Description = "Folders shown besides the inbox; none for the inbox alone", AllowMultipleArgumentsPerToken = true, HelpName = "folder" };
        var days = new Option<string?>("--delete-after-days") { Description = "Days after which what was fetched leaves the server, or never", HelpName = "days" };
        var delay = new Option<int?>("--login-delay") { Description = "Seconds between two logins; 0 for none", HelpName = "seconds" };
        var shared = new Option<bool?>("--shared") { Description = "Several programs at once (true), or one after the other (false)" };
        return Verb.Create<PopView>("pop", "Show or change what POP programs see of the mail of an account",
            line => new ControlRequest("account.pop",
                ("account", line.GetRequiredValue(account)), ("scope", line.GetValue(scope)), ("after", line.GetValue(after)),
                ("folders", line.GetValue(folders) is { Length: > 0 } names ? Lines(names) : null), ("days", line.GetValue(days)),
                ("delay", line.GetValue(delay)?.ToString(CultureInfo.InvariantCulture)), ("sessions", line.GetValue(shared) switch { true => "shared", false => "one", _ => null })),
            Show, account, scope, after, folders, days, delay, shared);
    }

    private static string Lines(string[] names) => names is ["none"] ? "" : string.Join('\n', names);

    private static void Show(IAnsiConsole console, PopView view)
    {
        var scope = view.Scope switch
        {
            "off" => "POP is switched off",
            "from-now" => $"POP shows what came since {view.Since?.ToLocalTime():yyyy-MM-dd HH:mm}",
            _ => "POP shows all mail",
        };
        console.MarkupLineInterpolated($"[bold]{view.Account}[/]: {scope}, of the inbox{(view.Folders.Count == 0 ? "" : " and " + string.Join(", ", view.Folders))}.");
        var after = view.After switch { "mark-read" => "is marked as read", "archive" => "goes to the archive", "delete" => "is deleted", _ => "stays" };
        console.MarkupLineInterpolated($"What was fetched {after}{(view.DeleteAfterDays is { } days ? $", and leaves the server {days} days later" : "")}.");
        if (view.LoginDelay > 0) console.MarkupLineInterpolated($"{view.LoginDelay} seconds between two logins.");
        console.MarkupLineInterpolated($"{(view.Shared ? "Several programs at once." : "One program at a time.")}");
    }
}
