using System.Buffers;
using System.Net;
using System.Text;
using Facteur.Delivery.Authentication;

namespace Facteur.Tests.Delivery.Authentication;

/// <summary>Authentication-Results written, read and found forged (RFC 8601).</summary>
public sealed class AuthenticationResultsTests
{
    [Fact]
    public void All_results_are_written_with_their_properties()
    {
        var text = Write(new()
        {
            Iprev = new(IprevVerdict.Pass, IPAddress.Parse("::ffff:192.0.2.1"), "mail.example.org"),
            Spf = new(SpfVerdict.SoftFail, "example.org", false, null, "~all", null),
            Dkim =
            [
                new(DkimVerdict.Pass, "example.org", "2026a-rsa", "ann@example.org", "rsa-sha256", "Pg8Yyk1A", false, null),
                new(DkimVerdict.Fail, "example.net", "s", null, "rsa-sha256", "a/b+c=", true, "the body has been changed (bh=)"),
            ],
            Dmarc = new(DmarcVerdict.Pass, "example.org", "example.org", "example.org", DmarcPolicy.None, DmarcPolicy.Reject, false, true, null),
            Arc = new(ArcVerdict.Pass, 2, ["a.example", "b.example"], "i=1; x; none", null),
            Remote = IPAddress.Parse("2001:db8::1"),
        });
        Assert.Equal(
            "Authentication-Results: mx.example.org;\r\n\tiprev=pass (mail.example.org) policy.iprev=192.0.2.1;\r\n\tspf=softfail smtp.mailfrom=example.org;\r\n"
            + "\tdkim=pass header.d=example.org header.i=ann@example.org\r\n\t header.s=2026a-rsa".Replace("\r\n\t ", " ", StringComparison.Ordinal) + "\r\n\theader.a=rsa-sha256 header.b=Pg8Yyk1A;\r\n"
            + "\tdkim=fail (testing) reason=\"the body has been changed (bh=)\"\r\n\theader.d=example.net header.s=s header.a=rsa-sha256 header.b=\"a/b+c=\";\r\n"
            + "\tdmarc=pass (p=reject dis=none) header.from=example.org;\r\n\tarc=pass (i=2) smtp.remote-ip=\"2001:db8::1\"\r\n", text);
        Assert.All(text.Split("\r\n"), line => Assert.InRange(line.Length, 0, 78));
    }

    [Fact]
    public void Nothing_done_and_nothing_found_are_said()
    {
        Assert.Equal("Authentication-Results: mx.example.org; none\r\n", Write(new()));
        Assert.Equal("Authentication-Results: mx.example.org;\r\n\tspf=none smtp.helo=pc.local;\r\n\tdkim=none;\r\n\tarc=none\r\n",
            Write(new() { Spf = new(SpfVerdict.None, "pc.local", true, null, null, null), Dkim = [], Arc = new(ArcVerdict.None, 0, [], null, null) }));
        Assert.Equal("Authentication-Results: mx.example.org;\r\n\tauth=pass smtp.auth=ann@example.org\r\n", Write(new() { AuthenticatedAs = "ann@example.org" }));
    }

    // What a sender chooses ends no value, no line and no field (S-03).
    [Theory]
    [InlineData("a\r\nBcc: eve@example.com")]
    [InlineData("a; dmarc=pass header.from=bank.example")]
    [InlineData("a\" ; dmarc=pass (\"")]
    [InlineData("a) ; dmarc=pass (")]
    [InlineData("a\\")]
    [InlineData("a b c")]
    [InlineData("é\u2028\0")]
    [InlineData("\"; x=y@\"; x=y")]
    public void What_a_sender_writes_stays_within_its_value(string hostile)
    {
        var text = Write(new()
        {
            Spf = new(SpfVerdict.PermError, hostile, false, null, null, hostile),
            Dkim = [new(DkimVerdict.Fail, hostile, hostile, hostile, hostile, hostile, false, hostile)],
            Iprev = new(IprevVerdict.Fail, IPAddress.Loopback, hostile),
            AuthenticatedAs = hostile,
        });
        Assert.Equal(text.Split("\r\n").Length - 1, text.Split("\r\n\t").Length);
        Assert.DoesNotContain(text, c => c is > '~' or (< ' ' and not ('\r' or '\n' or '\t')));
        var body = Encoding.UTF8.GetBytes(text[(text.IndexOf(':', StringComparison.Ordinal) + 1)..]);
        Assert.Equal(["auth", "iprev", "spf", "dkim"], AuthenticationResultsReader.Read(body, "mx.example.org")!.Select(statement => statement.Method));
    }

