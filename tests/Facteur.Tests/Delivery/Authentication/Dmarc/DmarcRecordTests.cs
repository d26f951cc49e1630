using Facteur.Delivery.Authentication;
using Facteur.Delivery.Authentication.Dmarc;

namespace Facteur.Tests.Delivery.Authentication.Dmarc;

public sealed class DmarcRecordTests
{
    [Fact]
    public void All_tags_are_read()
    {
        var record = DmarcRecordParser.Parse(
            "v=DMARC1; p=reject; sp=quarantine; np=none; adkim=s; aspf=s; pct=42; fo=1:d:s; rf=afrf; ri=3600; psd=n; unknown=x; "
            + "rua=mailto:a@example.org!10m, mailto:b%2Bc@example.net?subject=x ,https://example.org/d; ruf=mailto:f@example.org!2k;", "example.org")!;
        Assert.True(record.IsUsable);
        Assert.Equal((DmarcPolicy.Reject, DmarcPolicy.Quarantine, DmarcPolicy.None), (record.Policy, record.Subdomains, record.Nonexistent));
        Assert.True(record is { StrictDkim: true, StrictSpf: true, Percent: 42, Psd: DmarcPsd.No, FailureOptions: "1:d:s" });
        Assert.Equal(TimeSpan.FromHours(1), record.Interval);
        Assert.Equal([("a@example.org", 10L << 20), ("b+c@example.net", null)], record.AggregateReports.Select(d => (d.Mailbox.ToString(), d.MaxOctets)));
        Assert.Equal([("f@example.org", 2048L)], record.FailureReports.Select(d => (d.Mailbox.ToString(), d.MaxOctets)));
    }

    [Fact]
    public void Defaults()
    {
        var record = DmarcRecordParser.Parse("v=DMARC1;p=none", "example.org")!;
        Assert.True(record is { StrictDkim: false, StrictSpf: false, Percent: 100, Psd: DmarcPsd.Unsaid, FailureOptions: "0", Subdomains: null, Nonexistent: null });
        Assert.Equal(TimeSpan.FromDays(1), record.Interval);
    }

    [Theory]
    [InlineData("v=DMARC1")]
    [InlineData("V = DMARC1 ; P = Reject")]
    [InlineData("v=DMARC1 ;; p=reject")]
    public void Records(string text) => Assert.NotNull(DmarcRecordParser.Parse(text, "example.org"));

    [Theory]
    [InlineData("")]
    [InlineData("v=dmarc1; p=reject")]
    [InlineData("v=DMARC2; p=reject")]
    [InlineData("v=DMARC10; p=reject")]
    [InlineData("p=reject; v=DMARC1")]
    [InlineData("; v=DMARC1; p=reject")]
    [InlineData("v=spf1 -all")]
    [InlineData("DMARC1; p=reject")]
    public void What_does_not_start_with_the_version_is_no_record(string text) => Assert.Null(DmarcRecordParser.Parse(text, "example.org"));

    // RFC 7489 §6.6.3 step 6
    [Theory]
    [InlineData("v=DMARC1", false)]
    [InlineData("v=DMARC1; p=monitor", false)]
    [InlineData("v=DMARC1; p=reject; sp=all", false)]
    [InlineData("v=DMARC1; p=reject; np=all", false)]
    [InlineData("v=DMARC1; p=monitor; rua=nothing", false)]
    [InlineData("v=DMARC1; p=monitor; rua=mailto:not an address", false)]
    [InlineData("v=DMARC1; p=monitor; rua=mailto:a@example.org", true)]
    [InlineData("v=DMARC1; p=reject; sp=all; rua=mailto:a@example.org", true)]
    [InlineData("v=DMARC1; rua=https://example.org/", true)]
    public void Without_a_good_policy_it_only_asks_for_reports(string text, bool usable)
    {
        var record = DmarcRecordParser.Parse(text, "example.org")!;
        Assert.Equal((usable, DmarcPolicy.None, (DmarcPolicy?)null), (record.IsUsable, record.Policy, record.Subdomains));
    }

    // RFC 7489 §6.3: syntax errors in the remainder are discarded in favour of default values.
    [Theory]
    [InlineData("v=DMARC1; p=reject; pct=101")]
    [InlineData("v=DMARC1; p=reject; pct=-1")]
    [InlineData("v=DMARC1; p=reject; pct=ten; adkim=x; aspf=; fo=9; ri=99999999999; rua=mailto:a@b@c!5x")]
    [InlineData("v=DMARC1; p=reject; p=none; =; ==; ;")]
    public void What_cannot_be_read_is_as_if_it_were_not_there(string text)
    {
        var record = DmarcRecordParser.Parse(text, "example.org")!;
        Assert.True(record is { Policy: DmarcPolicy.Reject, Percent: 100, StrictDkim: false, StrictSpf: false, FailureOptions: "0", AggregateReports.Count: 0 });
        Assert.Equal(TimeSpan.FromDays(1), record.Interval);
    }

    [Theory]
    [InlineData("mailto:a@example.org!99999999999999999999t", 0)]
    [InlineData("mailto:a@example.org!18446744073709551615t", 1)]
    [InlineData("mailto:élise@example.org", 0)]
    [InlineData("mailto:a%0D%0ARCPT@example.org", 0)]
    [InlineData("mailto:a@example.org,mailto:b@example.org!0", 2)]
    public void Destinations_are_addresses_that_may_be_sent_to(string rua, int count) =>
        Assert.Equal(count, DmarcRecordParser.Parse("v=DMARC1; p=none; rua=" + rua, "example.org")!.AggregateReports.Count);

    [Fact]
    public void Broken_records_give_a_result()
    {
        var random = new Random(7489);
        const string seed = "v=DMARC1; p=reject; sp=quarantine; np=none; pct=42; fo=1:d:s; ri=3600; rua=mailto:a@example.org!10m,mailto:b%2Bc@example.net?x=y; psd=n";
        for (var round = 0; round < 20_000; round++)
        {
            var text = seed.ToCharArray();
            for (var change = random.Next(1, 8); change > 0; change--) text[random.Next(text.Length)] = random.Next(3) == 0 ? (char)random.Next(256) : ";=,!:@% \tmk"[random.Next(11)];
            var record = DmarcRecordParser.Parse(new string(text), "example.org");
            Assert.True(record is null or { Percent: >= 0 and <= 100 });
        }
        var many = DmarcRecordParser.Parse("v=DMARC1; p=none; rua=" + string.Join(',', Enumerable.Repeat("mailto:a@b.fr", 500)), "example.org");
        Assert.Equal(20, many!.AggregateReports.Count);
    }
}
