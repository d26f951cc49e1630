using System.Text.Json;
using Facteur.Accounts;
using Facteur.Server.Control.Settings;
using Facteur.Storage;

namespace Facteur.Server.Control;

/// <summary>Export and import of the whole directory, by way of files (<see cref="TransferFolder"/>).</summary>
internal sealed class DirectoryVerbs(MailStore store, AccountService accounts)
{
    private readonly TreeDocuments documents = new();

    public IEnumerable<(string Name, ControlVerb Verb)> Table => [("directory.export", ExportAsync), ("directory.import", ImportAsync)];

    private async ValueTask<ControlReply> ExportAsync(ControlRequest request, CancellationToken cancel)
    {
        var export = new DirectoryExport(store, documents);
        await using var output = TransferFolder.Create(request.Require("output"));
        if (request.Require("format") == "csv") await export.WriteCsvAsync(output, cancel);
        else await export.WriteJsonAsync(output, request.Has("secrets"), cancel);
        return ControlReply.Done(new { octets = output.Length });
    }

    private async ValueTask<ControlReply> ImportAsync(ControlRequest request, CancellationToken cancel)
    {
        await using var input = TransferFolder.Open(request.Require("input"));
        await using var output = TransferFolder.Create(request.Require("output"));
        var (dryRun, keepGoing) = (request.Has("dryRun"), request.Has("keepGoing"));
        IAsyncEnumerable<TreeItem> Read()
        {
            input.Position = 0;
            return request.Require("format") == "csv" ? AccountSheet.ReadAsync(input, cancel) : DirectoryTreeReader.ReadAsync(input, cancel);
        }
        var summary = await new DirectoryImport(store, accounts, documents).RunAsync(Read, dryRun, keepGoing, async entry =>
        {
            await JsonSerializer.SerializeAsync(output, EntryView.Of(entry), ControlJson.Options, cancel);
            output.WriteByte((byte)'\n');
        }, cancel);
        return ControlReply.Done(summary, summary.Refused == 0 ? ExitCode.Ok : summary.Applied ? ExitCode.Degraded : ExitCode.Failed);
    }
}

/// <summary>A line of the plan.</summary>
/// <param name="Action">"added", "changed", "unchanged", "refused".</param>
/// <param name="Details">What changes; of what is refused, why.</param>
internal sealed record EntryView(int Line, string Action, string Kind, string Name, IReadOnlyList<string> Details, string? GeneratedPassword)
{
    public static EntryView Of(ImportEntry entry) => new(entry.Line, entry.Action.ToString().ToLowerInvariant(), entry.Kind, entry.Name, entry.Details, entry.GeneratedPassword);
}
