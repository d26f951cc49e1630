using Facteur.Mail;

namespace Facteur.Tests.Mail.Structure;

public class MimeStructureTests
{
    // RFC 2046 §5.1.1, the simple example
    private const string Simple = """
        From: Nathaniel Borenstein <nsb@bellcore.com>
        MIME-Version: 1.0
        Content-type: multipart/mixed; boundary="simple boundary"

        This is the preamble.

        --simple boundary

        It does NOT end with a linebreak.
        --simple boundary
        Content-type: text/plain; charset=us-ascii

        It DOES end with a linebreak.

        --simple boundary--

        This is the epilogue.  It is also to be ignored.

        """;

    [Fact]
    public void The_line_break_before_a_boundary_belongs_to_it() => Check(Simple, """
        multipart/mixed
          text/plain It does NOT end with a linebreak.
          text/plain It DOES end with a linebreak.\r\n

        """);

    [Theory]
    [InlineData("--a--")]
    [InlineData("--a-- \t")]
    [InlineData("--a--\r\nepilogue\r\n--a\r\n\r\nno part\r\n--a--")]
    [InlineData("--a  \r\n\r\ntwo")]
    [InlineData("--a and more\r\n\r\ntwo")]
    [InlineData("")]
    public void Boundary_lines_are_read_as_they_are_met(string end)
    {
        var parsed = Parsed.Of($"Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n\r\none\r\n{end}");
        parsed.AssertSound();
        Assert.Equal("one", parsed.Body(parsed.Root.Children[0]).TrimEnd());
        Assert.Equal(end.Contains("two", StringComparison.Ordinal) ? 2 : 1, parsed.Root.Children.Count);
    }

    [Fact]
    public void A_boundary_that_is_the_start_of_another_does_not_end_it() => Check("""
        Content-Type: multipart/mixed; boundary=outer

        --outer
        Content-Type: multipart/alternative; boundary=outer-1

        --outer-1

        a
        --outer-1
        Content-Type: text/html

        b
        --outer-1--
        --outer

        c
        --outer--
        """, """
        multipart/mixed
          multipart/alternative
            text/plain a
            text/html b
          text/plain c

        """);

    [Fact]
    public void An_outer_boundary_ends_parts_that_were_never_closed() => Check("""
        Content-Type: multipart/mixed; boundary=a

        --a
        Content-Type: message/rfc822

        Content-Type: multipart/mixed; boundary=b

        --b
        Content-Type: multipart/mixed; boundary=c

        --c

        text
        --a

        next
        """, """
        multipart/mixed
          message/rfc822
            multipart/mixed
              multipart/mixed
                text/plain text
          text/plain next

        """);

    [Fact]
    public void An_inner_multipart_with_the_boundary_of_the_outer_takes_it() => Check("""
        Content-Type: multipart/mixed; boundary=a

        --a
        Content-Type: multipart/mixed; boundary=a

        --a

        x
        --a--
        --a--
        """, """
        multipart/mixed
          multipart/mixed
            text/plain x

        """);

    [Theory]
    [InlineData("multipart/mixed")]
    [InlineData("multipart/mixed; boundary=\"\"")]
    [InlineData("multipart/mixed; boundary=\"  \"")]
    [InlineData("text")]
    [InlineData(";")]
    [InlineData("/plain")]
    [InlineData("")]
    public void A_type_that_cannot_be_read_is_plain_text(string type) => Check($"""
        Content-Type: {type}

        --
        body
        """, """
        text/plain --\r\nbody

        """);

    [Fact]
    public void Without_a_boundary_line_the_body_is_one_text() => Check("""
        Content-Type: multipart/mixed; boundary=a

        no boundary here
        """, """
        multipart/mixed
          text/plain no boundary here

        """);

