using System.CommandLine;
using System.Globalization;
using Facteur.Server.Control;
using Facteur.Sieve.Scripts;
using Spectre.Console;

namespace Facteur.Server.Commands;

/// <summary>facteur sieve list|put|get|activate|delete ACCOUNT: the scripts that an account keeps.</summary>
internal static class StoredScripts
{
    public static IEnumerable<Command> Create() => [CreateList(), CreatePut(), CreateGet(), CreateActivate(), CreateDelete()];

    private static Argument<string> Account() => new("ACCOUNT") { Description = "Address of the account, or \"site\" for scripts that all may include" };

    private static Argument<string> Script() => new("NAME") { Description = "Name of the script" };

    private static Command CreateList()
    {
        var account = Account();
        return Verb.Create<ScriptListView>("list", "List the scripts of an account", line => new ControlRequest("sieve.list", ("account", line.GetRequiredValue(account))), Show, account);
    }

    private static Command CreatePut()
    {
        var (account, name) = (Account(), Script());
        var file = new Argument<FileInfo>("FILE") { Description = "The script; - reads it from standard input" };
        var activate = new Option<bool>("--activate") { Description = "Mail goes through it from now on" };
        return Verb.Create<ScriptPutView>("put", "Add a script to an account, or replace the one of that name",
            async (line, cancel) => new ControlRequest("sieve.put",
                ("account", line.GetRequiredValue(account)), ("name", line.GetRequiredValue(name)), ("content", await ReadAsync(line.GetRequiredValue(file), cancel)),
                ("activate", line.GetValue(activate) ? "yes" : null)),
            Show, account, name, file, activate);
    }

    private static Command CreateGet()
    {
        var account = Account();
        var name = new Argument<string?>("NAME") { Description = "Name of the script (default: the active one)", Arity = ArgumentArity.ZeroOrOne };
        return Verb.Create<ScriptView>("get", "Write a script of an account to standard output",
            line => new ControlRequest("sieve.get", ("account", line.GetRequiredValue(account)), ("name", line.GetValue(name))),
            (console, view) => console.Profile.Out.Writer.Write(view.Content), account, name);
    }

    private static Command CreateActivate()
    {
        var account = Account();
        var name = new Argument<string?>("NAME") { Description = "Name of the script; none: mail goes through no script", Arity = ArgumentArity.ZeroOrOne };
        return Verb.Create<ScriptListView>("activate", "Say through which script the mail of an account goes",
            line => new ControlRequest("sieve.activate", ("account", line.GetRequiredValue(account)), ("name", line.GetValue(name))), Show, account, name);
    }

    private static Command CreateDelete()
    {
        var (account, name) = (Account(), Script());
        return Verb.Create<ScriptListView>("delete", "Remove a script that is not active",
            line => new ControlRequest("sieve.delete", ("account", line.GetRequiredValue(account)), ("name", line.GetRequiredValue(name))), Show, account, name);
    }

    private static async ValueTask<string> ReadAsync(FileInfo file, CancellationToken cancel)
    {
        if (file.Name == "-") return await Console.In.ReadToEndAsync(cancel);
        try
        {
            if (file.Length > ScriptLimits.Default.MaxScriptOctets) throw new UsageException($"A script has at most {ScriptLimits.Default.MaxScriptOctets} octets.");
            return new System.Text.UTF8Encoding(false, throwOnInvalidBytes: true).GetString(await File.ReadAllBytesAsync(file.FullName, cancel));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{file.Name} cannot be read.");
        }
        catch (System.Text.DecoderFallbackException)
        {
            throw new UsageException($"{file.Name} is not UTF-8.");
        }
    }

    private static void Show(IAnsiConsole console, ScriptListView view)
    {
        if (view.Scripts.Count == 0) console.MarkupLineInterpolated($"[bold]{view.Account}[/] keeps no scripts.");
        foreach (var script in view.Scripts)
            console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{(script.Active ? "* " : "  ")}{script.Name}  {script.Octets} octets{(script.Active ? ", active" : "")}"));
    }

    private static void Show(IAnsiConsole console, ScriptPutView view)
    {
        foreach (var warning in view.Warnings) console.WriteLine($"{view.Name}:{warning}");
        var octets = string.Create(CultureInfo.InvariantCulture, $"{view.Octets} octets");
        console.WriteLine(view.Active ? $"{view.Account} keeps {view.Name}, {octets}: mail goes through it." : $"{view.Account} keeps {view.Name}, {octets}; it is not active.");
    }
}
