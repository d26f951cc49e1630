using System.CommandLine;
using Facteur.Server.Commands;
using Facteur.Tests.Support;

namespace Facteur.Tests.Sieve;

/// <summary>facteur sieve, as typed.</summary>
public sealed class SieveVerbTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Check_names_file_line_and_column()
    {
        await File.WriteAllTextAsync(folder["bad.sieve"], "keep;\nfileinto \"x\";\n", TestContext.Current.CancellationToken);
        var (exit, output, error) = await RunAsync("check", folder["bad.sieve"]);
        Assert.Equal((1, ""), (exit, output));
        Assert.Equal("bad.sieve:2:1: \"fileinto\" needs: require \"fileinto\";", error.Trim());
        Assert.Contains("\"column\": 1", (await RunAsync("check", folder["bad.sieve"], "--json")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_says_what_a_script_uses()
    {
        await File.WriteAllTextAsync(folder["good.sieve"], "require [\"vacation-seconds\", \"copy\"]; keep;", TestContext.Current.CancellationToken);
        Assert.Equal((0, "The script is right. It uses copy, vacation, vacation-seconds."), await OutputAsync("check", folder["good.sieve"]));
    }

    [Fact]
    public async Task Test_says_what_would_be_done()
    {
        await File.WriteAllTextAsync(folder["a.sieve"], "require [\"fileinto\", \"include\", \"envelope\", \"imap4flags\"]; if envelope \"to\" \"me@example.com\" { include \"b\"; } fileinto :flags \"Work\" \"A\";", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(folder["b.sieve"], "redirect \"you@example.com\";", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(folder["m.eml"], "Delivered-To: me@example.com\r\nSubject: x\r\n\r\nbody\r\n", TestContext.Current.CancellationToken);
        Assert.Equal((0, "redirect you@example.com\nfileinto \"A\", flags Work"), await OutputAsync("test", folder["a.sieve"], folder["m.eml"]));
        Assert.Equal((0, "fileinto \"A\", flags Work"), await OutputAsync("test", folder["a.sieve"], folder["m.eml"], "--to", "other@example.com"));
    }

    [Fact]
    public async Task An_error_while_it_runs_keeps_the_message()
    {
        await File.WriteAllTextAsync(folder["a.sieve"], "require \"ihave\";\nerror \"no\";", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(folder["m.eml"], "Subject: x\r\n\r\nbody\r\n", TestContext.Current.CancellationToken);
        var (exit, output, error) = await RunAsync("test", folder["a.sieve"], folder["m.eml"]);
        Assert.Equal((1, "keep, since nothing else is done", "2:1: no"), (exit, output.Trim(), error.Trim()));
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_said() =>
        Assert.Equal("nothing.sieve cannot be read.", (await RunAsync("check", folder["nothing.sieve"])).Error.Trim());

    [Fact]
    public async Task Extensions_are_listed() => Assert.Contains("comparator-i;unicode-casemap", (await RunAsync("extensions")).Output, StringComparison.Ordinal);

    private static async Task<(int Exit, string Output)> OutputAsync(params string[] words)
    {
        var (exit, output, error) = await RunAsync(words);
        Assert.Equal("", error);
        return (exit, output.ReplaceLineEndings("\n").Trim());
    }

    private static async Task<(int Exit, string Output, string Error)> RunAsync(params string[] words)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var exit = await Root.Parse(["sieve", .. words]).InvokeAsync(new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false }, TestContext.Current.CancellationToken);
        return (exit, output.ToString(), error.ToString());
    }
}
