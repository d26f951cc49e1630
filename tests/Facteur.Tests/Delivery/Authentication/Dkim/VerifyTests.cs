using System.Text;
using Facteur.Delivery.Authentication;
using Facteur.Delivery.Authentication.Dkim;
using Facteur.Net.Dns;
using Facteur.Tests.Support;

namespace Facteur.Tests.Delivery.Authentication.Dkim;

/// <summary>Checking DKIM signatures (RFC 6376 §6).</summary>
public sealed class VerifyTests
{
    internal const string Message = "Received: by mx.example.org\r\nFrom: Ann <ann@example.org>\r\nTo: bob@example.net\r\nSubject: Lunch \r\n  on Friday\r\nDate: Sat, 14 Mar 2026 10:00:00 +0100\r\n\r\nDear  Bob, \r\n\r\nlunch?\r\n\r\n\r\n";
    internal const string Tags = "v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.org; s=r;\r\n h=from:to:subject:date; bh={bh};\r\n b={b}";

    [Theory]
    [InlineData("rsa-sha256", "r", "relaxed/relaxed")]
    [InlineData("rsa-sha256", "r", "relaxed/simple")]
    [InlineData("rsa-sha256", "r", "simple/relaxed")]
    [InlineData("rsa-sha256", "r", "simple/simple")]
    [InlineData("rsa-sha256", "r", "simple")]
    [InlineData("ed25519-sha256", "e", "relaxed/relaxed")]
    [InlineData("ed25519-sha256", "e", "simple/simple")]
    public async Task A_signature_of_each_form_passes(string algorithm, string selector, string form)
    {
        var signed = DkimModel.Sign(Message, $"v=1; a={algorithm}; c={form}; d=Example.ORG; s={selector}; i=ann@mail.example.org;\r\n h=From : To:subject:date; bh={{bh}};\r\n b={{b}}");
        foreach (var step in new[] { 0, 1, 2, 7, 64 })
        {
            var result = await Verifying.OneAsync(signed, DkimModel.Zone(), step: step);
            Assert.Equal(DkimVerdict.Pass, result.Verdict);
            Assert.Equal(("example.org", selector, "ann@mail.example.org", algorithm), (result.Domain, result.Selector, result.Identity, result.Algorithm));
            Assert.Equal(8, result.Signature.Length);
            Assert.Null(result.Problem);
        }
    }

    [Fact]
    public async Task White_space_may_change_where_the_form_is_relaxed()
    {
        var signed = DkimModel.Sign(Message, Tags);
        var changed = signed.Replace("Subject: Lunch \r\n  on", "SUBJECT :Lunch on", StringComparison.Ordinal).Replace("Dear  Bob, ", "Dear\tBob,", StringComparison.Ordinal)
            .Replace("; s=r;\r\n h", ";\r\n  s=r; h", StringComparison.Ordinal) + "\r\n";
        Assert.Equal(DkimVerdict.Pass, (await Verifying.OneAsync(changed, DkimModel.Zone())).Verdict);
    }

    [Theory]
    [InlineData("lunch?", "Lunch?", "the body has been changed (bh=)")]
    [InlineData("lunch?", "lun ch?", "the body has been changed (bh=)")]
    [InlineData("bob@example.net", "eve@example.net", "the signature does not match the header (b=)")]
    [InlineData("s=r;", "s=r; z=x;", "the signature does not match the header (b=)")]
    public async Task A_change_makes_it_fail(string from, string to, string problem)
    {
        var result = await Verifying.OneAsync(DkimModel.Sign(Message, Tags).Replace(from, to, StringComparison.Ordinal), DkimModel.Zone());
        Assert.Equal((DkimVerdict.Fail, problem), (result.Verdict, result.Problem));
    }

    [Fact]
    public async Task A_changed_body_costs_no_question()
    {
        var zone = DkimModel.Zone();
        await Verifying.OneAsync(DkimModel.Sign(Message, Tags) + "-- \r\nThe list", zone);
        Assert.Equal(0, zone.Questions);
    }

    // RFC 6376 §5.4.2: the lowest field of a name is meant first, and a name once more than there are fields keeps others out.
    [Theory]
    [InlineData("from:to:subject:date", true)]
    [InlineData("from:from:to:subject:date", false)]
    public async Task A_field_added_on_top_passes_only_where_it_was_not_oversigned(string names, bool passes)
    {
        var signed = "From: Eve <eve@example.com>\r\n" + DkimModel.Sign(Message, Tags.Replace("from:to:subject:date", names, StringComparison.Ordinal));
        Assert.Equal(passes ? DkimVerdict.Pass : DkimVerdict.Fail, (await Verifying.OneAsync(signed, DkimModel.Zone())).Verdict);
    }

