namespace Facteur.IntegrationTests;

/// <summary>Debian's submission clients over both kinds of TLS.</summary>
public sealed class SubmissionTests(SharedServer shared) : IAsyncLifetime
{
    private readonly FacteurServer server = shared.Server;
    private readonly string user = $"sender{Guid.NewGuid():N}@demo.test";
    private const string Password = "submission-password";

    public async ValueTask InitializeAsync() => await server.AddAccountAsync(user, Password);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData("submission", "--tls", "PLAIN")]
    [InlineData("submission", "--tls", "LOGIN")]
    [InlineData("submissions", "--tls-on-connect", "PLAIN")]
    [InlineData("submissions", "--tls-on-connect", "LOGIN")]
    public async Task Swaks_submits(string listener, string tls, string mechanism)
    {
        Programs.Require("swaks");
        var result = await Programs.RunAsync("swaks", ["--timeout", "180", "--server", "127.0.0.1", "--port", $"{server.Port(listener)}", tls,
            "--auth", mechanism, "--auth-user", user, "--auth-password", Password, "--from", user, "--to", user,
            "--header", $"Subject: swaks {listener} {mechanism}", "--body", "Bonjour."]);
        Assert.True(result.ExitCode == 0, result.ToString());
        await ExpectSubjectAsync($"swaks {listener} {mechanism}");
    }

    [Theory]
    [InlineData("submission", "on")]
    [InlineData("submissions", "off")]
    public async Task Msmtp_submits_with_the_certificate_checked(string listener, string startTls)
    {
        Programs.Require("msmtp");
        var configuration = Path.GetTempFileName();
        File.WriteAllText(configuration, $"""
            account default
            host localhost
            port {server.Port(listener)}
            tls on
            tls_starttls {startTls}
            tls_trust_file {server.CertificateAuthority}
            auth on
            user {user}
            password {Password}
            from {user}

            """);
        File.SetUnixFileMode(configuration, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var result = await Programs.RunAsync("msmtp", ["-C", configuration, user], $"From: {user}\nTo: {user}\nSubject: msmtp {listener}\n\n.point\n");
        File.Delete(configuration);
        Assert.True(result.ExitCode == 0, result.ToString());
        await ExpectSubjectAsync($"msmtp {listener}");
    }

    [Theory]
    [InlineData("--from", "other@demo.test")]
    [InlineData("--from", "someone@elsewhere.test")]
    public async Task Swaks_is_refused_what_it_may_not_send(string option, string address)
    {
        Programs.Require("swaks");
        string[] arguments = ["--server", "127.0.0.1", "--port", $"{server.Port("submissions")}", "--tls-on-connect",
            "--auth", "PLAIN", "--auth-user", user, "--auth-password", Password];
        var result = await Programs.RunAsync("swaks", [.. arguments, option, address, option == "--from" ? "--to" : "--from", user]);
        Assert.NotEqual(0, result.ExitCode);
        Assert.Matches(@"<~\* 55\d 5\.7\.1", result.Output);
    }

    private async Task ExpectSubjectAsync(string subject)
    {
        await using var imap = await TestClient.ConnectAsync(server.Port("imaps"), tls: true);
        await imap.ReadLineAsync();
        await imap.ImapAsync($"LOGIN {user} {Password}");
        await imap.ImapAsync("SELECT INBOX");
        var found = await imap.ImapAsync($"SEARCH SUBJECT \"{subject}\"");
        Assert.Matches(@"^\* SEARCH \d+$", found[0]);
    }
}
