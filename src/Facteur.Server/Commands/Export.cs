using System.CommandLine;
using Facteur.Server.Configuration;
using Facteur.Server.Control;

namespace Facteur.Server.Commands;

/// <summary>facteur export [--with-secrets] [--csv] [FILE]: the whole directory as one JSON tree, or the accounts as a table.</summary>
internal static class Export
{
    public static Command Create()
    {
        var file = new Argument<string?>("FILE") { Description = "Where to write it (default: standard output)", Arity = ArgumentArity.ZeroOrOne };
        var secrets = new Option<bool>("--with-secrets") { Description = "With password hashes, keys and passwords in settings; keep such a file as you keep the store" };
        var csv = new Option<bool>("--csv") { Description = "Only the accounts, as a table: address, name, kind, enabled, quota, groups, aliases" };
        var command = new Command("export", "Write domains, groups, accounts, addresses, aliases and settings to a file; mail is not in it")
        {
            file, secrets, csv, VerbOptions.Config, VerbOptions.Json,
        };
        command.SetAction((line, cancel) => Transfer.GuardAsync(line, error => RunAsync(line, line.GetValue(file), line.GetValue(secrets), line.GetValue(csv), error, cancel)));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult line, string? file, bool secrets, bool csv, TextWriter error, CancellationToken cancel)
    {
        if (secrets && csv) throw new UsageException("A table holds no secrets; leave out --csv.");
        var configuration = ConfigurationFile.Load(line.GetValue(VerbOptions.Config));
        var path = TransferFolder.NewPath(configuration.Data);
        try
        {
            var reply = await ControlClient.SendAsync(configuration, new ControlRequest("directory.export", ("output", path), ("format", csv ? "csv" : "json"), ("secrets", secrets ? "yes" : null)), cancel);
            if (reply.Error is { } sentence)
            {
                await error.WriteLineAsync(sentence);
                return reply.Exit;
            }
            await using var made = TransferFolder.Open(path);
            if (file is null)
            {
                using var text = new StreamReader(made);
                await Transfer.CopyAsync(text, line.InvocationConfiguration.Output, cancel);
                return reply.Exit;
            }
            await using var output = new FileStream(file, Options());
            await made.CopyToAsync(output, cancel);
            await error.WriteLineAsync($"Written to {file}.");
            return reply.Exit;
        }
        finally
        {
            File.Delete(path);
        }
    }

    // Who has what addresses is not for everybody on the machine.
    private static FileStreamOptions Options()
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Options = FileOptions.Asynchronous };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return options;
    }
}
