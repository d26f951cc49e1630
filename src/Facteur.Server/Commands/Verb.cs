using System.CommandLine;
using System.Text.Json;
using Facteur.Server.Configuration;
using Facteur.Server.Control;
using Spectre.Console;

namespace Facteur.Server.Commands;

/// <summary>A verb that asks the store something by way of <see cref="ControlClient"/> and shows the answer: a table for people, JSON for scripts, one sentence on standard error for a failure.</summary>
internal static class Verb
{
    /// <param name="request">Made from the parsed line; null when it already said what is wrong.</param>
    /// <param name="show">Shows the data to a human.</param>
    public static Command Create<T>(string name, string description, Func<ParseResult, CancellationToken, ValueTask<ControlRequest>> request, Action<IAnsiConsole, T> show, params Symbol[] symbols)
    {
        var command = new Command(name, description);
        foreach (var symbol in symbols)
        {
            if (symbol is Argument argument) command.Arguments.Add(argument);
            else command.Options.Add((Option)symbol);
        }
        command.Options.Add(VerbOptions.Config);
        command.Options.Add(VerbOptions.Json);
        command.SetAction((line, cancel) => RunAsync(line, request, show, cancel));
        return command;
    }

    public static Command Create<T>(string name, string description, Func<ParseResult, ControlRequest> request, Action<IAnsiConsole, T> show, params Symbol[] symbols) =>
        Create(name, description, (line, _) => new ValueTask<ControlRequest>(request(line)), show, symbols);

    /// <summary>The first line of standard input, when the option asks for it.</summary>
    public static async ValueTask<string?> ReadPasswordAsync(bool fromStdin, CancellationToken cancel)
    {
        if (!fromStdin) return null;
        return await Console.In.ReadLineAsync(cancel) ?? throw new UsageException("Standard input holds no password.");
    }

    /// <summary>A console that writes where this invocation does, so that tests read it.</summary>
    public static IAnsiConsole ConsoleOn(TextWriter output)
    {
        var plain = Console.IsOutputRedirected || !ReferenceEquals(output, Console.Out);
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output), Ansi = plain ? AnsiSupport.No : AnsiSupport.Detect });
        if (plain) console.Profile.Width = 10_000; // a pipe has no width: do not break lines for it
        return console;
    }

    private static async Task<int> RunAsync<T>(ParseResult line, Func<ParseResult, CancellationToken, ValueTask<ControlRequest>> request, Action<IAnsiConsole, T> show, CancellationToken cancel)
    {
        var (output, error) = (line.InvocationConfiguration.Output, line.InvocationConfiguration.Error);
        try
        {
            var configuration = ConfigurationFile.Load(line.GetValue(VerbOptions.Config));
            var reply = await ControlClient.SendAsync(configuration, await request(line, cancel), cancel);
            if (reply.Error is { } sentence)
            {
                await error.WriteLineAsync(sentence);
                return reply.Exit;
            }
            if (line.GetValue(VerbOptions.Json)) await output.WriteLineAsync(reply.Data!.ToJsonString(ControlJson.Indented));
            else show(ConsoleOn(output), reply.Data.Deserialize<T>(ControlJson.Options)!);
            return reply.Exit;
        }
        catch (Exception e) when (e is UsageException or ConfigurationException)
        {
            await error.WriteLineAsync(e.Message);
            return ExitCode.Usage;
        }
    }
}

/// <summary>The command line does not say enough; the message is one sentence.</summary>
internal sealed class UsageException(string message) : Exception(message);
