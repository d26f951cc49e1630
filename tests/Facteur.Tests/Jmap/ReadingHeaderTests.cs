using System.Text.Json;
using Facteur.Jmap;

namespace Facteur.Tests.Jmap;

/// <summary>Forms of header fields, RFC 8621 §4.1.2 and §4.1.3.</summary>
public class ReadingHeaderTests
{
    // RFC 8621 §4.1.2.3, §4.1.2.4: the same list in both forms. Its "î" is "i" in the RFC, which is ASCII.
    private const string Smythes = """
        To: "  James Smythe" <james@example.com>, Friends:
          jane@example.com, =?UTF-8?Q?John_Sm=C3=AEth?=
          <john@example.com>;
        """;

    [Fact]
    public async Task Addresses_of_the_RFC() => Assert.Equal(
        """[{"name":"James Smythe","email":"james@example.com"},{"name":null,"email":"jane@example.com"},{"name":"John Smîth","email":"john@example.com"}]""",
        await Reading.PropertyAsync(Smythes, "header:To:asAddresses"));

    [Fact]
    public async Task Grouped_addresses_of_the_RFC() => Assert.Equal(
        """[{"name":null,"addresses":[{"name":"James Smythe","email":"james@example.com"}]},"""
        + """{"name":"Friends","addresses":[{"name":null,"email":"jane@example.com"},{"name":"John Smîth","email":"john@example.com"}]}]""",
        await Reading.PropertyAsync(Smythes, "header:To:asGroupedAddresses"));

