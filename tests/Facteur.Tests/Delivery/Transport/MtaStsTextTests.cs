using System.Text;
using Facteur.Delivery.Transport;

namespace Facteur.Tests.Delivery.Transport;

public sealed class MtaStsTextTests
{
    private const string Sample = "version: STSv1\r\nmode: enforce\r\nmx: mail.example.com\r\nmx: *.example.net\r\nmx: backupmx.example.com\r\nmax_age: 604800\r\n";

    [Theory]
    [InlineData("v=STSv1; id=20160831085700Z;", "20160831085700Z")] // RFC 8461 §3.1
    [InlineData("v=STSv1;id=a", "a")]
    [InlineData("v=STSv1 ; ext=1 ; id=a ;", "a")]
    [InlineData("v=STSv1; id=a; id=b;", "a")]
    [InlineData("v=STSv1; id=;", null)]
    [InlineData("v=STSv1; id=a b;", null)]
    [InlineData("v=STSv1; id", null)]
    [InlineData("v=STSv1;", null)]
    [InlineData("v=STSv12; id=a;", null)]
    [InlineData("V=STSv1; id=a;", null)]
    [InlineData("id=a; v=STSv1;", null)]
    [InlineData("v=STSv1; id=123456789012345678901234567890123;", null)]
    public void A_record_names_its_policy(string text, string? id) => Assert.Equal(id, MtaStsPolicyText.ReadRecord(["unrelated", text]));

    [Fact]
    public void Two_records_are_none() => Assert.Null(MtaStsPolicyText.ReadRecord(["v=STSv1; id=a;", "v=STSv1; id=b;"]));

    [Fact]
    public void The_sample_of_the_RFC_is_read_and_written()
    {
        var policy = MtaStsPolicyText.Read(Sample, out _)!;
        Assert.Equal(MtaStsMode.Enforce, policy.Mode);
        Assert.Equal(["mail.example.com", "*.example.net", "backupmx.example.com"], policy.Mx);
        Assert.Equal(TimeSpan.FromDays(7), policy.MaxAge);
        Assert.Equal(Sample, MtaStsPolicyText.Write(policy));
    }

    [Theory]
    [InlineData("version:STSv1\nmode:none\nmax_age:0", true)]
    [InlineData("version: STSv1\nmode: testing\nmax_age: 86400\nmx: a.example\nfuture: what ever\nmode: enforce\n", true)]
    [InlineData("version: STSv1  \nmode: testing\t\nmax_age: 99999999999\nmx: a.example", false)]
    [InlineData("version: STSv1\nmode: enforce\nmax_age: 86400\n", false)]
    [InlineData("version: STSv2\nmode: enforce\nmax_age: 86400\nmx: a.example\n", false)]
    [InlineData("version: STSv1\nmode: Enforce\nmax_age: 86400\nmx: a.example\n", false)]
    [InlineData("version: STSv1\nmode: enforce\nmax_age: -1\nmx: a.example\n", false)]
    [InlineData("version: STSv1\nmode: enforce\nmax_age: 86400\nmx: a.*.example\n", false)]
    [InlineData("version: STSv1\nmode: enforce\nmax_age: 86400\nmx: *\n", false)]
    [InlineData("version: STSv1\nmode: enforce\nmax_age: 86400\nmx:\n", false)]
    [InlineData("<html>\n", false)]
    [InlineData("", false)]
    public void A_policy_is_whole_or_none(string text, bool isPolicy)
    {
        var policy = MtaStsPolicyText.Read(text, out var problem);
        Assert.Equal(isPolicy, policy is not null);
        Assert.Equal(isPolicy, problem is null);
    }

    // RFC 8461 §4.1.
    [Theory]
    [InlineData("mail.example.com", true)]
    [InlineData("MAIL.Example.Com.", true)]
    [InlineData("a.example.net", true)]
    [InlineData("example.net", false)]
    [InlineData("a.b.example.net", false)]
    [InlineData("example.com", false)]
    [InlineData("evilexample.net", false)]
    [InlineData("", false)]
    public void A_pattern_names_one_host_or_one_label(string host, bool matches) => Assert.Equal(matches, MtaStsPolicyText.Matches(MtaStsPolicyText.Read(Sample, out _)!, host));

    [Fact]
    public void Random_policies_break_nothing()
    {
        var random = new Random(11);
        var seeds = new[] { Sample, "version: STSv1\nmode: none\nmax_age: 1\n", "v=STSv1; id=1;" };
        for (var run = 0; run < 20_000; run++)
        {
            var text = new StringBuilder(seeds[run % seeds.Length]);
            for (var changes = random.Next(4); changes >= 0; changes--)
                if (random.Next(2) == 0) text[random.Next(text.Length)] = (char)random.Next(128);
                else text.Remove(random.Next(text.Length - 1), 1);
            if (MtaStsPolicyText.Read(text.ToString(), out _) is { } policy) Assert.NotNull(MtaStsPolicyText.Read(MtaStsPolicyText.Write(policy), out _));
            MtaStsPolicyText.ReadRecord([text.ToString()]);
        }
    }

    [Fact]
    public async Task Our_policy_is_given_out_under_its_host()
    {
        var policy = MtaStsPolicyText.Read(Sample, out _)!;
        var publishing = new MtaStsPublishing((domain, _) => new(domain == "example.com" ? policy : null));
        Assert.Equal(Sample, await publishing.AnswerAsync("MTA-STS.example.com", CancellationToken.None));
        Assert.Null(await publishing.AnswerAsync("example.com", CancellationToken.None));
        Assert.Null(await publishing.AnswerAsync("mta-sts.other.example", CancellationToken.None));
        Assert.Null(await publishing.AnswerAsync("mta-sts.", CancellationToken.None));
        var record = MtaStsPublishing.Record(policy);
        Assert.NotNull(MtaStsPolicyText.ReadRecord([record]));
        Assert.NotEqual(record, MtaStsPublishing.Record(policy with { Mode = MtaStsMode.Testing }));
    }
}
