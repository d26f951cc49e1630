using Facteur.Mail;

namespace Facteur.Tests.Mail.Structure;

public class BodyStructureTests
{
    [Theory]
    [InlineData("", """("TEXT" "PLAIN" ("CHARSET" "US-ASCII") NIL NIL "7BIT" 7 1 NIL NIL NIL NIL)""")]
    [InlineData("Content-Type: text/plain; format=flowed\r\n", """("TEXT" "PLAIN" ("CHARSET" "US-ASCII" "FORMAT" "flowed") NIL NIL "7BIT" 7 1 NIL NIL NIL NIL)""")]
    [InlineData("Content-Type: Text/HTML\r\nContent-Transfer-Encoding: Quoted-Printable (comment)\r\n", """("TEXT" "HTML" NIL NIL NIL "QUOTED-PRINTABLE" 7 1 NIL NIL NIL NIL)""")]
    [InlineData("Content-Type: image/png\r\nContent-Transfer-Encoding:\r\n", """("IMAGE" "PNG" NIL NIL NIL "7BIT" 7 NIL NIL NIL NIL)""")]
    [InlineData("Content-Type: image/png\r\nContent-ID: <a@b>\r\nContent-Description: a\r\n picture\r\nContent-MD5: Q2hlY2s=\r\nContent-Disposition: inline; filename=\"a.png\"; size=7\r\nContent-Language: fr, en\r\nContent-Location: http://x/y\r\n",
        """("IMAGE" "PNG" NIL "<a@b>" "a picture" "7BIT" 7 "Q2hlY2s=" ("INLINE" ("FILENAME" "a.png" "SIZE" "7")) ("fr" "en") "http://x/y")""")]
    [InlineData("Content-Type: application/pdf; name=facture.pdf\r\nContent-Disposition: attachment\r\n", """("APPLICATION" "PDF" ("NAME" "facture.pdf") NIL NIL "7BIT" 7 NIL ("ATTACHMENT" NIL) NIL NIL)""")]
    [InlineData("Content-Type: message/delivery-status\r\n", """("MESSAGE" "DELIVERY-STATUS" NIL NIL NIL "7BIT" 7 NIL NIL NIL NIL)""")]
    public void Single_parts(string header, string expected)
    {
        var parsed = Parsed.Of($"{header}\r\nhello\r\n");
        parsed.AssertSound();
        Assert.Equal(expected, parsed.BodyStructure);
    }

    [Fact]
    public void A_multipart_with_a_message_and_its_form_without_extensions()
    {
        var parsed = Parsed.Of("""
            Content-Type: multipart/mixed; boundary="b \" ) b"
            Content-Language: fr

            --b " ) b
            Content-Disposition: inline

            a
            --b " ) b
            Content-Type: message/rfc822

            From: a@b
            Content-Type: multipart/alternative; boundary=c

            --c

            x
            --c
            Content-Type: text/html

            y
            --c--
            --b " ) b--
            """.ReplaceLineEndings("\r\n"));
        Assert.Equal("""(("TEXT" "PLAIN" ("CHARSET" "US-ASCII") NIL NIL "7BIT" 1 1 NIL ("INLINE" NIL) NIL NIL)("MESSAGE" "RFC822" NIL NIL NIL "7BIT" 112 """
            + """(NIL NIL ((NIL NIL "a" "b")) ((NIL NIL "a" "b")) ((NIL NIL "a" "b")) NIL NIL NIL NIL NIL) """
            + """(("TEXT" "PLAIN" ("CHARSET" "US-ASCII") NIL NIL "7BIT" 1 1 NIL NIL NIL NIL)("TEXT" "HTML" NIL NIL NIL "7BIT" 1 1 NIL NIL NIL NIL) "ALTERNATIVE" ("BOUNDARY" "c") NIL NIL NIL) """
            + """11 NIL NIL NIL NIL) "MIXED" ("BOUNDARY" "b \" ) b") NIL ("fr") NIL)""", parsed.BodyStructure);
        Assert.Equal("""(("TEXT" "PLAIN" ("CHARSET" "US-ASCII") NIL NIL "7BIT" 1 1)("MESSAGE" "RFC822" NIL NIL NIL "7BIT" 112 """
            + """(NIL NIL ((NIL NIL "a" "b")) ((NIL NIL "a" "b")) ((NIL NIL "a" "b")) NIL NIL NIL NIL NIL) """
            + """(("TEXT" "PLAIN" ("CHARSET" "US-ASCII") NIL NIL "7BIT" 1 1)("TEXT" "HTML" NIL NIL NIL "7BIT" 1 1) "ALTERNATIVE") """
            + """11) "MIXED")""", ImapTestScripts.BodyOf(parsed));
    }