    [Fact]
    public void A_reason_is_cut()
    {
        var text = Write(new() { Dkim = [new(DkimVerdict.Fail, "example.org", "s", null, "rsa-sha256", "x", false, new string('x', 5000))] });
        Assert.All(text.Split("\r\n"), line => Assert.InRange(line.Length, 0, 250));
    }

    [Theory]
    [InlineData(" mx.example.org; dmarc=pass")]
    [InlineData(" MX.Example.ORG; dmarc=pass")]
    [InlineData("mx.example.org;dmarc=pass")]
    [InlineData(" mx.example.org 1; dmarc=pass")]
    [InlineData(" (a (nested \\) ) comment) mx.example.org (b) 1 (c) ; dmarc=pass")]
    [InlineData("\r\n\tmx.example.org\r\n\t; dmarc=pass")]
    [InlineData(" \"mx.example.org\"; dmarc=pass")]
    [InlineData(" \"mx.ex\\ample.org\"; dmarc=pass")]
    [InlineData(" mx.example.org.; dmarc=pass")]
    [InlineData(" mx.example.org")]
    // Of a version that is not known, and what cannot be read so far.
    [InlineData(" mx.example.org 2; dmarc=pass")]
    [InlineData(" mx.example.com mx.example.org; dmarc=pass")]
    [InlineData(" dmarc=pass; mx.example.org")]
    [InlineData(" (mx.example.org; dmarc=pass")]
    [InlineData(" \"mx.example.org; dmarc=pass")]
    public void A_field_that_is_ours_or_might_be_taken_for_it_is_forged(string body) => Assert.True(ForgedFieldFilter.IsForged(Encoding.UTF8.GetBytes(body), "mx.example.org"));

    [Theory]
    [InlineData(" mx.example.com; dmarc=pass")]
    [InlineData(" mx.example.com 1; none")]
    [InlineData(" mx.example.com 2; dmarc=pass")]
    [InlineData(" (mx.example.com; dmarc=pass")]
    [InlineData("")]
    [InlineData(" xmx.example.org; dmarc=pass")]
    [InlineData(" mx.example.org.evil.example; dmarc=pass")]
    [InlineData(" (mx.example.org) mx.example.com; dmarc=pass (mx.example.org)")]
    [InlineData(" lists.example.net (x) ; arc=none")]
    public void Fields_of_others_stay(string body) => Assert.False(ForgedFieldFilter.IsForged(Encoding.UTF8.GetBytes(body), "mx.example.org"));

    // RFC 8601 §5: A-labels and U-labels are the same name.
    [Fact]
    public void An_internationalized_name_is_found_in_both_forms()
    {
        Assert.True(ForgedFieldFilter.IsForged(Encoding.UTF8.GetBytes(" bücher.example; spf=pass"), "xn--bcher-kva.example"));
        Assert.True(ForgedFieldFilter.IsForged(" xn--bcher-kva.example; spf=pass"u8, "bücher.example"));
    }

    [Fact]
    public void A_field_is_read_with_what_its_comments_and_strings_hide()
    {
        var body = " (c;d) example.org 1;\r\n spf = pass (a;b) smtp.mailfrom=\"x;y\";\r\n\tDKIM=Fail reason=\"no; no\"; broken; =x; arc=pass"u8;
        Assert.Equal(["spf:pass", "dkim:fail", "arc:pass"], AuthenticationResultsReader.Read(body, "example.org")!.Select(statement => $"{statement.Method}:{statement.Result}"));
        Assert.Equal("spf = pass (a;b) smtp.mailfrom=\"x;y\"", AuthenticationResultsReader.Read(body, "example.org")![0].Text);
        Assert.Null(AuthenticationResultsReader.Read(body, "example.net"));
        Assert.Null(AuthenticationResultsReader.Read("example.org; spf=pass (never"u8, "example.org"));
    }

    private static string Write(AuthenticationSummary summary)
    {
        var output = new ArrayBufferWriter<byte>();
        AuthenticationResultsField.Write(output, "mx.example.org", summary);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
