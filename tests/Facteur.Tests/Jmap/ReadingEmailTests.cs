using System.Globalization;
using System.Text;
using System.Text.Json;
using Facteur.Jmap;
using Facteur.Mail;
using Facteur.Storage;
using Facteur.Storage.Emails;
using Facteur.Tests.Mail.Structure;
using Facteur.Tests.Support;

namespace Facteur.Tests.Jmap;

/// <summary>Email/get and Thread/get over the store, RFC 8621 §3.1 and §4.2.</summary>
public class ReadingEmailTests
{
    private const string Dinner = """
        From: Joe Bloggs <joe@example.com>
        To: =?utf-8?q?Ren=C3=A9?= <rene@example.com>, "Doe, Jane" <jane@example.com>
        Subject: Dinner on Thursday?
        Message-ID: <1@example.com>
        In-Reply-To: <0@example.com>
        Date: Sun, 13 Oct 2013 16:12:00 +0200
        List-Post: <mailto:partytime@lists.example.com>
        MIME-Version: 1.0
        Content-Type: multipart/mixed; boundary=b

        --b
        Content-Type: text/html; charset=utf-8
        Content-Transfer-Encoding: quoted-printable

        <html><body><p>Hello caf=C3=A9 </p><p>
        --b
        Content-Type: text/plain

        -- Sent by your friendly mailing list
        --b--
        """;

    // The request of RFC 8621 §4.2.1.
    [Fact]
    public async Task The_example_of_the_RFC()
    {
        await using var jmap = await JmapHarness.StartAsync();
        var email = await jmap.DeliverAsync(Dinner, at: new DateTimeOffset(2013, 10, 13, 14, 12, 0, TimeSpan.Zero));
        var inbox = (await jmap.Store.FindMailboxAsync(jmap.Ada.Id, "INBOX", default))!;
        var answer = await jmap.CallAsync("Email/get", $$"""
            {"ids": [ "f123u456", "e{{email.Value}}" ],
             "properties": [ "threadId", "mailboxIds", "from", "subject", "receivedAt", "header:List-POST:asURLs", "htmlBody", "bodyValues" ],
             "bodyProperties": [ "partId", "blobId", "size", "type" ],
             "fetchHTMLBodyValues": true,
             "maxBodyValueBytes": 256 }
            """);
        var thread = answer.GetProperty("list")[0].GetProperty("threadId").GetString();
        Assert.Equal(JsonText($$"""
            { "accountId": "{{jmap.AccountId}}", "state": "{{answer.GetProperty("state").GetString()}}",
              "list": [ {
                "id": "e{{email.Value}}", "threadId": "{{thread}}", "mailboxIds": { "m{{inbox.Id.Value}}": true },
                "from": [{ "name": "Joe Bloggs", "email": "joe@example.com" }],
                "subject": "Dinner on Thursday?",
                "receivedAt": "2013-10-13T14:12:00Z",
                "header:List-POST:asURLs": [ "mailto:partytime@lists.example.com" ],
                "htmlBody": [
                  { "partId": "1", "blobId": "e{{email.Value}}-1", "size": 34, "type": "text/html" },
                  { "partId": "2", "blobId": "e{{email.Value}}-2", "size": 37, "type": "text/plain" } ],
                "bodyValues": {
                  "1": { "value": "<html><body><p>Hello café </p><p>", "isEncodingProblem": false, "isTruncated": false },
                  "2": { "value": "-- Sent by your friendly mailing list", "isEncodingProblem": false, "isTruncated": false } }
              } ],
              "notFound": [ "f123u456" ] }
            """), JsonText(answer.GetRawText()));
    }

