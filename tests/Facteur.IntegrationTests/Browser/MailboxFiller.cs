using System.Globalization;
using System.Text;

namespace Facteur.IntegrationTests.Browser;

/// <summary>A message as tests write it.</summary>
/// <param name="Thread">Message-ID of the one it answers, without angle brackets; null for none.</param>
internal sealed record TestMessage(string Subject, string From = "Ben Martin <ben@example.test>", string Text = "Hello.", string? Id = null, string? Thread = null)
{
    public DateTimeOffset Date { get; init; } = TimeProvider.System.GetUtcNow().AddMinutes(-5);
    public string Flags { get; init; } = "";
    public string ContentType { get; init; } = "text/plain; charset=utf-8";
    public string To { get; init; } = "anna@demo.test";

    /// <summary>Lines of the header beside the usual ones, each with its CRLF.</summary>
    public string More { get; init; } = "";

    public string Write()
    {
        var answers = Thread is null ? "" : $"In-Reply-To: <{Thread}>\r\nReferences: <{Thread}>\r\n";
        var date = Date.ToString("ddd, dd MMM yyyy HH:mm:ss +0000", CultureInfo.InvariantCulture);
        return $"From: {From}\r\nTo: {To}\r\nSubject: {Subject}\r\nDate: {date}\r\nMessage-ID: <{Id ?? Guid.NewGuid().ToString("N") + "@example.test"}>\r\n{answers}{More}MIME-Version: 1.0\r\nContent-Type: {ContentType}\r\n\r\n{Text}\r\n";
    }
}

/// <summary>Puts messages into an account as other programs do: by IMAP what lies there, by LMTP what arrives.</summary>
internal sealed class MailboxFiller(FacteurServer server, string address, string password)
{
    public string Address => address;

    public Task AppendAsync(params TestMessage[] messages) => AppendToAsync("INBOX", messages);

    public async Task AppendToAsync(string mailbox, params TestMessage[] messages)
    {
        await using var imap = await OpenAsync();
        foreach (var message in messages)
        {
            var octets = message.Write();
            var at = message.Date.ToString("dd-MMM-yyyy HH:mm:ss +0000", CultureInfo.InvariantCulture);
            await imap.ImapAsync(string.Create(CultureInfo.InvariantCulture, $"APPEND \"{mailbox}\" ({message.Flags}) \"{at}\" {{{Encoding.UTF8.GetByteCount(octets)}+}}\r\n{octets}"));
        }
    }

    /// <summary>Messages "Message 1" (oldest) to "Message N", a minute apart.</summary>
    public Task AppendManyAsync(int count, string mailbox = "INBOX")
    {
        var now = TimeProvider.System.GetUtcNow();
        return AppendToAsync(mailbox, [.. Enumerable.Range(1, count).Select(number => new TestMessage(string.Create(CultureInfo.InvariantCulture, $"Message {number}")) { Date = now.AddMinutes(number - count - 1) })]);
    }

    public async Task ImapAsync(params string[] commands)
    {
        await using var imap = await OpenAsync();
        foreach (var command in commands) await imap.ImapAsync(command);
    }

    /// <summary>A message arrives: by LMTP from a program of the house, which nobody judges, or by SMTP from outside.</summary>
    public async Task DeliverAsync(TestMessage message, string listener = "lmtp")
    {
        await using var lmtp = await TestClient.ConnectAsync(server.Port(listener));
        await lmtp.ExpectAsync("220");
        await lmtp.CommandAsync(listener == "lmtp" ? "LHLO test" : "EHLO test", "250");
        await lmtp.CommandAsync("MAIL FROM:<ben@example.test>", "250");
        await lmtp.CommandAsync($"RCPT TO:<{address}>", "250");
        await lmtp.CommandAsync("DATA", "354");
        await lmtp.CommandAsync(message.Write() + ".", "250");
    }

    private async Task<TestClient> OpenAsync()
    {
        var imap = await TestClient.ConnectAsync(server.Port("imap"));
        await imap.ReadLineAsync();
        await imap.ImapAsync($"LOGIN {address} {password}");
        return imap;
    }
}