    [Fact]
    public async Task Fields_of_one_name_are_signed_from_the_lowest_up()
    {
        var message = "Received: three\r\nReceived: two\r\nReceived: one\r\n" + Message.Replace("Received: by mx.example.org\r\n", "", StringComparison.Ordinal);
        var signed = DkimModel.Sign(message, Tags.Replace("h=from", "h=received:received:from", StringComparison.Ordinal));
        Assert.Equal(DkimVerdict.Pass, (await Verifying.OneAsync("Received: four\r\n" + signed.Replace("Received: three\r\n", "", StringComparison.Ordinal), DkimModel.Zone())).Verdict);
        Assert.Equal(DkimVerdict.Fail, (await Verifying.OneAsync(signed.Replace("Received: two", "Received: 2", StringComparison.Ordinal), DkimModel.Zone())).Verdict);
    }

    // S-19: what is added after the signed part is what the reader sees.
    [Theory]
    [InlineData("l=21", DkimVerdict.Pass, null)]
    [InlineData("l=10", DkimVerdict.Policy, "11 octets of the body are not signed (l=)")]
    [InlineData("l=0", DkimVerdict.Policy, "21 octets of the body are not signed (l=)")]
    [InlineData("l=22", DkimVerdict.PermError, "l= is more than the body has")]
    [InlineData("l=9999999999999999999999999999", DkimVerdict.PermError, "l= is more than the body has")]
    [InlineData("l=-1", DkimVerdict.Neutral, "l= is no number")]
    public async Task A_body_that_is_signed_in_part_does_not_pass(string length, DkimVerdict verdict, string? problem)
    {
        var result = await Verifying.OneAsync(DkimModel.Sign(Message, Tags.Replace("s=r;", $"s=r; {length};", StringComparison.Ordinal)), DkimModel.Zone());
        Assert.Equal((verdict, problem), (result.Verdict, result.Problem));
    }

    [Theory]
    [InlineData("t=1773480000; x=1773480001", "the signature has expired (x=)", DkimVerdict.None)]
    [InlineData("t=1773570000", "the signature is of the future (t=)", DkimVerdict.Neutral)]
    [InlineData("t=1773480900", null, DkimVerdict.Pass)] // clocks differ
    [InlineData("t=1773480000; x=1773480000", "x= is not later than t=", DkimVerdict.PermError)]
    [InlineData("t=1773480000; x=1773483600", null, DkimVerdict.Pass)]
    [InlineData("t=soon", "t= is no time", DkimVerdict.Neutral)]
    [InlineData("x=", "x= is no time", DkimVerdict.Neutral)]
    public async Task Times_are_looked_at(string times, string? problem, DkimVerdict verdict)
    {
        var time = new FakeTime();
        var signed = DkimModel.Sign(Message, Tags.Replace("s=r;", $"s=r; {times};", StringComparison.Ordinal));
        if (verdict == DkimVerdict.None)
        {
            Assert.Equal(DkimVerdict.Pass, (await Verifying.OneAsync(signed, DkimModel.Zone(), time)).Verdict);
            time.Advance(TimeSpan.FromMinutes(20));
            verdict = DkimVerdict.PermError;
        }
        var result = await Verifying.OneAsync(signed, DkimModel.Zone(), time);
        Assert.Equal((verdict, problem), (result.Verdict, result.Problem));
    }

