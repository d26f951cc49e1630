using System.IO.Pipes;
using System.Text.Json;
using Facteur.Accounts;
using Facteur.Server.Configuration;
using Facteur.Server.Running;
using Facteur.Storage.Embedded;
using Microsoft.Extensions.Logging.Abstractions;

namespace Facteur.Server.Control;

/// <summary>Brings a request to where the store is open: the running server, else this process, which opens the store under its lock.</summary>
internal static class ControlClient
{
    /// <summary>A live server accepts at once; a socket that a killed one left behind never does.</summary>
    private static readonly TimeSpan ConnectTime = TimeSpan.FromMilliseconds(500);

    public static async Task<ControlReply> SendAsync(FacteurConfiguration configuration, ControlRequest request, CancellationToken cancel)
    {
        var dataFolder = configuration.Data;
        try
        {
            return await TryAskServerAsync(dataFolder, request, cancel) ?? await RunHereAsync(configuration, request, cancel);
        }
        catch (IOException e)
        {
            return ControlReply.Failed($"The server did not answer: {e.Message}.");
        }
        catch (UnauthorizedAccessException)
        {
            return ControlReply.Failed($"This user may not use the data folder {dataFolder}; run the command as the server's user.");
        }
    }

    private static async Task<ControlReply?> TryAskServerAsync(string dataFolder, ControlRequest request, CancellationToken cancel)
    {
        if (ControlSocket.PathIn(dataFolder) is not { } path || !File.Exists(path)) return null;
        await using var pipe = new NamedPipeClientStream(".", path, PipeDirection.InOut, PipeOptions.Asynchronous);
        try
        {
            await pipe.ConnectAsync(ConnectTime, cancel);
        }
        catch (TimeoutException)
        {
            return null;
        }
        await ControlLine.WriteAsync(pipe, request, cancel);
        var line = await ControlLine.ReadAsync(pipe, cancel);
        return JsonSerializer.Deserialize<ControlReply>(line.Span, ControlJson.Options);
    }

    private static async Task<ControlReply> RunHereAsync(FacteurConfiguration configuration, ControlRequest request, CancellationToken cancel)
    {
        EmbeddedStore store;
        try
        {
            DataFolder.Make(configuration.Data);
            store = await EmbeddedStore.OpenAsync(new EmbeddedStoreOptions { Folder = configuration.Data }, TimeProvider.System, NullLogger<EmbeddedStore>.Instance, cancel);
        }
        catch (InvalidOperationException)
        {
            return ControlReply.Failed("Another process has the store open, and no server answers on its control socket.");
        }
        await using (store)
        {
            await using var mail = new MailServices(configuration, store, TimeProvider.System, NullLoggerFactory.Instance);
            var verbs = ControlVerbs.Over(store, new AccountService(store, new LoginOptions()), mail, null, NullLogger.Instance);
            return await verbs.RunAsync(request, cancel);
        }
    }
}
