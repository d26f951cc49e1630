using System.Text.Json;
using Facteur.Jmap;
using Facteur.Storage;

namespace Facteur.Tests.Jmap;

/// <summary>What Email/set does not create, and what nobody gets into a header (RFC 8621 §4.6; S-02, S-03).</summary>
public sealed class EmailRefusedTests(SharedJmap shared) : IClassFixture<SharedJmap>
{
    private readonly JmapHarness jmap = shared.Jmap;

    [Theory]
    [InlineData("""{"headers": []}""", "headers")]
    [InlineData("""{"id": "e1", "blobId": "e1", "threadId": "t1", "size": 5, "preview": "x", "hasAttachment": false}""", "id blobId threadId size preview hasAttachment")]
    [InlineData("""{"from": [{"email": "a@b.example"}], "header:From:asAddresses": [{"email": "c@d.example"}]}""", "header:From:asAddresses from")]
    [InlineData("""{"header:X-A": "1", "header:x-a:asText": "2"}""", "header:x-a:asText header:X-A")]
    [InlineData("""{"header:Subject:asAddresses": []}""", "header:Subject:asAddresses")]
    [InlineData("""{"header:From:asText": "x"}""", "header:From:asText")]
    [InlineData("""{"header:Received:asText": "x"}""", "header:Received:asText")]
    [InlineData("""{"header:X-A:asNothing": "x"}""", "header:X-A:asNothing")]
    [InlineData("""{"header:": "x"}""", "header:")]
    [InlineData("""{"header:a b": "x"}""", "header:a b")]
    [InlineData("""{"header:Content-Type": "text/html"}""", "header:Content-Type")]
    [InlineData("""{"header:content-language": "en"}""", "header:content-language")]
    [InlineData("""{"header:X-A:all": "1"}""", "header:X-A:all")]
    [InlineData("""{"bodyStructure": {"partId": "1"}, "textBody": [{"partId": "1"}], "htmlBody": [], "attachments": []}""", "textBody htmlBody attachments")]
    [InlineData("""{"subject": "x", "bodyStructure": {"partId": "1", "header:Subject:asText": "y"}}""", "bodyStructure/header:Subject")]
    [InlineData("""{"textBody": []}""", "textBody")]
    [InlineData("""{"textBody": [{"partId": "1"}, {"partId": "1"}]}""", "textBody")]
    [InlineData("""{"textBody": [{"partId": "1", "type": "text/html"}]}""", "textBody/0/type")]
    [InlineData("""{"htmlBody": [{"partId": "1", "type": "text/plain"}]}""", "htmlBody/0/type")]
    [InlineData("""{"textBody": [{"partId": "1", "blobId": "e1"}]}""", "textBody/0/blobId")]
    [InlineData("""{"textBody": [{"partId": "1", "charset": "utf-8", "size": 3}]}""", "textBody/0/charset textBody/0/size")]
    [InlineData("""{"textBody": [{"partId": "2"}]}""", "textBody/0/partId")]
    [InlineData("""{"textBody": [{}]}""", "textBody/0/partId")]
    [InlineData("""{"textBody": [{"partId": "1", "headers": []}]}""", "textBody/0/headers")]
    [InlineData("""{"textBody": [{"partId": "1", "header:Content-Transfer-Encoding": "8bit"}]}""", "textBody/0/header:Content-Transfer-Encoding")]
    [InlineData("""{"textBody": [{"partId": "1", "header:Content-Type": "text/plain", "type": "text/plain"}]}""", "textBody/0/type textBody/0/header:Content-Type")]
    [InlineData("""{"attachments": [{"blobId": "e1", "name": "a", "header:content-disposition": "inline"}]}""", "attachments/0/name attachments/0/header:content-disposition")]
    [InlineData("""{"attachments": [{"blobId": "e1", "cid": "a b"}, {"blobId": "e1", "type": "nonsense"}, {"blobId": "e1", "disposition": "in line"}]}""", "attachments/0/cid attachments/1/type attachments/2/disposition")]
    [InlineData("""{"attachments": [{"partId": "1", "type": "image/png"}]}""", "attachments/0/partId")]
    [InlineData("""{"bodyStructure": {"type": "multipart/mixed"}}""", "bodyStructure/subParts")]
    [InlineData("""{"bodyStructure": {"type": "text/plain", "partId": "1", "subParts": [{"partId": "1"}]}}""", "bodyStructure/subParts")]
    [InlineData("""{"bodyStructure": {"subParts": [{"partId": "1"}, {"type": "multipart/x", "blobId": "e1", "subParts": [{"partId": "nope"}]}]}}""", "bodyStructure/subParts/1/blobId bodyStructure/subParts/1/subParts/0/partId")]
    [InlineData("""{"textBody": [{"partId": "1"}], "bodyValues": {"1": {"value": "x", "isTruncated": true, "isEncodingProblem": true}}}""", "bodyValues/1/isEncodingProblem bodyValues/1/isTruncated")]
    [InlineData("""{"textBody": [{"partId": "1"}], "bodyValues": {"1": {}}}""", "bodyValues/1/value")]
    [InlineData("""{"keywords": {"a b": true}}""", "keywords")]
    [InlineData("""{"keywords": {"a": false}}""", "keywords")]
    [InlineData("""{"mailboxIds": {}}""", "mailboxIds")]
    [InlineData("""{"mailboxIds": {"m99999": true}}""", "mailboxIds")]
    [InlineData("""{"receivedAt": "yesterday", "sentAt": "2020-01-01"}""", "receivedAt sentAt")]
    [InlineData("""{"messageId": ["a b@c"], "references": ["<a@b>"], "inReplyTo": "a@b"}""", "messageId references inReplyTo")]
    [InlineData("""{"from": "ada@example.com", "to": [{"name": "x"}], "cc": [{"email": 5}], "bcc": [[]]}""", "from to cc bcc")]
    [InlineData("""{"subject": 5}""", "subject")]
    [InlineData("""{"header:List-Post:asURLs": ["mailto:a b"]}""", "header:List-Post:asURLs")]
    public async Task All_that_is_wrong_is_named(string email, string properties)
    {
        await jmap.DeliverAsync("Subject: x\n\nx\n");
        if (!email.Contains("\"bodyValues\"", StringComparison.Ordinal)) email = """{"bodyValues": {"1": {"value": "x"}}, """ + email[1..];
        var error = await jmap.RefuseAsync(email);
        Assert.Equal("invalidProperties", error.GetProperty("type").GetString());
        Assert.Equal(properties.Split(' ', properties.Contains("a b", StringComparison.Ordinal) ? 1 : 100).Order(), error.GetProperty("properties").Strings().Order());
    }

