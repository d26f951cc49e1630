using Facteur.Tests.Support;

namespace Facteur.Tests.Control;

/// <summary>facteur sieve list, put, get, activate, delete.</summary>
public sealed class ScriptVerbTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Scripts_of_an_account_and_of_the_site()
    {
        await using var line = await CommandLine.WithAccountsAsync();
        await File.WriteAllTextAsync(folder["a.sieve"], "require \"fileinto\";\r\nfileinto \"Été\";\r\n");
        Assert.Equal("moi@demo.test keeps no scripts.\n", await line.SayAsync("sieve", "list", "moi@demo.test"));
        Assert.Equal("moi@demo.test keeps tri, 40 octets; it is not active.\n", await line.SayAsync("sieve", "put", "moi@demo.test", "tri", folder["a.sieve"]));
        Assert.Equal("* tri  40 octets, active\n", await line.SayAsync("sieve", "activate", "moi@demo.test", "tri"));
        Assert.Equal("require \"fileinto\";\r\nfileinto \"Été\";\r\n", await line.SayAsync("sieve", "get", "moi@demo.test"));
        Assert.Equal("An active script is not deleted; make another one active first, or none.", await line.RefusedAsync("sieve", "delete", "moi@demo.test", "tri"));
        Assert.Equal("  tri  40 octets\n", await line.SayAsync("sieve", "activate", "moi@demo.test"));
        Assert.Equal("No script is active.", await line.RefusedAsync("sieve", "get", "moi@demo.test"));
        Assert.Equal("moi@demo.test keeps no scripts.\n", await line.SayAsync("sieve", "delete", "moi@demo.test", "tri"));
        await File.WriteAllTextAsync(folder["b.sieve"], "keep;\nstop;\nkeep;\n");
        Assert.Equal("all:3:1: this is never reached: \"stop\" stands before it\nsite keeps all, 18 octets: mail goes through it.\n", await line.SayAsync("sieve", "put", "site", "all", folder["b.sieve"], "--activate"));
        Assert.Equal("""{"account":"site","scripts":[{"name":"all","octets":18,"active":true}]}""", (await line.JsonAsync("sieve", "list", "site")).ToJsonString());
    }

    [Fact]
    public async Task What_is_wrong_is_said_with_its_place()
    {
        await using var line = await CommandLine.WithAccountsAsync();
        await File.WriteAllTextAsync(folder["bad.sieve"], "keep;\nfileinto \"x\";\nnothing;\n");
        Assert.Equal("tri:2:1: \"fileinto\" needs: require \"fileinto\";\ntri:3:1: there is no command \"nothing\"", await line.RefusedAsync("sieve", "put", "moi@demo.test", "tri", folder["bad.sieve"]));
        Assert.Equal("There is no account toi@demo.test.", await line.RefusedAsync("sieve", "list", "toi@demo.test"));
        Assert.Equal("There is no script of that name.", await line.RefusedAsync("sieve", "activate", "moi@demo.test", "tri"));
        Assert.Equal((2, "none.sieve cannot be read.\n"), ((await line.RunAsync("sieve", "put", "moi@demo.test", "x", folder["none.sieve"])).Exit, (await line.RunAsync("sieve", "put", "moi@demo.test", "x", folder["none.sieve"])).Error));
    }

    [Fact]
    public async Task Scripts_go_with_exports_and_come_with_imports()
    {
        await using var line = await CommandLine.WithAccountsAsync();
        await File.WriteAllTextAsync(folder["a.sieve"], "# \"é\"\r\nkeep;\r\n");
        await line.SayAsync("sieve", "put", "moi@demo.test", "tri", folder["a.sieve"], "--activate");
        await line.SayAsync("export", folder["tree.json"]);
        await using var second = await CommandLine.StartAsync();
        await second.SayAsync("import", folder["tree.json"]);
        Assert.Equal("* tri  15 octets, active\n", await second.SayAsync("sieve", "list", "moi@demo.test"));
        Assert.Equal("# \"é\"\r\nkeep;\r\n", await second.SayAsync("sieve", "get", "moi@demo.test"));
        Assert.StartsWith("0 added, 0 changed, ", await second.SayAsync("import", folder["tree.json"]), StringComparison.Ordinal);
    }
}
