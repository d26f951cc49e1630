using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Facteur.Server.Demo;

/// <summary>Times of one message on its way; what is not set was not reached.</summary>
internal sealed record SelfTestResult(TimeSpan? Smtp, TimeSpan? Imap, TimeSpan? Pop3, string? Failure);

/// <summary>Sends one message from moi to ami over the submission port and reads it by IMAP and by POP3, as mail programs do.</summary>
internal sealed class SelfTest(DemoPorts ports, X509Certificate2 authority)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>The first message also compiles the code on its way; the times told are those of the last.</summary>
    private const int Rounds = 3;

    private string uid = "";
    private string token = "";

    /// <summary>Never throws for a server that fails: the result says where.</summary>
    public async Task<SelfTestResult> RunAsync(CancellationToken cancel)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(Patience);
        var result = new SelfTestResult(null, null, null, null);
        try
        {
            // Logged in before the message leaves, so that the times are those of the message.
            await using var reader = await OpenImapAsync(patience.Token);
            await using var sender = await OpenSubmissionAsync(patience.Token);
            for (var round = 0; round < Rounds; round++)
            {
                token = RandomNumberGenerator.GetHexString(16, lowercase: true);
                result = result with { Smtp = await TimeAsync(() => SubmitAsync(sender, patience.Token)) };
                result = result with { Imap = await TimeAsync(() => FetchAsync(reader, patience.Token)) };
                result = result with { Pop3 = await TimeAsync(() => RetrieveAsync(patience.Token)) };
                await RemoveAsync(reader, patience.Token);
            }
            return result;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return result with { Failure = $"no answer for {Patience.TotalSeconds:0} seconds" };
        }
        catch (Exception e) when (e is IOException or System.Security.Authentication.AuthenticationException)
        {
            return result with { Failure = e.Message };
        }
    }

    private static async Task<TimeSpan> TimeAsync(Func<Task> step)
    {
        var begun = Stopwatch.GetTimestamp();
        await step();
        return Stopwatch.GetElapsedTime(begun);
    }

    private async Task<WireClient> OpenSubmissionAsync(CancellationToken cancel)
    {
        var client = await WireClient.ConnectAsync(ports.Submission, authority, implicitTls: false, cancel);
        await SmtpAsync(client, null, "220", cancel);
        await SmtpAsync(client, "EHLO self-test.localhost", "250", cancel);
        await SmtpAsync(client, "STARTTLS", "220", cancel);
        await client.StartTlsAsync(cancel);
        await SmtpAsync(client, "EHLO self-test.localhost", "250", cancel);
        var plain = Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0{DemoAccounts.Moi.Address}\0{DemoAccounts.Moi.Password}"));
        await SmtpAsync(client, $"AUTH PLAIN {plain}", "235", cancel, shown: "AUTH PLAIN");
        return client;
    }

    private async Task SubmitAsync(WireClient client, CancellationToken cancel)
    {
        await SmtpAsync(client, $"MAIL FROM:<{DemoAccounts.Moi.Address}>", "250", cancel);
        await SmtpAsync(client, $"RCPT TO:<{DemoAccounts.Ami.Address}>", "250", cancel);
        await SmtpAsync(client, "DATA", "354", cancel);
        var date = TimeProvider.System.GetUtcNow().ToString("ddd, dd MMM yyyy HH:mm:ss +0000", CultureInfo.InvariantCulture);
        await SmtpAsync(client, string.Join("\r\n",
            $"From: {DemoAccounts.Moi.Address}", $"To: {DemoAccounts.Ami.Address}", "Subject: Self-test", $"Date: {date}", $"Message-ID: <{token}@demo.test>",
            "", $"Self-test {token}", "..a line with a dot", "."), "250", cancel, shown: "the message");
    }

    private async Task<WireClient> OpenImapAsync(CancellationToken cancel)
    {
        var client = await WireClient.ConnectAsync(ports.Imaps, authority, implicitTls: true, cancel);
        await client.ReadLineAsync(cancel);
        var plain = Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0{DemoAccounts.Ami.Address}\0{DemoAccounts.Ami.Password}"));
        await client.SendAsync("a1 AUTHENTICATE PLAIN", cancel);
        if (await client.ReadLineAsync(cancel) is not ['+', ..] and var refused) throw new IOException($"IMAP: AUTHENTICATE was answered {refused}");
        await ImapAsync(client, plain, "a1", cancel, shown: "AUTHENTICATE");
        await ImapAsync(client, "a2 SELECT INBOX", "a2", cancel);
        return client;
    }

    private async Task FetchAsync(WireClient client, CancellationToken cancel)
    {
        await ImapAsync(client, "a8 NOOP", "a8", cancel); // the selected mailbox learns of new mail between commands (RFC 9051 §6.1.2)
        var found = await ImapAsync(client, $"a3 UID SEARCH HEADER Message-ID {token}@demo.test", "a3", cancel);
        uid = found.Find(line => line.StartsWith("* SEARCH ", StringComparison.Ordinal))?["* SEARCH ".Length..]
            ?? throw new IOException("IMAP: the message is not in the inbox");
        RequireMessage("IMAP", await ImapAsync(client, $"a4 UID FETCH {uid} (BODY.PEEK[])", "a4", cancel));
    }

    /// <summary>So that a demo started often does not fill up with test messages.</summary>
    private async Task RemoveAsync(WireClient client, CancellationToken cancel)
    {
        await ImapAsync(client, $"a5 UID STORE {uid} +FLAGS.SILENT (\\Deleted)", "a5", cancel);
        await ImapAsync(client, $"a6 UID EXPUNGE {uid}", "a6", cancel);
    }

    private async Task RetrieveAsync(CancellationToken cancel)
    {
        await using var client = await WireClient.ConnectAsync(ports.Pop3s, authority, implicitTls: true, cancel);
        await PopAsync(client, null, cancel);
        await PopAsync(client, $"USER {DemoAccounts.Ami.Address}", cancel);
        await PopAsync(client, $"PASS {DemoAccounts.Ami.Password}", cancel, shown: "PASS");
        var last = (await PopAsync(client, "STAT", cancel)).Split(' ')[1];
        await PopAsync(client, $"RETR {last}", cancel);
        RequireMessage("POP3", await client.ReadUntilAsync(line => line == ".", cancel));
        await PopAsync(client, "QUIT", cancel);
    }

    private void RequireMessage(string protocol, List<string> lines)
    {
        var dot = protocol == "POP3" ? "..a line with a dot" : ".a line with a dot";
        if (!lines.Contains($"Self-test {token}") || !lines.Contains(dot)) throw new IOException($"{protocol}: the message came out changed");
    }

    private static async Task SmtpAsync(WireClient client, string? line, string expected, CancellationToken cancel, string? shown = null)
    {
        if (line is not null) await client.SendAsync(line, cancel);
        var answer = (await client.ReadUntilAsync(text => text.Length < 4 || text[3] != '-', cancel))[^1];
        if (!answer.StartsWith(expected, StringComparison.Ordinal)) throw new IOException($"SMTP: {shown ?? line ?? "the connection"} was answered {answer}");
    }

    private static async Task<List<string>> ImapAsync(WireClient client, string line, string tag, CancellationToken cancel, string? shown = null)
    {
        await client.SendAsync(line, cancel);
        var lines = await client.ReadUntilAsync(text => text.StartsWith(tag + " ", StringComparison.Ordinal), cancel);
        if (!lines[^1].StartsWith($"{tag} OK", StringComparison.Ordinal)) throw new IOException($"IMAP: {shown ?? line} was answered {lines[^1]}");
        return lines;
    }

    private static async Task<string> PopAsync(WireClient client, string? line, CancellationToken cancel, string? shown = null)
    {
        if (line is not null) await client.SendAsync(line, cancel);
        var answer = await client.ReadLineAsync(cancel);
        if (!answer.StartsWith("+OK", StringComparison.Ordinal)) throw new IOException($"POP3: {shown ?? line ?? "the connection"} was answered {answer}");
        return answer;
    }
}
