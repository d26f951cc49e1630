using System.Globalization;
using System.Text;
using Facteur.Mail;

namespace Facteur.Tests.Mail.Text;

public class MailDateTests
{
    [Theory]
    [InlineData("Thu, 15 Feb 2007 01:02:03 +0200", "2007-02-15T01:02:03+02:00")]
    [InlineData("Fri, 21 Nov 1997 09:55:06 -0600", "1997-11-21T09:55:06-06:00")]
    [InlineData("21 Nov 97 09:55:06 GMT", "1997-11-21T09:55:06+00:00")] // RFC 5322 A.6.2
    [InlineData("Fri, 21 Nov 1997 09(comment):   55  :  06 -0600", "1997-11-21T09:55:06-06:00")] // RFC 5322 A.6.3
    [InlineData("Thu,\r\n      13\r\n        Feb\r\n          1969\r\n      23:32\r\n               -0330 (Newfoundland Time)", "1969-02-13T23:32:00-03:30")] // A.5
    [InlineData("1 Jan 49 00:00 Z", "2049-01-01T00:00:00+00:00")]
    [InlineData("1 Jan 50 00:00 Z", "1950-01-01T00:00:00+00:00")]
    [InlineData("1 Jan 103 00:00 Z", "2003-01-01T00:00:00+00:00")]
    [InlineData("Mon, 4 Apr 2005 10:11:12 EDT", "2005-04-04T10:11:12-04:00")]
    [InlineData("Mon, 4 Apr 2005 10:11:12 cst", "2005-04-04T10:11:12-06:00")]
    [InlineData("Wed, 22 Sep 1999 10:11:12 (EDT) -0400", "1999-09-22T10:11:12-04:00")]
    [InlineData("Mon, 4 Apr 2005 10:11:12 A", "2005-04-04T10:11:12+00:00")]
    [InlineData("Mon, 4 Apr 2005 10:11:12 NZST", "2005-04-04T10:11:12+00:00")]
    [InlineData("Mon, 4 Apr 2005 10:11:12 -0000", "2005-04-04T10:11:12+00:00")]
    [InlineData("Mon, 4 Apr 2005 10:11:12", "2005-04-04T10:11:12+00:00")]
    [InlineData("Mon, 4 Apr 2005 10:11", "2005-04-04T10:11:00+00:00")]
    [InlineData("Mon 4 Apr 2005 10:11 +0100", "2005-04-04T10:11:00+01:00")]
    [InlineData("Tue Jan  4 12:00:00 2005", "2005-01-04T12:00:00+00:00")]
    [InlineData("Tue Jan  4 12:00:00 EST 2005", "2005-01-04T12:00:00-05:00")]
    [InlineData("Tue Jan  4 12:00:00 +0100 2005", "2005-01-04T12:00:00+01:00")]
    [InlineData("Tue, 4 Jan 2005 12:00:00 GMT+0200", "2005-01-04T12:00:00+02:00")]
    [InlineData("Tue, 4 Jan 2005 12:00:00 GMT+2", "2005-01-04T12:00:00+02:00")]
    [InlineData("Tue, 4 Jan 2005 12:00:00 UTC-05:00", "2005-01-04T12:00:00-05:00")]
    [InlineData("Tue, 4 Jan 2005 12:00:00 +02:00", "2005-01-04T12:00:00+02:00")]
    [InlineData("Tue, 4 Jan 2005 12:00:00 +0200 (CEST)", "2005-01-04T12:00:00+02:00")]
    [InlineData("Tue, 4 Jan 2005 12:00:00.123 +0000", "2005-01-04T12:00:00.123+00:00")]
    [InlineData("Tue, 04-Jan-2005 12:00:00 GMT", "2005-01-04T12:00:00+00:00")]
    [InlineData("Tuesday, 04-Jan-05 12:00:00 GMT", "2005-01-04T12:00:00+00:00")]
    [InlineData("January 4, 2005 2:05 PM", "2005-01-04T14:05:00+00:00")]
    [InlineData("January 4, 2005 12:05:06 AM", "2005-01-04T00:05:06+00:00")]
    [InlineData("2005-01-04T12:00:00Z", "2005-01-04T12:00:00+00:00")]
    [InlineData("2005-01-04 12:00:00.5 +0530", "2005-01-04T12:00:00.5+05:30")]
    [InlineData("2005-01-04T12:00:00-03:00", "2005-01-04T12:00:00-03:00")]
    [InlineData("2005/01/04 12:00:00", "2005-01-04T12:00:00+00:00")]
    [InlineData("Tue, 4 Jan 2005 12.34.56 +0200", "2005-01-04T12:34:56+02:00")]
    [InlineData("4 Jan 2005", "2005-01-04T00:00:00+00:00")]
    [InlineData("Sat, 31 Dec 2016 23:59:60 +0000", "2017-01-01T00:00:00+00:00")]
    [InlineData("Tue, 29 Feb 2000 12:00:00 +0000", "2000-02-29T12:00:00+00:00")]
    [InlineData("4 Jan 2005 12:00:00 +2300", "2005-01-03T13:00:00+00:00")] // beyond what an offset may be: the instant is kept
    public void A_date_reads_as(string field, string expected)
    {
        Assert.True(MailDate.TryParse(Encoding.ASCII.GetBytes(field), out var date), field);
        Assert.Equal(expected, date.ToString("yyyy-MM-ddTHH:mm:ss.FFFzzz", CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("")]
    [InlineData("yesterday")]
    [InlineData("Tue, 30 Feb 2005 12:00:00 +0000")]
    [InlineData("Tue, 29 Feb 1900 12:00:00 +0000")]
    [InlineData("Tue, 0 Jan 2005 12:00:00 +0000")]
    [InlineData("Tue, 32 Jan 2005 12:00:00 +0000")]
    [InlineData("Tue, 4 Jan 2005 24:00:00 +0000")]
    [InlineData("Tue, 4 Jan 2005 12:60:00 +0000")]
    [InlineData("Tue, 4 Jan 2005 12:00:61 +0000")]
    [InlineData("Tue, 4 Jan 2005 12:00:00 +9999")]
    [InlineData("Tue, 4 Jan 1899 12:00:00 +0000")]
    [InlineData("Tue, 4 Jan 99999 12:00:00 +0000")]
    [InlineData("2005-13-04T12:00:00Z")]
    [InlineData("1104840000")]
    [InlineData("12:00:00")]
    public void What_is_no_date_is_refused(string field) => Assert.False(MailDate.TryParse(Encoding.ASCII.GetBytes(field), out _), field);

    [Fact]
    public void A_date_is_written_as_the_rfc_wants()
    {
        Assert.Equal("Thu, 15 Feb 2007 01:02:03 +0200", MailDate.Format(new DateTimeOffset(2007, 2, 15, 1, 2, 3, TimeSpan.FromHours(2))));
        Assert.Equal("Tue, 4 Jan 2005 12:00:00 -0330", MailDate.Format(new DateTimeOffset(2005, 1, 4, 12, 0, 0, new TimeSpan(-3, -30, 0))));
    }

    [Fact]
    public void Every_date_of_the_corpus_is_read()
    {
        var folder = Support.SharedMaterial.Require("corpus/mime");
        var read = 0;
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(file => !file.EndsWith(".html", StringComparison.Ordinal) && !file.EndsWith("-summary.txt", StringComparison.Ordinal)))
            foreach (var line in Encoding.Latin1.GetString(File.ReadAllBytes(file)).Split('\n').Where(line => line.StartsWith("Date:", StringComparison.OrdinalIgnoreCase)))
            {
                Assert.True(MailDate.TryParse(Encoding.Latin1.GetBytes(line[5..]), out _), Path.GetFileName(file) + line);
                read++;
            }
        Assert.True(read > 90, $"{read} dates");
    }
}
