using System.CommandLine;
using System.Text.Json;
using Facteur.Server.Control;
using Facteur.Sieve;

namespace Facteur.Server.Commands;

/// <summary>facteur sieve check|test|extensions: scripts by hand, without a server. What accounts keep: <see cref="StoredScripts"/>.</summary>
internal static class Sieve
{
    public static Command Create()
    {
        var sieve = new Command("sieve", "Check filter scripts, try them on a message, and see to those that accounts keep") { CreateCheck(), CreateTest(), CreateExtensions() };
        foreach (var verb in StoredScripts.Create().Concat(ScriptBindings.Create())) sieve.Subcommands.Add(verb);
        return sieve;
    }

    private static Argument<FileInfo> File() => new("FILE") { Description = "The script" };

    private static Command CreateCheck()
    {
        var file = File();
        var command = new Command("check", "Say what is wrong with a script, with line and column") { file, VerbOptions.Json };
        command.SetAction(async (line, cancel) =>
        {
            var (compilation, exit) = await CompileAsync(line, line.GetRequiredValue(file), cancel);
            if (compilation is null) return exit;
            if (line.GetValue(VerbOptions.Json)) await JsonAsync(line, compilation.Errors.Select(e => new ErrorView(e.At.Line, e.At.Column, e.Message)));
            else if (compilation.Script is { } script) await line.InvocationConfiguration.Output.WriteLineAsync(script.Required.Count == 0 ? "The script is right." : $"The script is right. It uses {string.Join(", ", script.Required.Order(StringComparer.Ordinal))}.");
            return exit;
        });
        return command;
    }

    private static Command CreateTest()
    {
        var file = File();
        var message = new Argument<FileInfo>("MESSAGE") { Description = "A message as a file" };
        var from = new Option<string?>("--from") { Description = "Sender of the envelope (default: the Return-Path of the message); <> is the empty one" };
        var to = new Option<string?>("--to") { Description = "Recipient of the envelope (default: the Delivered-To of the message)" };
        var command = new Command("test", "Say what a script would do with a message; nothing is done. Scripts to include stand beside it as NAME.sieve") { file, message, from, to, VerbOptions.Json };
        command.SetAction(async (line, cancel) =>
        {
            var (compilation, exit) = await CompileAsync(line, line.GetRequiredValue(file), cancel);
            if (compilation?.Script is not { } script) return exit;
            var octets = await ReadAsync(line, line.GetRequiredValue(message), cancel);
            if (octets is null) return ExitCode.Usage;
            var run = new SieveTrial(line.GetRequiredValue(file), octets, line.GetValue(from), line.GetValue(to));
            var result = await run.RunAsync(script, cancel);
            var lines = SieveTrial.Describe(result).ToList();
            if (line.GetValue(VerbOptions.Json)) await JsonAsync(line, lines);
            else foreach (var text in lines) await line.InvocationConfiguration.Output.WriteLineAsync(text);
            if (result.Error is { } error) await line.InvocationConfiguration.Error.WriteLineAsync(error.ToString());
            return result.Error is null ? ExitCode.Ok : ExitCode.Failed;
        });
        return command;
    }

    private static Command CreateExtensions()
    {
        var command = new Command("extensions", "List what scripts can ask for with require") { VerbOptions.Json };
        command.SetAction(async (line, _) =>
        {
            if (line.GetValue(VerbOptions.Json)) await JsonAsync(line, SieveScript.Extensions);
            else foreach (var name in SieveScript.Extensions) await line.InvocationConfiguration.Output.WriteLineAsync(name);
            return ExitCode.Ok;
        });
        return command;
    }

    /// <summary>The script, or its errors, which are said as compilers do: FILE:LINE:COLUMN: sentence.</summary>
    private static async ValueTask<(SieveCompilation? Compilation, int Exit)> CompileAsync(ParseResult line, FileInfo file, CancellationToken cancel)
    {
        if (await ReadAsync(line, file, cancel) is not { } octets) return (null, ExitCode.Usage);
        var compilation = SieveScript.Compile(octets, SieveLimits.Default);
        if (!line.GetValue(VerbOptions.Json) || compilation.Script is not null)
            foreach (var error in compilation.Errors) await line.InvocationConfiguration.Error.WriteLineAsync($"{file.Name}:{error}");
        return (compilation, compilation.Script is null ? ExitCode.Failed : ExitCode.Ok);
    }

    private static async ValueTask<byte[]?> ReadAsync(ParseResult line, FileInfo file, CancellationToken cancel)
    {
        try
        {
            return await System.IO.File.ReadAllBytesAsync(file.FullName, cancel);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await line.InvocationConfiguration.Error.WriteLineAsync($"{file.Name} cannot be read.");
            return null;
        }
    }

    private static Task JsonAsync<T>(ParseResult line, T value) => line.InvocationConfiguration.Output.WriteLineAsync(JsonSerializer.Serialize(value, ControlJson.Indented));

    private sealed record ErrorView(int Line, int Column, string Message);
}
