using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Facteur.IntegrationTests.Jmap;

/// <summary>JMAP of the built program, by curl, as docs/operate/jmap.md shows it.</summary>
public sealed class JmapOverHttpsTests
{
    [Fact]
    public async Task The_commands_of_the_page_show_the_session_and_an_answer()
    {
        Programs.Require("curl");
        await using var server = new FacteurServer(web: true);
        await server.CliAsync("domain", "add", "example.test");
        await server.AddAccountAsync("claire@example.test", "a-good-password");
        var app = JsonNode.Parse((await server.CliAsync("account", "app-password", "add", "claire@example.test", "JMAP program", "--protocol", "jmap", "--json")).Output)!["password"]!.GetValue<string>();
        await server.StartAsync();

        var commands = await CommandsAsync();
        Assert.Equal(2, commands.Count);
        var origin = $"https://localhost:{server.Port("https")}";
        var session = JsonNode.Parse(await RunAsync(commands[0]))!;
        Assert.Equal("claire@example.test", (string)session["username"]!);
        Assert.Equal(origin + "/jmap", (string)session["apiUrl"]!);
        var response = JsonNode.Parse(await RunAsync(commands[1]))!;
        Assert.Equal("""[["Core/echo",{"hello":true},"c0"]]""", response["methodResponses"]!.ToJsonString());
        Assert.Equal((string)session["state"]!, (string)response["sessionState"]!);

        async Task<string> RunAsync(string command)
        {
            var text = command.Replace("data/tls/ca.pem", server.CertificateAuthority, StringComparison.Ordinal).Replace("https://mail.example.test", origin, StringComparison.Ordinal);
            var result = await Programs.RunAsync("bash", ["-c", $"APP='{app}'; {text.Replace("curl ", "curl --silent --show-error --fail ", StringComparison.Ordinal)}"]);
            Assert.True(result.ExitCode == 0, result.ToString());
            return result.Output;
        }
    }

    /// <summary>Strangers: no body is read, however long it is said to be (P17).</summary>
    [Fact]
    public async Task A_stranger_with_a_long_body_is_refused_at_once()
    {
        Programs.Require("curl");
        await using var server = new FacteurServer(web: true);
        await server.StartAsync();
        var file = Path.Combine(server.Folder, "long");
        await File.WriteAllBytesAsync(file, new byte[8 * 1024 * 1024]);
        foreach (var version in new[] { "--http1.1", "--http2" })
        {
            var result = await Programs.RunAsync("curl",
                ["--silent", version, "--limit-rate", "2M", "--cacert", server.CertificateAuthority, "-H", "Content-Type: application/json", "-H", "Expect:", "--data-binary", "@" + file, "-w", "%{http_code} %{size_upload}", "-o", "/dev/null", $"https://localhost:{server.Port("https")}/jmap"]);
            var words = result.Output.Split(' ');
            Assert.Equal("401", words[0]);
            Assert.True(long.Parse(words[1], System.Globalization.CultureInfo.InvariantCulture) < 4 * 1024 * 1024, result.Output);
        }
    }

    /// <summary>Paths as no client writes them (S-22). Over HTTP/2 the stream of one with a NUL is reset instead.</summary>
    [Fact]
    public async Task Strange_paths_are_refused()
    {
        Programs.Require("curl");
        await using var server = new FacteurServer(web: true);
        await server.CliAsync("domain", "add", "example.test");
        await server.AddAccountAsync("claire@example.test", "a-good-password");
        await server.StartAsync();
        string[] paths = ["/jmap/download/a1/e1%00/x", "/jmap/download/a1%00/e1/x", "/jmap/download/a1/../../../etc/passwd", "/jmap/download/a1/%2e%2e%2f%2e%2e/x", "/jmap/upload/%c0%ae%c0%ae/", "/jmap/%00", "/.well-known/jmap%00"];
        var addresses = paths.SelectMany(path => new[] { "-o", "/dev/null", $"https://localhost:{server.Port("https")}{path}" });
        var result = await Programs.RunAsync("curl", ["--silent", "--http1.1", "--path-as-is", "--cacert", server.CertificateAuthority, "-u", "claire@example.test:a-good-password", "-w", "%{http_code}\n", .. addresses]);
        var codes = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(paths.Length, codes.Length);
        Assert.All(codes, code => Assert.StartsWith("4", code));
    }

    private static async Task<IReadOnlyList<string>> CommandsAsync()
    {
        var page = await File.ReadAllTextAsync(Path.Combine(Programs.Repository, "docs", "operate", "jmap.md"));
        return Regex.Match(page, "```sh\n(.*?)```", RegexOptions.Singleline, TimeSpan.FromSeconds(1)).Groups[1].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