    [Theory]
    // §4.1.2.1
    [InlineData("X-A: one", "header:x-a", "\" one\"")]
    [InlineData("X-A: one\r\n two ", "header:X-A:asRaw", "\" one\\r\\n two \"")]
    [InlineData("X-A: caf\u00c3\u00a9 \u00ff\u00fe!", "header:X-A", "\" café \uFFFD\uFFFD!\"")]
    [InlineData("X-A: n\0ul", "header:X-A", "\" nul\"")]
    [InlineData("X-A:", "header:X-A", "\"\"")]
    // §4.1.2.2
    [InlineData("Subject:   folded\r\n line ", "header:Subject:asText", "\"folded line\"")]
    [InlineData("Subject: tab\r\n\tstays", "subject", "\"tab\\tstays\"")]
    [InlineData("Subject: =?utf-8?Q?caf=C3=A9?= =?utf-8?B?w6k=?= x", "subject", "\"caféé x\"")]
    [InlineData("Subject: =?iso-8859-1?q?caf=E9?=", "subject", "\"café\"")]
    [InlineData("Subject: =?utf-8?Q?cafe=CC=81?=", "subject", "\"café\"")] // NFC
    [InlineData("Subject: =?utf-8?Q?a=00b=07c?=", "subject", "\"abc\"")] // controls are dropped
    [InlineData("Subject: =?x-unheard-of?Q?a?= b", "subject", "\"=?x-unheard-of?Q?a?= b\"")]
    [InlineData("Subject: =?utf-7?Q?+ADw-?= b", "subject", "\"=?utf-7?Q?+ADw-?= b\"")]
    [InlineData("Subject: a=?utf-8?Q?b?=", "subject", "\"a=?utf-8?Q?b?=\"")] // not parted from the text before it
    [InlineData("Subject: =?utf-8?Q?b?=c", "subject", "\"=?utf-8?Q?b?=c\"")]
    [InlineData("Subject: =?utf-8?Q?b?==?utf-8?Q?c?=", "subject", "\"bc\"")] // parted from nothing: bulk mailers
    [InlineData("Subject: =?utf-8?Q?b", "subject", "\"=?utf-8?Q?b\"")]
    [InlineData("Subject: =?utf-8?Q?=C3?= =?utf-8?Q?=A9?=", "subject", "\"é\"")]
    [InlineData("Subject: =?utf-8?Q?=C3?= x", "subject", "\"\uFFFD x\"")]
    [InlineData("Subject: caf\u00c3\u00a9", "subject", "\"café\"")] // RFC 6532
    [InlineData("Keywords: =?us-ascii*en?q?a_b?=", "header:Keywords:asText", "\"a b\"")]
    [InlineData("X: y", "subject", "null")]
    // §4.1.2.3
    [InlineData("From: joe@example.com (Joe =?utf-8?q?Bl=C3=B6ggs?=)", "from", """[{"name":"Joe Blöggs","email":"joe@example.com"}]""")]
    [InlineData("From: \"a\\\"b\\\\ \" <\"j d\"@example.com>", "from", """[{"name":"a\"b\\","email":"\"j d\"@example.com"}]""")]
    [InlineData("From: =?utf-8?q?Ren=C3=A9?= <ren\u00c3\u00a9@ex\u00c3\u00a9mple.com>", "from", """[{"name":"René","email":"rené@exémple.com"}]""")]
    [InlineData("From: root", "from", """[{"name":null,"email":"root"}]""")]
    [InlineData("To: undisclosed-recipients:;", "to", "[]")]
    [InlineData("To: undisclosed-recipients:;", "header:To:asGroupedAddresses", """[{"name":"undisclosed-recipients","addresses":[]}]""")]
    [InlineData("To: a@b, X: c@d;, e@f, g@h", "header:to:asGroupedAddresses", """[{"name":null,"addresses":[{"name":null,"email":"a@b"}]},"""
        + """{"name":"X","addresses":[{"name":null,"email":"c@d"}]},{"name":null,"addresses":[{"name":null,"email":"e@f"},{"name":null,"email":"g@h"}]}]""")]
    [InlineData("To:", "to", "[]")]
    [InlineData("From: a@b", "to", "null")]
    // §4.1.2.5
    [InlineData("Message-ID: <1@x>", "messageId", """["1@x"]""")]
    [InlineData("References: <1@x>\r\n <2 @y> (c) <3@z>", "references", """["1@x","2@y","3@z"]""")]
    [InlineData("In-Reply-To: your message", "inReplyTo", "null")]
    [InlineData("X: y", "inReplyTo", "null")]
    // §4.1.2.6, RFC 8620 §1.4
    [InlineData("Date: Thu, 30 Oct 2014 14:12:00 +0800", "sentAt", "\"2014-10-30T14:12:00+08:00\"")]
    [InlineData("Date: Thu, 30 Oct 2014 14:12:00 -0330 (NST)", "header:Date:asDate", "\"2014-10-30T14:12:00-03:30\"")]
    [InlineData("Date: Thu, 30 Oct 2014 14:12:00 GMT", "sentAt", "\"2014-10-30T14:12:00Z\"")]
    [InlineData("Date: yesterday", "sentAt", "null")]
    // §4.1.2.7, RFC 2369 §2, §3.4
    [InlineData("List-Post: <mailto:moderator@example.com> (Postings are Moderated)", "header:List-Post:asURLs", """["mailto:moderator@example.com"]""")]
    [InlineData("List-Help: <ftp://ftp.example.com/list.txt> (FTP <x>),\r\n <mailto:list@example.com?\r\n subject=help>", "header:List-Help:asURLs",
        """["ftp://ftp.example.com/list.txt","mailto:list@example.com?subject=help"]""")]
    [InlineData("List-Post: NO (posting not allowed on this list)", "header:List-Post:asURLs", "null")]
    [InlineData("List-Post: (((( <mailto:a@b>", "header:List-Post:asURLs", """["mailto:a@b"]""")]
    // §4.1.3
    [InlineData("X-A: 1\r\nx-a: 2", "header:X-A", "\" 2\"")] // the last
    [InlineData("X-A: 1\r\nx-a: 2", "header:X-A:all", """[" 1"," 2"]""")]
    [InlineData("X-A: 1\r\nx-a: 2", "header:X-A:asText:all", """["1","2"]""")]
    [InlineData("X: y", "header:X-A", "null")]
    [InlineData("X: y", "header:X-A:all", "[]")]
    [InlineData("Resent-To: a@b\r\nX: y\r\nResent-To: c@d, e@f", "header:Resent-To:asAddresses:all",
        """[[{"name":null,"email":"a@b"}],[{"name":null,"email":"c@d"},{"name":null,"email":"e@f"}]]""")]
    [InlineData("From: a@b\r\nFrom: c@d", "from", """[{"name":null,"email":"c@d"}]""")]
    [InlineData("A: b\r\nno field\r\nC : d", "headers", """[{"name":"A","value":" b"},{"name":"C","value":" d"}]""")]
    public async Task A_field_in_a_form(string header, string property, string expected) => Assert.Equal(expected, await Reading.PropertyAsync(header, property));

