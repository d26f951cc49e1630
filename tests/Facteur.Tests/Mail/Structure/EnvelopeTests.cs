namespace Facteur.Tests.Mail.Structure;

public class EnvelopeTests
{
    [Fact]
    public void The_example_of_rfc_9051()
    {
        // RFC 9051 §8
        var parsed = Parsed.Of("""
            Date: Wed, 17 Jul 1996 02:23:25 -0700 (PDT)
            From: Terry Gray <gray@cac.washington.edu>
            Subject: IMAP4rev2 WG mtg summary and minutes
            To: imap@cac.washington.edu
            cc: minutes@CNRI.Reston.VA.US, John Klensin <KLENSIN@MIT.EDU>
            Message-Id: <B27397-0100000@cac.washington.edu>
            MIME-Version: 1.0
            Content-Type: TEXT/PLAIN; CHARSET=US-ASCII

            text
            """);
        Assert.Equal("""
            ("Wed, 17 Jul 1996 02:23:25 -0700 (PDT)" "IMAP4rev2 WG mtg summary and minutes" (("Terry Gray" NIL "gray" "cac.washington.edu")) (("Terry Gray" NIL "gray" "cac.washington.edu")) (("Terry Gray" NIL "gray" "cac.washington.edu")) ((NIL NIL "imap" "cac.washington.edu")) ((NIL NIL "minutes" "CNRI.Reston.VA.US")("John Klensin" NIL "KLENSIN" "MIT.EDU")) NIL NIL "<B27397-0100000@cac.washington.edu>")
            """, parsed.Envelope);
    }

    [Theory]
    // absent is NIL, empty is the empty string (RFC 9051 §7.5.2)
    [InlineData("X: y", "NIL NIL")]
    [InlineData("Date:\r\nSubject: \r\n", "\"\" \"\"")]
    // unfolded, otherwise as it stands; encoded words stay encoded
    [InlineData("Subject: a\r\n b\r\n\tc", "NIL \"a b\tc\"")]
    [InlineData("Subject: =?utf-8?Q?=C3=A9?=", "NIL \"=?utf-8?Q?=C3=A9?=\"")]
    [InlineData("Subject: say \"hi\" \\o/", "NIL \"say \\\"hi\\\" \\\\o/\"")]
    // 8-bit octets, UTF-8 or not, become encoded words (CLIENTS.md 9)
    [InlineData("Subject: d\xC3\xA9j\xC3\xA0", "NIL \"=?utf-8?B?ZMOpasOg?=\"")]
    [InlineData("Subject: d\xE9j\xE0", "NIL \"=?utf-8?B?ZMOpasOg?=\"")]
    // what no quoted string may hold
    [InlineData("Subject: a\rb\0c", "NIL \"a b c\"")]
    // of a repeated field, the first
    [InlineData("Subject: one\r\nSubject: two", "NIL \"one\"")]
    public void Date_and_subject(string header, string expected) =>
        Assert.StartsWith($"({expected} ", Parsed.Of(header + "\r\n\r\n").Envelope, StringComparison.Ordinal);

    [Theory]
    [InlineData("To: a@b", "((NIL NIL \"a\" \"b\"))")]
    [InlineData("To: a@b\r\nTo: c@d", "((NIL NIL \"a\" \"b\")(NIL NIL \"c\" \"d\"))")]
    [InlineData("To: =?iso-8859-1?Q?Andr=E9?= <a@b>", "((\"=?iso-8859-1?Q?Andr=E9?=\" NIL \"a\" \"b\"))")]
    [InlineData("To: Andr\xC3\xA9 <a@b>", "((\"=?utf-8?Q?Andr=C3=A9?=\" NIL \"a\" \"b\"))")]
    [InlineData("To: \"Quoted \\\"Q\\\" Name\" <a@b>", "((\"Quoted \\\"Q\\\" Name\" NIL \"a\" \"b\"))")]
    // an address without a domain is not a group
    [InlineData("To: root", "((NIL NIL \"root\" \"\"))")]
    // international addresses (RFC 6532)
    [InlineData("To: a@\xC3\xA9t\xC3\xA9.example", "((NIL NIL \"a\" \"xn--t-9fab.example\"))")]
    [InlineData("To: undisclosed-recipients:;", "((NIL NIL \"undisclosed-recipients\" NIL)(NIL NIL NIL NIL))")]
    [InlineData("To: ", "NIL")]
    [InlineData("To: ,,,", "NIL")]
    public void Addresses(string header, string expected) =>
        Assert.Equal($"(NIL NIL NIL NIL NIL {expected} NIL NIL NIL NIL)", Parsed.Of(header + "\r\n\r\n").Envelope);

    [Fact]
    public void An_endless_address_list_is_cut_and_hides_no_other_field()
    {
        var list = string.Join(",\r\n ", Enumerable.Range(0, 1_000_000).Select(i => $"a{i}@b.example"));
        var parsed = Parsed.Of($"To: {list}\r\nSubject: after it\r\nContent-Type: text/html\r\n\r\n");
        parsed.AssertSound();
        Assert.Equal(1_000, parsed.Envelope.Split("b.example").Length - 1);
        Assert.Equal(("after it", "html"), (parsed.Facts.Subject, parsed.Root.Subtype));
    }
}