    // RFC 8621 §4.2: what is told unless asked otherwise.
    [Fact]
    public async Task The_default_properties()
    {
        await using var jmap = await JmapHarness.StartAsync();
        var email = await jmap.DeliverAsync(Dinner, flags: new FlagSet(MessageFlags.Seen | MessageFlags.Flagged, ["$Forwarded"]), at: new DateTimeOffset(2013, 10, 13, 14, 12, 0, 250, TimeSpan.Zero));
        var answer = (await jmap.CallAsync("Email/get", $$"""{"ids": ["e{{email.Value}}"]}""")).GetProperty("list")[0];
        var names = answer.EnumerateObject().Select(property => property.Name);
        Assert.Equal(EmailProperties.OfGet.Order(), names.Order());
        var keywords = answer.GetProperty("keywords").EnumerateObject().Select(keyword => keyword.Name).Order();
        Assert.Equal(["$flagged", "$forwarded", "$seen"], keywords);
        Assert.Equal($"e{email.Value}", answer.GetProperty("blobId").GetString());
        Assert.Equal(Dinner.ReplaceLineEndings("\r\n").Length, answer.GetProperty("size").GetInt32());
        Assert.Equal("2013-10-13T16:12:00+02:00", answer.GetProperty("sentAt").GetString());
        Assert.Equal("""["1@example.com"]""", answer.GetProperty("messageId").GetRawText());
        Assert.Equal("""["0@example.com"]""", answer.GetProperty("inReplyTo").GetRawText());
        Assert.Equal("""[{"name":"René","email":"rene@example.com"},{"name":"Doe, Jane","email":"jane@example.com"}]""", answer.GetProperty("to").GetRawText());
        foreach (var absent in (string[])["references", "sender", "cc", "bcc", "replyTo"]) Assert.Equal(JsonValueKind.Null, answer.GetProperty(absent).ValueKind);
        Assert.Equal("{}", answer.GetProperty("bodyValues").GetRawText());
        Assert.False(answer.GetProperty("hasAttachment").GetBoolean());
        Assert.Equal("Hello café", answer.GetProperty("preview").GetString());
        Assert.Equal(
            """{"partId":"1","blobId":"e1-1","size":34,"name":null,"type":"text/html","charset":"utf-8","disposition":null,"cid":null,"language":null,"location":null}""".Replace("e1", $"e{email.Value}", StringComparison.Ordinal),
            answer.GetProperty("textBody")[0].GetRawText());
    }

    [Fact]
    public async Task Ids_null_is_all_of_them_and_no_id_comes_twice()
    {
        await using var jmap = await JmapHarness.StartAsync(new JmapLimits { MaxObjectsInGet = 3 });
        var ids = new List<string>();
        for (var i = 0; i < 3; i++) ids.Add($"e{(await jmap.DeliverAsync($"Subject: {i}\n\n")).Value}");
        Assert.Equal(ids, Ids(await jmap.CallAsync("Email/get", """{"ids": null, "properties": []}""")));
        Assert.Equal(ids, Ids(await jmap.CallAsync("Email/get", """{"properties": ["subject"]}""")));
        var answer = await jmap.CallAsync("Email/get", $$"""{"ids": ["{{ids[2]}}", "x", "{{ids[0]}}", "{{ids[2]}}"], "properties": ["id", "subject"]}""", error: "requestTooLarge");
        answer = await jmap.CallAsync("Email/get", $$"""{"ids": ["{{ids[2]}}", "x", "{{ids[2]}}"], "properties": ["id", "subject"]}""");
        Assert.Equal($$"""[{"id":"{{ids[2]}}","subject":"2"}]""", answer.GetProperty("list").GetRawText());
        Assert.Equal("""["x"]""", answer.GetProperty("notFound").GetRawText());
        answer = await jmap.CallAsync("Email/get", """{"ids": []}""");
        Assert.Equal("[][]", answer.GetProperty("list").GetRawText() + answer.GetProperty("notFound").GetRawText());
        await jmap.DeliverAsync("Subject: 3\n\n");
        await jmap.CallAsync("Email/get", """{"ids": null}""", error: "requestTooLarge");
        await jmap.CallAsync("Thread/get", """{"ids": null}""", error: "requestTooLarge");
    }

