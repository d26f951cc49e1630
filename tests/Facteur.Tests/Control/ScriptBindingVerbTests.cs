using Facteur.Tests.Support;

namespace Facteur.Tests.Control;

/// <summary>facteur sieve bind, unbind, bindings.</summary>
public sealed class ScriptBindingVerbTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Scripts_are_bound_to_folders_and_to_all()
    {
        await using var line = await CommandLine.WithAccountsAsync();
        await File.WriteAllTextAsync(folder["a.sieve"], "require \"imapsieve\";\r\nkeep;\r\n");
        await line.SayAsync("sieve", "put", "moi@demo.test", "ranger", folder["a.sieve"]);
        Assert.Equal("No folder of moi@demo.test has a script.\n", await line.SayAsync("sieve", "bindings", "moi@demo.test"));
        Assert.Equal("(all others)  ranger\n", await line.SayAsync("sieve", "bind", "moi@demo.test", "ranger"));
        Assert.Equal("(all others)  ranger\nSent  (none)\n", await line.SayAsync("sieve", "bind", "moi@demo.test", "", "--folder", "Sent"));
        Assert.Equal("There is no script of that name.", await line.RefusedAsync("sieve", "bind", "moi@demo.test", "autre"));
        Assert.Equal("There is no folder Nulle.", await line.RefusedAsync("sieve", "bind", "moi@demo.test", "ranger", "--folder", "Nulle"));
        await line.SayAsync("sieve", "delete", "moi@demo.test", "ranger");
        Assert.Equal("(all others)  ranger  (there is no such script)\nSent  (none)\n", await line.SayAsync("sieve", "bindings", "moi@demo.test"));
        Assert.Equal("Sent  (none)\n", await line.SayAsync("sieve", "unbind", "moi@demo.test"));
        Assert.Equal("""{"account":"moi@demo.test","bindings":[{"folder":"Sent","script":"","exists":true}]}""", (await line.JsonAsync("sieve", "bindings", "moi@demo.test")).ToJsonString());
    }
}
