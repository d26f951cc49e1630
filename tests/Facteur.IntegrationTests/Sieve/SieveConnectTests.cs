namespace Facteur.IntegrationTests.Sieve;

/// <summary>Debian's sieve-connect over STARTTLS with the built server, and mail that goes through what it put there.</summary>
public sealed class SieveConnectTests
{
    private const string User = "moi@demo.test";
    private const string Password = "sieve-password-1";

    [Fact]
    public async Task Scripts_are_put_listed_activated_fetched_and_deleted_and_mail_goes_through_them()
    {
        Programs.Require("sieve-connect");
        await using var server = await StartAsync();
        var script = await WriteAsync(server, "tri.sieve", "require [\"fileinto\", \"mailbox\", \"imap4flags\"];\r\nif header :contains \"subject\" \"trier\" {\r\n  fileinto :create :flags \"\\\\Seen\" \"Trié\";\r\n}\r\n");
        Assert.Contains("vacation-seconds", (await ConnectAsync(server, "--debug", "--list")).Error, StringComparison.Ordinal);
        await SucceedAsync(server, "--localsieve", script, "--remotesieve", "tri", "--checkscript");
        await SucceedAsync(server, "--localsieve", script, "--remotesieve", "tri", "--upload");
        Assert.Contains("\"tri\"", await SucceedAsync(server, "--list"), StringComparison.Ordinal);
        await SucceedAsync(server, "--remotesieve", "tri", "--activate");
        Assert.Matches("\"tri\" ACTIVE", await SucceedAsync(server, "--list"));

        await DeliverAsync(server, "a trier");
        await DeliverAsync(server, "autre");
        await using (var imap = await ImapAsync(server))
        {
            Assert.Contains("MESSAGES 1 UNSEEN 0", string.Join('\n', await imap.ImapAsync("STATUS \"Tri&AOk-\" (MESSAGES UNSEEN)")), StringComparison.Ordinal);
            Assert.Contains("MESSAGES 1 UNSEEN 1", string.Join('\n', await imap.ImapAsync("STATUS INBOX (MESSAGES UNSEEN)")), StringComparison.Ordinal);
        }

        var fetched = Path.Combine(server.Folder, "fetched.sieve");
        await SucceedAsync(server, "--remotesieve", "tri", "--localsieve", fetched, "--download");
        Assert.Equal((await File.ReadAllTextAsync(script)).Trim(), (await File.ReadAllTextAsync(fetched)).Trim());
        await SucceedAsync(server, "--deactivate");
        await SucceedAsync(server, "--remotesieve", "tri", "--delete");
        Assert.DoesNotContain("tri", await SucceedAsync(server, "--list"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_does_not_compile_is_refused_with_its_line()
    {
        Programs.Require("sieve-connect");
        await using var server = await StartAsync();
        var script = await WriteAsync(server, "bad.sieve", "keep;\r\nnothing;\r\n");
        var result = await ConnectAsync(server, "--localsieve", script, "--remotesieve", "bad", "--upload");
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("line 2, column 1: there is no command \"nothing\"", result.ToString().Replace("\\\"", "\"", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_password_is_refused()
    {
        Programs.Require("sieve-connect");
        await using var server = await StartAsync();
        Assert.NotEqual(0, (await ConnectAsAsync(server, "wrong-password-1", "--list")).ExitCode);
    }

    private static async Task<FacteurServer> StartAsync()
    {
        var server = new FacteurServer(more: new Dictionary<string, object> { ["dns"] = new[] { "127.0.0.1:9" } });
        Assert.Equal(0, (await server.CliAsync("domain", "add", "demo.test")).ExitCode);
        await server.AddAccountAsync(User, Password);
        await server.StartAsync();
        return server;
    }

    private static Task<ProgramResult> ConnectAsync(FacteurServer server, params string[] arguments) => ConnectAsAsync(server, Password, arguments);

    private static Task<ProgramResult> ConnectAsAsync(FacteurServer server, string password, params string[] arguments) => Programs.RunAsync("sieve-connect",
        ["--server", "localhost", "--port", server.Port("managesieve").ToString(System.Globalization.CultureInfo.InvariantCulture), "--4", "--user", User, "--authmech", "PLAIN",
            "--tlscafile", server.CertificateAuthority, "--noclearauth", "--noclearchan", "--passwordfd", "0", .. arguments], password + "\n");

    private static async Task<string> SucceedAsync(FacteurServer server, params string[] arguments)
    {
        var result = await ConnectAsync(server, arguments);
        Assert.True(result.ExitCode == 0, result.ToString());
        return result.Output;
    }

    private static async Task<string> WriteAsync(FacteurServer server, string name, string script)
    {
        var path = Path.Combine(server.Folder, name);
        await File.WriteAllTextAsync(path, script);
        return path;
    }

    private static async Task DeliverAsync(FacteurServer server, string subject)
    {
        await using var lmtp = await TestClient.ConnectAsync(server.Port("lmtp"));
        await lmtp.ExpectAsync("220");
        await lmtp.CommandAsync("LHLO test", "250");
        await lmtp.CommandAsync("MAIL FROM:<claire@example.org>", "250");
        await lmtp.CommandAsync($"RCPT TO:<{User}>", "250");
        await lmtp.CommandAsync("DATA", "354");
        await lmtp.CommandAsync($"From: claire@example.org\r\nTo: {User}\r\nSubject: {subject}\r\n\r\nligne\r\n.", "250");
        await lmtp.CommandAsync("QUIT", "221");
    }

    private static async Task<TestClient> ImapAsync(FacteurServer server)
    {
        var client = await TestClient.ConnectAsync(server.Port("imap"));
        await client.ReadLineAsync();
        await client.ImapAsync($"LOGIN {User} {Password}");
        return client;
    }
}
