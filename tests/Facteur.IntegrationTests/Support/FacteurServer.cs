using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Facteur.IntegrationTests.Support;

/// <summary>The built server as a process of its own, on free loopback ports, with a folder of its own.</summary>
internal sealed partial class FacteurServer : IAsyncDisposable
{
    private static readonly string[] listeners = ["smtp", "submission", "submissions", "lmtp", "imap", "imaps", "pop3", "pop3s", "managesieve", "http"];
    private readonly Dictionary<string, int> ports;
    private readonly IReadOnlyDictionary<string, object> more;
    private Process? process;
    private readonly System.Text.StringBuilder log = new();
    private readonly List<(string Text, TaskCompletionSource Seen)> awaited = [];

    /// <param name="configuration">Text of facteur.json, when it is not to be the one made here; <see cref="Port"/> knows nothing of it.</param>
    /// <param name="more">Keys of the configuration beside the usual ones.</param>
    /// <param name="web">Opens https as well.</param>
    public FacteurServer(string? folder = null, string? configuration = null, IReadOnlyDictionary<string, object>? more = null, bool web = false)
    {
        this.more = more ?? new Dictionary<string, object>();
        Folder = folder ?? Directory.CreateTempSubdirectory("facteur-test-").FullName;
        if (configuration is not null)
        {
            ports = [];
            File.WriteAllText(Configuration, configuration);
            return;
        }
        string[] names = web ? [.. listeners, "https"] : listeners;
        ports = names.ToDictionary(name => name, _ => FreePorts.Take());
        WriteConfiguration();
    }

    public string Folder { get; }
    public string Configuration => Path.Combine(Folder, "facteur.json");
    public string CertificateAuthority => Path.Combine(Folder, "data", "tls", "ca.pem");
    public int ProcessId => process!.Id;
    public string Log { get { lock (log) return log.ToString(); } }
    public int Port(string listener) => ports[listener];

    /// <summary>Gives a listener another port in the configuration; a reload or start makes it so.</summary>
    public int Move(string listener)
    {
        ports[listener] = FreePorts.Take();
        WriteConfiguration();
        return ports[listener];
    }

    public Task<ProgramResult> CliAsync(params string[] arguments) => Programs.RunAsync(Programs.Facteur, [.. arguments, "--config", Configuration]);

    /// <param name="name">Shown to others; null for none.</param>
    public async Task AddAccountAsync(string address, string password, string? name = null)
    {
        string[] named = name is null ? [] : ["--name", name];
        var result = await Programs.RunAsync(Programs.Facteur, ["account", "add", address, .. named, "--password-stdin", "--config", Configuration], password + "\n");
        Assert.True(result.ExitCode == 0, result.ToString());
    }

    /// <summary>Adds many accounts by one import.</summary>
    public async Task AddAccountsAsync(IEnumerable<string> addresses, string password)
    {
        var table = Path.Combine(Folder, "accounts.csv");
        await File.WriteAllLinesAsync(table, addresses.Select(address => $"{address},{password}").Prepend("address,password"));
        var result = await CliAsync("import", table);
        Assert.True(result.ExitCode == 0, result.ToString());
    }

    /// <summary>Starts the server and waits until it is ready.</summary>
    public async Task StartAsync(IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(Programs.Facteur) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in new[] { "run", "--config", Configuration }) start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        lock (log) log.Clear();
        process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, e) => Keep(e.Data);
        process.ErrorDataReceived += (_, e) => Keep(e.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await WaitLogAsync("Facteur is ready");
    }

    private void Keep(string? line)
    {
        if (line is null) return;
        lock (log)
        {
            log.AppendLine(line);
            foreach (var (text, seen) in awaited)
                if (line.Contains(text, StringComparison.Ordinal)) seen.TrySetResult();
        }
    }

    /// <summary>Waits until the server logged a line with this text, from now on or already.</summary>
    public Task WaitLogAsync(string text) => WaitLogAsync(text, counts: true);

    /// <summary>Waits until the server logs a line with this text once more, from now on.</summary>
    public Task WaitLogAgainAsync(string text) => WaitLogAsync(text, counts: false);

    /// <param name="counts">What was logged before counts.</param>
    private async Task WaitLogAsync(string text, bool counts)
    {
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (log)
        {
            if (counts && log.ToString().Contains(text, StringComparison.Ordinal)) return;
            awaited.Add((text, seen));
        }
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        var ended = process!.WaitForExitAsync(limit.Token);
        if (await Task.WhenAny(seen.Task, ended) != seen.Task) throw new InvalidOperationException($"'{text}' was not logged: {Log}");
    }

    public void Signal(PosixSignalNumber signal) => Assert.Equal(0, Kill(ProcessId, (int)signal));

    /// <summary>kill -9: nothing is flushed, nothing said.</summary>
    public async Task KillAsync()
    {
        process!.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>Until the process has ended by itself; its exit code.</summary>
    public async Task<int> WaitExitAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        await process!.WaitForExitAsync(limit.Token);
        return process.ExitCode;
    }

    /// <summary>SIGTERM, then the exit code.</summary>
    public async Task<int> StopAsync()
    {
        if (process is null || process.HasExited) return process?.ExitCode ?? 0;
        Signal(PosixSignalNumber.Terminate);
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        await process.WaitForExitAsync(limit.Token);
        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        try { await StopAsync(); }
        catch (OperationCanceledException) { process!.Kill(); }
        process?.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private void WriteConfiguration() => File.WriteAllText(Configuration, JsonSerializer.Serialize(new Dictionary<string, object>(more)
    {
        ["hostname"] = "localhost",
        // Nobody listens there: a test that names no resolver asks nobody.
        ["dns"] = more.GetValueOrDefault("dns", new[] { "127.0.0.1:9" }),
        ["data"] = Path.Combine(Folder, "data"),
        ["auth"] = new Dictionary<string, string> { ["plaintext"] = "loopback" },
        ["listen"] = ports.ToDictionary(p => p.Key, p => new[] { $"127.0.0.1:{p.Value.ToString(CultureInfo.InvariantCulture)}" }),
    }));

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}

internal enum PosixSignalNumber { Hangup = 1, Terminate = 15 }
