using System.Text;

namespace Facteur.Tests.Mail.Structure;

public class MessageFactsTests
{
    [Fact]
    public void The_header_says_who_what_and_when()
    {
        var facts = Parsed.Of("""
            From: =?utf-8?Q?Andr=C3=A9?= <andre@example.org>
            To: Marie <marie@example.org>
            To: Paul <paul@example.org>
            Subject: Re: =?iso-8859-1?Q?D=E9jeuner?=
             jeudi
            Date: Thu, 2 Jan 2025 10:11:12 +0100
            Message-ID: <m3@example.org>
            References: <m1@example.org> <m2@example.org> <m1@example.org>
            In-Reply-To: <m2@example.org> <m0@example.org>

            Bonjour,
               à   jeudi !
            """).Facts;
        Assert.Equal("Re: Déjeuner jeudi", facts.Subject);
        Assert.Equal("déjeuner jeudi", facts.BaseSubject, ignoreCase: true);
        Assert.Equal(new DateTimeOffset(2025, 1, 2, 10, 11, 12, TimeSpan.FromHours(1)), facts.SentDate);
        Assert.Equal("<m3@example.org>", facts.MessageId);
        Assert.Equal(["<m1@example.org>", "<m2@example.org>", "<m0@example.org>"], facts.References);
        Assert.Equal("andre <andre@example.org>\0marie <marie@example.org>, paul <paul@example.org>\0\0\0re: dejeuner jeudi\0",
            Encoding.UTF8.GetString(facts.FoldedHeaders.Span));
        Assert.StartsWith("Bonjour, ", facts.Preview, StringComparison.Ordinal);
        Assert.False(facts.HasAttachment);
    }

    [Fact]
    public void An_empty_message_has_empty_facts()
    {
        var facts = Parsed.Of("").Facts;
        Assert.Equal(("", "", null, null, ""), (facts.Subject, facts.BaseSubject, facts.SentDate, facts.MessageId, facts.Preview));
        Assert.Equal("\0\0\0\0\0"u8.ToArray(), facts.FoldedHeaders.ToArray());
        Assert.Equal("(NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)", Encoding.ASCII.GetString(facts.Envelope.Span));
    }

    [Theory]
    [InlineData("text/plain", "", "first", "first")]
    [InlineData("text/html", "", "<style>p{}</style><p>first</p>", "first")]
    [InlineData("text/plain; charset=utf-8", "base64", "Zmlyc3Q=", "first")]
    [InlineData("text/plain; charset=iso-8859-1", "quoted-printable", "pr=E9c=\r\nis", "pr\u00e9cis")]
    [InlineData("text/plain", "", " \r\n \r\n", "second")]
    [InlineData("image/png", "", "no text", "second")]
    public void The_preview_is_of_the_first_text_with_words(string type, string encoding, string body, string preview)
    {
        var parsed = Parsed.Of($"Content-Type: multipart/mixed; boundary=a\r\n\r\npreamble\r\n--a\r\nContent-Type: {type}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n{body}\r\n--a\r\n\r\nsecond\r\n--a--\r\n");
        Assert.Equal(preview, parsed.Facts.Preview);
    }

    [Theory]
    [InlineData("text/html", "", false)]
    [InlineData("text/plain; name=a.txt", "", true)]
    [InlineData("text/plain", "attachment", true)]
    [InlineData("application/pdf", "", true)]
    [InlineData("image/png", "inline", true)]
    [InlineData("image/png\r\nContent-ID: <x@y>", "inline", false)]
    [InlineData("message/rfc822", "", true)]
    [InlineData("message/disposition-notification", "", false)]
    [InlineData("application/pgp-signature; name=signature.asc", "", false)]
    public void An_attachment_is_what_a_person_calls_so(string type, string disposition, bool attachment)
    {
        var parsed = Parsed.Of($"Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n\r\ntext\r\n--a\r\nContent-Type: {type}\r\nContent-Disposition: {disposition}\r\n\r\nx\r\n--a--");
        Assert.Equal(attachment, parsed.Facts.HasAttachment);
    }

    [Fact]
    public void What_is_attached_to_a_report_or_inside_an_alternative_is_none()
    {
        Assert.False(Parsed.Of("Content-Type: multipart/report; boundary=a\r\n\r\n--a\r\n\r\ntext\r\n--a\r\nContent-Type: message/rfc822\r\n\r\nx\r\n--a--").Facts.HasAttachment);
        Assert.False(Parsed.Of("Content-Type: multipart/alternative; boundary=a\r\n\r\n--a\r\n\r\ntext\r\n--a\r\nContent-Type: text/calendar; name=i.ics\r\n\r\nx\r\n--a--").Facts.HasAttachment);
    }
}