    [Fact]
    public void An_empty_multipart_has_one_empty_text() => Check("""
        Content-Type: multipart/mixed; boundary=a

        --a
        Content-Type: multipart/alternative; boundary=b

        --a

        beside it
        --a--
        """, """
        multipart/mixed
          multipart/alternative
            text/plain 
          text/plain beside it

        """);

    [Fact]
    public void Parts_of_a_digest_are_messages_unless_they_say_otherwise() => Check("""
        Content-Type: multipart/digest; boundary=a

        --a

        Subject: m1

        one
        --a
        Content-Type: text/plain

        two
        --a--
        """, """
        multipart/digest
          message/rfc822
            text/plain one
          text/plain two

        """);

    [Theory]
    [InlineData("base64")]
    [InlineData("Quoted-Printable")]
    public void An_encoded_message_is_a_file(string encoding)
    {
        var parsed = Parsed.Of($"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: {encoding}\r\n\r\nU3ViamVjdDogeA==\r\n");
        Assert.Equal("message/rfc822 U3ViamVjdDogeA==\\r\\n\n", parsed.Outline);
        Assert.StartsWith("(\"APPLICATION\" \"OCTET-STREAM\" NIL NIL NIL ", parsed.BodyStructure, StringComparison.Ordinal);
    }

    [Fact]
    public void A_header_ends_where_a_boundary_stands()
    {
        var parsed = Check("""
            Content-Type: multipart/mixed; boundary=a

            --a
            Content-Type: text/html
            --a
            Content-Type: image/png

            --a--
            """, """
            multipart/mixed
              text/html 
              image/png 

            """);
        Assert.Equal("Content-Type: text/html\r\n", parsed.Header(parsed.Root.Children[0]));
        Assert.Equal("Content-Type: image/png\r\n\r\n", parsed.Header(parsed.Root.Children[1]));
    }

    [Fact]
    public void A_carriage_return_alone_ends_no_line()
    {
        var parsed = Parsed.Of("A: 1\rContent-Type: multipart/mixed; boundary=a\r\rB: 2\r\n\r\nx\r--a\r\r\ny");
        parsed.AssertSound();
        Assert.Equal("text/plain x\\r--a\\r\\r\\ny\n", parsed.Outline);
        Assert.Equal(2, parsed.Root.Lines);
    }

    [Theory]
    [InlineData("", 0, 0)]
    [InlineData("Subject: x", 10, 0)]
    [InlineData("Subject: x\r\n", 12, 0)]
    [InlineData("\r\nbody", 2, 4)]
    [InlineData("\nbody", 1, 4)]
    [InlineData("From user@domain  Fri Feb 22 17:06:23 2008\nSubject: x\n\nbody\n", 55, 5)]
    [InlineData("\r", 1, 0)]
    public void Odd_headers_keep_their_octets(string message, long header, long body)
    {
        var parsed = Parsed.Of(message);
        parsed.AssertSound();
        Assert.Equal((header, body), (parsed.Root.HeaderLength, parsed.Root.BodyLength));
    }

    [Fact]
    public void A_boundary_may_be_folded_8_bit_or_long()
    {
        var boundary = new string('x', 900) + "\xe9";
        Check($"Content-Type: multipart/mixed; boundary=\"{boundary}\r\n end\"\r\n\r\n--{boundary} end\r\n\r\ntext\r\n--{boundary} end--\r\n", """
            multipart/mixed
              text/plain text

            """);
    }

    private static Parsed Check(string message, string outline)
    {
        Parsed? dos = null;
        foreach (var lineEnd in (string[])["\n", "\r\n"])
        {
            var parsed = Parsed.Of(message.ReplaceLineEndings("\n").Replace("\n", lineEnd, StringComparison.Ordinal));
            parsed.AssertSound();
            Assert.Equal(outline.ReplaceLineEndings("\n").Replace("\\r\\n", lineEnd == "\n" ? "\\n" : "\\r\\n", StringComparison.Ordinal), parsed.Outline);
            dos = parsed;
        }
        return dos!;
    }
}
