using System.CommandLine;
using System.Globalization;
using Facteur.Server.Control;
using Facteur.Server.Demo;
using Facteur.Server.Running;
using Microsoft.Extensions.Logging;

namespace Facteur.Server.Commands;

/// <summary>facteur demo: a server to try, filled with mail, on ports of this machine only.</summary>
internal static class Demo
{
    private const string DefaultFolder = "facteur-demo";

    /// <summary>Ports go up to 65535; the highest of the demo is 8443.</summary>
    private const int MaxOffset = 65535 - 8443;

    public static Command Create()
    {
        var data = new Option<string>("--data") { Description = "Folder for its data", DefaultValueFactory = _ => DefaultFolder, HelpName = "folder" };
        var offset = new Option<int>("--port-offset") { Description = "Number added to every port", HelpName = "n" };
        var selfTest = new Option<bool>("--self-test") { Description = "Send one message, read it by IMAP and POP3, and stop (exit code 0 when it came through)" };
        var reset = new Option<bool>("--reset") { Description = "First delete the folder, if an earlier demo made it" };
        offset.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && !(int.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n <= MaxOffset))
                result.AddError($"--port-offset is a number from 0 to {MaxOffset}.");
        });
        var command = new Command("demo", "Run a server to try, filled with mail; nothing leaves this machine") { data, offset, selfTest, reset };
        command.SetAction((line, cancel) => RunAsync(
            line.GetValue(data)!, new DemoPorts(line.GetValue(offset)), line.GetValue(selfTest), line.GetValue(reset), line.InvocationConfiguration.Output, line.InvocationConfiguration.Error, cancel));
        return command;
    }

    private static async Task<int> RunAsync(string path, DemoPorts ports, bool testOnly, bool reset, TextWriter output, TextWriter error, CancellationToken cancel)
    {
        try
        {
            if (reset && DemoFolder.Delete(path)) await output.WriteLineAsync($"{path} deleted.");
            var folder = DemoFolder.Open(path);
            using var log = new ServerLog(LogLevel.Warning);
            using var signals = new Signals();
            var demo = new DemoServer(folder, ports);
            await using var server = await demo.StartAsync(log.Factory, cancel);
            await output.WriteAsync(Welcome(folder, ports));
            var result = await demo.TestAsync(cancel);
            await output.WriteLineAsync(Describe(result));
            if (testOnly) return result.Failure is null ? ExitCode.Ok : ExitCode.Failed;
            await output.WriteLineAsync($"Ctrl+C stops. Data is kept in {Shown(folder.Root)} (facteur demo --reset).");
            await signals.NextAsync();
            return ExitCode.Ok;
        }
        catch (Exception e) when (e is StartException or IOException or UnauthorizedAccessException)
        {
            await error.WriteLineAsync(e is StartException { InnerException: ListenException } ? $"{e.Message} (another demo? facteur demo --port-offset 1)" : e.Message);
            return ExitCode.Failed;
        }
    }

    private static string Welcome(DemoFolder folder, DemoPorts ports) => $"""
        Facteur demo — nothing leaves this machine.
          Accounts    {DemoAccounts.Moi.Address} / {DemoAccounts.Moi.Password}
                      {DemoAccounts.Ami.Address} / {DemoAccounts.Ami.Password}
          SMTP {ports.Smtp}   Submission {ports.Submission} (STARTTLS) {ports.Submissions} (TLS)   IMAP {ports.Imap} / {ports.Imaps}   POP3 {ports.Pop3} / {ports.Pop3s}
          ManageSieve {ports.ManageSieve}   (filters from a mail program; STARTTLS)
          Webmail     https://localhost:{ports.Https}/   (and its settings: « Transfert et POP/IMAP », filters, passwords)
          JMAP        https://localhost:{ports.Https}/.well-known/jmap
          Health      http://localhost:{ports.Http}/health/ready
          Certificate: local CA {Shown(folder.Authority)}
          Other verbs: facteur account list --config {Shown(folder.Configuration)}

        """;

    private static string Describe(SelfTestResult result)
    {
        var steps = new List<string>();
        if (result.Smtp is { } smtp) steps.Add($"SMTP {Milliseconds(smtp)} · stored");
        if (result.Imap is { } imap) steps.Add($"IMAP {Milliseconds(imap)}");
        if (result.Pop3 is { } pop3) steps.Add($"POP3 {Milliseconds(pop3)}");
        return $"Self-test: moi → ami  {string.Join(" · ", steps)}   {(result.Failure is { } why ? $"FAILED: {why}" : "OK")}".Replace("  FAILED", " FAILED", StringComparison.Ordinal);
    }

    private static string Milliseconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0.#} ms");

    private static string Shown(string path)
    {
        var relative = Path.GetRelativePath(Environment.CurrentDirectory, path);
        return relative.StartsWith("..", StringComparison.Ordinal) ? path : Path.Combine(".", relative);
    }
}
