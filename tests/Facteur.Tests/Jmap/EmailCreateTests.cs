using System.Text.Json;
using Facteur.Jmap;
using Facteur.Storage;

namespace Facteur.Tests.Jmap;

/// <summary>Email/set with create: the message that is built (RFC 8621 §4.6, §4.10).</summary>
public sealed class EmailCreateTests(SharedJmap shared) : IClassFixture<SharedJmap>
{
    private readonly JmapHarness jmap = shared.Jmap;

    // RFC 8621 §4.10: "The user saves a draft while the composition is still in progress", then one in its place.
    [Fact]
    public async Task Drafts_of_the_RFC()
    {
        var drafts = await jmap.MailboxAsync("Drafts");
        var first = await jmap.CreateAsync($$"""
            {"mailboxIds": {"{{drafts}}": true}, "keywords": {"$seen": true, "$draft": true}, "from": [{"name": "Joe Bloggs", "email": "joe@example.com"}],
             "subject": "World domination", "receivedAt": "2018-07-10T01:03:11Z", "sentAt": "2018-07-10T11:03:11+10:00",
             "bodyStructure": {"type": "text/plain", "partId": "bd48", "header:Content-Language": "en"},
             "bodyValues": {"bd48": {"value": "I have the most brilliant plan.  Let me tell you all about it.  What we do is, we", "isTruncated": false} } }
            """);
        var message = await jmap.MessageAsync(first);
        Assert.Matches("""
            ^Date: Tue, 10 Jul 2018 11:03:11 \+1000
            From: Joe Bloggs <joe@example.com>
            Subject: World domination
            Message-ID: <[0-9a-f]{32}@example.com>
            MIME-Version: 1.0
            Content-Type: text/plain; charset=us-ascii
            Content-Language: en

            I have the most brilliant plan.  Let me tell you all about it.  What we do is, we
            $
            """.ReplaceLineEndings("\r\n"), message);
        var shown = await jmap.EmailAsync(first.GetProperty("id").GetString(), """["keywords", "mailboxIds", "receivedAt", "sentAt", "from", "threadId", "blobId"]""");
        Assert.Equal(["$draft", "$seen"], shown.GetProperty("keywords").Names().Order());
        Assert.Equal("2018-07-10T01:03:11Z", shown.GetProperty("receivedAt").GetString());
        Assert.Equal("2018-07-10T11:03:11+10:00", shown.GetProperty("sentAt").GetString());
        Assert.Equal(first.GetProperty("blobId").GetString(), shown.GetProperty("blobId").GetString());
        Assert.Equal(first.GetProperty("threadId").GetString(), shown.GetProperty("threadId").GetString());

        var answer = await jmap.CallAsync("Email/set", $$$"""
            {"create": {"k1546": {"mailboxIds": {"{{{drafts}}}": true}, "keywords": {"$seen": true, "$draft": true}, "from": [{"name": "Joe Bloggs", "email": "joe@example.com"}],
               "to": [{"name": "John", "email": "john@example.com"}], "subject": "World domination", "receivedAt": "2018-07-10T01:05:08Z", "sentAt": "2018-07-10T11:05:08+10:00",
               "bodyStructure": {"type": "multipart/alternative", "subParts": [{"partId": "a49d", "type": "text/html", "header:Content-Language": "en"}, {"partId": "bd48", "type": "text/plain", "header:Content-Language": "en"}]},
               "bodyValues": {"bd48": {"value": "I have the most brilliant plan.", "isTruncated": false}, "a49d": {"value": "<div>I have the most <b>brilliant</b> plan.</div>", "isTruncated": false} } } },
             "destroy": ["{{{first.GetProperty("id").GetString()}}}"]}
            """);
        Assert.Equal(await jmap.StateAsync(), answer.GetProperty("newState").GetString());
        Assert.Equal([first.GetProperty("id").GetString()], answer.GetProperty("destroyed").Strings());
        var second = answer.GetProperty("created").GetProperty("k1546");
        Assert.Equal(["id", "blobId", "threadId", "size"], second.Names());
        var parts = (await jmap.EmailAsync(second.GetProperty("id").GetString(), """["bodyStructure"]""")).GetProperty("bodyStructure");
        Assert.Equal("multipart/alternative", parts.GetProperty("type").GetString());
        Assert.Equal(["text/html", "text/plain"], parts.GetProperty("subParts").EnumerateArray().Select(part => part.GetProperty("type").GetString()));
        Assert.Equal(["en"], parts.GetProperty("subParts")[0].GetProperty("language").Strings());
    }