    [Theory]
    // RFC 2231 §3, §4, §4.1
    [InlineData("URL*0=\"ftp://\";\r\n URL*1=\"cs.utk.edu/pub\"", "(\"URL\" \"ftp://cs.utk.edu/pub\")", null)]
    [InlineData("title*=us-ascii'en-us'This%20is%20%2A%2A%2Afun%2A%2A%2A", "(\"TITLE*\" \"us-ascii'en-us'This%20is%20%2A%2A%2Afun%2A%2A%2A\")", null)]
    [InlineData("name*0*=us-ascii'en'This%20is%20even%20more%20\r\n name*1*=%2A%2A%2Afun%2A%2A%2A%20\r\n name*2=\"isn't it!\"",
        "(\"NAME*\" \"us-ascii'en'This%20is%20even%20more%20%2A%2A%2Afun%2A%2A%2A%20isn%27t%20it%21\")", "This is even more ***fun*** isn't it!")]
    [InlineData("name*1=b; name*0=a; name*2=c", "(\"NAME\" \"abc\")", "abc")]
    [InlineData("name*0*=''%C3; name*1*=%A9", "(\"NAME*\" \"''%C3%A9\")", "\u00e9")]
    [InlineData("name=fallback; name*=iso-8859-1''%E9", "(\"NAME\" \"fallback\" \"NAME*\" \"iso-8859-1''%E9\")", "\u00e9")]
    [InlineData("name*=%41%zz", "(\"NAME*\" \"''%41%zz\")", "A%zz")]
    // RFC 2047 where it should not be, and bare octets
    [InlineData("name=\"=?utf-8?Q?=C3=A9.txt?=\"", "(\"NAME\" \"=?utf-8?Q?=C3=A9.txt?=\")", "\u00e9.txt")]
    [InlineData("name==?utf-8?Q?=C3=A9?=\r\n =?utf-8?Q?.txt?=", "(\"NAME\" \"=?utf-8?Q?=C3=A9?= =?utf-8?Q?.txt?=\")", "\u00e9.txt")]
    [InlineData("name=\"\xC3\xA9.txt\"", "(\"NAME\" \"=?utf-8?Q?=C3=A9=2Etxt?=\")", "\u00e9.txt")]
    [InlineData("name=\"\xE9.txt\"", "(\"NAME\" \"=?utf-8?Q?=C3=A9=2Etxt?=\")", "\u00e9.txt")]
    // syntax as it is met
    [InlineData("name=my file (1).txt", "(\"NAME\" \"my file (1).txt\")", "my file (1).txt")]
    [InlineData("name=\"a\\\"b\\\\c\"", "(\"NAME\" \"a\\\"b\\\\c\")", "a\"b\\c")]
    [InlineData("name=\"not closed", "(\"NAME\" \"not closed\")", "not closed")]
    [InlineData("x=1 y=2;;; = ; z ; name (c) = (c) v", "(\"X\" \"1\" \"Y\" \"2\" \"NAME\" \"(c) v\")", "(c) v")]
    [InlineData("type=\"text/html\" (a (nested) comment); name=x", "(\"TYPE\" \"text/html\" \"NAME\" \"x\")", "x")]
    [InlineData("", "NIL", null)]
    public void Parameters(string parameters, string expected, string? fileName)
    {
        var parsed = Parsed.Of($"Content-Type: application/x; {parameters}\r\n\r\n");
        Assert.StartsWith($"(\"APPLICATION\" \"X\" {expected} NIL NIL ", parsed.BodyStructure, StringComparison.Ordinal);
        Assert.Equal(fileName, parsed.Root.FileName);
    }

    [Theory]
    [InlineData("attachment; filename=a", "attachment", "a")]
    [InlineData("filename=a", "attachment", "a")]
    [InlineData("INLINE", "inline", null)]
    [InlineData("(comment) form-data; name=x", "form-data", null)]
    [InlineData("", null, null)]
    [InlineData("; filename=\"a\"", "attachment", "a")]
    public void Dispositions(string field, string? disposition, string? fileName)
    {
        var root = Parsed.Of($"Content-Disposition: {field}\r\n\r\n").Root;
        Assert.Equal((disposition, fileName), (root.Disposition, root.FileName));
    }

    [Fact]
    public void A_hundred_thousand_parameters_are_cut()
    {
        var parameters = string.Concat(Enumerable.Range(0, 100_000).Select(i => $";\r\n name*{i}*=%41"));
        var parsed = Parsed.Of($"Content-Type: text/plain{parameters}; charset=utf-8\r\n\r\n");
        Assert.InRange(parsed.Root.FileName!.Length, 100, 1_000);
        Assert.InRange(Parsed.Of("Content-Type: a/b" + string.Concat(Enumerable.Range(0, 10_000).Select(i => $"; p{i}=x")) + "\r\n\r\n")
            .BodyStructure.Split("\"x\"").Length, 2, MimeLimits.Default.MaxParameters + 1);
    }
}
