using System.Text.Json;
using Facteur.Jmap;
using Facteur.Storage;

namespace Facteur.Tests.Jmap;

/// <summary>Email/parse and the blobs of messages and parts, RFC 8621 §4.9 and RFC 8620 §6.</summary>
public class ReadingParseTests
{
    private const string Carrier = """
        From: ada@example.com
        Subject: see below
        Content-Type: multipart/mixed; boundary=a

        --a

        below
        --a
        Content-Type: message/rfc822
        Content-Disposition: attachment; filename=mail.eml

        From: =?utf-8?q?Andr=C3=A9?= <andre@example.com>
        Subject: inner =?utf-8?q?=C3=A9?=
        Message-ID: <inner@example.com>
        Date: Thu, 30 Oct 2014 14:12:00 +0800
        Content-Type: multipart/mixed; boundary=b

        --b
        Content-Type: text/plain; charset=utf-8
        Content-Transfer-Encoding: base64

        Y2Fmw6k=
        --b
        Content-Type: application/pdf; name=a.pdf
        Content-Transfer-Encoding: base64

        JVBERi0=
        --b--
        --a
        Content-Type: message/rfc822
        Content-Transfer-Encoding: base64

        U3ViamVjdDogaGlkZGVuDQpDb250ZW50LVR5cGU6IHRleHQvaHRtbA0KDQo8Yj5oaTwvYj4=
        --a
        Content-Type: application/octet-stream; name=picture.bin
        Content-Transfer-Encoding: base64

        AAECAwQFBgcICQoLDA0ODxA=
        --a--
        """;

    [Fact]
    public async Task An_attached_message_is_shown_as_an_email()
    {
        await using var jmap = await JmapHarness.StartAsync();
        var email = (await jmap.DeliverAsync(Carrier)).Value;
        var answer = await jmap.CallAsync("Email/parse", $$"""
            {"blobIds": ["e{{email}}-2"], "fetchTextBodyValues": true,
             "properties": ["id", "blobId", "threadId", "mailboxIds", "keywords", "receivedAt", "size", "from", "subject", "messageId", "sentAt", "sender", "hasAttachment", "preview", "textBody", "attachments", "bodyValues"],
             "bodyProperties": ["partId", "blobId", "size", "type", "name"]}
            """);
        var size = Carrier.ReplaceLineEndings("\r\n");
        var start = size.IndexOf("From: =?utf-8", StringComparison.Ordinal);
        var length = size.IndexOf("--b--\r\n", StringComparison.Ordinal) + 5 - start;
        Assert.Equal(
            Compact($$"""
                {"accountId": "{{jmap.AccountId}}", "parsed": { "e{{email}}-2": {
                "id": null, "blobId": "e{{email}}-2", "threadId": null, "mailboxIds": null, "keywords": null, "receivedAt": null, "size": {{length}},
                "from": [{"name": "André", "email": "andre@example.com"}], "subject": "inner é", "messageId": ["inner@example.com"],
                "sentAt": "2014-10-30T14:12:00+08:00", "sender": null, "hasAttachment": true, "preview": "café",
                "textBody": [{"partId": "1", "blobId": "e{{email}}-2_1", "size": 5, "type": "text/plain", "name": null}],
                "attachments": [{"partId": "2", "blobId": "e{{email}}-2_2", "size": 5, "type": "application/pdf", "name": "a.pdf"}],
                "bodyValues": {"1": {"value": "café", "isEncodingProblem": false, "isTruncated": false} }
                } }, "notParsable": null, "notFound": null}
                """),
            Compact(answer.GetRawText()));
    }

    private static string Compact(string json) => JsonSerializer.Serialize(JsonDocument.Parse(json).RootElement);

    // RFC 8621 §4.9: the default properties.
    [Fact]
    public async Task Default_properties_and_what_is_no_message_and_what_is_not_there()
    {
        await using var jmap = await JmapHarness.StartAsync();
        var email = (await jmap.DeliverAsync(Carrier)).Value;
        var answer = await jmap.CallAsync("Email/parse", $$"""{"blobIds": ["e{{email}}-3", "e{{email}}", "e{{email}}-4", "e{{email}}-1", "e{{email}}-9", "e999", "e{{email}}-0", "nonsense", "e{{email}}-3"]}""");
        Assert.Equal(new[] { $"e{email}-3", $"e{email}" }, answer.GetProperty("parsed").EnumerateObject().Select(blob => blob.Name));
        Assert.Equal(EmailProperties.OfParse.Order(), answer.GetProperty("parsed").GetProperty($"e{email}").EnumerateObject().Select(property => property.Name).Order());
        Assert.Equal($$"""["e{{email}}-4","e{{email}}-1"]""", answer.GetProperty("notParsable").GetRawText());
        Assert.Equal($$"""["e{{email}}-9","e999","e{{email}}-0","nonsense"]""", answer.GetProperty("notFound").GetRawText());
        answer = await jmap.CallAsync("Email/parse", """{"blobIds": []}""");
        Assert.Equal(JsonValueKind.Null, answer.GetProperty("parsed").ValueKind);
        await jmap.CallAsync("Email/parse", "{}", error: "invalidArguments");
        await jmap.CallAsync("Email/parse", """{"blobIds": [], "properties": ["header:From:asDate"]}""", error: "invalidArguments");
    }