    [Theory]
    [InlineData("""{"textBody": [{"partId": "t"}]}""", "text/plain")]
    [InlineData("""{"htmlBody": [{"partId": "h", "type": "text/html"}]}""", "text/html")]
    [InlineData("""{}""", "text/plain")]
    [InlineData("""{"textBody": [{"partId": "t", "type": "text/plain"}], "htmlBody": [{"partId": "h", "type": "text/html"}]}""", "alternative(text/plain text/html)")]
    [InlineData("""{"textBody": [{"partId": "t"}], "attachments": [{"blobId": "BLOB", "name": "é.eml"}]}""", "mixed(text/plain message/rfc822:attachment)")]
    [InlineData("""{"attachments": [{"blobId": "BLOB", "type": "image/png"}]}""", "mixed(image/png:attachment)")]
    [InlineData("""{"htmlBody": [{"partId": "h"}], "attachments": [{"blobId": "BLOB", "type": "image/png", "cid": "pic"}]}""", "related(text/html image/png:inline)")]
    [InlineData("""{"htmlBody": [{"partId": "h"}], "attachments": [{"blobId": "BLOB", "type": "image/png", "cid": "pic", "disposition": "attachment"}]}""", "mixed(text/html image/png:attachment)")]
    [InlineData("""{"htmlBody": [{"partId": "h"}], "attachments": [{"blobId": "BLOB", "type": "image/png", "cid": "other"}]}""", "mixed(text/html image/png:attachment)")]
    [InlineData("""{"textBody": [{"partId": "t"}], "htmlBody": [{"partId": "h"}], "attachments": [{"blobId": "BLOB", "type": "image/png", "cid": "x", "disposition": "inline"}, {"partId": "t", "type": "text/csv", "name": "a.csv"}]}""",
        "mixed(alternative(text/plain related(text/html image/png:inline)) text/csv:attachment)")]
    public async Task Texts_and_attachments_are_structured_as_clients_expect(string email, string structure)
    {
        var blob = JmapIds.Of(await jmap.DeliverAsync("Subject: inside\n\nhello\n"));
        var created = await jmap.CreateAsync($$$"""{"bodyValues": {"t": {"value": "text"}, "h": {"value": "<img src='cid:pic'>"} } {{{(email == "{}" ? "" : ",")}}} {{{email.Replace("BLOB", blob, StringComparison.Ordinal).Trim()[1..]}}}""");
        await jmap.MessageAsync(created);
        Assert.Equal(structure, Shape((await jmap.EmailAsync(created.GetProperty("id").GetString(), """["bodyStructure"]""")).GetProperty("bodyStructure")));
    }

    [Fact]
    public async Task Text_keeps_its_characters_and_lines()
    {
        foreach (var text in new[] { "a\nb\n", "", "é\u0000\n.\nFrom x\n", new string('x', 5000), "日本語\n", string.Concat(Enumerable.Repeat("naïve ligne\n", 300)), "trailing \n\ttab\t\n" })
        {
            var created = await jmap.CreateAsync($$$"""{"textBody": [{"partId": "1"}], "bodyValues": {"1": {"value": {{{JsonSerializer.Serialize(text)}}} } } }""");
            Assert.DoesNotMatch("[^\r\n]{999}", await jmap.MessageAsync(created));
            var shown = await jmap.EmailAsync(created.GetProperty("id").GetString(), """["bodyValues", "textBody"]""", ", \"fetchAllBodyValues\": true");
            Assert.Equal(text.TrimEnd('\n'), shown.GetProperty("bodyValues").EnumerateObject().Single().Value.GetProperty("value").GetString()!.TrimEnd('\n'));
        }
    }

