using System.Globalization;
using System.Text;
using Facteur.Accounts;

namespace Facteur.Web.Testing;

/// <summary>What a mail program says on a port, up to the login and a first look; nothing is read, changed or sent.</summary>
internal static class TestConversation
{
    /// <summary>Up to where TLS begins: the greeting and, on ports of STARTTLS, the command for it.</summary>
    public static async ValueTask OpenAsync(TestConnection connection, MailProtocol protocol, bool isTls, string host, CancellationToken cancel)
    {
        if (isTls) return;
        await GreetAsync(connection, protocol, host, cancel);
        switch (protocol)
        {
            case MailProtocol.Imap: await ImapAsync(connection, "t1 STARTTLS", "t1", "Tls", cancel); break;
            case MailProtocol.Pop3: await PopAsync(connection, "STLS", "Tls", cancel); break;
            default: await SmtpAsync(connection, "STARTTLS", "220", "Tls", cancel); break;
        }
    }

    /// <summary>The greeting, where it comes under TLS.</summary>
    public static ValueTask GreetAsync(TestConnection connection, MailProtocol protocol, string host, CancellationToken cancel) => protocol switch
    {
        MailProtocol.Imap => ExpectAsync(connection, "* OK", cancel),
        MailProtocol.Pop3 => ExpectAsync(connection, "+OK", cancel),
        _ => SubmissionGreetingAsync(connection, host, cancel),
    };

    /// <summary>Logs in; the answer is that of the server.</summary>
    public static async ValueTask LogInAsync(TestConnection connection, MailProtocol protocol, string host, string user, string password, CancellationToken cancel)
    {
        var plain = Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0{user}\0{password}")); // RFC 4616 §2
        switch (protocol)
        {
            case MailProtocol.Imap:
                await ImapAsync(connection, "t2 AUTHENTICATE PLAIN " + plain, "t2", "Login", cancel); // RFC 4959
                break;
            case MailProtocol.Pop3:
                await PopAsync(connection, "AUTH PLAIN " + plain, "Login", cancel); // RFC 5034 §4
                break;
            default:
                if (connection.Protocol.Length > 0) await SmtpAsync(connection, "EHLO " + host, "250", "Login", cancel); // RFC 3207 §4.2: anew under TLS
                await SmtpAsync(connection, "AUTH PLAIN " + plain, "235", "Login", cancel);
                break;
        }
    }

    /// <summary>What a program shows first: folders, messages, or that mail would be taken.</summary>
    public static async ValueTask<TestWords> LookAsync(TestConnection connection, MailProtocol protocol, CancellationToken cancel)
    {
        switch (protocol)
        {
            case MailProtocol.Imap:
                var folders = (await ImapAsync(connection, "t3 LIST \"\" \"*\"", "t3", "Content", cancel)).Count(line => line.StartsWith("* LIST ", StringComparison.Ordinal));
                return new TestWords("Test.Folders", folders);
            case MailProtocol.Pop3:
                var status = await PopAsync(connection, "STAT", "Content", cancel);
                return new TestWords("Test.Messages", status.Split(' ') is [_, var count, ..] && int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var messages) ? messages : 0);
            default:
                await SmtpAsync(connection, "NOOP", "250", "Content", cancel);
                return new TestWords("Test.MaySend");
        }
    }

    /// <summary>Says goodbye; what comes of it does not matter any more.</summary>
    public static async ValueTask LeaveAsync(TestConnection connection, MailProtocol protocol, CancellationToken cancel)
    {
        await connection.SendAsync(protocol == MailProtocol.Imap ? "t9 LOGOUT" : "QUIT", cancel);
        await connection.ReadAsync(cancel);
    }

    private static async ValueTask SubmissionGreetingAsync(TestConnection connection, string host, CancellationToken cancel)
    {
        await SmtpAsync(connection, null, "220", "Greeting", cancel);
        await SmtpAsync(connection, "EHLO " + host, "250", "Greeting", cancel);
    }

    private static async ValueTask ExpectAsync(TestConnection connection, string start, CancellationToken cancel)
    {
        var line = await connection.ReadAsync(cancel);
        if (!line.StartsWith(start, StringComparison.Ordinal)) throw new TestFailedException(new TestWords("Test.Cause.Greeting", line));
    }

    private static async ValueTask<List<string>> ImapAsync(TestConnection connection, string line, string tag, string step, CancellationToken cancel)
    {
        const int maxLines = 20_000;
        await connection.SendAsync(line, cancel);
        var lines = new List<string>();
        do lines.Add(await connection.ReadAsync(cancel));
        while (!lines[^1].StartsWith(tag + " ", StringComparison.Ordinal) && lines.Count < maxLines);
        return lines[^1].StartsWith(tag + " OK", StringComparison.Ordinal) ? lines : throw new TestFailedException(new TestWords("Test.Cause." + step, lines[^1].StartsWith(tag, StringComparison.Ordinal) ? lines[^1][(tag.Length + 1)..] : lines[^1]));
    }

    private static async ValueTask<string> PopAsync(TestConnection connection, string line, string step, CancellationToken cancel)
    {
        await connection.SendAsync(line, cancel);
        var answer = await connection.ReadAsync(cancel);
        return answer.StartsWith("+OK", StringComparison.Ordinal) ? answer : throw new TestFailedException(new TestWords("Test.Cause." + step, answer));
    }

    private static async ValueTask SmtpAsync(TestConnection connection, string? line, string expected, string step, CancellationToken cancel)
    {
        if (line is not null) await connection.SendAsync(line, cancel);
        string answer;
        do answer = await connection.ReadAsync(cancel);
        while (answer.Length > 3 && answer[3] == '-');
        if (!answer.StartsWith(expected, StringComparison.Ordinal)) throw new TestFailedException(new TestWords("Test.Cause." + step, answer));
    }
}
