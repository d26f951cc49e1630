using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Facteur.Accounts;
using Facteur.Server.Configuration;
using Facteur.Server.Control;
using Spectre.Console;

namespace Facteur.Server.Commands;

/// <summary>facteur import FILE [--dry-run] [--keep-going]: brings the directory to what a file says, and prints what that changes.</summary>
internal static class Import
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "A JSON tree as export writes it, or a table (CSV) of accounts; \"-\" is standard input" };
        var dryRun = new Option<bool>("--dry-run") { Description = "Show what would change and change nothing" };
        var keepGoing = new Option<bool>("--keep-going") { Description = "Do the rest when something is refused (default: then nothing is done)" };
        var csv = new Option<bool>("--csv") { Description = "The file is a table (default: when its first character is not \"{\")" };
        var command = new Command("import", "Bring domains, groups, accounts, addresses, aliases and settings to what a file says; nothing is ever removed")
        {
            file, dryRun, keepGoing, csv, VerbOptions.Config, VerbOptions.Json,
        };
        command.SetAction((line, cancel) => Transfer.GuardAsync(line, error => RunAsync(line, line.GetRequiredValue(file), line.GetValue(dryRun), line.GetValue(keepGoing), line.GetValue(csv), error, cancel)));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult line, string file, bool dryRun, bool keepGoing, bool csv, TextWriter error, CancellationToken cancel)
    {
        if (file != "-" && !File.Exists(file)) throw new UsageException($"There is no file {file}.");
        var configuration = ConfigurationFile.Load(line.GetValue(VerbOptions.Config));
        var (input, plan) = (TransferFolder.NewPath(configuration.Data), TransferFolder.NewPath(configuration.Data));
        try
        {
            var isTable = await CopyAsync(file, input, cancel) != '{' || csv;
            var reply = await ControlClient.SendAsync(configuration, new ControlRequest("directory.import", ("input", input), ("output", plan), ("format", isTable ? "csv" : "json"),
                ("dryRun", dryRun ? "yes" : null), ("keepGoing", keepGoing ? "yes" : null)), cancel);
            if (reply.Error is { } sentence)
            {
                await error.WriteLineAsync(sentence);
                return reply.Exit;
            }
            using var entries = new StreamReader(TransferFolder.Open(plan));
            var summary = reply.Data.Deserialize<ImportSummary>(ControlJson.Options)!;
            if (line.GetValue(VerbOptions.Json)) await WriteJsonAsync(entries, line.InvocationConfiguration.Output, summary, cancel);
            else await ShowAsync(entries, Verb.ConsoleOn(line.InvocationConfiguration.Output), summary, dryRun, cancel);
            return reply.Exit;
        }
        finally
        {
            File.Delete(input);
            File.Delete(plan);
        }
    }

    /// <summary>Copies the file to where the server reads it; answers its first character that is no space.</summary>
    private static async Task<char> CopyAsync(string file, string path, CancellationToken cancel)
    {
        await using var copy = TransferFolder.Create(path);
        await using var source = file == "-" ? Console.OpenStandardInput() : new FileStream(file, FileMode.Open, FileAccess.Read);
        var (buffer, first) = (new byte[64 * 1024], '\0');
        for (int read; (read = await source.ReadAsync(buffer, cancel)) > 0;)
        {
            foreach (var octet in buffer.AsSpan(0, read))
                if (first == '\0' && octet is not ((byte)' ' or (byte)'\r' or (byte)'\n' or (byte)'\t' or 0xEF or 0xBB or 0xBF)) first = (char)octet;
            await copy.WriteAsync(buffer.AsMemory(0, read), cancel);
        }
        return first;
    }

    // One value, written as it is read: the list may be long.
    private static async Task WriteJsonAsync(TextReader entries, TextWriter output, ImportSummary summary, CancellationToken cancel)
    {
        await output.WriteAsync("{\"summary\":" + JsonSerializer.Serialize(summary, ControlJson.Options) + ",\"changes\":[");
        for (var first = true; await entries.ReadLineAsync(cancel) is { } entry; first = false) await output.WriteAsync((first ? "\n" : ",\n") + entry);
        await output.WriteLineAsync("]}");
    }

    private static async Task ShowAsync(TextReader entries, IAnsiConsole console, ImportSummary summary, bool dryRun, CancellationToken cancel)
    {
        while (await entries.ReadLineAsync(cancel) is { } text)
            if (JsonSerializer.Deserialize<EntryView>(text, ControlJson.Options) is { Action: not "unchanged" } entry) Show(console, entry);
        var counts = string.Create(CultureInfo.InvariantCulture, $"{summary.Added:N0} {(summary.Applied ? "added" : "to add")}, {summary.Changed:N0} {(summary.Applied ? "changed" : "to change")}, {summary.Unchanged:N0} unchanged, {summary.Refused:N0} refused.");
        console.WriteLine(summary.Applied || dryRun ? counts : $"{counts} Nothing was changed; mend the lines above, or do the rest with --keep-going.");
    }

    private static void Show(IAnsiConsole console, EntryView entry)
    {
        var details = string.Join("; ", entry.Details);
        var what = $"{entry.Kind} {entry.Name}".TrimEnd();
        if (entry.Action == "refused") console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[red]![/] line {entry.Line}: {what}: {details}");
        else if (entry.Action == "added") console.MarkupLineInterpolated($"[green]+[/] {what}{(details.Length == 0 ? "" : $"  ({details})")}");
        else console.MarkupLineInterpolated($"[yellow]~[/] {what}: {details}");
        if (entry.GeneratedPassword is { } password) console.MarkupLineInterpolated($"    password: [bold]{password}[/]   (shown this once)");
    }
}
