using System.Diagnostics;
using System.Text;

namespace Facteur.IntegrationTests.Support;

internal sealed record ProgramResult(int ExitCode, string Output, string Error)
{
    public override string ToString() => $"exit {ExitCode}\n{Output}\n{Error}";
}

/// <summary>Runs other programs; each has a deadline.</summary>
internal static class Programs
{
    /// <summary>The built facteur program beside the tests.</summary>
    public static string Facteur { get; } = Path.Combine(AppContext.BaseDirectory, "facteur");

    /// <summary>The repository's root.</summary>
    public static string Repository { get; } = FindRepository();

    /// <summary>The folder "shared" beside the repository, or the test is skipped with the reason.</summary>
    public static string Shared(string relative)
    {
        var path = Path.Combine(Path.GetDirectoryName(Repository)!, "shared", relative);
        if (!File.Exists(path) && !Directory.Exists(path)) Assert.Skip($"../shared/{relative} is not there");
        return path;
    }

    /// <summary>Skips the test when a program of the machine is missing.</summary>
    public static void Require(params string[] names)
    {
        foreach (var name in names)
            if (!Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(folder => File.Exists(Path.Combine(folder, name))))
                Assert.Skip($"{name} is not installed");
    }

    public static async Task<ProgramResult> RunAsync(string file, IEnumerable<string> arguments, string? input = null, TimeSpan? limit = null)
    {
        var start = new ProcessStartInfo(file) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        start.Environment["DOTNET_gcServer"] = "0";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        if (input is not null) await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        using var deadline = new CancellationTokenSource(limit ?? TimeSpan.FromMinutes(3));
        try
        {
            await process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            return new(-1, $"{file} did not end in time", await Take(output) + await Take(error));
        }
        return new(process.ExitCode, await output, await error);
    }

    private static async Task<string> Take(Task<string> text) => text.IsCompleted ? await text : "";

    private static string FindRepository()
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "Facteur.slnx"))) at = at.Parent;
        return at?.FullName ?? throw new InvalidOperationException("the tests run from the repository");
    }
}
