using System.Text;
using System.Text.Json;
using Facteur.Jmap;

namespace Facteur.Tests.Jmap;

/// <summary>bodyValues: decoding, line ends, truncation, RFC 8621 §4.1.4 and §4.2.</summary>
public class ReadingValueTests
{
    [Theory]
    [InlineData("X: y", "a\r\nb\nc\rd\r\n", "a\nb\nc\rd\n", false)]
    [InlineData("X: y", "x\r\r\n", "x\r\n", false)]
    [InlineData("Content-Type: text/plain; charset=utf-8", "caf\u00c3\u00a9", "café", false)]
    [InlineData("Content-Type: text/plain; charset=utf-8", "a\u00ffb", "a\uFFFDb", true)]
    [InlineData("Content-Type: text/plain; charset=utf-8", "\u00c3", "\uFFFD", true)]
    [InlineData("Content-Type: text/plain; charset=utf-8", "\u00ef\u00bb\u00bfa", "a", false)] // byte order mark
    [InlineData("Content-Type: text/plain; charset=utf-8", "\u00ef\u00bf\u00bd", "\uFFFD", false)] // the sender's own
    [InlineData("Content-Type: text/plain; charset=iso-8859-1", "caf\u00e9 \u0080", "café €", false)]
    [InlineData("Content-Type: text/plain; charset=us-ascii", "plain", "plain", false)]
    [InlineData("Content-Type: text/plain", "caf\u00c3\u00a9", "café", false)]
    [InlineData("Content-Type: text/plain", "caf\u00e9", "café", true)] // no UTF-8: a guess
    [InlineData("Content-Type: text/plain; charset=x-unheard-of", "caf\u00c3\u00a9", "café", true)]
    [InlineData("Content-Type: text/plain; charset=utf-7", "+ADw-script+AD4-", "+ADw-script+AD4-", true)]
    [InlineData("Content-Type: text/plain; charset=utf-16\nContent-Transfer-Encoding: base64", "//5hAOkA", "aé", false)]
    [InlineData("Content-Type: text/plain; charset=utf-16\nContent-Transfer-Encoding: base64", "AGEA6Q==", "aé", false)]
    [InlineData("Content-Type: text/plain; charset=iso-2022-jp", "\u001b$B%F%9%H\u001b(B", "テスト", false)]
    [InlineData("Content-Type: text/plain; charset=shift_jis", "\u0083e\u0083X\u0083g", "テスト", false)]
    [InlineData("Content-Type: text/plain; charset=gb18030\nContent-Transfer-Encoding: base64", "gTCBMJQ5/DY=", "\u0080😀", false)]
    [InlineData("Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable", "caf=C3=A9 =\nnoir", "café noir", false)]
    [InlineData("Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64", "Y2Fmw6k=!!!", "café", false)]
    [InlineData("Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: rot13", "pnsr", "pnsr", true)]
    [InlineData("Content-Type: text/calendar", "BEGIN:VCALENDAR\r\n", "BEGIN:VCALENDAR\n", false)]
    public async Task Text_comes_decoded(string header, string body, string expected, bool problem)
    {
        var email = await Reading.OfAsync(Encoding.Latin1.GetBytes(header.ReplaceLineEndings("\r\n") + "\r\n\r\n" + body), """{"properties": ["bodyValues"], "fetchAllBodyValues": true}""");
        var value = email.GetProperty("bodyValues").GetProperty("1");
        Assert.Equal((expected, problem, false), (value.GetProperty("value").GetString(), value.GetProperty("isEncodingProblem").GetBoolean(), value.GetProperty("isTruncated").GetBoolean()));
    }

    private const string Three = """
        Content-Type: multipart/mixed; boundary=a

        --a
        Content-Type: multipart/alternative; boundary=b

        --b

        plain
        --b
        Content-Type: text/html

        html
        --b--
        --a
        Content-Type: text/csv

        csv
        --a
        Content-Type: application/x-sh

        no text
        --a--
        """;

    [Theory]
    [InlineData("{}", "")]
    [InlineData("""{"fetchTextBodyValues": true}""", "1.1")]
    [InlineData("""{"fetchHTMLBodyValues": true}""", "1.2")]
    [InlineData("""{"fetchTextBodyValues": true, "fetchHTMLBodyValues": true}""", "1.1 1.2")]
    [InlineData("""{"fetchAllBodyValues": true, "fetchHTMLBodyValues": true}""", "1.1 1.2 2")]
    public async Task Values_are_those_asked_for(string arguments, string parts)
    {
        var values = (await Reading.OfAsync(Three, arguments)).GetProperty("bodyValues");
        Assert.Equal(parts, string.Join(' ', values.EnumerateObject().Select(value => value.Name)));
    }

