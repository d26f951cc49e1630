namespace Facteur.IntegrationTests.Pop3;

/// <summary>Debian's POP programs with what an account may choose of POP.</summary>
public sealed class PopProgramTests
{
    private const string Password = "pop-password-1";

    public static TheoryData<string> Names => ["getmail", "mpop", "fetchmail", "poplib"];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task From_now_on_shows_later_mail_and_nothing_comes_twice(string name)
    {
        Programs.Require(name == "poplib" ? "python3" : name);
        await using var server = await StartAsync();
        using var program = NewProgram(name, server);
        await AppendAsync(server, 1, 2);
        Assert.Equal(0, (await server.CliAsync("account", "pop", program.User, "--scope", "from-now")).ExitCode);
        Assert.Equal(0, await program.FetchAsync());
        await AppendAsync(server, 3, 4, 5);
        Assert.Equal(3, await program.FetchAsync());
        Assert.Equal(3, await program.FetchAsync());

        await server.StopAsync();
        await ChangeUidValidityAsync(server);
        await server.StartAsync();
        Assert.Equal(3, await program.FetchAsync()); // after a restart, under another UIDVALIDITY

        await using (var imap = await ImapAsync(server))
        {
            // Renaming the inbox takes its messages away; they come back one by one.
            await imap.ImapAsync("RENAME INBOX Ailleurs");
            Assert.Equal(3, await program.FetchAsync());
            await imap.ImapAsync("SELECT Ailleurs");
            await imap.ImapAsync("MOVE 1:* INBOX");
        }
        Assert.Equal(3, await program.FetchAsync());
        await AppendAsync(server, 6);
        Assert.Equal(4, await program.FetchAsync());
        Assert.Equal(0, (await server.CliAsync("account", "pop", program.User, "--scope", "all")).ExitCode);
        Assert.Equal(6, await program.FetchAsync()); // now the two from before, too
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task What_a_program_deletes_is_gone_and_what_the_account_archives_is_kept(string name)
    {
        Programs.Require(name == "poplib" ? "python3" : name);
        await using var server = await StartAsync();
        using var program = NewProgram(name, server);
        await AppendAsync(server, 1, 2);
        Assert.Equal(2, await program.FetchAsync(delete: true));
        Assert.Equal((0, 0), (await CountAsync(server, "INBOX"), await CountAsync(server, "Archive")));
        Assert.Equal(0, (await server.CliAsync("account", "pop", program.User, "--after", "archive")).ExitCode);
        await AppendAsync(server, 3, 4);
        Assert.Equal(4, await program.FetchAsync());
        Assert.Equal((0, 2), (await CountAsync(server, "INBOX"), await CountAsync(server, "Archive")));
        Assert.Equal(0, (await server.CliAsync("account", "pop", program.User, "--after", "keep", "--delete-after-days", "0")).ExitCode);
        await AppendAsync(server, 5);
        Assert.Equal(5, await program.FetchAsync());
        Assert.Equal((0, 2), (await CountAsync(server, "INBOX"), await CountAsync(server, "Archive")));
    }

    [Fact]
    public async Task Thunderbird_has_later_mail_only_and_nothing_twice()
    {
        Programs.Require("thunderbird", "certutil", "python3");
        await using var server = await StartAsync();
        using var program = new Thunderbird(Directory.CreateTempSubdirectory("facteur-pop-").FullName, server, "pop@demo.test", Password);
        await AppendAsync(server, 1, 2);
        Assert.Equal(0, (await server.CliAsync("account", "pop", program.User, "--scope", "from-now")).ExitCode);
        await AppendAsync(server, 3, 4, 5);
        Assert.Equal(3, await program.FetchAsync());
        await server.StopAsync();
        await ChangeUidValidityAsync(server);
        await server.StartAsync();
        await AppendAsync(server, 6);
        Assert.Equal(4, await program.FetchAsync()); // after a restart, under another UIDVALIDITY
        Assert.Equal(6, await CountAsync(server, "INBOX"));
        await AppendAsync(server, 7);
        Assert.Equal(5, await program.FetchAsync(delete: true));
        Assert.Equal(2, await CountAsync(server, "INBOX")); // those it was never shown
    }

    [Fact]
    public async Task Curl_sees_what_the_scope_shows()
    {
        Programs.Require("curl");
        await using var server = await StartAsync();
        await AppendAsync(server, 1, 2);
        string[] list = ["-s", "--cacert", server.CertificateAuthority, $"pop3s://localhost:{server.Port("pop3s")}/", "-u", $"pop@demo.test:{Password}"];
        Assert.Equal(2, (await Programs.RunAsync("curl", list)).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Equal(0, (await server.CliAsync("account", "pop", "pop@demo.test", "--scope", "from-now", "--json")).ExitCode);
        Assert.Empty((await Programs.RunAsync("curl", list)).Output.Trim());
        await AppendAsync(server, 3);
        var message = await Programs.RunAsync("curl", [.. list[..3], $"pop3s://localhost:{server.Port("pop3s")}/1", .. list[4..]]);
        Assert.Contains("<m3@x.test>", message.Output, StringComparison.Ordinal);
        Assert.Equal(0, (await server.CliAsync("account", "pop", "pop@demo.test", "--scope", "off")).ExitCode);
        Assert.NotEqual(0, (await Programs.RunAsync("curl", list)).ExitCode);
    }

    private static async Task<FacteurServer> StartAsync()
    {
        var server = new FacteurServer();
        Assert.Equal(0, (await server.CliAsync("domain", "add", "demo.test")).ExitCode);
        await server.AddAccountAsync("pop@demo.test", Password);
        await server.StartAsync();
        return server;
    }

    private static PopProgram NewProgram(string name, FacteurServer server) =>
        new(name, Directory.CreateTempSubdirectory("facteur-pop-").FullName, server, "pop@demo.test", Password);

    private static async Task<TestClient> ImapAsync(FacteurServer server)
    {
        var client = await TestClient.ConnectAsync(server.Port("imap"));
        await client.ReadLineAsync();
        await client.ImapAsync($"LOGIN pop@demo.test {Password}");
        return client;
    }

    private static async Task AppendAsync(FacteurServer server, params int[] numbers)
    {
        await using var imap = await ImapAsync(server);
        foreach (var number in numbers)
        {
            var message = $"From: a@x.test\r\nTo: pop@demo.test\r\nSubject: {number}\r\nMessage-ID: <m{number}@x.test>\r\nDate: Mon, 01 Jun 2026 10:00:00 +0000\r\n\r\n.dot {number}\r\n";
            await imap.ImapAsync($"APPEND INBOX {{{message.Length}+}}\r\n{message}");
        }
    }

    private static async Task<int> CountAsync(FacteurServer server, string mailbox)
    {
        await using var imap = await ImapAsync(server);
        var status = await imap.ImapAsync($"STATUS {mailbox} (MESSAGES)");
        var line = status.First(text => text.StartsWith("* STATUS", StringComparison.Ordinal));
        return int.Parse(line.Split("MESSAGES ")[1].TrimEnd(')'), System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>As a repair does that numbers messages anew: clients of IMAP begin again, those of POP3 must not.</summary>
    private static async Task ChangeUidValidityAsync(FacteurServer server)
    {
        Programs.Require("python3");
        var database = Directory.EnumerateFiles(Path.Combine(server.Folder, "data"), "facteur.db", SearchOption.AllDirectories).Single();
        var result = await Programs.RunAsync("python3", ["-c",
            "import sqlite3, sys; d = sqlite3.connect(sys.argv[1]); d.execute('UPDATE mailbox SET uidvalidity = uidvalidity + 100000'); d.commit()", database]);
        Assert.True(result.ExitCode == 0, result.ToString());
    }
}
