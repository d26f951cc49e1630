using System.Text;
using System.Text.Json;

namespace Facteur.Tests.Jmap;

/// <summary>textBody, htmlBody, attachments and the structure they are taken from, RFC 8621 §4.1.4.</summary>
public class ReadingBodyTests
{
    // Each part: its type, perhaps a disposition, perhaps "name", its label behind the dash; indented below its multipart.
    [Theory]
    // The example of the RFC.
    [InlineData("""
        multipart/mixed
          text/plain inline - A
          multipart/mixed
            multipart/alternative
              multipart/mixed
                text/plain inline - B
                image/jpeg inline - C
                text/plain inline - D
              multipart/related
                text/html - E
                image/jpeg - F
            image/jpeg attachment - G
            application/x-excel - H
            message/rfc822 - J
          text/plain inline - K
        """, "ABCDK", "AEK", "CFGHJ")]
    [InlineData("text/plain - A", "A", "A", "")]
    [InlineData("text/html - A", "A", "A", "")]
    [InlineData("text/plain attachment - A", "", "", "A")]
    [InlineData("text/plain name - A", "A", "A", "")]
    [InlineData("text/csv - A", "", "", "A")]
    [InlineData("application/pdf - A", "", "", "A")]
    [InlineData("image/png - A", "A", "A", "")]
    [InlineData("message/rfc822 - A", "", "", "A")]
    [InlineData("""
        multipart/alternative
          text/plain - A
          text/html - B
        """, "A", "B", "")]
    [InlineData("""
        multipart/alternative
          text/html - A
        """, "A", "A", "")]
    [InlineData("""
        multipart/alternative
          text/plain - A
        """, "A", "A", "")]
    [InlineData("""
        multipart/alternative
          text/plain - A
          text/html - B
          text/calendar - C
          image/png - D
        """, "A", "B", "CD")]
    [InlineData("""
        multipart/mixed
          text/plain - A
          image/png - B
          application/pdf - C
          text/plain name - D
          audio/ogg name - E
          video/mp4 attachment - F
        """, "ABE", "ABE", "CDF")]
    [InlineData("""
        multipart/related
          text/html - A
          image/png - B
          text/plain - C
        """, "A", "A", "BC")]
    [InlineData("""
        multipart/alternative
          text/plain - A
          multipart/related
            text/html - B
            image/png - C
        """, "A", "B", "C")]
    [InlineData("""
        multipart/related
          multipart/alternative
            text/plain - A
            text/html - B
          image/png - C
        """, "A", "B", "C")]
    [InlineData("""
        multipart/mixed
          multipart/alternative
            text/plain - A
            multipart/mixed
              text/html - B
              application/pdf - C
              text/html - D
          text/plain - E
        """, "AE", "BDE", "C")]
    [InlineData("""
        multipart/alternative
          multipart/mixed
            text/html - A
            image/png - B
        """, "AB", "AB", "B")]
    // An alternative below a form that was chosen already, of which the RFC's script does not think.
    [InlineData("""
        multipart/alternative
          multipart/mixed
            text/html - A
            multipart/alternative
              text/plain - B
              text/html - C
        """, "AC", "AC", "B")]
    [InlineData("""
        multipart/signed
          text/plain - A
          application/pgp-signature - B
        """, "A", "A", "B")]
    [InlineData("""
        multipart/digest
          message/rfc822 - A
          message/rfc822 - B
        """, "", "", "AB")]
    [InlineData("""
        multipart/report
          text/plain - A
          message/delivery-status - B
          message/rfc822 - C
        """, "A", "A", "BC")]
    [InlineData("""
        multipart/mixed
          text/plain inline name - A
          text/html inline name - B
          image/png inline name - C
        """, "AC", "AC", "B")]
    public async Task Parts_are_divided_as_the_RFC_does(string outline, string text, string html, string attachments)
    {
        var email = await Reading.OfAsync(Message(outline), """{"properties": ["textBody", "htmlBody", "attachments"], "bodyProperties": ["header:X-Label:asText"]}""");
        Assert.Equal((text, html, attachments), (Labels(email, "textBody"), Labels(email, "htmlBody"), Labels(email, "attachments")));
    }