    [Fact]
    public async Task Header_fields_of_every_form()
    {
        var created = await jmap.CreateAsync("""
            {"to": [{"name": "Élodie \"Lo\" Ré", "email": "elo@example.com"}, {"email": "b@example.com"}], "cc": [], "bcc": null, "replyTo": [{"name": null, "email": "r@example.com"}],
             "header:Resent-To:asGroupedAddresses": [{"name": null, "addresses": [{"email": "x@example.com"}]}, {"name": "Amis, tous", "addresses": [{"name": "Y", "email": "y@example.com"}]}, {"name": "Vide", "addresses": []}],
             "subject": "Réunion \u2014 demain", "messageId": ["id1@example.com"], "inReplyTo": ["a@b"], "references": ["a@b", "c@d"],
             "header:List-Post:asURLs": ["mailto:list@example.com", "https://example.com/post"], "header:Resent-Date:asDate": "2020-02-03T04:05:06-03:30",
             "header:X-Text:asText": "naïve", "header:X-Raw": " one\r\n two", "header:X-Many:all": ["1", "2"], "header:Keywords:asText:all": ["k1", "k2"], "header:x-ids:asMessageIds": ["q@r"]}
            """);
        var message = await jmap.MessageAsync(created);
        Assert.Contains("\r\nTo: =?utf-8?Q?=C3=89lodie_=22Lo=22_R=C3=A9?= <elo@example.com>, b@example.com\r\n", message.Replace("\r\n ", " ", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("\r\nX-Raw: one two\r\n", message, StringComparison.Ordinal);
        Assert.Contains("\r\nX-Text: =?utf-8?", message, StringComparison.Ordinal);
        Assert.DoesNotContain("\r\nCc:", message, StringComparison.Ordinal);
        var shown = await jmap.EmailAsync(created.GetProperty("id").GetString(), """
            ["to", "replyTo", "subject", "messageId", "inReplyTo", "references", "header:Resent-To:asGroupedAddresses", "header:List-Post:asURLs", "header:Resent-Date:asDate", "header:X-Text:asText",
             "header:X-Many:all", "header:Keywords:asText:all", "header:X-Ids:asMessageIds"]
            """);
        Assert.Equal("""[{"name":"Élodie \"Lo\" Ré","email":"elo@example.com"},{"name":null,"email":"b@example.com"}]""", Compact(shown.GetProperty("to")));
        Assert.Equal("""[{"name":null,"addresses":[{"name":null,"email":"x@example.com"}]},{"name":"Amis, tous","addresses":[{"name":"Y","email":"y@example.com"}]},{"name":"Vide","addresses":[]}]""",
            Compact(shown.GetProperty("header:Resent-To:asGroupedAddresses")));
        Assert.Equal("Réunion — demain", shown.GetProperty("subject").GetString());
        Assert.Equal(["a@b", "c@d"], shown.GetProperty("references").Strings());
        Assert.Equal(["id1@example.com"], shown.GetProperty("messageId").Strings());
        Assert.Equal(["mailto:list@example.com", "https://example.com/post"], shown.GetProperty("header:List-Post:asURLs").Strings());
        Assert.Equal("2020-02-03T04:05:06-03:30", shown.GetProperty("header:Resent-Date:asDate").GetString());
        Assert.Equal("naïve", shown.GetProperty("header:X-Text:asText").GetString());
        Assert.Equal([" 1", " 2"], shown.GetProperty("header:X-Many:all").Strings());
        Assert.Equal(["k1", "k2"], shown.GetProperty("header:Keywords:asText:all").Strings());
        Assert.Equal(["q@r"], shown.GetProperty("header:X-Ids:asMessageIds").Strings());
    }

    // RFC 8621 §4.6: a half-finished draft may hold what is no address yet; it reads back as it was typed.
    [Theory]
    [InlineData("joe")]
    [InlineData("joe@")]
    [InlineData("Joe Bloggs <joe@example.com>")]
    [InlineData("a, b@example.com")]
    [InlineData("quote\"d")]
    [InlineData("back\\slash")]
    [InlineData("grp: x;")]
    [InlineData("")]
    [InlineData("é@exämple.com")]
    public async Task Unfinished_addresses_stay_as_typed(string email)
    {
        var created = await jmap.CreateAsync($$"""{"to": [{"name": "N", "email": {{JsonSerializer.Serialize(email)}} }, {"email": "second@example.com"}]}""");
        var to = (await jmap.EmailAsync(created.GetProperty("id").GetString(), """["to"]""")).GetProperty("to");
        Assert.Equal([email, "second@example.com"], to.EnumerateArray().Select(one => one.GetProperty("email").GetString()));
    }

    [Fact]
    public async Task Parts_carry_names_types_and_fields()
    {
        var blob = JmapIds.Of(await jmap.DeliverAsync("Subject: inside\n\nhello\n"));
        var created = await jmap.CreateAsync($$"""
            {"bodyStructure": {"subParts": [
               {"partId": "c", "header:Content-Type": "text/calendar; method=REQUEST; charset=iso-8859-1; component=VEVENT"},
               {"blobId": "{{blob}}", "type": "application/pdf", "name": "Facture n° 12 — été \"2026\" et un nom assez long pour la ligne.pdf", "cid": "c1@x", "language": ["fr", "en-GB"], "location": "https://example.com/f.pdf", "header:Content-Description:asText": "une facture dématérialisée"},
               {"blobId": "{{blob}}", "type": "text/plain", "charset": "utf-8", "disposition": "inline"},
               {"blobId": "{{blob}}", "type": "text/plain", "header:Content-Disposition": "attachment; filename=\"a b.txt\"; size=5"}]},
             "bodyValues": {"c": {"value": "BEGIN:VCALENDAR\r\nSUMMARY:é\r\nEND:VCALENDAR\r\n"} } }
            """);
        var message = await jmap.MessageAsync(created);
        Assert.Contains("Content-Type: text/calendar; charset=utf-8; method=REQUEST; component=VEVENT\r\n", message.Replace("\r\n ", " ", StringComparison.Ordinal), StringComparison.Ordinal);
        var parts = (await jmap.EmailAsync(created.GetProperty("id").GetString(), """["bodyStructure"]""")).GetProperty("bodyStructure").GetProperty("subParts");
        Assert.Equal("Facture n° 12 — été \"2026\" et un nom assez long pour la ligne.pdf", parts[1].GetProperty("name").GetString());
        Assert.Equal(("c1@x", "inline", "https://example.com/f.pdf"), (parts[1].GetProperty("cid").GetString(), parts[1].GetProperty("disposition").GetString(), parts[1].GetProperty("location").GetString()));
        Assert.Equal(["fr", "en-GB"], parts[1].GetProperty("language").Strings());
        Assert.Equal(("utf-8", "inline"), (parts[2].GetProperty("charset").GetString(), parts[2].GetProperty("disposition").GetString()));
        Assert.Equal(("a b.txt", "attachment"), (parts[3].GetProperty("name").GetString(), parts[3].GetProperty("disposition").GetString()));
    }

    [Fact]
    public async Task Messages_inside_are_as_they_were_and_broken_ones_files()
    {
        var clean = JmapIds.Of(await jmap.DeliverAsync("Subject: inside\n\nhello\n"));
        var eight = JmapIds.Of(await jmap.DeliverAsync("Subject: inside é\n\nhéllo\n"));
        var broken = JmapIds.Of(await jmap.DeliverAsync($"Subject: inside\n\n{new string('x', 2000)}\n"));
        var created = await jmap.CreateAsync($$"""{"attachments": [{"blobId": "{{clean}}"}, {"blobId": "{{eight}}"}, {"blobId": "{{broken}}"}]}""");
        var message = await jmap.MessageAsync(created);
        Assert.Contains("\r\n\r\nSubject: inside\r\n\r\nhello\r\n\r\n--", message, StringComparison.Ordinal);
        Assert.Contains("Content-Transfer-Encoding: 8bit\r\n", message, StringComparison.Ordinal);
        var parts = (await jmap.EmailAsync(created.GetProperty("id").GetString(), """["attachments"]""")).GetProperty("attachments").EnumerateArray().ToList();
        Assert.Equal(["message/rfc822", "message/rfc822", "application/octet-stream"], parts.Select(part => part.GetProperty("type").GetString()));
        JmapIds.TryRead(broken, out EmailId email);
        await using var body = (await jmap.Store.OpenEmailAsync(email, default))!;
        Assert.Equal(body.Length, parts[2].GetProperty("size").GetInt64());
    }

    // RFC 8621 §4.6: a blob that was uploaded; of a message, also a part of it.
    [Fact]
    public async Task Uploads_are_attached_as_they_came()
    {
        var octets = new byte[70_000];
        new Random(7).NextBytes(octets);
        var file = await UploadAsync(octets, "application/octet-stream");
        Assert.StartsWith("u", file, StringComparison.Ordinal);
        var mail = await UploadAsync(System.Text.Encoding.ASCII.GetBytes("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\ntext\r\n--b\r\nContent-Type: image/gif\r\nContent-Transfer-Encoding: base64\r\n\r\nR0lGODlh\r\n--b--\r\n"), "message/rfc822");
        var created = await jmap.CreateAsync($$"""
            {"bodyValues": {"t": {"value": "see"} }, "textBody": [{"partId": "t", "type": "text/plain"}],
             "attachments": [{"blobId": "{{file}}", "type": "application/pdf", "name": "facture.pdf"}, {"blobId": "{{mail}}-2", "type": "image/gif"}, {"blobId": "{{file}}", "name": "again"}]}
            """);
        var parts = (await jmap.EmailAsync(created.GetProperty("id").GetString(), """["attachments"]""")).GetProperty("attachments").EnumerateArray().ToList();
        Assert.Equal([("application/pdf", octets.Length), ("image/gif", 6), ("application/octet-stream", octets.Length)], parts.Select(part => (part.GetProperty("type").GetString()!, part.GetProperty("size").GetInt32())));
        foreach (var part in (JsonElement[])[parts[0], parts[2]])
        {
            var blob = (await jmap.CallAsync("Blob/get", $$"""{"ids": ["{{part.GetProperty("blobId").GetString()}}"], "properties": ["data:asBase64"]}""")).GetProperty("list")[0];
            Assert.Equal(octets, blob.GetProperty("data:asBase64").GetBytesFromBase64());
        }
        // The upload itself may go: the email has its own copy.
        Assert.Equal("blobNotFound", (await jmap.RefuseAsync("""{"attachments": [{"blobId": "u999"}]}""")).GetProperty("type").GetString());
    }

    private async Task<string> UploadAsync(byte[] octets, string type) =>
        (await jmap.CallAsync("Blob/upload", $$$$"""{"create": {"b": {"data": [{"data:asBase64": "{{{{Convert.ToBase64String(octets)}}}}"}], "type": "{{{{type}}}}"}}}"""))
            .GetProperty("created").GetProperty("b").GetProperty("id").GetString()!;

    // A part of a received message is attached again by its blob id.
    [Fact]
    public async Task Parts_of_other_messages_are_attached_decoded()
    {
        var source = JmapIds.Of(await jmap.DeliverAsync("Content-Type: multipart/mixed; boundary=b\n\n--b\n\ntext\n--b\nContent-Type: image/gif\nContent-Transfer-Encoding: base64\n\nR0lGODlh\n--b--\n"));
        var created = await jmap.CreateAsync($$"""{"attachments": [{"blobId": "{{source}}-2", "name": "a.gif"}]}""");
        Assert.Contains("R0lGODlh\r\n", await jmap.MessageAsync(created), StringComparison.Ordinal);
        var part = (await jmap.EmailAsync(created.GetProperty("id").GetString(), """["attachments"]""")).GetProperty("attachments")[0];
        Assert.Equal(("image/gif", "a.gif", 6), (part.GetProperty("type").GetString(), part.GetProperty("name").GetString(), part.GetProperty("size").GetInt32()));
    }

    private static readonly JsonSerializerOptions readable = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static string Compact(JsonElement json) => JsonSerializer.Serialize(json, readable);

    private static string Shape(JsonElement part)
    {
        var type = part.GetProperty("type").GetString()!;
        var disposition = part.GetProperty("disposition") is { ValueKind: JsonValueKind.String } given ? ":" + given.GetString() : "";
        return type.StartsWith("multipart/", StringComparison.Ordinal)
            ? $"{type["multipart/".Length..]}({string.Join(' ', part.GetProperty("subParts").EnumerateArray().Select(Shape))})"
            : type + disposition;
    }
}
