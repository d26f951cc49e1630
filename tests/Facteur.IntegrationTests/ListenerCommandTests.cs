using System.Text.Json.Nodes;

namespace Facteur.IntegrationTests;

/// <summary>facteur listener list and facteur reload on a running server.</summary>
public sealed class ListenerCommandTests
{
    [Fact]
    public async Task What_is_open_is_listed_and_a_reload_says_what_came_of_it()
    {
        await using var server = new FacteurServer();
        Assert.Equal(1, (await server.CliAsync("reload")).ExitCode);
        Assert.Equal("The server is stopped; nothing is open.", (await server.CliAsync("listener", "list")).Error.Trim());
        await server.StartAsync();
        await using var client = await TestClient.ConnectAsync(server.Port("pop3"));
        await client.ExpectAsync("+OK");
        Assert.Equal("pop3 starttls none 1", await ShownAsync(server, "pop3"));
        var former = server.Port("imap");
        var port = server.Move("imap");
        var reloaded = await server.CliAsync("reload");
        Assert.True(reloaded.ExitCode == 0, reloaded.ToString());
        Assert.NotEqual(former, port);
        await using var moved = await TestClient.ConnectAsync(port);
        await moved.ExpectAsync("* OK");
        await client.CommandAsync("NOOP", "+OK"); // still there
        await File.WriteAllTextAsync(server.Configuration, """{ "listn": {} }""");
        var wrong = await Programs.RunAsync(Programs.Facteur, ["reload", "--config", server.Configuration]);
        Assert.Equal(2, wrong.ExitCode); // the command reads the file too, to find the server
    }

    private static async Task<string> ShownAsync(FacteurServer server, string kind)
    {
        var listed = await server.CliAsync("listener", "list", "--json");
        Assert.True(listed.ExitCode == 0, listed.ToString());
        var one = JsonNode.Parse(listed.Output)!.AsArray().Single(item => item!["name"]!.GetValue<string>() == kind)!;
        return $"{one["name"]} {one["tls"]} {one["clientCertificates"]} {one["connections"]}";
    }
}
