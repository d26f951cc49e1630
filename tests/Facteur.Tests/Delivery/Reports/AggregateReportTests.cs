using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Schema;
using Facteur.Delivery.Authentication;
using Facteur.Delivery.Authentication.Dmarc;
using Facteur.Delivery.Reports;
using Facteur.Mail;
using Facteur.Tests.Support;
using static Facteur.Tests.Delivery.Reports.ReportFixture;

namespace Facteur.Tests.Delivery.Reports;

public sealed partial class AggregateReportTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 14, 1, 2, 3, TimeSpan.Zero);

    [Fact]
    public void What_is_written_is_read()
    {
        var report = Report(Row(), Row("2001:db8::1", 12_345, ""));
        var xml = AggregateReportWriter.Write(report);
        Assert.Equal(Json(report), Json(AggregateReportReader.Read(xml)));
        Assert.Equal(Json(report), Json(AggregateReportReader.Read(Gzip(xml))));
        Assert.Equal(Json(report), Json(AggregateReportReader.Read(Zip(("receiver!example.com!1!2.xml", xml)))));
        Assert.Equal(Json(report), Json(AggregateReportReader.Read(Zip(("readme.txt", [1, 2]), ("a.XML", xml)))));
    }

    // The schema as the RFC prints it, less its target namespace (which nobody writes) and its patterns for addresses (which know no "::").
    [Fact]
    public void What_is_written_is_valid_by_appendix_C()
    {
        var text = File.ReadAllText(SharedMaterial.Require("rfc/rfc7489.txt"));
        var schema = PageBreak().Replace(text[text.IndexOf("   <xs:schema", StringComparison.Ordinal)..], "");
        schema = schema[..(schema.IndexOf("</xs:schema>", StringComparison.Ordinal) + 12)].Replace("targetNamespace=\"http://dmarc.org/dmarc-xml/0.1\"", "", StringComparison.Ordinal);
        schema = Pattern().Replace(schema, "");
        var settings = new XmlReaderSettings { ValidationType = ValidationType.Schema };
        using var schemaReader = XmlReader.Create(new StringReader(schema));
        settings.Schemas.Add(XmlSchema.Read(schemaReader, (_, e) => Assert.Fail(e.Message))!);
        settings.ValidationEventHandler += (_, e) => Assert.Fail(e.Message);
        using var reader = XmlReader.Create(new MemoryStream(AggregateReportWriter.Write(Report(Row(), Row("2001:db8::1") with { EnvelopeTo = null, Override = DmarcOverride.None, Dkim = [] }))), settings);
        while (reader.Read()) { }
    }

    [Fact]
    public void Text_of_strangers_breaks_nothing()
    {
        var row = Row() with { EnvelopeFrom = "a\0b\uFFFF]]><x>", Dkim = [new DmarcDkim("\u0001<d>&", new string('s', 1000), DkimVerdict.Fail)], Comment = "é" };
        var read = Assert.Single(AggregateReportReader.Read(AggregateReportWriter.Write(Report(row))).Rows);
        Assert.Equal("a?b?]]><x>", read.EnvelopeFrom);
        Assert.Equal(("?<d>&", 255), (read.Dkim[0].Domain, read.Dkim[0].Selector.Length));
    }

    // As large senders write it: their own order, additions, a namespace, words of the first drafts.
    [Fact]
    public void Reports_of_others_are_read()
    {
        var report = AggregateReportReader.Read(Encoding.UTF8.GetBytes("""
            <?xml version="1.0" encoding="UTF-8" ?>
            <!-- a comment -->
            <feedback xmlns="urn:ietf:params:xml:ns:dmarc-2.0"><version>1.0</version>
              <report_metadata><org_name>Large &amp; Co</org_name><email>noreply@large.example</email><report_id>42</report_id><date_range><begin>1773360000</begin><end>1773446399</end></date_range><error>none</error></report_metadata>
              <policy_published><domain>Example.COM</domain><adkim>s</adkim><p>none</p><np>reject</np><extra><deep>x</deep></extra></policy_published>
              <record>
                <auth_results><spf><domain>a.example</domain><result>hardfail</result></spf><spf><domain>b.example</domain><scope>helo</scope><result>unknown</result></spf><dkim><domain>d.example</domain><result>PASS</result><human_result>ok</human_result></dkim></auth_results>
                <identifiers><header_from>example.com</header_from></identifiers>
                <row><source_ip>198.51.100.7</source_ip><count>3</count><policy_evaluated><disposition>none</disposition><dkim>pass</dkim><spf>fail</spf><reason><type>mailing_list</type><comment/></reason></policy_evaluated></row>
              </record>
              <record><row><source_ip>not an address</source_ip><count>4</count></row></record>
              <record/>
              <extension><anything/></extension>
            </feedback>
            """));
        Assert.Equal(("Large & Co", "42", 7L), (report.Organization, report.ReportId, report.Messages));
        Assert.Equal(new PublishedPolicy("example.com", DmarcPolicy.None, DmarcPolicy.None, true, false, 100, "0"), report.Policy);
        var row = Assert.Single(report.Rows);
        Assert.Equal((IPAddress.Parse("198.51.100.7"), 3L, true, false, DmarcOverride.MailingList), (row.Source, row.Count, row.DkimAligned, row.SpfAligned, row.Override));
        Assert.Equal(("b.example", true, SpfVerdict.TempError), (row.SpfDomain, row.SpfIsHello, row.Spf));
        Assert.Equal(new DmarcDkim("d.example", "", DkimVerdict.Pass), Assert.Single(row.Dkim));
    }

    [Theory]
    [InlineData("")]
    [InlineData("not xml")]
    [InlineData("<html/>")]
    [InlineData("<feedback/>")]
    [InlineData("<feedback><report_metadata>")]
    [InlineData("<!DOCTYPE feedback [<!ENTITY a \"b\">]><feedback>&a;</feedback>")]
    [InlineData("<!DOCTYPE feedback SYSTEM \"file:///etc/passwd\"><feedback/>")]
    public void What_is_no_report_is_refused(string text) => Assert.Throws<ReportFormatException>(() => AggregateReportReader.Read(Encoding.UTF8.GetBytes(text)));

    // S-13
    [Fact]
    public void Bombs_do_not_go_off()
    {
        var blanks = Gzip(Octets(string.Concat(Enumerable.Repeat("<a></a>" + new string(' ', 60_000), 15))));
        byte[] gzip = [.. Gzip("<feedback>"u8), .. Enumerable.Repeat(blanks, 2000).SelectMany(member => member)]; // 1.8 GB in 2 MB: members follow one another (RFC 1952)
        var nested = Octets(string.Concat(Enumerable.Repeat("<feedback>", 100_000)));
        var attributes = Octets("<feedback " + string.Concat(Enumerable.Range(0, 100_000).Select(i => $"a{i}='' ")) + "/>");
        var sameAttribute = Octets("<feedback " + string.Concat(Enumerable.Repeat("a='>' ", 1_000_000)) + "/>");
        var records = Octets("<feedback>" + string.Concat(Enumerable.Repeat("<record/>", 100_001)));
        var names = Octets("<feedback>" + string.Concat(Enumerable.Range(0, 100_000).Select(i => $"<n{i}/>")));
        var directory = Zip([.. Enumerable.Range(0, 1000).Select(i => ($"{i}.xml", Array.Empty<byte>()))]);
        var archive = Zip(("a.xml", Octets("<feedback>" + new string(' ', 1024 * 1024))));
        var before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var bomb in (byte[][])[gzip, nested, attributes, sameAttribute, records, names, directory, archive, new byte[11 * 1024 * 1024]])
            Assert.Throws<ReportFormatException>(() => AggregateReportReader.Read(bomb));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 100 * 1024 * 1024);

        static byte[] Octets(string text) => Encoding.ASCII.GetBytes(text);
    }

    [Fact]
    public void A_report_without_end_is_cut()
    {
        var records = string.Concat(Enumerable.Repeat("<record><row><source_ip>192.0.2.1</source_ip><count>1</count></row></record>", 12_000));
        var report = AggregateReportReader.Read(Encoding.ASCII.GetBytes("<feedback><report_metadata><report_id>1</report_id></report_metadata><policy_published><domain>a.example</domain></policy_published>" + records + "</feedback>"));
        Assert.Equal((AggregateReportReader.MaxRows, 12_000L, true), (report.Rows.Count, report.Messages, report.IsCut));
    }

    [Fact]
    public void Broken_reports_are_refused_or_read()
    {
        var random = new Random(13);
        var xml = AggregateReportWriter.Write(Report(Row()));
        byte[][] seeds = [xml, xml, xml, Gzip(xml), Zip(("a.xml", xml))];
        for (var round = 0; round < 1000; round++)
        {
            var broken = seeds[round % seeds.Length].ToArray();
            for (var change = random.Next(1, 6); change > 0; change--) broken[random.Next(broken.Length)] = (byte)random.Next(256);
            try
            {
                Assert.InRange(AggregateReportReader.Read(broken.AsMemory(0, random.Next(3) == 0 ? random.Next(broken.Length) : broken.Length)).Rows.Count, 0, 1);
            }
            catch (ReportFormatException)
            {
                // the other outcome
            }
        }
    }

    // RFC 7489 §7.2.1.1
    [Fact]
    public async Task The_message_has_the_names_of_the_RFC()
    {
        var report = Report(Row());
        var sent = ReportMessage.Dmarc(Options, report, Gzip(AggregateReportWriter.Write(report)), Destination("d@example.com"), Now)!;
        var text = Encoding.ASCII.GetString(sent.Message.Span);
        Assert.Contains("Subject: Report Domain: example.com Submitter: mail.receiver.example\r\n Report-ID: <1773360000.example.com@mail.receiver.example>\r\n", text, StringComparison.Ordinal);
        Assert.Contains("From: Receiver <dmarc@mail.receiver.example>\r\nTo: d@example.com\r\n", text, StringComparison.Ordinal);
        Assert.Contains("Content-Type: application/gzip", text, StringComparison.Ordinal);
        Assert.Equal("mail.receiver.example!example.com!1773360000!1773446399.xml.gz", ReportMessage.FileName(Options.Submitter, "example.com", report.Begin, report.End, "xml.gz"));
        var received = await ReceiveAsync(sent.Message);
        Assert.Equal(Json(report), Json(received!.Aggregate!));
    }

    [Fact]
    public void A_destination_with_a_limit_gets_no_more_than_that()
    {
        var report = Report(Row());
        var compressed = Gzip(AggregateReportWriter.Write(report));
        var fits = ReportMessage.Dmarc(Options, report, compressed, Destination("d@example.com", 10_000), Now)!;
        Assert.NotNull(fits);
        Assert.Null(ReportMessage.Dmarc(Options, report, compressed, Destination("d@example.com", fits.Message.Length - 100), Now));
        var notice = Encoding.ASCII.GetString(ReportMessage.TooLarge(Options, report, 123, Destination("d@example.com", 1), Now).Message.Span);
        foreach (var field in (string[])["Report-Date: Sat, 14 Mar 2026", "Report-Domain: example.com", "Report-ID: 1773360000.", "Report-Size: 123", "Submitter: mail.receiver.example", "Submitting-URI: mailto:d%40example.com"])
            Assert.Contains("\r\n" + field, notice, StringComparison.Ordinal);
    }

    // RFC 7489 §7.1 and its example.
    [Theory]
    [InlineData("r@example.com", "", "r@example.com")]
    [InlineData("r@mail.example.com", "", "r@mail.example.com")]
    [InlineData("reports@red.example.net", "", "")]
    [InlineData("reports@red.example.net", "v=DMARC1", "reports@red.example.net")]
    [InlineData("reports@red.example.net", "v=spf1 -all", "")]
    [InlineData("reports@red.example.net", "v=DMARC1; rua=mailto:other@red.example.net", "other@red.example.net")]
    [InlineData("reports@red.example.net", "v=DMARC1; rua=mailto:other@victim.example", "")]
    public async Task A_host_outside_the_domain_is_asked(string destination, string consent, string expected)
    {
        var zone = new ZoneResolver();
        if (consent.Length > 0) zone.Txt("blue.example.com._report._dmarc.red.example.net", consent);
        var list = PublicSuffixList.Parse(new StringReader("com\nnet\nexample"));
        var found = await ExternalDestination.ResolveAsync(zone, list, "blue.example.com", Destination(destination), TestContext.Current.CancellationToken);
        Assert.Equal(expected, string.Join(',', found.Select(d => d.Mailbox)));
    }

    [Fact]
    public async Task What_looks_like_a_report_and_is_none_says_why()
    {
        var report = await ReceiveAsync("Content-Type: application/zip; name=\"google.com!example.com!1!2.zip\"\nContent-Transfer-Encoding: base64\n\nAAAA\n");
        Assert.NotNull(report!.Problem);
        Assert.Null(await ReceiveAsync("Subject: Hello\n\nHello\n"));
        Assert.Null(await ReceiveAsync("Content-Type: application/pdf; name=\"report.pdf\"\nContent-Transfer-Encoding: base64\n\nAAAA\n"));
    }

    private static DmarcDestination Destination(string address, long? max = null) =>
        new(MailAddress.TryParse(address, out var mailbox) ? mailbox : throw new ArgumentException(address), max);

    [GeneratedRegex(@"\n\n+Kucherawy[^\n]*\n\f?\nRFC 7489[^\n]*\n", RegexOptions.None, 1000)]
    private static partial Regex PageBreak();

    [GeneratedRegex("<xs:pattern[^>]*/>", RegexOptions.None, 1000)]
    private static partial Regex Pattern();
}