    [Theory]
    [InlineData("v=1; ", "", DkimVerdict.PermError, "v= is missing")]
    [InlineData("v=1;", "v=2;", DkimVerdict.Neutral, "v= is not 1")]
    [InlineData("a=rsa-sha256; ", "", DkimVerdict.PermError, "a= is missing")]
    [InlineData("rsa-sha256", "rsa-sha1", DkimVerdict.PermError, "rsa-sha1 is not accepted any more")]
    [InlineData("rsa-sha256", "rsa-sha512", DkimVerdict.Neutral, "a= is not known")]
    [InlineData("d=example.org; ", "", DkimVerdict.PermError, "d= is missing")]
    [InlineData("d=example.org", "d=org", DkimVerdict.PermError, "d= is no domain name")]
    [InlineData("d=example.org", "d=exa mple.org", DkimVerdict.PermError, "d= is no domain name")]
    [InlineData("s=r", "s=", DkimVerdict.PermError, "s= is no selector")]
    [InlineData("s=r", "s=r..x", DkimVerdict.PermError, "s= is no selector")]
    [InlineData("s=r;", "s=r; i=ann@example.com;", DkimVerdict.PermError, "i= is not within d=")]
    [InlineData("s=r;", "s=r; i=ann@badexample.org;", DkimVerdict.PermError, "i= is not within d=")]
    [InlineData("s=r;", "s=r; i=ann;", DkimVerdict.PermError, "i= is no address")]
    [InlineData("from:to:", "to:", DkimVerdict.PermError, "From is not signed")]
    [InlineData("from:to:", "from::to:", DkimVerdict.Neutral, "h= is no list of field names")]
    [InlineData("from:to:", "fr om:to:", DkimVerdict.Neutral, "h= is no list of field names")]
    [InlineData("c=relaxed/relaxed", "c=nowsp", DkimVerdict.Neutral, "c= is not known")]
    [InlineData("c=relaxed/relaxed", "c=", DkimVerdict.Neutral, "c= is not known")]
    [InlineData("s=r;", "s=r; q=http;", DkimVerdict.Neutral, "q= names no way to the key that is known")]
    [InlineData("s=r;", "s=r; s=r;", DkimVerdict.Neutral, "the tags of the signature cannot be read")]
    [InlineData("s=r;", "s=r;;", DkimVerdict.Neutral, "the tags of the signature cannot be read")]
    [InlineData("s=r;", "s=r; 1x=y;", DkimVerdict.Neutral, "the tags of the signature cannot be read")]
    [InlineData("s=r;", "s=r; alone;", DkimVerdict.Neutral, "the tags of the signature cannot be read")]
    [InlineData("bh={bh}", "bh=%%%", DkimVerdict.Neutral, "bh= is no base64")]
    [InlineData("bh={bh}", "bh=AAAA", DkimVerdict.Neutral, "bh= is no SHA-256 hash")]
    [InlineData("b={b}", "b=", DkimVerdict.Neutral, "b= is no base64")]
    public async Task A_field_that_breaks_the_rules_is_void(string from, string to, DkimVerdict verdict, string problem)
    {
        var zone = DkimModel.Zone();
        var result = await Verifying.OneAsync(DkimModel.Sign(Message, Tags.Replace(from, to, StringComparison.Ordinal)), zone);
        Assert.Equal((verdict, problem), (result.Verdict, result.Problem));
        Assert.Equal(0, zone.Questions);
    }

    [Theory]
    [InlineData("q=http : dns/txt;")]
    [InlineData("unknown_tag2=what ever;")]
    [InlineData("i=@example.org;")]
    [InlineData("i=a=20nn@mail.example.org;")]
    [InlineData("z=From:ann|To:bob;")]
    [InlineData("l=21 ;")]
    public async Task What_is_allowed_or_unknown_does_not_disturb(string tag) =>
        Assert.Equal(DkimVerdict.Pass, (await Verifying.OneAsync(DkimModel.Sign(Message, Tags.Replace("s=r;", "s=r; " + tag, StringComparison.Ordinal) + ";"), DkimModel.Zone())).Verdict);

    // RFC 8616 §5: the name is hashed as written and asked for in A-labels.
    [Fact]
    public async Task An_internationalized_domain_is_asked_for_in_A_labels()
    {
        var zone = new ZoneResolver().Txt("r._domainkey.xn--bcher-kva.example.org", $"p={DkimModel.RsaPublic}");
        var domain = Encoding.Latin1.GetString(Encoding.UTF8.GetBytes("d=bücher.example.org; i=é@bücher.example.org"));
        var result = await Verifying.OneAsync(DkimModel.Sign(Message, Tags.Replace("d=example.org", domain, StringComparison.Ordinal)), zone);
        Assert.Equal((DkimVerdict.Pass, "xn--bcher-kva.example.org", "é@bücher.example.org"), (result.Verdict, result.Domain, result.Identity));
    }

    [Fact]
    public async Task Several_signatures_are_each_told_and_told_apart()
    {
        var twice = DkimModel.Sign(DkimModel.Sign(Message, Tags), Tags.Replace("rsa-", "ed25519-", StringComparison.Ordinal).Replace("s=r", "s=e", StringComparison.Ordinal));
        var results = (await Verifying.AllAsync(twice, DkimModel.Zone())).Dkim;
        Assert.Equal([DkimVerdict.Pass, DkimVerdict.Pass], results.Select(result => result.Verdict));
        Assert.Equal(["e", "r"], results.Select(result => result.Selector));

        // RFC 6008 §4: more of b= when the first eight characters are alike.
        var alike = Replaced(twice, results[0].Signature + "A", results[1].Signature);
        Assert.All((await Verifying.AllAsync(alike, DkimModel.Zone())).Dkim, result => Assert.InRange(result.Signature.Length, 9, 32));
    }