    [Fact]
    public async Task Blobs_that_are_not_there_are_named()
    {
        var there = JmapIds.Of(await jmap.DeliverAsync("Subject: x\n\nx\n"));
        var error = await jmap.RefuseAsync($$"""{"attachments": [{"blobId": "{{there}}"}, {"blobId": "e999"}, {"blobId": "u5"}, {"blobId": "#x"}, {"blobId": "e999"}, {"blobId": "../../etc"}, {"blobId": "{{there}}-9"}]}""");
        Assert.Equal("blobNotFound", error.GetProperty("type").GetString());
        Assert.Equal(["e999", "u5", "#x", "../../etc", there + "-9"], error.GetProperty("notFound").Strings());
    }

    [Fact]
    public async Task Blobs_of_another_account_are_not_there()
    {
        var bob = (await jmap.Accounts.AddAccountAsync("bob@example.com", "Bob", "correct horse battery", default)).Account;
        var blob = JmapIds.Of(await jmap.DeliverAsync("Subject: x\n\nx\n", to: bob));
        Assert.Equal("blobNotFound", (await jmap.RefuseAsync($$"""{"attachments": [{"blobId": "{{blob}}"}]}""")).GetProperty("type").GetString());
    }

    [Fact]
    public async Task Attachments_have_a_size_together()
    {
        await using var jmap = await JmapHarness.StartAsync(new JmapLimits { MaxSizeAttachments = 1000 });
        var blob = JmapIds.Of(await jmap.DeliverAsync("Subject: x\n\n" + new string('x', 600) + "\n"));
        await jmap.CreateAsync($$"""{"attachments": [{"blobId": "{{blob}}"}]}""");
        Assert.Equal("tooLarge", (await jmap.RefuseAsync($$"""{"attachments": [{"blobId": "{{blob}}"}, {"blobId": "{{blob}}"}]}""")).GetProperty("type").GetString());
    }

    [Fact]
    public async Task A_full_account_takes_nothing_more()
    {
        await using var jmap = await JmapHarness.StartAsync();
        await jmap.Accounts.SetQuotaAsync("ada@example.com", 100, default);
        Assert.Equal("overQuota", (await jmap.RefuseAsync("""{"subject": "too long for so little room, in any case too long for a hundred octets"}""")).GetProperty("type").GetString());
    }

