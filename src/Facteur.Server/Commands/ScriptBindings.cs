using System.CommandLine;
using Facteur.Server.Control;
using Spectre.Console;

namespace Facteur.Server.Commands;

/// <summary>facteur sieve bind|unbind|bindings ACCOUNT: scripts that run when messages come into a folder or their flags change.</summary>
internal static class ScriptBindings
{
    public static IEnumerable<Command> Create() => [CreateBind(), CreateUnbind(), CreateList()];

    private static Argument<string> Account() => new("ACCOUNT") { Description = "Address of the account" };

    private static Option<string?> Folder() => new("--folder") { Description = "Full name of the folder (default: all folders that have no script of their own)" };

    private static Command CreateBind()
    {
        var (account, folder) = (Account(), Folder());
        var script = new Argument<string>("SCRIPT") { Description = "Name of a script of the account; \"\": none runs there, whatever all others have" };
        return Verb.Create<ScriptBindingsView>("bind", "Run a script when programs put messages into a folder, or change their flags",
            line => new ControlRequest("sieve.bind", ("account", line.GetRequiredValue(account)), ("script", line.GetRequiredValue(script)), ("folder", line.GetValue(folder))),
            Show, account, script, folder);
    }

    private static Command CreateUnbind()
    {
        var (account, folder) = (Account(), Folder());
        return Verb.Create<ScriptBindingsView>("unbind", "Have no script of its own for a folder, or for all",
            line => new ControlRequest("sieve.unbind", ("account", line.GetRequiredValue(account)), ("folder", line.GetValue(folder))), Show, account, folder);
    }

    private static Command CreateList()
    {
        var account = Account();
        return Verb.Create<ScriptBindingsView>("bindings", "List the folders that scripts are bound to",
            line => new ControlRequest("sieve.bindings", ("account", line.GetRequiredValue(account))), Show, account);
    }

    private static void Show(IAnsiConsole console, ScriptBindingsView view)
    {
        if (view.Bindings.Count == 0) console.MarkupLineInterpolated($"No folder of [bold]{view.Account}[/] has a script.");
        foreach (var binding in view.Bindings)
            console.WriteLine($"{binding.Folder ?? "(all others)"}  {(binding.Script.Length == 0 ? "(none)" : binding.Script)}{(binding.Exists ? "" : "  (there is no such script)")}");
    }
}