    [Theory]
    [InlineData("""{"ids": ["e1"], "properties": ["nonsense"]}""")]
    [InlineData("""{"ids": ["e1"], "properties": ["header:From:asDate"]}""")]
    [InlineData("""{"ids": ["e1"], "bodyProperties": ["nonsense"]}""")]
    [InlineData("""{"ids": "e1"}""")]
    [InlineData("""{"ids": [1]}""")]
    [InlineData("""{"ids": ["e1"], "maxBodyValueBytes": -1}""")]
    [InlineData("""{"ids": ["e1"], "fetchAllBodyValues": "yes"}""")]
    [InlineData("""{"ids": ["e1"], "nonsense": 1}""")]
    public async Task Wrong_arguments_are_told(string arguments)
    {
        await using var jmap = await JmapHarness.StartAsync();
        await jmap.CallAsync("Email/get", arguments, error: "invalidArguments");
    }

    [Fact]
    public async Task A_message_of_two_mailboxes_is_one_email_and_deleted_ones_are_none()
    {
        await using var jmap = await JmapHarness.StartAsync();
        var email = await jmap.DeliverAsync("Subject: x\n\n");
        var inbox = (await jmap.Store.FindMailboxAsync(jmap.Ada.Id, "INBOX", default))!;
        var other = await jmap.Store.CreateMailboxAsync(jmap.Ada.Id, "Projets/Été", MailboxRole.None, default);
        await jmap.Store.CopyAsync(inbox.Id, [UidRange.All], other.Id, default);
        await jmap.Store.StoreFlagsAsync(other.Id, [UidRange.All], FlagChange.Add, new FlagSet(MessageFlags.Draft, ["work"]), null, default);
        var answer = await jmap.CallAsync("Email/get", $$"""{"ids": ["e{{email.Value}}"], "properties": ["mailboxIds", "keywords"]}""");
        Assert.Equal(
            $$$"""[{"id":"e{{{email.Value}}}","mailboxIds":{"m{{{inbox.Id.Value}}}":true,"m{{{other.Id.Value}}}":true},"keywords":{"$draft":true,"work":true}}]""",
            answer.GetProperty("list").GetRawText());
        await jmap.Store.StoreFlagsAsync(inbox.Id, [UidRange.All], FlagChange.Add, new FlagSet(MessageFlags.Deleted, []), null, default);
        await jmap.Store.StoreFlagsAsync(other.Id, [UidRange.All], FlagChange.Add, new FlagSet(MessageFlags.Deleted, []), null, default);
        Assert.Equal($$"""["e{{email.Value}}"]""", (await jmap.CallAsync("Email/get", $$"""{"ids": ["e{{email.Value}}"]}""")).GetProperty("notFound").GetRawText());
    }

    // RFC 8621 §3.1.1, in its shape.
    [Fact]
    public async Task Threads_tell_their_emails_oldest_first()
    {
        await using var jmap = await JmapHarness.StartAsync();
        var day = new DateTimeOffset(2026, 5, 4, 0, 0, 0, TimeSpan.Zero);
        var second = await jmap.DeliverAsync("Subject: Re: plan\nMessage-ID: <2@x>\nIn-Reply-To: <1@x>\n\n", at: day.AddHours(2));
        var first = await jmap.DeliverAsync("Subject: plan\nMessage-ID: <1@x>\n\n", at: day);
        var alone = await jmap.DeliverAsync("Subject: other\n\n", at: day);
        var threads = (await jmap.CallAsync("Email/get", $$"""{"ids": ["e{{first.Value}}", "e{{alone.Value}}"], "properties": ["threadId"]}""")).GetProperty("list");
        var (one, two) = (threads[0].GetProperty("threadId").GetString(), threads[1].GetProperty("threadId").GetString());
        var answer = await jmap.CallAsync("Thread/get", $$"""{"ids": ["{{one}}", "{{two}}", "t999", "e1"]}""");
        Assert.Equal(
            $$"""[{"id":"{{one}}","emailIds":["e{{first.Value}}","e{{second.Value}}"]},{"id":"{{two}}","emailIds":["e{{alone.Value}}"]}]""",
            answer.GetProperty("list").GetRawText());
        Assert.Equal("""["t999","e1"]""", answer.GetProperty("notFound").GetRawText());
        Assert.Equal(2, (await jmap.CallAsync("Thread/get", """{"ids": null}""")).GetProperty("list").GetArrayLength());
        Assert.Equal($$"""[{"id":"{{one}}"}]""", (await jmap.CallAsync("Thread/get", $$"""{"ids": ["{{one}}"], "properties": ["id"]}""")).GetProperty("list").GetRawText());
        await jmap.CallAsync("Thread/get", """{"ids": [], "properties": ["subject"]}""", error: "invalidArguments");
    }