    [Fact]
    public async Task No_part_is_lost_whatever_the_nesting()
    {
        var random = new Random(8621);
        for (var i = 0; i < 500; i++)
        {
            var outline = new StringBuilder();
            var label = 'A';
            Grow(random, 0, outline, ref label);
            var email = await Reading.OfAsync(Message(outline.ToString().TrimEnd('\n')), """{"properties": ["textBody", "htmlBody", "attachments"], "bodyProperties": ["header:X-Label:asText"]}""");
            var (text, html, attachments) = (Labels(email, "textBody"), Labels(email, "htmlBody"), Labels(email, "attachments"));
            foreach (var list in (string[])[text, html, attachments]) Assert.Equal(list.Length, list.Distinct().Count());
            for (var one = 'A'; one < label; one++) Assert.True((text + html + attachments).Contains(one, StringComparison.Ordinal), outline.ToString());
        }
    }

    private static void Grow(Random random, int depth, StringBuilder outline, ref char label)
    {
        outline.Append(' ', depth * 2);
        if (depth == 0 || depth < 4 && random.Next(3) == 0)
        {
            outline.Append("multipart/").Append(random.GetItems(["mixed", "alternative", "related"], 1)[0]).Append('\n');
            for (var children = random.Next(1, 4); children > 0; children--) Grow(random, depth + 1, outline, ref label);
            return;
        }
        outline.Append(random.GetItems(["text/plain", "text/html", "image/png", "application/pdf", "message/rfc822"], 1)[0])
            .Append(random.GetItems(["", " attachment", " inline", " name"], 1)[0]).Append(" - ").Append(label++).Append('\n');
    }

    [Fact]
    public async Task A_part_tells_all_about_itself()
    {
        const string Message = """
            Subject: x
            Content-Type: multipart/mixed; boundary=b
            Content-Language: fr

            --b
            Content-Type: TEXT/Plain; format=flowed
            Content-Language: fr-FR, en (English, US)
            Content-Location: http://example.com/a
            X-Part: =?utf-8?Q?=C3=A9?=

            café
            --b
            Content-Type: application/json; charset="utf-8"; name*=utf-8''r%C3%A9sum%C3%A9.json
            Content-Disposition: INLINE (shown)
            Content-Id: <one@example.com>
            Content-Transfer-Encoding: base64

            e30=
            --b
            Content-Type: message/rfc822

            Subject: inner

            text
            --b--
            """;
        var email = await Reading.OfAsync(
            Message, """{"properties": ["bodyStructure"], "bodyProperties": ["partId", "blobId", "size", "name", "type", "charset", "disposition", "cid", "language", "location", "subParts", "header:x-part:asText", "header:Subject"]}""");
        Assert.Equal(
            """{"partId":null,"blobId":null,"size":0,"name":null,"type":"multipart/mixed","charset":null,"disposition":null,"cid":null,"language":["fr"],"location":null,"subParts":["""
            + """{"partId":"1","blobId":"e7-1","size":4,"name":null,"type":"text/plain","charset":"us-ascii","disposition":null,"cid":null,"language":["fr-FR","en"],"location":"http://example.com/a","subParts":null,"header:x-part:asText":"é","header:Subject":null},"""
            + """{"partId":"2","blobId":"e7-2","size":2,"name":"résumé.json","type":"application/json","charset":"utf-8","disposition":"inline","cid":"one@example.com","language":null,"location":null,"subParts":null,"header:x-part:asText":null,"header:Subject":null},"""
            + """{"partId":"3","blobId":"e7-3","size":22,"name":null,"type":"message/rfc822","charset":null,"disposition":null,"cid":null,"language":null,"location":null,"subParts":null,"header:x-part:asText":null,"header:Subject":null}],"header:x-part:asText":null,"header:Subject":" x"}""",
            email.GetProperty("bodyStructure").GetRawText());
    }

    [Fact]
    public async Task A_message_of_one_part_has_part_1_and_headers_of_parts_are_told_as_written() => Assert.Equal(
        """{"bodyStructure":{"partId":"1","blobId":"e7-1","type":"text/plain","headers":[{"name":"Content-Type","value":" text/plain;\r\n charset=x"}]},"attachments":[]}""",
        await Reading.TextOfAsync(
            "Content-Type: text/plain;\n charset=x\n\nbody", """{"properties": ["bodyStructure", "attachments"], "bodyProperties": ["partId", "blobId", "type", "headers"]}"""));

