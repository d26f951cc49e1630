using System.Text;
using Facteur.Mail;

namespace Facteur.Tests.Mail.Text;

public class MessageBuilderTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 5, 12, 0, 0, TimeSpan.FromHours(1));

    [Fact]
    public void A_simple_message_is_written_line_by_line()
    {
        var message = new MessageBuilder { Subject = "Hello", Date = Noon, MessageId = "1@demo.test", BoundarySeed = "b" }
            .From("jane@demo.test", "Jane Doe").To("bob@demo.test").Text("Hi.\nBye.");
        Assert.Equal("""
            Date: Thu, 5 Mar 2026 12:00:00 +0100
            From: Jane Doe <jane@demo.test>
            To: bob@demo.test
            Subject: Hello
            Message-ID: <1@demo.test>
            MIME-Version: 1.0
            Content-Type: text/plain; charset=us-ascii

            Hi.
            Bye.

            """, Written(message).ReplaceLineEndings("\n"));
    }

    [Fact]
    public void Alternatives_inline_parts_and_attachments_nest_as_clients_expect()
    {
        var message = new MessageBuilder { BoundarySeed = "b" }.Text("plain\n").Html("<img src=\"cid:logo\">")
            .Inline("logo", "image/png", new byte[] { 1, 2, 3 }).Attach("a.bin", "application/octet-stream", new byte[100]);
        Assert.Equal("""
            MIME-Version: 1.0
            Content-Type: multipart/mixed; boundary="=_b.2"

            --=_b.2
            Content-Type: multipart/alternative; boundary="=_b.1"

            --=_b.1
            Content-Type: text/plain; charset=us-ascii

            plain

            --=_b.1
            Content-Type: multipart/related; type="text/html"; boundary="=_b.0"

            --=_b.0
            Content-Type: text/html; charset=us-ascii

            <img src="cid:logo">
            --=_b.0
            Content-Type: image/png
            Content-Transfer-Encoding: base64
            Content-Disposition: inline
            Content-ID: <logo>

            AQID

            --=_b.0--

            --=_b.1--

            --=_b.2
            Content-Type: application/octet-stream
            Content-Transfer-Encoding: base64
            Content-Disposition: attachment; filename=a.bin

            AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
            AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==

            --=_b.2--

            """.ReplaceLineEndings("\n"), Written(message).ReplaceLineEndings("\n"));
    }

    [Fact]
    public void Long_fields_are_folded_and_read_the_same()
    {
        var subject = "Réunion du comité d'organisation de la fête de l'école, jeudi à 18 h 30 dans la salle polyvalente : ordre du jour provisoire";
        var message = new MessageBuilder { Subject = subject, References = [.. Enumerable.Range(0, 20).Select(i => $"<{i}.abcdefghijkl@demo.test>")] }
            .From("jane@demo.test", "Jané " + new string('x', 100));
        for (var i = 0; i < 30; i++)
            message.To($"person{i}@demo.test", $"Person, n° {i}");
        var text = Written(message);
        var header = text[..text.IndexOf("\r\n\r\n", StringComparison.Ordinal)];
        Assert.All(header.Split("\r\n"), line => Assert.InRange(line.Length, 1, 78));
        Assert.All(header.Split("\r\n").Where(line => line.Contains("=?", StringComparison.Ordinal)), line => Assert.InRange(line.Length, 1, 76));
        Assert.DoesNotContain(header.Split("\r\n"), string.IsNullOrWhiteSpace);
        Assert.Equal(subject, EncodedWords.Decode(Field(text, "Subject")));
        Assert.Equal(20, MessageIds.Parse(Field(text, "References")).Count);
        var to = AddressParser.ParseList(Field(text, "To"), 100);
        Assert.Equal(30, to.Count);
        Assert.Equal(("Person, n° 29", "person29", "demo.test"), (to[29].DisplayName, to[29].LocalPart, to[29].Domain));
    }

    [Fact]
    public void A_first_word_too_long_for_its_line_gets_its_own_and_one_too_long_for_any_is_divided()
    {
        var url = "<https://example.org/" + new string('u', 50) + ">";
        Assert.Contains("List-Unsubscribe:\r\n " + url + "\r\n", Written(new MessageBuilder().Header("List-Unsubscribe", url)), StringComparison.Ordinal);
        var endless = new string('x', 3_000);
        var written = Written(new MessageBuilder { Subject = endless });
        Assert.All(written.Split("\r\n"), line => Assert.InRange(line.Length, 0, 78));
        Assert.Equal(endless, EncodedWords.Decode(Field(written, "Subject")));
    }

    // S-03: nothing given as text adds a field.
    [Theory]
    [InlineData("x\r\nBcc: evil@x.test")]
    [InlineData("x\nBcc: evil@x.test")]
    [InlineData("x\rBcc: evil@x.test")]
    [InlineData("x\u2028Bcc: evil@x.test")]
    [InlineData("x\u0085Bcc: evil@x.test")]
    [InlineData("x\r\n\r\nBcc: evil@x.test")]
    [InlineData("\uD800\r\nBcc: evil@x.test")]
    public void No_text_adds_a_field(string text)
    {
        var message = new MessageBuilder { Subject = text, Date = Noon }
            .From("a@demo.test", text).To("b@demo.test", text).Header("X-Note", text).Text("body").Attach(text, "text/x-y", new byte[1]);
        var written = Written(message);
        var header = written[..written.IndexOf("\r\n\r\n", StringComparison.Ordinal)].Split("\r\n");
        Assert.Equal(["Date", "From", "To", "Subject", "X-Note", "MIME-Version", "Content-Type"],
            header.Where(line => line[0] != ' ').Select(line => line[..line.IndexOf(':', StringComparison.Ordinal)]));
        Assert.DoesNotContain("\nBcc", written, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain('\n', written.Replace("\r\n", "", StringComparison.Ordinal));
        Assert.DoesNotContain('\r', written.Replace("\r\n", "", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("a\r\nBcc: x@y")]
    [InlineData("\"a\r\nRCPT TO:<x>\"@d.test")]
    [InlineData("a b@c.test")]
    [InlineData("a@b@c")]
    [InlineData("a@b, c@d")]
    [InlineData("<a@b>")]
    [InlineData("\"\"@b")]
    [InlineData("a@")]
    [InlineData("@b")]
    [InlineData("")]
    public void What_is_no_address_is_refused(string address) => Assert.Throws<ArgumentException>(() => new MessageBuilder().To(address));

    [Theory]
    [InlineData("X:Y")]
    [InlineData("")]
    [InlineData("X Y")]
    [InlineData("X\r\nY")]
    public void What_is_no_field_name_is_refused(string name) => Assert.Throws<ArgumentException>(() => new MessageBuilder().Header(name, "x"));

    [Theory]
    [InlineData("a.pdf", "filename=a.pdf")]
    [InlineData("my report.pdf", "filename=\"my report.pdf\"")]
    [InlineData("a\"b\\c.pdf", "filename=\"a\\\"b\\\\c.pdf\"")]
    [InlineData("été.pdf", "filename*=utf-8''%C3%A9t%C3%A9.pdf")]
    public void File_names_are_written_after_rfc_2231(string name, string expected) =>
        Assert.Contains("Content-Disposition: attachment; " + expected + "\r\n", Written(new MessageBuilder().Attach(name, "application/pdf", new byte[1])), StringComparison.Ordinal);

    [Fact]
    public void A_long_file_name_is_continued()
    {
        var name = string.Concat(Enumerable.Repeat("日本語の長いファイル名", 5)) + ".pdf";
        var written = Written(new MessageBuilder().Attach(name, "application/pdf", new byte[1]));
        var pieces = written.Split("\r\n").Where(line => line.Contains("filename*", StringComparison.Ordinal)).ToList();
        Assert.True(pieces.Count > 3);
        Assert.All(pieces, line => Assert.InRange(line.Length, 1, 78));
        var value = string.Concat(pieces.Select(line => line[(line.IndexOf('=', StringComparison.Ordinal) + 1)..].TrimEnd(';')));
        Assert.Equal(name, Uri.UnescapeDataString(value["utf-8''".Length..]));
    }

    [Theory]
    [InlineData("ascii\nonly\n", "7bit")]
    [InlineData("Un texte français, où l'on écrit surtout des lettres sans accent.\n\nFrom ici\n.\nfin = là \t\n", "quoted-printable")]
    [InlineData("日本語のテキストはこちらです\n二行目", "base64")]
    public void Text_travels_as_it_travels_best(string text, string encoding)
    {
        var written = new MessageBuilder().Text(text).ToArray();
        var header = Encoding.ASCII.GetString(written.AsSpan(0, written.AsSpan().IndexOf("\r\n\r\n"u8)));
        if (encoding == "7bit")
            Assert.DoesNotContain("Transfer-Encoding", header, StringComparison.Ordinal);
        else
            Assert.Contains("Content-Transfer-Encoding: " + encoding, header, StringComparison.Ordinal);
        Assert.All(Encoding.Latin1.GetString(written).Split("\r\n"), line => Assert.InRange(line.Length, 0, 76));
        Assert.All(written, octet => Assert.InRange(octet, 0, 127));
        Assert.Equal(text.TrimEnd('\n'), Decoded(written, encoding).ReplaceLineEndings("\n").TrimEnd('\n'));
    }

    [Fact]
    public void Any_octets_survive_quoted_printable()
    {
        var random = new Random(7);
        for (var i = 0; i < 300; i++)
        {
            var text = new string([.. Enumerable.Range(0, random.Next(300)).Select(_ => " \t=.é日abc\nFrom "[random.Next(15)])]);
            var written = new MessageBuilder().Text(text, encoding: TransferEncoding.QuotedPrintable).ToArray();
            Assert.All(Encoding.Latin1.GetString(written).Split("\r\n"), line => Assert.True(line.Length <= 76 && !line.EndsWith(' ') && !line.EndsWith('\t'), line));
            var decoded = Decoded(written, "quoted-printable").ReplaceLineEndings("\n");
            Assert.Equal(text, text.EndsWith('\n') ? decoded : decoded[..^1]);
        }
    }

    [Fact]
    public void An_attached_message_is_written_as_it_is()
    {
        var inner = new MessageBuilder { Subject = "inner" }.From("a@b.test").Text("x").ToArray();
        var written = Written(new MessageBuilder().Text("see").Attach(MimeEntity.Message(inner)));
        Assert.Contains("Content-Type: message/rfc822\r\nContent-Disposition: attachment\r\n\r\n" + Encoding.ASCII.GetString(inner), written, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_large_attachment_streams()
    {
        var message = new MessageBuilder().Attach("zero", "application/octet-stream", _ => new ValueTask<Stream>(new Zeroes(3_000_000)));
        var output = new CountingStream();
        var before = GC.GetAllocatedBytesForCurrentThread();
        await message.WriteAsync(output, TestContext.Current.CancellationToken);
        Assert.InRange(output.Length, 4_000_000 + 52_000 * 2, 4_000_000 + 54_000 * 2);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 400_000);
    }

    [Theory]
    [InlineData("jane@demo.test", true)]
    [InlineData("jane+x@demo.test", true)]
    [InlineData("\"john doe\"@demo.test", true)]
    [InlineData("jürgen@münchen.example", true)]
    [InlineData("a@[192.0.2.1]", true)]
    [InlineData("a@[IPv6:2001:db8::1]", true)]
    [InlineData("a@[192.0.2]", false)]
    [InlineData("a@b..c", false)]
    [InlineData("a@-b.c", false)]
    [InlineData("a..b@c", false)]
    [InlineData("a@b (comment)", false)]
    [InlineData("Jane <jane@demo.test>", false)]
    [InlineData("root", false)]
    [InlineData("a@b:c", false)]
    public void Addresses_that_may_be_used(string text, bool valid)
    {
        Assert.Equal(valid, MailAddress.TryParse(text, out var address));
        if (valid)
            Assert.Equal(text, address.ToString());
    }

    [Fact]
    public void Long_addresses_are_refused()
    {
        Assert.True(MailAddress.TryParse(new string('a', 64) + "@b.test", out _));
        Assert.False(MailAddress.TryParse(new string('a', 65) + "@b.test", out _));
        Assert.False(MailAddress.TryParse("a@" + string.Join('.', Enumerable.Repeat(new string('b', 60), 5)), out _));
    }

    private static string Written(MessageBuilder message) => Encoding.Latin1.GetString(message.ToArray());

    private static byte[] Field(string message, string name)
    {
        var start = message.IndexOf("\r\n" + name + ":", StringComparison.Ordinal) + name.Length + 3;
        var end = start;
        do
            end = message.IndexOf("\r\n", end + 1, StringComparison.Ordinal);
        while (message[end + 2] == ' ');
        return Encoding.Latin1.GetBytes(message[start..end]);
    }

    private static string Decoded(byte[] message, string encoding)
    {
        var decoder = ContentDecoder.Create(encoding switch { "base64" => TransferEncoding.Base64, "7bit" => TransferEncoding.SevenBit, _ => TransferEncoding.QuotedPrintable });
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        decoder.Decode(message.AsSpan(message.AsSpan().IndexOf("\r\n\r\n"u8) + 4), output);
        decoder.Complete(output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private sealed class Zeroes(long length) : MemoryStream
    {
        private long left = length;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = (int)Math.Min(left, buffer.Length);
            buffer.Span[..count].Clear();
            left -= count;
            return new(count);
        }
    }

    private sealed class CountingStream : MemoryStream
    {
        private long length;

        public override long Length => length;

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            length += buffer.Length;
            return ValueTask.CompletedTask;
        }
    }
}