    [Fact]
    public async Task Parts_are_bounded()
    {
        var parts = string.Join(',', Enumerable.Repeat("""{"partId": "1"}""", 1001));
        var error = await jmap.RefuseAsync($$"""{"bodyValues": {"1": {"value": "x"} }, "bodyStructure": {"subParts": [{{parts}}]} }""");
        Assert.Equal("invalidProperties", error.GetProperty("type").GetString());
    }

    /// <summary>Line breaks of any kind, in every place that comes to stand in a header: refused, or one field as before.</summary>
    [Fact]
    public async Task No_text_ends_its_field()
    {
        var blob = JmapIds.Of(await jmap.DeliverAsync("Subject: x\n\nx\n"));
        string[] emails =
        [
            """{"subject": "EVIL"}""", """{"from": [{"name": "EVIL", "email": "a@example.com"}]}""", """{"to": [{"email": "EVIL"}]}""", """{"to": [{"email": "a@EVIL"}]}""",
            """{"to": [{"email": "\"EVIL\"@example.com"}]}""", """{"header:To:asGroupedAddresses": [{"name": "EVIL", "addresses": []}]}""", """{"header:X-A": "EVIL"}""", """{"header:X-A:asText": "EVIL"}""",
            """{"header:X-A:asText:all": ["a", "EVIL"]}""", """{"header:X-A:asMessageIds": ["EVIL"]}""", """{"header:X-A:asURLs": ["EVIL"]}""", """{"messageId": ["EVIL"]}""", """{"header:EVIL": "x"}""",
            """{"attachments": [{"blobId": "BLOB", "name": "EVIL"}]}""", """{"attachments": [{"blobId": "BLOB", "type": "EVIL"}]}""", """{"attachments": [{"blobId": "BLOB", "type": "text/EVIL"}]}""",
            """{"attachments": [{"blobId": "BLOB", "cid": "EVIL"}]}""", """{"attachments": [{"blobId": "BLOB", "charset": "EVIL"}]}""", """{"attachments": [{"blobId": "BLOB", "disposition": "EVIL"}]}""",
            """{"attachments": [{"blobId": "BLOB", "location": "EVIL"}]}""", """{"attachments": [{"blobId": "BLOB", "language": ["EVIL"]}]}""", """{"attachments": [{"blobId": "BLOB", "header:X-A:asText": "EVIL"}]}""",
            """{"attachments": [{"blobId": "BLOB", "header:Content-Type": "text/plain; name=EVIL"}]}""", """{"attachments": [{"blobId": "BLOB", "header:Content-Type": "text/plain; EVIL=x"}]}""",
            """{"attachments": [{"blobId": "BLOB", "header:Content-Disposition": "attachment; filename=\"EVIL\""}]}""", """{"attachments": [{"blobId": "BLOB", "header:Content-Description": "EVIL"}]}""",
        ];
        string[] breaks = ["\r\n", "\n", "\r", "\r\n\r\n", "\n\n", "\0", "\u0085", "\u2028", "\u2029", "\v", "\f", "\r\n \r\n", "\r\n\t\r\n"];
        var create = new List<string>();
        foreach (var email in emails)
            foreach (var evil in breaks)
                create.Add(email.Replace("EVIL", JsonSerializer.Serialize("a" + evil + "Evil: yes" + evil + "b")[1..^1], StringComparison.Ordinal).Replace("BLOB", blob, StringComparison.Ordinal));
        var inbox = await jmap.MailboxAsync("INBOX");
        var objects = string.Join(',', create.Select((email, index) => $$""" "c{{index}}": {"mailboxIds": {"{{inbox}}": true}, {{email[1..]}}"""));
        var answer = await jmap.CallAsync("Email/set", $$"""{"create": { {{objects}} } }""");
        Assert.Equal(create.Count, answer.GetProperty("created").Names().Count() + answer.GetProperty("notCreated").Names().Count());
        Assert.All(answer.GetProperty("notCreated").EnumerateObject(), refused => Assert.Equal("invalidProperties", refused.Value.GetProperty("type").GetString()));
        Assert.NotEmpty(answer.GetProperty("created").Names());
        foreach (var created in answer.GetProperty("created").EnumerateObject())
        {
            var message = await jmap.MessageAsync(created.Value);
            Assert.DoesNotContain("\nEvil:", message, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotMatch("[\0-\x08\x0B\x0C\x0E-\x1F\x7F]", message);
            // One header, and of a multipart one for each part.
            Assert.Equal(message.Contains("boundary=", StringComparison.Ordinal) ? 2 : 1, message.Split("Content-Type:").Length - 1);
        }
    }
}