    [Fact]
    public async Task No_more_than_ten_are_looked_at_and_each_key_is_asked_for_once()
    {
        var zone = DkimModel.Zone();
        var signed = DkimModel.Sign(Message, Tags);
        var many = string.Concat(Enumerable.Repeat(signed[..^Message.Length], 30)) + Message;
        Assert.Equal(10, (await Verifying.AllAsync(many, zone)).Dkim.Count);
        Assert.Equal(1, zone.Questions);
    }

    [Fact]
    public async Task An_unsigned_message_has_no_results()
    {
        var results = await Verifying.AllAsync(Message, new ZoneResolver());
        Assert.Empty(results.Dkim);
        Assert.Equal(ArcVerdict.None, results.Arc.Verdict);
        Assert.Empty((await Verifying.AllAsync("", new ZoneResolver())).Dkim);
    }

    [Fact]
    public async Task A_header_beyond_the_bounds_is_permerror()
    {
        var limits = new SignatureLimits { MaxHeaderOctets = 2000, MaxFields = 50 };
        var signed = DkimModel.Sign(Message, Tags);
        foreach (var more in new[] { $"X: {new string('x', 2000)}\r\n", string.Concat(Enumerable.Repeat("x:\r\n", 60)) })
        {
            var result = Assert.Single((await Verifying.AllAsync(more + signed, DkimModel.Zone(), step: 100, limits: limits)).Dkim);
            Assert.Equal((DkimVerdict.PermError, "the header is too large"), (result.Verdict, result.Problem));
        }
        Assert.Equal(DkimVerdict.Pass, Assert.Single((await Verifying.AllAsync(signed, DkimModel.Zone(), limits: limits)).Dkim).Verdict);
    }

    // Whoever shows the message takes the bare LF for a line end, and so for a second Subject.
    [Fact]
    public async Task A_bare_line_feed_ends_a_field()
    {
        var signed = DkimModel.Sign(Message.Replace("Subject: Lunch ", "Subject: a\nSubject: b", StringComparison.Ordinal), Tags);
        Assert.Equal(DkimVerdict.Fail, (await Verifying.OneAsync(signed, DkimModel.Zone())).Verdict);
    }

    // RFC 8463 Appendix A.3.
    [Fact]
    public async Task The_message_of_RFC_8463_passes_twice()
    {
        var zone = new ZoneResolver()
            .Txt("brisbane._domainkey.football.example.com", $"v=DKIM1; k=ed25519; p={DkimModel.Ed25519Public}")
            .Txt("test._domainkey.football.example.com", $"v=DKIM1; k=rsa; p={DkimModel.RsaPublic}");
        var results = (await Verifying.AllAsync(Verifying.Corpus("corpus/mime/dkim/rfc8463-example.msg"), zone)).Dkim;
        Assert.Equal([DkimVerdict.Pass, DkimVerdict.Pass], results.Select(result => result.Verdict));
        Assert.Equal(["/gCrinpc", "F45dVWDf"], results.Select(result => result.Signature));
    }

    [Theory]
    [InlineData("gmail.msg")]
    [InlineData("multipart-no-end-boundary.msg")]
    [InlineData("related.msg")]
    public async Task Recorded_messages_of_a_large_provider_pass(string file)
    {
        var key = string.Concat(File.ReadAllLines(SharedMaterial.Require("corpus/mime/dkim/gmail.pub")).Where(line => !line.StartsWith('-')));
        var zone = new ZoneResolver().Txt("20120113._domainkey.gmail.com", $"k=rsa; p={key}");
        foreach (var step in new[] { 0, 100 })
        {
            var result = await Verifying.OneAsync(Verifying.Corpus("corpus/mime/dkim/" + file), zone, step: step);
            Assert.Equal((DkimVerdict.Pass, null), (result.Verdict, result.Problem));
        }
    }

    private static string Replaced(string text, string from, string to)
    {
        var at = text.IndexOf("b=" + from[..8], StringComparison.Ordinal);
        return text[..(at + 2)] + to + text[(at + 2 + to.Length)..];
    }
}
