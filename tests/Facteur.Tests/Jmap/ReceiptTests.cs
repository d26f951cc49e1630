using System.Net;
using System.Text;
using System.Text.Json;
using Facteur.Accounts;
using Facteur.Delivery.Bounces;
using Facteur.Delivery.Tracing;
using Facteur.Jmap;
using Facteur.Smtp;
using Facteur.Storage;

namespace Facteur.Tests.Jmap;

/// <summary>Receipts that come in (RFC 8098) for what was sent through JMAP (mdnBlobIds and "displayed", RFC 8621 §7).</summary>
public sealed class ReceiptTests
{
    private static string Receipt(string from, string messageId, string final, string type = "displayed", string original = "") => $"""
        From: {from}
        To: ada@example.com
        Subject: Read: later
        Message-ID: <{Guid.NewGuid():N}@example.org>
        Date: Sat, 14 Mar 2026 10:00:00 +0000
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type=disposition-notification; boundary=b

        --b
        Content-Type: text/plain

        It was displayed.

        --b
        Content-Type: message/disposition-notification

        Reporting-UA: pc.example.org; Mail 1.0
        {original}Final-Recipient: rfc822; {final}
        Original-Message-ID: <{messageId}>
        Disposition: manual-action/MDN-sent-manually; {type}

        --b--

        """.ReplaceLineEndings("\r\n");

    /// <summary>A message comes in from another host.</summary>
    private static async Task<EmailId> ReceiveAsync(SendingServer server, string message, string? sender = null, string to = "ada@example.com", AccountRecord? by = null)
    {
        var nowhere = new IPEndPoint(IPAddress.Loopback, 0);
        EnvelopeAddress? from = sender is not null && EnvelopeAddress.TryParse(sender, out var parsed) ? parsed : null;
        Assert.True(EnvelopeAddress.TryParse(to, out var recipient));
        var envelope = new Envelope { Id = $"r-{Guid.NewGuid():N}", Sender = from };
        await using var transaction = server.Handoff.Open(new SmtpPeer(
            by is null ? SmtpMode.Mx : SmtpMode.Submission, "c", nowhere, nowhere, "mx.example.org", true, "TLS1.3", null, by is null ? null : new Account(by.Id, by.Address, by.DisplayName)), envelope);
        var one = new EnvelopeRecipient(recipient, Facteur.Mail.DsnNotify.Unstated, null);
        Assert.Null(await transaction.CheckSenderAsync(default) ?? await transaction.CheckRecipientAsync(one, default));
        envelope.Add(one);
        Assert.Null(await transaction.BeginMessageAsync(default));
        Assert.True(await transaction.WriteAsync(Encoding.UTF8.GetBytes(message), default));
        var verdict = await transaction.CompleteAsync(default);
        return Assert.Single(verdict.Receipt!.Entries).Email;
    }

    private static async Task<(string Id, string MessageId)> SendAsync(SendingServer server, string to)
    {
        var id = (await server.SendAsync(to)).GetProperty("id").GetString()!;
        await server.SettleAsync();
        var queued = (await server.QueueAsync()).First(one => one.Recipient.Address == to.Split(", ")[0]);
        return (id, queued.Message.MessageId);
    }

    private static string Displayed(JsonElement submission, string recipient) => submission.GetProperty("deliveryStatus").GetProperty(recipient).GetProperty("displayed").GetString()!;