    [Theory]
    [InlineData("plain", "hello", 0, "hello", false)]
    [InlineData("plain", "hello", 5, "hello", false)]
    [InlineData("plain", "hello", 4, "hell", true)]
    [InlineData("plain", "héllo", 2, "h", true)] // never within a character
    [InlineData("plain", "héllo", 3, "hé", true)]
    [InlineData("plain", "a😀b", 4, "a", true)]
    [InlineData("plain", "a😀b", 5, "a😀", true)]
    [InlineData("plain", "a\r\nb\r\nc", 4, "a\nb\n", true)] // of the value, not of what it is made from
    [InlineData("plain", "a\r\nb", 3, "a\nb", false)]
    [InlineData("plain", "<a href=\"x\">", 5, "<a hr", true)]
    [InlineData("html", "<p>Hello <a href=\"https://example.com\">you</a></p>", 30, "<p>Hello ", true)] // never within a tag
    [InlineData("html", "<p>Hello <a href=\"https://example.com\">you</a></p>", 39, "<p>Hello <a href=\"https://example.com\">", true)]
    [InlineData("html", "<p>Hello <a href=\"https://example.com\">you</a></p>", 44, "<p>Hello <a href=\"https://example.com\">you", true)]
    [InlineData("html", "<p>Hello <a href=\"https://example.com\">you</a></p>", 50, "<p>Hello <a href=\"https://example.com\">you</a></p>", false)]
    [InlineData("html", "<i title='a > b' x>it</i>", 15, "", true)] // a bracket in quotes ends no tag
    [InlineData("html", "<i don't>it's > that", 14, "<i don't>it's ", true)]
    [InlineData("html", "1 < 2 and more", 8, "1 < 2 an", true)] // no tag
    [InlineData("html", "<3 <3 <3", 4, "<3 <", true)]
    [InlineData("html", "<!-- it's --><b>x</b>", 8, "<!-- it'", true)] // a comment is no tag
    [InlineData("html", "a<b", 3, "a<b", false)]
    [InlineData("html", "a<", 2, "a<", false)]
    [InlineData("html", "a<b", 2, "a", true)]
    public async Task Values_are_cut_where_they_may_be(string subtype, string body, int max, string expected, bool truncated)
    {
        var message = Encoding.UTF8.GetBytes($"Content-Type: text/{subtype}; charset=utf-8\r\n\r\n{body}");
        for (var step = 1; step <= 64; step = step == 1 ? 3 : step * 4)
        {
            var value = (await Reading.OfAsync(message, $$"""{"properties": ["bodyValues"], "fetchAllBodyValues": true, "maxBodyValueBytes": {{max}}}""", step))
                .GetProperty("bodyValues").GetProperty("1");
            Assert.Equal((expected, truncated), (value.GetProperty("value").GetString(), value.GetProperty("isTruncated").GetBoolean()));
        }
    }

    [Theory]
    [InlineData("html")]
    [InlineData("plain")]
    public async Task A_cut_value_is_the_start_of_the_whole_and_as_long_as_may_be(string subtype)
    {
        var random = new Random(42);
        for (var i = 0; i < 60; i++)
        {
            var body = string.Concat(Enumerable.Range(0, random.Next(1, 60)).Select(_ => random.GetItems(["é", "😀", "x", "<b>", "</b>", "<a t=\"<>\">", "\r\n", " < ", "漢"], 1)[0]));
            var message = Encoding.UTF8.GetBytes($"Content-Type: text/{subtype}; charset=utf-8\r\n\r\n{body}");
            var whole = body.ReplaceLineEndings("\n");
            for (var max = 1; max < Encoding.UTF8.GetByteCount(whole) + 2; max += random.Next(1, 9))
            {
                var value = (await Reading.OfAsync(message, $$"""{"properties": ["bodyValues"], "fetchAllBodyValues": true, "maxBodyValueBytes": {{max}}}""", random.Next(1, 20)))
                    .GetProperty("bodyValues").GetProperty("1");
                var text = value.GetProperty("value").GetString()!;
                var octets = Encoding.UTF8.GetByteCount(text);
                Assert.StartsWith(text, whole, StringComparison.Ordinal);
                Assert.InRange(octets, Math.Max(0, Math.Min(max, Encoding.UTF8.GetByteCount(whole)) - 12), max); // the longest token is 10 octets
                Assert.Equal(text.Length < whole.Length, value.GetProperty("isTruncated").GetBoolean());
            }
        }
    }

