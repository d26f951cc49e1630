using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Facteur.IntegrationTests.Filtering;

/// <summary>A daemon of the machine, run by a test in the foreground with a configuration of its own; ends with the test.</summary>
internal sealed class DaemonProcess : IAsyncDisposable
{
    private static readonly TimeSpan patience = TimeSpan.FromMinutes(3);
    private readonly Process process;
    private readonly System.Text.StringBuilder output = new();

    private DaemonProcess(Process process) => this.process = process;

    /// <summary>Starts it and waits until it takes connections.</summary>
    public static async Task<DaemonProcess> StartAsync(EndPoint endPoint, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        var daemon = new DaemonProcess(new Process { StartInfo = start });
        daemon.process.OutputDataReceived += (_, e) => daemon.Keep(e.Data);
        daemon.process.ErrorDataReceived += (_, e) => daemon.Keep(e.Data);
        daemon.process.Start();
        daemon.process.BeginOutputReadLine();
        daemon.process.BeginErrorReadLine();
        await daemon.WaitAsync(endPoint);
        return daemon;
    }

    public static IPEndPoint FreePort() => new(IPAddress.Loopback, FreePorts.Take());

    /// <summary>Stops it with SIGKILL: nothing of it is kept.</summary>
    public async Task KillAsync()
    {
        if (!process.HasExited) process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        process.Dispose();
    }

    private async Task WaitAsync(EndPoint endPoint)
    {
        using var limit = new CancellationTokenSource(patience);
        while (!process.HasExited)
        {
            using var socket = endPoint is IPEndPoint
                ? new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
                : new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(endPoint, limit.Token);
                return;
            }
            catch (SocketException)
            {
                // Daemons tell in no common way that they are ready: only a connection does.
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, limit.Token);
            }
        }
        lock (output) throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"{process.StartInfo.FileName} ended with {process.ExitCode}: {output}"));
    }

    private void Keep(string? line)
    {
        if (line is null) return;
        lock (output) output.AppendLine(line);
    }
}
