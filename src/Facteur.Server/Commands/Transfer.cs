using System.CommandLine;
using Facteur.Server.Configuration;

namespace Facteur.Server.Commands;

/// <summary>What export and import share.</summary>
internal static class Transfer
{
    public static async Task<int> GuardAsync(ParseResult line, Func<TextWriter, Task<int>> run)
    {
        var error = line.InvocationConfiguration.Error;
        try
        {
            return await run(error);
        }
        catch (Exception e) when (e is UsageException or ConfigurationException)
        {
            await error.WriteLineAsync(e.Message);
            return Control.ExitCode.Usage;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await error.WriteLineAsync(e.Message);
            return Control.ExitCode.Failed;
        }
    }

    public static async Task CopyAsync(TextReader from, TextWriter to, CancellationToken cancel)
    {
        var buffer = new char[32 * 1024];
        for (int read; (read = await from.ReadAsync(buffer, cancel)) > 0;) await to.WriteAsync(buffer.AsMemory(0, read), cancel);
        await to.FlushAsync(cancel);
    }
}