    [Theory]
    [InlineData("base64")]
    [InlineData("quoted-printable")]
    [InlineData("8bit")]
    public async Task A_large_part_is_read_no_further_than_it_is_told(string encoding)
    {
        var line = encoding == "base64" ? Convert.ToBase64String(Encoding.ASCII.GetBytes(new string('x', 57))) : new string('x', 76);
        var message = Encoding.ASCII.GetBytes($"Content-Transfer-Encoding: {encoding}\r\n\r\n" + string.Concat(Enumerable.Repeat(line + "\r\n", 40_000)));
        var source = new StepSource(message, int.MaxValue);
        var facts = await PartBlob.ParseAsync(source, default);
        var before = source.Read;
        using var arguments = JsonDocument.Parse("""{"properties": ["bodyValues", "textBody"], "fetchTextBodyValues": true, "maxBodyValueBytes": 1000}""");
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        await using var json = new Utf8JsonWriter(output);
        await using var open = new OpenEmail(_ => new(source), () => ValueTask.CompletedTask);
        var plan = EmailPlan.Read(arguments.RootElement, [], alwaysId: false);
        await new EmailWriter(json, plan).WriteParsedAsync(default(JmapBlobId) with { Email = new(1) }, facts, open, default);
        await json.FlushAsync(TestContext.Current.CancellationToken);
        Assert.InRange(source.Read - before, 1, 40_000);
        using var email = JsonDocument.Parse(output.WrittenMemory);
        Assert.Equal(encoding == "base64" ? 57 * 40_000 : 78 * 40_000, email.RootElement.GetProperty("textBody")[0].GetProperty("size").GetInt64());
        Assert.Equal(1000, email.RootElement.GetProperty("bodyValues").GetProperty("1").GetProperty("value").GetString()!.Length);
    }

    // One damaged message must not cost a client the others of its call.
    [Fact]
    public async Task A_damaged_message_reads_as_far_as_it_can_be_read()
    {
        var message = Reading.Octets("Subject: x\nX: y\n\n" + string.Concat(Enumerable.Repeat("0123456789\n", 5000)));
        var facts = await PartBlob.ParseAsync(new StepSource(message, int.MaxValue), default);
        using var arguments = JsonDocument.Parse("""{"properties": ["header:X", "subject", "bodyValues"], "fetchTextBodyValues": true}""");
        foreach (var whole in (int[])[-1, 0, 10, 30_000])
        {
            var output = new System.Buffers.ArrayBufferWriter<byte>();
            await using (var json = new Utf8JsonWriter(output))
            {
                var source = new DamagedSource(message, whole);
                await using var open = new OpenEmail(_ => whole < 0 ? throw new Facteur.Storage.DamagedMessageException("no") : new(source), () => ValueTask.CompletedTask);
                await new EmailWriter(json, EmailPlan.Read(arguments.RootElement, [], alwaysId: false)).WriteParsedAsync(default, facts, open, default);
            }
            using var email = JsonDocument.Parse(output.WrittenMemory);
            var value = email.RootElement.GetProperty("bodyValues").GetProperty("1");
            Assert.True(value.GetProperty("isEncodingProblem").GetBoolean());
            Assert.Equal(whole == 30_000 ? " y" : null, email.RootElement.GetProperty("header:X").GetString());
            Assert.Equal(whole == 30_000, value.GetProperty("value").GetString()!.Length > 10_000);
        }
    }

    private sealed class DamagedSource(byte[] octets, int whole) : Facteur.Mail.IMessageSource
    {
        public long Length => octets.Length;

        public ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancel)
        {
            if (offset + Math.Min(buffer.Length, 1) > whole) throw new Facteur.Storage.DamagedMessageException("no");
            var count = (int)Math.Min(buffer.Length, whole - offset);
            octets.AsMemory((int)offset, count).CopyTo(buffer);
            return new(count);
        }
    }

    [Fact]
    public async Task A_tag_that_never_ends_holds_little_memory()
    {
        var message = Encoding.ASCII.GetBytes("Content-Type: text/html\r\n\r\n<a " + new string('x', 300_000));
        var value = (await Reading.OfAsync(message, """{"properties": ["bodyValues"], "fetchAllBodyValues": true, "maxBodyValueBytes": 200000}""")).GetProperty("bodyValues").GetProperty("1");
        Assert.True(value.GetProperty("isTruncated").GetBoolean());
        Assert.InRange(value.GetProperty("value").GetString()!.Length, 100_000, 200_000);
    }
}
