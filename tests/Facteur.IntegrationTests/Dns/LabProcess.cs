using System.Diagnostics;
using System.Text;

namespace Facteur.IntegrationTests.Dns;

/// <summary>A server of another make that a test starts in the foreground and kills at its end.</summary>
internal sealed class LabProcess : IAsyncDisposable
{
    private readonly Process process;
    private readonly StringBuilder log = new();
    private readonly TaskCompletionSource ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly string readyText;

    private LabProcess(string file, IEnumerable<string> arguments, string readyText)
    {
        this.readyText = readyText;
        var start = new ProcessStartInfo(file) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, e) => Keep(e.Data);
        process.ErrorDataReceived += (_, e) => Keep(e.Data);
    }

    public string Log { get { lock (log) return log.ToString(); } }

    /// <summary>Starts the program and waits until it writes that it is ready.</summary>
    public static async Task<LabProcess> StartAsync(string file, IEnumerable<string> arguments, string readyText)
    {
        var server = new LabProcess(file, arguments, readyText);
        server.process.Start();
        server.process.BeginOutputReadLine();
        server.process.BeginErrorReadLine();
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        if (await Task.WhenAny(server.ready.Task, server.process.WaitForExitAsync(limit.Token)) == server.ready.Task) return server;
        await server.DisposeAsync();
        throw new InvalidOperationException($"{file} did not become ready: {server.Log}");
    }

    /// <summary>Full path of a program, in sbin folders too, or the test is skipped.</summary>
    public static string Find(string name)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Concat(["/usr/sbin", "/usr/local/sbin"]);
        var path = folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
        if (path is null) Assert.Skip($"{name} is not installed");
        return path;
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited) process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private void Keep(string? line)
    {
        if (line is null) return;
        lock (log) log.AppendLine(line);
        if (line.Contains(readyText, StringComparison.Ordinal)) ready.TrySetResult();
    }
}
