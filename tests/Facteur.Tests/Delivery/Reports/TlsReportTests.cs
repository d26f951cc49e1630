using System.Text;
using System.Text.RegularExpressions;
using Facteur.Delivery.Reports;
using Facteur.Mail;
using Facteur.Tests.Support;
using static Facteur.Tests.Delivery.Reports.ReportFixture;

namespace Facteur.Tests.Delivery.Reports;

public sealed class TlsReportTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 14, 1, 2, 3, TimeSpan.Zero);

    // RFC 8460, appendix B; the page break and the line breaks inside a string are the RFC's own.
    private const string Example = """
        {
          "organization-name": "Company-X",
          "date-range": { "start-datetime": "2016-04-01T00:00:00Z", "end-datetime": "2016-04-01T23:59:59Z" },
          "contact-info": "sts-reporting@company-x.example",
          "report-id": "5065427c-23d3-47ca-b6e0-946ea0e8c4be",
          "policies": [{
            "policy": {
              "policy-type": "sts",
              "policy-string": ["version: STSv1","mode: testing", "mx: *.mail.company-y.example","max_age: 86400"],
              "policy-domain": "company-y.example",
              "mx-host": "*.mail.company-y.example"
            },
            "summary": { "total-successful-session-count": 5326, "total-failure-session-count": 303 },
            "failure-details": [
              { "result-type": "certificate-expired", "sending-mta-ip": "2001:db8:abcd:0012::1", "receiving-mx-hostname": "mx1.mail.company-y.example", "failed-session-count": 100 },
              { "result-type": "starttls-not-supported", "sending-mta-ip": "2001:db8:abcd:0013::1", "receiving-mx-hostname": "mx2.mail.company-y.example", "receiving-ip": "203.0.113.56",
                "failed-session-count": 200, "additional-information": "https://reports.company-x.example/report_info?id=5065427c-23d3#StarttlsNotSupported" },
              { "result-type": "validation-failure", "sending-mta-ip": "198.51.100.62", "receiving-ip": "203.0.113.58", "receiving-mx-hostname": "mx-backup.mail.company-y.example",
                "failed-session-count": 3, "failure-reason-code": "X509_V_ERR_PROXY_PATH_LENGTH_EXCEEDED" }]
          }]
        }
        """;

    [Fact]
    public void The_example_of_the_RFC_is_read()
    {
        var report = TlsReportDocument.Read(Encoding.UTF8.GetBytes(Example));
        var policy = Assert.Single(report.Policies);
        Assert.Equal(("Company-X", "5065427c-23d3-47ca-b6e0-946ea0e8c4be", "company-y.example"), (report.Organization, report.ReportId, policy.Policy.Domain));
        Assert.Equal(["*.mail.company-y.example"], policy.Policy.MxHosts!);
        Assert.Equal((5326, 303), (policy.Summary.Successful, policy.Summary.Failed));
        Assert.Equal(["certificate-expired", "starttls-not-supported", "validation-failure"], policy.Failures!.Select(failure => failure.Type));
        Assert.Equal(Json(report), Json(TlsReportDocument.Read(Gzip(TlsReportDocument.Write(report)))));
    }

    // RFC 8460 §5.1, §5.3
    [Fact]
    public async Task The_message_has_the_names_of_the_RFC()
    {
        var report = TlsReportDocument.Read(Encoding.UTF8.GetBytes(Example));
        Assert.True(MailAddress.TryParse("tls@company-y.example", out var mailbox));
        var sent = ReportMessage.Tls(Options, "company-y.example", report, Gzip(TlsReportDocument.Write(report)), mailbox, Now);
        var text = Encoding.ASCII.GetString(sent.Message.Span);
        Assert.Contains("TLS-Report-Domain: company-y.example\r\nTLS-Report-Submitter: mail.receiver.example\r\nTLS-Required: No\r\n", text, StringComparison.Ordinal);
        Assert.Matches(new Regex("Content-Type: multipart/report;\\s+report-type=tlsrpt;"), text);
        Assert.Contains("Content-Type: application/tlsrpt+gzip", text, StringComparison.Ordinal);
        Assert.Equal(Json(report), Json((await ReceiveAsync(sent.Message))!.Tls!));
    }

    [Theory]
    [InlineData("v=TLSRPTv1;rua=mailto:reports@example.com", "reports@example.com", "")]
    [InlineData("v=TLSRPTv1; rua=https://reporting.example.com/v1/tlsrpt", "", "https://reporting.example.com/v1/tlsrpt")]
    [InlineData("v=TLSRPTv1 ; x=y ; rua=mailto:a@example.com , https://example.com/ ,http://example.com/,ftp://x, mailto:b@example.com?subject=z ;", "a@example.com,b@example.com", "https://example.com/")]
    public void Records_are_read(string text, string mailboxes, string endpoints)
    {
        var record = TlsReportRecord.Parse(text)!;
        Assert.Equal((mailboxes, endpoints), (string.Join(',', record.Mailboxes), string.Join(',', record.Endpoints)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("v=TLSRPTv1")]
    [InlineData("v=TLSRPTv1;")]
    [InlineData("v=TLSRPTv1; rua=")]
    [InlineData("v=TLSRPTv2; rua=mailto:a@example.com")]
    [InlineData("v=TLSRPTv10; rua=mailto:a@example.com")]
    [InlineData("v=tlsrptv1; rua=mailto:a@example.com")]
    [InlineData("v=TLSRPTv1; RUA=mailto:a@example.com")]
    [InlineData("v=TLSRPTv1; rua=http://example.com/,https://user@example.com/")]
    public void What_is_no_record_is_none(string text) => Assert.Null(TlsReportRecord.Parse(text));

    [Fact]
    public async Task Several_records_are_none_and_others_do_not_count()
    {
        var zone = new ZoneResolver().Txt("_smtp._tls.two.example", "v=TLSRPTv1; rua=mailto:a@example.com", "v=TLSRPTv1; rua=mailto:b@example.com")
            .Txt("_smtp._tls.one.example", "v=spf1 -all", "v=TLSRPTv1; rua=mailto:a@example.com");
        Assert.Null((await TlsReportRecord.FindAsync(zone, "two.example", TestContext.Current.CancellationToken)).Record);
        Assert.NotNull((await TlsReportRecord.FindAsync(zone, "one.example", TestContext.Current.CancellationToken)).Record);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"organization-name\":\"x\",\"date-range\":{},\"report-id\":\"1\",\"policies\":null}")]
    [InlineData("{\"organization-name\":\"x\",\"date-range\":{},\"report-id\":\"1\",\"policies\":[null]}")]
    [InlineData("{\"organization-name\":\"x\",\"date-range\":{},\"report-id\":\"1\",\"policies\":[{\"policy\":{\"mx-host\":[[]]}}]}")]
    public void What_is_no_report_is_refused(string text) => Assert.Throws<ReportFormatException>(() => TlsReportDocument.Read(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void Bombs_do_not_go_off()
    {
        var gzip = Gzip(Encoding.ASCII.GetBytes(new string(' ', 10 * 1024 * 1024)));
        var nested = Encoding.ASCII.GetBytes(new string('[', 1_000_000));
        foreach (var bomb in (byte[][])[gzip, nested])
            Assert.Throws<ReportFormatException>(() => TlsReportDocument.Read(bomb));
    }

    [Fact]
    public void Broken_reports_are_refused_or_read()
    {
        var random = new Random(8460);
        var json = Encoding.UTF8.GetBytes(Example);
        for (var round = 0; round < 1500; round++)
        {
            var broken = json.ToArray();
            for (var change = random.Next(1, 6); change > 0; change--) broken[random.Next(broken.Length)] = (byte)(random.Next(2) == 0 ? random.Next(256) : "{}[]\",:0n"[random.Next(9)]);
            try
            {
                Assert.NotNull(TlsReportDocument.Read(broken).Policies);
            }
            catch (ReportFormatException)
            {
                // the other outcome
            }
        }
    }
}