    [Fact]
    public async Task An_answer_that_would_be_too_large_is_refused()
    {
        await using var jmap = await JmapHarness.StartAsync(new JmapLimits { MaxSizeAnswer = 100_000 });
        await jmap.DeliverAsync("Subject: x\n\n" + string.Concat(Enumerable.Repeat(new string('x', 70) + "\n", 3000)));
        await jmap.CallAsync("Email/get", """{"fetchAllBodyValues": true}""", error: "requestTooLarge");
        await jmap.CallAsync("Email/get", """{"fetchAllBodyValues": true, "maxBodyValueBytes": 5000}""");
    }

    // The first request of RFC 8621 §4.10: a mailbox as a client first shows it.
    [Fact]
    public async Task Conversations_of_a_mailbox_in_one_request()
    {
        await using var jmap = await JmapHarness.StartAsync();
        var day = new DateTimeOffset(2018, 6, 27, 0, 20, 35, TimeSpan.Zero);
        var first = await jmap.DeliverAsync("Subject: plan\nMessage-ID: <1@x>\n\n", at: day);
        var reveal = await jmap.DeliverAsync(
            "From: Jane Doe <jdoe@example.com>\nSubject: The Big Reveal\n\nAs you may be aware,\nwe are required", at: day.AddHours(1),
            flags: new FlagSet(MessageFlags.Seen | MessageFlags.Flagged, []));
        var reply = await jmap.DeliverAsync("Subject: Re: plan\nMessage-ID: <2@x>\nReferences: <1@x>\n\n", at: day.AddHours(2));
        var inbox = JmapIds.Of((await jmap.Store.FindMailboxAsync(jmap.Ada.Id, "INBOX", default))!.Id);
        var response = await jmap.RequestAsync($$"""
            [[ "Email/query", { "accountId": "{{jmap.AccountId}}", "filter": { "inMailbox": "{{inbox}}" }, "sort": [{ "isAscending": false, "property": "receivedAt" }],
               "collapseThreads": true, "position": 0, "limit": 30, "calculateTotal": true }, "0" ],
             [ "Email/get", { "accountId": "{{jmap.AccountId}}", "#ids": { "resultOf": "0", "name": "Email/query", "path": "/ids" }, "properties": [ "threadId" ] }, "1" ],
             [ "Thread/get", { "accountId": "{{jmap.AccountId}}", "#ids": { "resultOf": "1", "name": "Email/get", "path": "/list/*/threadId" } }, "2" ],
             [ "Email/get", { "accountId": "{{jmap.AccountId}}", "#ids": { "resultOf": "2", "name": "Thread/get", "path": "/list/*/emailIds" },
               "properties": [ "threadId", "mailboxIds", "keywords", "hasAttachment", "from", "subject", "receivedAt", "size", "preview" ] }, "3" ]]
            """);
        var answers = response.GetProperty("methodResponses");
        Assert.Equal([$"e{reply.Value}", $"e{reveal.Value}"], Ids(answers[1][1]));
        Assert.Equal([$"e{first.Value}", $"e{reply.Value}"], answers[2][1].GetProperty("list")[0].GetProperty("emailIds").EnumerateArray().Select(id => id.GetString()));
        Assert.Equal([$"e{first.Value}", $"e{reply.Value}", $"e{reveal.Value}"], Ids(answers[3][1]));
        var shown = answers[3][1].GetProperty("list")[2];
        Assert.Equal(
            $$"""{"id":"e{{reveal.Value}}","threadId":{{shown.GetProperty("threadId").GetRawText()}},"mailboxIds":{"{{inbox}}":true},""" + "\"keywords\":" + shown.GetProperty("keywords").GetRawText()
            + ""","hasAttachment":false,"from":[{"name":"Jane Doe","email":"jdoe@example.com"}],"subject":"The Big Reveal","receivedAt":"2018-06-27T01:20:35Z","size":99,"preview":"As you may be aware, we are required"}""",
            shown.GetRawText());
        Assert.Equal(["$flagged", "$seen"], shown.GetProperty("keywords").EnumerateObject().Select(keyword => keyword.Name).Order());
    }

