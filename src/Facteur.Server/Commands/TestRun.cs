using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Facteur.Delivery.Probing;
using Facteur.Server.Configuration;
using Facteur.Server.Control;
using Spectre.Console;

namespace Facteur.Server.Commands;

/// <summary>Runs a test by hand and shows it. Exit codes: 0 it works, 3 it works and something is to be mended, 1 it does not.</summary>
internal static class TestRun
{
    private static readonly Option<bool> allowPrivate = new("--allow-private") { Description = "Connect to loopback and private addresses too" };
    private static readonly Option<string?> authority = new("--ca") { Description = "Trust this authority too, for a host that has a certificate of your own", HelpName = "file" };
    private static readonly Option<bool> dialogue = new("--dialogue", "-v") { Description = "Show all that was said, not only at the step that failed" };

    /// <summary>Language of the sentences, and of a message that is sent.</summary>
    public static Option<string> Language { get; } = CreateLanguage();

    public delegate ValueTask<ProbeReport> Probe(SmtpProbe probe, CancellationToken cancel);

    /// <param name="read">Reads the line: what is to be tried.</param>
    public static Command Command(string name, string description, Func<ParseResult, CancellationToken, ValueTask<Probe>> read, params Symbol[] symbols)
    {
        var command = new Command(name, description);
        foreach (var symbol in (Symbol[])[.. symbols, Language, dialogue, allowPrivate, authority, VerbOptions.Config, VerbOptions.Json])
        {
            if (symbol is Argument argument) command.Arguments.Add(argument);
            else command.Options.Add((Option)symbol);
        }
        command.SetAction((line, cancel) => RunAsync(line, read, cancel));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult line, Func<ParseResult, CancellationToken, ValueTask<Probe>> read, CancellationToken cancel)
    {
        var (output, error) = (line.InvocationConfiguration.Output, line.InvocationConfiguration.Error);
        try
        {
            var configuration = ConfigurationFile.Load(line.GetValue(VerbOptions.Config));
            var probe = await read(line, cancel);
            using var network = new TestNetwork(configuration, line.GetValue(allowPrivate), line.GetValue(authority), TimeProvider.System);
            var console = Verb.ConsoleOn(output);
            var report = await WatchedAsync(console, () => probe(new SmtpProbe(network.Services), cancel).AsTask(), line.GetValue(VerbOptions.Json));
            var language = CultureInfo.GetCultureInfo(line.GetValue(Language)!);
            var view = TestView.Of(report, language);
            if (line.GetValue(VerbOptions.Json)) await output.WriteLineAsync(JsonSerializer.Serialize(view, ControlJson.Indented));
            else view.Show(console, line.GetValue(dialogue), language);
            return report.State switch { ProbeState.Ok => ExitCode.Ok, ProbeState.Warning => ExitCode.Degraded, _ => ExitCode.Failed };
        }
        catch (Exception e) when (e is UsageException or ConfigurationException)
        {
            await error.WriteLineAsync(e.Message);
            return ExitCode.Usage;
        }
    }

    /// <summary>At a terminal something moves while hosts are waited for.</summary>
    private static Task<ProbeReport> WatchedAsync(IAnsiConsole console, Func<Task<ProbeReport>> run, bool quiet) =>
        quiet || !console.Profile.Capabilities.Ansi || Console.IsOutputRedirected ? run() : console.Status().StartAsync("…", _ => run());

    private static Option<string> CreateLanguage()
    {
        var language = new Option<string>("--lang") { Description = "Language of the sentences: fr or en", DefaultValueFactory = _ => "en" };
        language.AcceptOnlyFromAmong("fr", "en");
        return language;
    }
}
