namespace Facteur.IntegrationTests;

/// <summary>One server that test classes share, each with accounts of its own.</summary>
public sealed class SharedServer : IAsyncLifetime
{
    internal FacteurServer Server { get; } = new();

    public async ValueTask InitializeAsync()
    {
        var added = await Server.CliAsync("domain", "add", "demo.test");
        Assert.True(added.ExitCode == 0, added.ToString());
        await Server.StartAsync();
    }

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