    // What lists show comes from ENVELOPE; the rest of the RFC's promises from the header. Both have to say the same.
    [Fact]
    public async Task What_is_stored_beside_a_message_says_what_its_header_says()
    {
        await using var jmap = await JmapHarness.StartAsync();
        var inbox = (await jmap.Store.FindMailboxAsync(jmap.Ada.Id, "INBOX", default))!;
        foreach (var file in CorpusTests.Files())
        {
            var octets = await File.ReadAllBytesAsync(SharedMaterial.Require(Path.Combine("corpus/mime", file.Data)), TestContext.Current.CancellationToken);
            if (octets.Length > 200_000) continue;
            await using var intake = jmap.Store.BeginMessage(null);
            await intake.WriteAsync(octets, default);
            await intake.CompleteAsync(default);
            await jmap.Store.DeliverAsync([new Facteur.Storage.Delivery(intake, [new DeliveryTarget(inbox.Id, FlagSet.Empty, jmap.Time.GetUtcNow())])], default);
        }
        const string Fields = "\"from\", \"sender\", \"replyTo\", \"to\", \"cc\", \"bcc\", \"subject\", \"sentAt\", \"messageId\", \"inReplyTo\"";
        var stored = (await jmap.CallAsync("Email/get", $$"""{"properties": [{{Fields}}]}""")).GetProperty("list");
        var read = (await jmap.CallAsync("Email/get", $$"""{"properties": [{{Fields}}, "headers"]}""")).GetProperty("list");
        Assert.NotEqual(0, stored.GetArrayLength());
        foreach (var (one, other) in stored.EnumerateArray().Zip(read.EnumerateArray()))
            foreach (var property in one.EnumerateObject())
                if (property.Name == "id" || !IsRepeated(other, property.Name))
                    Assert.Equal(Settled(other.GetProperty(property.Name).GetRawText()), Settled(property.Value.GetRawText()));
    }

    /// <summary>The field stands more than once in the header, which none of these may (RFC 5322 §3.6).</summary>
    private static bool IsRepeated(JsonElement email, string property)
    {
        var field = EmailProperties.HeaderOf(EmailProperties.ByName[property])!.Field;
        return email.GetProperty("headers").EnumerateArray().Count(header => header.GetProperty("name").GetString()!.Equals(field, StringComparison.OrdinalIgnoreCase)) > 1;
    }

    // A field without an address in it: ENVELOPE does not tell it from an absent one.
    private static string Settled(string json) => json == "[]" ? "null" : json;

    private static IEnumerable<string> Ids(JsonElement answer) => answer.GetProperty("list").EnumerateArray().Select(email => email.GetProperty("id").GetString()!);

    private static string JsonText(string json) => JsonSerializer.Serialize(JsonDocument.Parse(json).RootElement);
}
