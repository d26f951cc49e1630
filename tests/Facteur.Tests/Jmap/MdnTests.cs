using System.Text;
using System.Text.Json;
using Facteur.Mail;
using Facteur.Storage;
using Facteur.Storage.Queue;

namespace Facteur.Tests.Jmap;

/// <summary>Receipts (RFC 9007, RFC 8098).</summary>
public sealed class MdnTests
{
    private const string Asking = """
        From: Joe <joe@example.org>
        To: ada@example.com
        Subject: World domination
        Message-ID: <199509192301.23456@example.org>
        Disposition-Notification-To: Joe <joe@example.org>
        Original-Recipient: rfc822;Ada@example.com

        Today.

        """;

    private static string Send(JmapHarness jmap, string email, string more = "", string success = "\"keywords/$mdnsent\": true", string identity = "i0") => $$$"""
        [["MDN/send", {
          "accountId": "{{{jmap.AccountId}}}",
          "identityId": "{{{identity}}}",
          "send": {
            "k1546": {
              "forEmailId": "{{{email}}}",
              "subject": "Read receipt for: World domination",
              "textBody": "This receipt shows that the email has been displayed on your recipient's computer. There is no guarantee it has been read or understood.",
              "reportingUA": "joes-pc.cs.example.com; Foomail 97.1",
              "disposition": {"actionMode": "manual-action", "sendingMode": "mdn-sent-manually", "type": "displayed"},
              "extension": {"EXTENSION-EXAMPLE": "example.com"}
              {{{more}}}
            }
          },
          "onSuccessUpdateEmail": {"#k1546": { {{{success}}} } }
        }, "0"]]
        """;

    private static async Task<string> MessageAsync(JmapHarness jmap, string? message = null) => Facteur.Jmap.JmapIds.Of(await jmap.DeliverAsync(message ?? Asking));

    private static async Task<string?> RefusedAsync(JmapHarness jmap, string request)
    {
        var answer = Assert.Single((await jmap.RequestAsync(request)).GetProperty("methodResponses").EnumerateArray())[1];
        Assert.Equal(JsonValueKind.Null, answer.GetProperty("sent").ValueKind);
        return answer.GetProperty("notSent").GetProperty("k1546").GetProperty("type").GetString();
    }