    [Fact]
    public async Task Names_of_properties_come_back_as_they_were_asked_for() => Assert.Equal(
        """{"header:SUBJECT:asText":"x","header:subject":" x"}""",
        await Reading.TextOfAsync("Subject: x\n\n", """{"properties": ["header:SUBJECT:asText", "header:subject"]}"""));

    [Theory]
    [InlineData("header:From:asDate")] // the example of §4.2
    [InlineData("header:From:asText")]
    [InlineData("header:subject:asAddresses")]
    [InlineData("header:List-Post:asText")]
    [InlineData("header:Received:asText")]
    [InlineData("header:Return-Path:asAddresses")]
    [InlineData("header:Date:asURLs")]
    [InlineData("header:References:asDate")]
    [InlineData("header:Resent-Reply-To:asText")]
    [InlineData("header:X:asfoo")]
    [InlineData("header:X:all:asText")]
    [InlineData("header:X:asText:all:all")]
    [InlineData("header:X:AsText")]
    [InlineData("header:")]
    [InlineData("header::all")]
    [InlineData("header:X y")]
    [InlineData("header:é")]
    [InlineData("Header:X")]
    [InlineData("subjects")]
    [InlineData("header")]
    public void Other_names_are_no_properties(string property)
    {
        foreach (var argument in (string[])["properties", "bodyProperties"])
        {
            using var arguments = JsonDocument.Parse(JsonSerializer.Serialize(new Dictionary<string, string[]> { [argument] = [property] }));
            Assert.Equal("invalidArguments", Assert.Throws<JmapMethodException>(() => EmailPlan.Read(arguments.RootElement, [], alwaysId: false)).Type);
        }
    }

    [Theory]
    [InlineData("Subject", "asText")]
    [InlineData("Comments", "asText")]
    [InlineData("Keywords", "asText")]
    [InlineData("List-Id", "asText asURLs asAddresses asDate asMessageIds asGroupedAddresses")]
    [InlineData("X-Any", "asText asURLs asAddresses asDate asMessageIds asGroupedAddresses")]
    [InlineData("From Sender Reply-To To Cc Bcc Resent-From Resent-Sender Resent-Reply-To Resent-To Resent-Cc Resent-Bcc", "asAddresses asGroupedAddresses")]
    [InlineData("Message-ID In-Reply-To References Resent-Message-ID", "asMessageIds")]
    [InlineData("Date Resent-Date", "asDate")]
    [InlineData("List-Help List-Unsubscribe List-Subscribe List-Post List-Owner List-Archive", "asURLs")]
    [InlineData("Received Return-Path", "")]
    public void Fields_have_the_forms_of_the_RFC_and_no_others(string fields, string forms)
    {
        string[] allowed = ["asRaw", .. forms.Split(' ', StringSplitOptions.RemoveEmptyEntries)];
        foreach (var field in fields.Split(' '))
            foreach (var form in (string[])["asRaw", "asText", "asAddresses", "asGroupedAddresses", "asMessageIds", "asDate", "asURLs"])
                Assert.Equal(allowed.Contains(form), HeaderProperty.Read($"header:{field.ToUpperInvariant()}:{form}") is not null);
    }
}
