using System.CommandLine;
using System.Runtime.InteropServices;
using Facteur.Server.Configuration;
using Facteur.Server.Running;
using Facteur.Storage.Embedded;
using Microsoft.Extensions.Logging;

namespace Facteur.Server.Commands;

/// <summary>facteur run: the server in the foreground until SIGTERM or SIGINT, which drain; SIGHUP reads configuration and certificates again.</summary>
internal static class Run
{
    /// <summary>Longest wait for transactions in progress when the server stops.</summary>
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(30);

    public static Command Create()
    {
        var config = new Option<string?>("--config", "-c") { Description = "Configuration file (default: facteur.json here, else /etc/facteur/facteur.json)", HelpName = "file" };
        var command = new Command("run", "Run the server (SIGTERM: finish and stop; SIGHUP: read configuration and certificates again)") { config };
        command.SetAction((line, _) => RunAsync(line.GetValue(config), line.InvocationConfiguration.Error));
        return command;
    }

    private static async Task<int> RunAsync(string? path, TextWriter error)
    {
        try
        {
            var configuration = ConfigurationFile.Load(path);
            using var log = new ServerLog(configuration.Log);
            await ServeAsync(path, configuration, log);
            return 0;
        }
        catch (ConfigurationException e)
        {
            await error.WriteLineAsync(e.Message);
            return 2;
        }
        catch (StartException e)
        {
            await error.WriteLineAsync(e.Message);
            return 1;
        }
    }

    private static async Task ServeAsync(string? path, FacteurConfiguration configuration, ServerLog log)
    {
        using var signals = new Signals();
        var storeLogger = log.Factory.CreateLogger<EmbeddedStore>();
        var server = await FacteurServer.StartAsync(
            configuration,
            async (folder, cancel) => await EmbeddedStore.OpenAsync(new EmbeddedStoreOptions { Folder = folder }, TimeProvider.System, storeLogger, cancel),
            TimeProvider.System, log.Factory, CancellationToken.None);
        server.Source = () =>
        {
            var changed = ConfigurationFile.Load(path);
            log.Least = changed.Log;
            return changed;
        };
        while (await signals.NextAsync() == PosixSignal.SIGHUP)
            await server.ReloadAsync(CancellationToken.None);
        using var patience = new CancellationTokenSource(DrainTime, TimeProvider.System);
        var stopping = server.StopAsync(patience.Token);
        await Task.WhenAny(stopping, signals.NextAsync().AsTask());
        await patience.CancelAsync(); // asked twice: at once
        await stopping;
    }
}
