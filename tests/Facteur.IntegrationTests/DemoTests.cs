namespace Facteur.IntegrationTests;

public sealed class DemoTests
{
    [Fact]
    public async Task Demo_seeds_sends_reads_and_ends()
    {
        var folder = Path.Combine(Directory.CreateTempSubdirectory("facteur-demo-test-").FullName, "facteur-demo");
        string[] arguments = ["demo", "--data", folder, "--port-offset", "21000", "--self-test"];
        var first = await Programs.RunAsync(Programs.Facteur, arguments);
        Assert.True(first.ExitCode == 0, first.ToString());
        Assert.Contains("moi@demo.test", first.Output, StringComparison.Ordinal);
        // Somebody new is greeted, not warned.
        Assert.DoesNotContain(" warn ", first.ToString(), StringComparison.Ordinal);
        Assert.Contains("OK", first.Output, StringComparison.Ordinal);
        Assert.Contains("JMAP        https://localhost:29443/.well-known/jmap", first.Output, StringComparison.Ordinal);

        // Again over the same data, and from nothing.
        var second = await Programs.RunAsync(Programs.Facteur, arguments);
        Assert.True(second.ExitCode == 0, second.ToString());
        var reset = await Programs.RunAsync(Programs.Facteur, [.. arguments, "--reset"]);
        Assert.True(reset.ExitCode == 0, reset.ToString());
        Directory.Delete(Path.GetDirectoryName(folder)!, recursive: true);
    }
}
