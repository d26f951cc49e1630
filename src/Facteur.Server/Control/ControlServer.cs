using System.IO.Pipes;
using System.Text.Json;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Facteur.Server.Control;

/// <summary>
/// Answers the command line on the control socket: one line of JSON in, one out, then the connection ends. Whoever can open
/// the socket may do everything, so the folder it is in belongs to the server's user alone (0700, the socket 0600).
/// </summary>
internal sealed partial class ControlServer(string dataFolder, ControlVerbs verbs, ILogger<ControlServer> logger) : BackgroundService
{
    /// <summary>Longest time for a request to come; what it asks for has its own (<see cref="ControlVerbs.PatienceOf"/>).</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private const int MaxConnections = 16;

    private readonly TaskCompletionSource listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the socket is there, or cannot be: the mail goes on without it.</summary>
    public Task Listening => listening.Task;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (ControlSocket.PathIn(dataFolder) is not { } path)
        {
            LogPathTooLong(dataFolder);
            listening.TrySetResult();
            return;
        }
        try
        {
            await ListenAsync(path, stoppingToken);
        }
        catch (Exception e) when (!stoppingToken.IsCancellationRequested)
        {
            LogDied(e);
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
        finally
        {
            listening.TrySetResult();
        }
    }

    private async Task ListenAsync(string path, CancellationToken cancel)
    {
        var folder = Path.GetDirectoryName(path)!;
        DataFolder.Make(folder);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute); // it may have been there
        TransferFolder.Clear(folder);
        using var room = new SemaphoreSlim(MaxConnections);
        var running = new List<Task>();
        var next = Open(path);
        listening.TrySetResult();
        try
        {
            while (true)
            {
                await room.WaitAsync(cancel);
                await next.WaitForConnectionAsync(cancel);
                var connected = next;
                next = Open(path); // before this one can end: the socket goes away with the last instance
                running.RemoveAll(task => task.IsCompleted);
                running.Add(ServeAsync(connected, room, cancel));
            }
        }
        finally
        {
            await next.DisposeAsync();
            await Task.WhenAll(running);
        }
    }

    private static NamedPipeServerStream Open(string path)
    {
        var pipe = new NamedPipeServerStream(path, PipeDirection.InOut, NamedPipeServerStream.MaxAllowedServerInstances, PipeTransmissionMode.Byte, PipeOptions.Asynchronous);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return pipe;
    }

    private async Task ServeAsync(NamedPipeServerStream pipe, SemaphoreSlim room, CancellationToken stop)
    {
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(stop);
        timer.CancelAfter(Patience);
        var gone = Task.CompletedTask;
        try
        {
            await using (pipe)
            {
                var line = await ControlLine.ReadAsync(pipe, timer.Token);
                var request = JsonSerializer.Deserialize<ControlRequest>(line.Span, ControlJson.Options);
                timer.CancelAfter(ControlVerbs.PatienceOf(request?.Verb ?? ""));
                gone = EndAsync(pipe, timer);
                var reply = request?.Arguments is null ? ControlReply.Failed("That is no request.") : await verbs.RunAsync(request, timer.Token);
                await ControlLine.WriteAsync(pipe, reply, timer.Token);
            }
            await gone;
        }
        catch (Exception e) when (e is IOException or JsonException or OperationCanceledException)
        {
            LogBroken(e);
        }
        catch (Exception e)
        {
            LogDied(e);
        }
        finally
        {
            room.Release();
        }
    }

    /// <summary>Stops the work when the command is gone.</summary>
    private static async Task EndAsync(NamedPipeServerStream pipe, CancellationTokenSource work)
    {
        try
        {
            if (await pipe.ReadAsync(new byte[1], work.Token) == 0) await work.CancelAsync();
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // Answered meanwhile.
        }
    }

    [LoggerMessage(LogLevel.Warning, "The path of {Data} is too long for a control socket: the command line works only while the server is stopped", EventName = "ControlPathTooLong")]
    private partial void LogPathTooLong(string data);

    [LoggerMessage(LogLevel.Error, "The control socket failed", EventName = "ControlDied")]
    private partial void LogDied(Exception e);

    [LoggerMessage(LogLevel.Debug, "A request on the control socket broke off", EventName = "ControlBroken")]
    private partial void LogBroken(Exception e);
}
