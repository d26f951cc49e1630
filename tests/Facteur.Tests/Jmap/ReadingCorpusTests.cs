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
