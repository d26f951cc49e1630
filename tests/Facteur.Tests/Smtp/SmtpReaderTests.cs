using System.Text;
using Facteur.Smtp;
using Facteur.Smtp.Wire;

namespace Facteur.Tests.Smtp;

public sealed class SmtpReaderTests
{
    [Theory]
    [InlineData("<a@b.test>", "a", "b.test", "a@b.test")]
    [InlineData("<A.b+c@B.Test>", "A.b+c", "B.Test", "A.b+c@B.Test")]
    [InlineData("<\"a b\"@c>", "a b", "c", "\"a b\"@c")]
    [InlineData("<\"a\\\"b\"@c>", "a\"b", "c", "\"a\\\"b\"@c")]
    [InlineData("<\"a\\b\"@c>", "ab", "c", "ab@c")]
    [InlineData("<\"a@b\"@c>", "a@b", "c", "\"a@b\"@c")]
    [InlineData("<\"plain\"@c>", "plain", "c", "plain@c")]
    [InlineData("<a@[192.0.2.1]>", "a", "[192.0.2.1]", "a@[192.0.2.1]")]
    [InlineData("<a@[IPv6:2001:db8::1]>", "a", "[IPv6:2001:db8::1]", "a@[IPv6:2001:db8::1]")]
    [InlineData("<@x.test,@y.test:u@z.test>", "u", "z.test", "u@z.test")]
    [InlineData("<user%ext@local>", "user%ext", "local", "user%ext@local")]
    [InlineData("<Postmaster>", "Postmaster", "", "Postmaster")]
    [InlineData("<ü@müller.test>", "ü", "müller.test", "ü@müller.test")]
    [InlineData("<docomo..dots.@c>", "docomo..dots.", "c", "\"docomo..dots.\"@c")]
    public void Paths_are_read(string path, string localPart, string domain, string written)
    {
        var address = Read(path)!;
        Assert.Equal((localPart, domain, written), (address.LocalPart, address.Domain, address.ToString()));
    }

    [Theory]
    [Trait("Promise", "S-02")]
    [InlineData("<a@b")]
    [InlineData("a@b")]
    [InlineData("<a>")]
    [InlineData("<@b>")]
    [InlineData("<a@>")]
    [InlineData("<a@b>x")]
    [InlineData("<a@b.>")]
    [InlineData("<a@b..c>")]
    [InlineData("<a@-b>")]
    [InlineData("<a@b_c>")]
    [InlineData("<a b@c>")]
    [InlineData("<a@b@c>")]
    [InlineData("<\"\">")]
    [InlineData("<\"\"@c>")]
    [InlineData("<\"a@c>")]
    [InlineData("<\"a\r\nRCPT TO:<x>\"@d>")]
    [InlineData("<\"a\0b\"@d>")]
    [InlineData("<\"a\\\rb\"@d>")]
    [InlineData("<a@[192.0.2]>")]
    [InlineData("<a@[192.0.2.256]>")]
    [InlineData("<a@[IPv6:fe80::1%eth0]>")]
    [InlineData("<a@[x:y]>")]
    [InlineData("<a@[192.0.2.1>")]
    [InlineData("<@x.test u@z.test>")]
    [InlineData("<@:u@z.test>")]
    [InlineData("<>x")]
    [InlineData("")]
    public void Paths_of_bad_form_are_refused(string path) =>
        Assert.Equal(501, Assert.Throws<SmtpSyntaxException>(() => Read(path)).Reply.Code);

    [Fact]
    [Trait("Promise", "S-12")]
    public void An_address_has_at_most_254_octets()
    {
        var domain = "@" + new string('d', 60) + ".test";
        Assert.NotNull(Read("<" + new string('a', 254 - domain.Length) + domain + ">"));
        Assert.Throws<SmtpSyntaxException>(() => Read("<" + new string('a', 255 - domain.Length) + domain + ">"));
        Assert.Throws<SmtpSyntaxException>(() => Read("<\"" + new string('a', 300) + "\"" + domain + ">"));
        Assert.Throws<SmtpSyntaxException>(() => Read("<a@" + new string('d', 64) + ".test>"));
    }

    [Fact]
    public void The_empty_path_is_null() => Assert.Null(Read("<>"));

    [Theory]
    [InlineData("+2B+3D+20x", "+= x")]
    [InlineData("plain", "plain")]
    [InlineData("+2b", null)]
    [InlineData("+2", null)]
    [InlineData("+0D+0A", null)]
    [InlineData("a b", null)]
    public void Xtext_is_decoded(string text, string? decoded) => Assert.Equal(decoded, Xtext.Decode(text));

    private static EnvelopeAddress? Read(string path)
    {
        var reader = new SmtpReader(Encoding.UTF8.GetBytes(path));
        return reader.Path("5.1.3");
    }
}