    [Theory]
    [InlineData("", "From: ada@", "message/rfc822")]
    [InlineData("-1", "below", "text/plain")]
    [InlineData("-2", "From: =?ut", "message/rfc822")]
    [InlineData("-2_1", "café", "text/plain")]
    [InlineData("-2_2", "%PDF-", "application/pdf")]
    [InlineData("-3", "Subject: h", "message/rfc822")]
    [InlineData("-3_1", "<b>hi</b>", "text/html")] // in a message that is encoded
    [InlineData("-2_3", null, null)]
    [InlineData("-3_2", null, null)]
    [InlineData("-3_1_1", null, null)]
    [InlineData("-01", null, null)]
    [InlineData("-5", null, null)]
    public async Task Blobs_of_a_message_are_found_by_section_and_come_decoded(string suffix, string? start, string? type)
    {
        await using var jmap = await JmapHarness.StartAsync();
        var email = (await jmap.DeliverAsync(Carrier)).Value;
        Assert.True(JmapBlobId.TryParse($"e{email}{suffix}", out var id));
        await using var blob = await JmapBlobs.OpenAsync(jmap.Services, new JmapAccount(jmap.Ada.Id, jmap.Ada.Address, "", true, Facteur.Storage.ShareRights.All) { User = jmap.Ada.Id }, id, default);
        Assert.Equal(type, blob?.Type);
        if (blob is null) return;
        var octets = new byte[blob.Length];
        for (var at = 0; at < octets.Length;)
        {
            var read = await blob.Source.ReadAsync(at, octets.AsMemory(at, Math.Min(3, octets.Length - at)), default);
            Assert.NotEqual(0, read);
            at += read;
        }
        Assert.Equal(0, await blob.Source.ReadAsync(octets.Length, new byte[8], default));
        Assert.StartsWith(start!, System.Text.Encoding.UTF8.GetString(octets), StringComparison.Ordinal);
        // Back, and into the middle.
        var again = new byte[1];
        Assert.Equal(1, await blob.Source.ReadAsync(octets.Length / 2, again, default));
        Assert.Equal(octets[octets.Length / 2], again[0]);
        Assert.Equal(1, await blob.Source.ReadAsync(0, again, default));
        Assert.Equal(octets[0], again[0]);
    }

    [Fact]
    public async Task Blobs_of_another_account_are_not_there()
    {
        await using var jmap = await JmapHarness.StartAsync();
        var other = (await jmap.Accounts.AddAccountAsync("bob@example.com", "Bob", "correct horse battery", default)).Account;
        var email = (await jmap.DeliverAsync(Carrier, to: other)).Value;
        var answer = await jmap.CallAsync("Email/parse", $$"""{"blobIds": ["e{{email}}", "e{{email}}-2"]}""");
        Assert.Equal($$"""["e{{email}}","e{{email}}-2"]""", answer.GetProperty("notFound").GetRawText());
    }

    [Theory]
    [InlineData("e12", "e12", null)]
    [InlineData("e12-1_2", "e12", "1.2")]
    [InlineData("u7", "u7", null)]
    [InlineData("u7-1", "u7", "1")]
    public void Ids_of_blobs_read_as_they_are_written(string text, string whole, string? part)
    {
        Assert.True(JmapBlobId.TryParse(text, out var id));
        Assert.Equal((text, part, whole), (id.ToString(), id.Part, (id with { Part = null }).ToString()));
        Assert.Equal(part is null ? "3.1" : part + ".3.1", id.PartOf("3.1").Part);
    }

    [Theory]
    [InlineData("Subject: x\n\nbody", true)]
    [InlineData("Subject: x", true)]
    [InlineData("From ada Mon Jan 1\nSubject: x\n\n", true)]
    [InlineData("Subject: x\nA: b\nC: d\nE: f\nnot a field\nG: h\n\n", true)]
    [InlineData("", false)]
    [InlineData("\nSubject: x\n\n", false)]
    [InlineData("Hello there,\nhow are you?\n", false)]
    [InlineData("Note: hello\nhow are you?\n", false)]
    [InlineData("A: b\0\n\n", false)]
    [InlineData("\u0089PNG\r\n\u001a\n", false)]
    public async Task Messages_are_told_from_other_files(string octets, bool expected) =>
        Assert.Equal(expected, await MessageCheck.IsMessageAsync(new StepSource(System.Text.Encoding.Latin1.GetBytes(octets), 5), default));
}