    // RFC 9007 §3.1: the receipt, then the implicit Email/set; the second time mdnAlreadySent.
    [Fact]
    public async Task The_example_of_the_RFC()
    {
        await using var jmap = await JmapHarness.StartAsync();
        var email = await MessageAsync(jmap);
        var answers = (await jmap.RequestAsync(Send(jmap, email))).GetProperty("methodResponses");
        Assert.Equal(["MDN/send", "Email/set"], answers.EnumerateArray().Select(answer => answer[0].GetString()));
        Assert.Equal(
            """{"k1546":{"includeOriginalMessage":false,"originalRecipient":"rfc822;Ada@example.com","finalRecipient":"rfc822; ada@example.com","originalMessageId":"<199509192301.23456@example.org>"}}""",
            answers[0][1].GetProperty("sent").GetRawText());
        Assert.Equal(JsonValueKind.Null, answers[0][1].GetProperty("notSent").ValueKind);
        Assert.Equal(email, Assert.Single(answers[1][1].GetProperty("updated").EnumerateObject()).Name);
        var queued = Assert.Single(await jmap.Store.Queue.ListAsync(new QueueFilter(), null, 10, default));
        Assert.Equal(("", "joe@example.org", DsnNotify.Never), (queued.Message.Sender, queued.Recipient.Address, queued.Recipient.Notify));
        var sent = await jmap.SentAsync(queued.Message);
        Assert.Contains("Content-Type: multipart/report; report-type=disposition-notification;", sent.ReplaceLineEndings("\n").Replace("\n ", " ", StringComparison.Ordinal).Replace("\n\t", " ", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains(
            "Reporting-UA: joes-pc.cs.example.com; Foomail 97.1\r\nOriginal-Recipient: rfc822;Ada@example.com\r\nFinal-Recipient: rfc822; ada@example.com\r\n"
            + "Original-Message-ID: <199509192301.23456@example.org>\r\nDisposition: manual-action/MDN-sent-manually; displayed\r\nEXTENSION-EXAMPLE: example.com\r\n", sent, StringComparison.Ordinal);
        Assert.Contains("Auto-Submitted: auto-replied\r\n", sent, StringComparison.Ordinal);
        Assert.Contains("References: <199509192301.23456@example.org>\r\n", sent, StringComparison.Ordinal);
        Assert.DoesNotContain("Today.", sent, StringComparison.Ordinal);
        Assert.Equal("mdnAlreadySent", await RefusedAsync(jmap, Send(jmap, email)));
        Assert.Single(await jmap.Store.Queue.ListAsync(new QueueFilter(), null, 10, default));
    }

    [Fact]
    public async Task A_receipt_is_sent_for_messages_that_ask_for_one_and_under_addresses_of_the_account()
    {
        await using var jmap = await JmapHarness.StartAsync();
        var email = await MessageAsync(jmap);
        Assert.Equal("notFound", await RefusedAsync(jmap, Send(jmap, "e99")));
        Assert.Equal("notFound", await RefusedAsync(jmap, Send(jmap, await MessageAsync(jmap, "From: joe@example.org\n\nx\n"))));
        Assert.Equal("notFound", await RefusedAsync(jmap, Send(jmap, await MessageAsync(jmap, "From: joe@example.org\nDisposition-Notification-To: joe\n\nx\n"))));
        Assert.Equal("forbidden", await RefusedAsync(jmap, Send(jmap, await MessageAsync(jmap, "From: joe@example.org\nDisposition-Notification-To: joe@example.org\nContent-Type: multipart/report; boundary=x\n\n--x--\n"))));
        Assert.Equal("forbiddenFrom", await RefusedAsync(jmap, Send(jmap, email, """, "finalRecipient": "rfc822; joe@example.com" """)));
        Assert.Equal("invalidProperties", await RefusedAsync(jmap, Send(jmap, email).Replace("manual-action", "x", StringComparison.Ordinal)));
        Assert.Equal("invalidProperties", await RefusedAsync(jmap, Send(jmap, email, """, "extensionFields": {"Disposition": "x"}""")));
        Assert.Equal("invalidProperties", await RefusedAsync(jmap, Send(jmap, email, ", \"extensionFields\": {\"X-Y\": \"a\\r\\nb\"}")));
        Assert.Equal("invalidProperties", await RefusedAsync(jmap, Send(jmap, email, """, "mdnGateway": "x" """)));
        foreach (var request in new[] { Send(jmap, email, success: "\"keywords/$seen\": true"), Send(jmap, email, identity: "i7") })
            Assert.Equal("invalidArguments", (await jmap.RequestAsync(request)).GetProperty("methodResponses")[0][1].GetProperty("type").GetString());
        Assert.Empty(await jmap.Store.Queue.ListAsync(new QueueFilter(), null, 10, default));
        Assert.Equal(JsonValueKind.Object, (await jmap.RequestAsync(Send(jmap, email, """, "finalRecipient": "ada+x@example.com" """, """ "keywords": {"$mdnsent": true}"""))).GetProperty("methodResponses")[0][1].GetProperty("sent").ValueKind);
    }

    [Fact]
    public async Task A_receipt_that_cannot_leave_may_be_sent_later()
    {
        await using var jmap = await JmapHarness.StartAsync();
        var email = await MessageAsync(jmap);
        await jmap.Store.Settings.SetAsync(SettingScope.Of(jmap.Ada.Id), "limits", """{"messagesPerDay": 1}"""u8.ToArray(), default);
        await jmap.SendAsync(await jmap.DraftAsync("From: ada@example.com\nTo: jane@example.org\n\nx\n"));
        Assert.Equal("rateLimit", await RefusedAsync(jmap, Send(jmap, email)));
        await jmap.Store.Settings.SetAsync(SettingScope.Of(jmap.Ada.Id), "limits", null, default);
        Assert.Equal(JsonValueKind.Object, (await jmap.RequestAsync(Send(jmap, email))).GetProperty("methodResponses")[0][1].GetProperty("sent").ValueKind);
    }

    [Fact]
    public async Task What_the_client_leaves_out_is_written_in_the_language_of_the_account()
    {
        await using var jmap = await JmapHarness.StartAsync();
        await jmap.Accounts.SetAccountLocaleAsync("ada@example.com", "fr", default);
        var email = await MessageAsync(jmap);
        var request = $$$"""
            [["MDN/send", {"accountId": "{{{jmap.AccountId}}}", "identityId": "i0", "send": {"k": {"forEmailId": "{{{email}}}", "includeOriginalMessage": true,
              "disposition": {"actionMode": "manual-action", "sendingMode": "mdn-sent-manually", "type": "displayed"} } }, "onSuccessUpdateEmail": {"#k": {"keywords/$mdnsent": true} } }, "0"]]
            """;
        var sent = (await jmap.RequestAsync(request)).GetProperty("methodResponses")[0][1].GetProperty("sent").GetProperty("k");
        Assert.Equal("Lu : World domination", sent.GetProperty("subject").GetString());
        Assert.StartsWith("Votre message à ada@example.com a été affiché", sent.GetProperty("textBody").GetString(), StringComparison.Ordinal);
        var message = await jmap.SentAsync(Assert.Single(await jmap.Store.Queue.ListAsync(new QueueFilter(), null, 10, default)).Message);
        Assert.Contains("Content-Type: message/rfc822\r\n", message, StringComparison.Ordinal);
        Assert.Contains("Today.", message, StringComparison.Ordinal);
    }

    // RFC 9007 §3.3.
    [Fact]
    public async Task A_receipt_is_read_and_bound_to_its_message()
    {
        await using var jmap = await JmapHarness.StartAsync();
        var original = await jmap.DeliverAsync("From: ada@example.com\nTo: john@example.com\nMessage-ID: <199509192301.23456@example.org>\nSubject: World domination\n\nx\n", "Sent");
        var receipt = await jmap.DeliverAsync("""
            From: john@example.com
            To: ada@example.com
            Subject: Read receipt for: World domination
            In-Reply-To: <199509192301.23456@example.org>
            MIME-Version: 1.0
            Content-Type: multipart/report; report-type=disposition-notification; boundary=b

            --b

            This receipt shows that the email has been displayed.
            --b
            Content-Type: message/disposition-notification

            Reporting-UA: joes-pc.cs.example.com; Foomail 97.1
            Final-Recipient: rfc822; john@example.com
            Original-Message-ID: <199509192301.23456@example.org>
            Disposition: Manual-Action/MDN-sent-manually; Displayed
            X-More: =?utf-8?q?=C3=A9t=C3=A9?=

            --b--

            """);
        var other = await jmap.DeliverAsync("From: x@example.org\n\nx\n");
        var (blob, plain) = (Facteur.Jmap.JmapBlobId.Of(receipt).ToString(), Facteur.Jmap.JmapBlobId.Of(other).ToString());
        var answer = await jmap.CallAsync("MDN/parse", $$"""{"blobIds": ["{{blob}}", "{{plain}}", "e999"]}""");
        var mdn = answer.GetProperty("parsed").GetProperty(blob);
        Assert.Equal(
            $$$"""{"forEmailId":"{{{Facteur.Jmap.JmapIds.Of(original)}}}","subject":"Read receipt for: World domination","textBody":"This receipt shows that the email has been displayed.","includeOriginalMessage":false,"reportingUA":"joes-pc.cs.example.com; Foomail 97.1","disposition":{"actionMode":"manual-action","sendingMode":"mdn-sent-manually","type":"displayed"},"mdnGateway":null,"originalRecipient":null,"finalRecipient":"rfc822; john@example.com","originalMessageId":"<199509192301.23456@example.org>","error":null,"extensionFields":{"X-More":"été"} """.TrimEnd() + "}",
            mdn.GetRawText());
        Assert.Equal($"[\"{plain}\"]", answer.GetProperty("notParsable").GetRawText());
        Assert.Equal("[\"e999\"]", answer.GetProperty("notFound").GetRawText());
        Assert.Equal(JsonValueKind.Null, (await jmap.CallAsync("MDN/parse", """{"blobIds": []}""")).GetProperty("parsed").ValueKind);
        await jmap.CallAsync("MDN/parse", "{}", error: "invalidArguments");
    }

    [Theory]
    [InlineData("Disposition: manual-action/MDN-sent-manually; displayed", false)]
    [InlineData("Final-Recipient: rfc822; a@b\nDisposition: manual-action; displayed", false)]
    [InlineData("Final-Recipient: rfc822; a@b\nDisposition: manual-action/MDN-sent-manually; eaten", false)]
    [InlineData("final-recipient : rfc822; a@b\nDISPOSITION:automatic-action/mdn-sent-automatically;\n deleted/error\nError: no\nError: more", true)]
    public void Fields_are_read_as_they_are_met(string lines, bool isRead)
    {
        var read = DispositionNotification.Read(Encoding.UTF8.GetBytes(lines.ReplaceLineEndings("\r\n") + "\r\n"));
        Assert.Equal(isRead, read is not null);
        if (read is null) return;
        Assert.Equal(("rfc822; a@b", "automatic-action", "mdn-sent-automatically", "deleted"), (read.FinalRecipient, read.ActionMode, read.SendingMode, read.Type));
        Assert.Equal(["no", "more"], read.Errors);
    }

    [Fact]
    public void What_is_written_is_read_as_it_was()
    {
        var fields = new DispositionNotification
        {
            ReportingUa = "facteur; Été", Gateway = "x400; gw", OriginalRecipient = "rfc822;a@b", FinalRecipient = "rfc822; c@d", OriginalMessageId = "<1@a>",
            ActionMode = "automatic-action", SendingMode = "mdn-sent-manually", Type = "processed", Errors = ["one\r\ntwo"], Extensions = [new("X-A", "b")],
        };
        var read = DispositionNotification.Read(fields.Write().Span)!;
        Assert.Equal(fields with { Errors = read.Errors, Extensions = read.Extensions }, read);
        Assert.Equal("one  two", Assert.Single(read.Errors));
        Assert.Equal(new KeyValuePair<string, string>("X-A", "b"), Assert.Single(read.Extensions));
    }
}