    [Theory]
    [InlineData(null)]
    [InlineData("jane@example.org")] // programs that cannot send with the empty reverse-path
    public async Task A_receipt_is_bound_to_the_submission_that_it_answers(string? sender)
    {
        await using var server = await SendingServer.StartAsync();
        var (id, messageId) = await SendAsync(server, "jane@example.org, carl@example.org");
        var state = (await server.CallAsync("EmailSubmission/get", "\"ids\": []")).GetProperty("state").GetString();
        var email = await ReceiveAsync(server, Receipt("Jane <jane@example.org>", messageId, "jane@example.org"), sender);
        var submission = await server.GetAsync(id);
        Assert.Equal(("yes", "unknown"), (Displayed(submission, "jane@example.org"), Displayed(submission, "carl@example.org")));
        Assert.Equal([JmapBlobId.Of(email).ToString()], submission.GetProperty("mdnBlobIds").Strings());
        Assert.Empty(submission.GetProperty("dsnBlobIds").Strings());
        var changes = await server.CallAsync("EmailSubmission/changes", $"\"sinceState\": \"{state}\"");
        Assert.Equal([id], changes.GetProperty("updated").Strings());
        // The owner reads it in the trace; the message was delivered all the same.
        var rows = await server.Store.Trace.FindAsync(new TraceQuery { Account = server.Ada.Id, MessageId = messageId }, 100, default);
        var row = Assert.Single(rows, one => one.Kind == TraceKind.ReportReceived);
        Assert.Contains("jane@example.org", TraceText.Of(row, System.Globalization.CultureInfo.GetCultureInfo("fr")), StringComparison.Ordinal);
        Assert.Contains("l’a ouvert", TraceText.Of(row, System.Globalization.CultureInfo.GetCultureInfo("fr")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Forged_receipts_and_those_for_others_bind_to_nothing()
    {
        await using var server = await SendingServer.StartAsync();
        var (id, messageId) = await SendAsync(server, "jane@example.org, carl@example.org");
        // Another recipient says what Jane did.
        await ReceiveAsync(server, Receipt("carl@example.org", messageId, "jane@example.org"));
        await ReceiveAsync(server, Receipt("carl@example.org", messageId, "jane@example.org"), "carl@example.org");
        // From her, sent by somebody else.
        await ReceiveAsync(server, Receipt("jane@example.org", messageId, "jane@example.org"), "mallory@example.net");
        // Somebody whom nothing was sent to, another message, no message.
        await ReceiveAsync(server, Receipt("eve@example.org", messageId, "eve@example.org"));
        await ReceiveAsync(server, Receipt("jane@example.org", "other@example.com", "jane@example.org"));
        await ReceiveAsync(server, Receipt("jane@example.org", "", "jane@example.org"));
        // To another account than the one that sent it.
        await ReceiveAsync(server, Receipt("jane@example.org", messageId, "jane@example.org"), null, "bob@example.com");
        // A word that means nothing.
        await ReceiveAsync(server, Receipt("jane@example.org", messageId, "jane@example.org", "burnt"));
        var submission = await server.GetAsync(id);
        Assert.Equal(("unknown", "unknown"), (Displayed(submission, "jane@example.org"), Displayed(submission, "carl@example.org")));
        Assert.Empty(submission.GetProperty("mdnBlobIds").Strings());
        // What was deleted was not displayed: the receipt is named all the same.
        await ReceiveAsync(server, Receipt("jane@example.org", messageId, "jane@inner.example.org", "deleted", "Original-Recipient: rfc822; jane@example.org\r\n"));
        submission = await server.GetAsync(id);
        Assert.Equal("unknown", Displayed(submission, "jane@example.org"));
        Assert.Single(submission.GetProperty("mdnBlobIds").Strings());
    }

    [Fact]
    public async Task A_receipt_of_somebody_here_is_bound_too()
    {
        await using var server = await SendingServer.StartAsync();
        var eve = (await server.Accounts.AddAccountAsync("eve@example.com", "eve", "correct horse battery", default)).Account;
        var id = (await server.SendAsync("bob@example.com, jane@example.org", messageId: "m1@example.com")).GetProperty("id").GetString()!;
        var alone = (await server.SendAsync("bob@example.com", messageId: "m2@example.com")).GetProperty("id").GetString()!;
        await server.SettleAsync();
        var state = (await server.CallAsync("EmailSubmission/get", "\"ids\": []")).GetProperty("state").GetString();
        // Who did not get it answers nothing, and neither does a receipt for somebody else's message.
        await ReceiveAsync(server, Receipt("eve@example.com", "m1@example.com", "bob@example.com"), by: eve);
        await ReceiveAsync(server, Receipt("bob@example.com", "m1@example.com", "bob@example.com"), to: "eve@example.com", by: server.Bob);
        Assert.Equal("unknown", Displayed(await server.GetAsync(id), "bob@example.com"));
        foreach (var (submission, messageId) in new[] { (id, "m1@example.com"), (alone, "m2@example.com") })
        {
            var receipt = await ReceiveAsync(server, Receipt("bob@example.com", messageId, "bob@example.com"), by: server.Bob);
            var told = await server.GetAsync(submission);
            Assert.Equal(("yes", "yes"), (told.GetProperty("deliveryStatus").GetProperty("bob@example.com").GetProperty("delivered").GetString(), Displayed(told, "bob@example.com")));
            Assert.Equal([JmapBlobId.Of(receipt).ToString()], told.GetProperty("mdnBlobIds").Strings());
        }
        Assert.Equal("unknown", Displayed(await server.GetAsync(id), "jane@example.org"));
        var changes = await server.CallAsync("EmailSubmission/changes", $"\"sinceState\": \"{state}\"");
        Assert.Equal([id, alone], changes.GetProperty("updated").Strings());
    }

    [Fact]
    public void What_is_written_in_a_receipt_never_throws()
    {
        var whole = Encoding.UTF8.GetBytes(Receipt("jane@example.org", "a@b", "jane@example.org"));
        Assert.True(ReportReader.Read(whole)!.IsReceipt);
        for (var length = 0; length < whole.Length; length += 3) ReportReader.Read(whole.AsSpan(0, length));
        var random = new Random(8098);
        for (var round = 0; round < 300; round++)
        {
            var broken = (byte[])whole.Clone();
            for (var i = 0; i < 5; i++) broken[random.Next(broken.Length)] = (byte)random.Next(256);
            ReportReader.Read(broken);
        }
    }
}
