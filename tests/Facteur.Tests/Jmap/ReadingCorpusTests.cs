using System.Text;
using System.Text.Json;
using Facteur.Tests.Mail.Structure;
using Facteur.Tests.Support;

namespace Facteur.Tests.Jmap;

/// <summary>Real and broken messages, all read whole.</summary>
public class ReadingCorpusTests
{
    private const string Everything = """
        {"properties": ["size", "hasAttachment", "preview", "messageId", "inReplyTo", "references", "sender", "from", "to", "cc", "bcc", "replyTo", "subject", "sentAt", "headers",
        "header:Received:all", "header:List-Unsubscribe:asURLs", "header:To:asGroupedAddresses:all", "bodyStructure", "textBody", "htmlBody", "attachments", "bodyValues"],
        "bodyProperties": ["partId", "blobId", "size", "headers", "name", "type", "charset", "disposition", "cid", "language", "location", "subParts", "header:Content-Type:asText"],
        "fetchAllBodyValues": true}
        """;

    [Theory, MemberData(nameof(CorpusTests.Files), MemberType = typeof(CorpusTests))]
    public async Task Every_message_is_read_however_it_is_cut(string file)
    {
        var octets = await File.ReadAllBytesAsync(SharedMaterial.Require(Path.Combine("corpus/mime", file)), TestContext.Current.CancellationToken);
        if (octets.Length > 300_000) octets = octets[..300_000];
        var email = (await Reading.OfAsync(octets, Everything)).GetRawText();
        Assert.Equal(email, (await Reading.OfAsync(octets, Everything, step: 61)).GetRawText());
        Assert.DoesNotContain("\\u0000", JsonDocument.Parse(email).RootElement.GetProperty("headers").GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_octet_that_is_changed_makes_a_message_unreadable()
    {
        var message = Reading.Octets("""
            From: "A, B" (c) <a@b>, G: =?utf-8?B?w6k=?= <c@d>;
            Sender: e@f
            Date: Thu, 30 Oct 2014 14:12:00 +0800 (x)
            References: <1@x> <2@x>
            List-Unsubscribe: <mailto:a@b> (c), <https://x/>
            Subject: =?iso-2022-jp?B?GyRCRnxLXBsoQg==?= x
            Content-Type: multipart/mixed; boundary="b"; charset=x

            --b
            Content-Type: text/html; charset=iso-2022-jp; name*0*=utf-8''%C3; name*1*=%A9
            Content-Transfer-Encoding: quoted-printable
            Content-Language: en, fr (x)

            <p title=3D"x">=1B$BF|K\=1B(B</p>=
            --b
            Content-Transfer-Encoding: base64
            Content-Location: http://x/

            w6k=
            --b
            Content-Type: message/rfc822

            Subject: inner
            --b--
            """);
        var random = new Random(4_2_1);
        for (var i = 0; i < 1500; i++)
        {
            var changed = (byte[])message.Clone();
            for (var changes = random.Next(1, 6); changes > 0; changes--) changed[random.Next(changed.Length)] = random.Next(3) == 0 ? (byte)random.Next(256) : "\"\\<>()=?;:,\r\n \0'*@"u8[random.Next(18)];
            await Reading.OfAsync(changed[..random.Next(changed.Length * 3 / 4, changed.Length)], Everything);
        }
    }

    [Theory, MemberData(nameof(CorpusTests.Files), MemberType = typeof(CorpusTests))]
    public async Task Truncated_values_are_starts_of_the_whole_ones(string file)
    {
        var octets = await File.ReadAllBytesAsync(SharedMaterial.Require(Path.Combine("corpus/mime", file)), TestContext.Current.CancellationToken);
        if (octets.Length > 300_000) octets = octets[..300_000];
        var whole = (await Reading.OfAsync(octets, """{"properties": ["bodyValues"], "fetchAllBodyValues": true}""")).GetProperty("bodyValues");
        var cut = (await Reading.OfAsync(octets, """{"properties": ["bodyValues"], "fetchAllBodyValues": true, "maxBodyValueBytes": 500}""")).GetProperty("bodyValues");
        foreach (var value in cut.EnumerateObject())
        {
            var text = value.Value.GetProperty("value").GetString()!;
            Assert.InRange(Encoding.UTF8.GetByteCount(text), 0, 500);
            Assert.StartsWith(text, whole.GetProperty(value.Name).GetProperty("value").GetString(), StringComparison.Ordinal);
        }
    }
}