    // RFC 8621 §4.1.4: the list has no subParts; the structure is of no use without.
    [Fact]
    public async Task The_structure_shows_what_multiparts_are_made_of_unless_a_list_without_it_is_asked_for()
    {
        const string Message = "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b--";
        var whole = await Reading.OfAsync(Message, """{"properties": ["bodyStructure", "textBody"]}""");
        Assert.Equal(1, whole.GetProperty("bodyStructure").GetProperty("subParts").GetArrayLength());
        Assert.False(whole.GetProperty("textBody")[0].TryGetProperty("subParts", out _));
        var bare = await Reading.TextOfAsync(Message, """{"properties": ["bodyStructure"], "bodyProperties": ["type"]}""");
        Assert.Equal("""{"bodyStructure":{"type":"multipart/mixed"}}""", bare);
    }

    [Fact]
    public async Task Ten_thousand_parts_and_a_hundred_levels_are_shown()
    {
        var many = new StringBuilder("Content-Type: multipart/mixed; boundary=b\n\n");
        for (var i = 0; i < 10_050; i++) many.Append("--b\nContent-Type: image/png\nX-Label: x\n\n");
        var email = await Reading.OfAsync(many.ToString(), """{"properties": ["bodyStructure", "attachments", "htmlBody"], "bodyProperties": ["partId", "type", "header:X-Label", "subParts"]}""");
        Assert.InRange(email.GetProperty("htmlBody").GetArrayLength(), 9_900, 10_000);
        var deep = new StringBuilder("Content-Type: multipart/mixed; boundary=b0\n\n");
        for (var i = 0; i < 200; i++) deep.Append("--b").Append(i).Append("\nContent-Type: multipart/alternative; boundary=b").Append(i + 1).Append("\n\n");
        var structure = (await Reading.OfAsync(deep.ToString(), """{"properties": ["bodyStructure", "attachments"]}""")).GetProperty("bodyStructure");
        var levels = 0;
        for (; structure.TryGetProperty("subParts", out var below) && below.ValueKind == JsonValueKind.Array; levels++) structure = below[0];
        Assert.InRange(levels, 90, 101);
    }

    [Fact]
    public async Task A_header_of_a_megabyte_is_read()
    {
        var message = "X-Long: " + string.Join("\n ", Enumerable.Repeat(new string('x', 999), 1000)) + "\nSubject: behind it\n\n";
        var email = await Reading.OfAsync(message, """{"properties": ["header:Subject:asText", "header:X-Long", "headers"]}""");
        Assert.Equal("behind it", email.GetProperty("header:Subject:asText").GetString());
        Assert.Equal(1 + 999 * 1000 + 3 * 999, email.GetProperty("header:X-Long").GetString()!.Length);
    }

    /// <summary>The message of an outline.</summary>
    private static string Message(string outline)
    {
        var lines = outline.ReplaceLineEndings("\n").Split('\n');
        var at = 0;
        var message = new StringBuilder();
        Write(message, lines, ref at);
        return message.ToString();
    }

    private static void Write(StringBuilder message, string[] lines, ref int at)
    {
        var line = lines[at++];
        var depth = Depth(line);
        var words = line.Trim().Split(' ');
        var boundary = "b" + at;
        message.Append("Content-Type: ").Append(words[0]);
        if (words[0].StartsWith("multipart/", StringComparison.Ordinal)) message.Append("; boundary=").Append(boundary);
        if (words.Contains("name")) message.Append("; name=file");
        message.Append('\n');
        if (words.Contains("inline")) message.Append("Content-Disposition: inline\n");
        if (words.Contains("attachment")) message.Append("Content-Disposition: attachment\n");
        message.Append("X-Label: ").Append(words[^1]).Append("\n\n");
        if (words[0] == "message/rfc822") message.Append("Subject: inside\n\nwords");
        while (at < lines.Length && Depth(lines[at]) > depth)
        {
            message.Append("\n--").Append(boundary).Append('\n');
            Write(message, lines, ref at);
        }
        if (words[0].StartsWith("multipart/", StringComparison.Ordinal)) message.Append("\n--").Append(boundary).Append("--\n");
    }

    private static int Depth(string line) => line.Length - line.TrimStart().Length;

    private static string Labels(JsonElement email, string list) =>
        string.Concat(email.GetProperty(list).EnumerateArray().Select(part => part.GetProperty("header:X-Label:asText").GetString()));
}
