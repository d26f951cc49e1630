using Facteur.Smtp;
using Facteur.Smtp.Client.Wire;

namespace Facteur.Tests.Smtp.Client;

public sealed class WirePathTests
{
    [Theory]
    [InlineData("a@b.example", "a@b.example", false)]
    [InlineData("\"a b\"@b.example", "\"a b\"@b.example", false)]
    [InlineData("\"ab\"@b.example", "ab@b.example", false)]
    [InlineData("\"<a>\"@b.example", "\"<a>\"@b.example", false)]
    [InlineData("a@[192.0.2.1]", "a@[192.0.2.1]", false)]
    [InlineData("a@exämple.fr", "a@xn--exmple-cua.fr", false)]
    [InlineData("é@exämple.fr", "é@xn--exmple-cua.fr", true)]
    [InlineData("postmaster", "postmaster", false)]
    public void An_address_is_written_anew(string address, string path, bool needsSmtpUtf8) =>
        Assert.Equal(new WirePath(path, needsSmtpUtf8), WirePath.Parse(address));

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("a@")]
    [InlineData("@b.example")]
    [InlineData("@x:a@b.example")]
    [InlineData("a@b.example> RCPT TO:<c@d")]
    [InlineData("a@b.example\r\nRCPT TO:<c@d>")]
    [InlineData("a@b.example SIZE=1")]
    [InlineData("\"a\r\nRCPT TO:<x>\"@d.example")]
    [InlineData("\"a\0\"@d.example")]
    [InlineData("a\0@d.example")]
    [InlineData("a b@d.example")]
    [InlineData("a@b@c.example")]
    [InlineData("\"a@b.example")]
    [InlineData("a@b..example")]
    [InlineData("a@-b.example")]
    public void What_is_no_address_is_never_written(string address) => Assert.Null(WirePath.Parse(address));

    [Fact]
    public void What_is_no_Unicode_is_no_address() => Assert.Null(WirePath.Parse("a" + (char)0xd800 + "@b.example"));

    [Fact]
    public void A_path_has_254_octets_at_most()
    {
        Assert.NotNull(WirePath.Parse(new string('a', 242) + "@b.example.fr"[..12]));
        Assert.Null(WirePath.Parse(new string('a', 243) + "@b.example.fr"[..12]));
        Assert.Null(WirePath.Parse("\"" + new string('\\', 300) + "\"@b.example"));
    }

    [Fact]
    public void Whatever_the_text_a_written_path_is_one_word_of_one_line()
    {
        var random = new Random(3);
        const string alphabet = "ab.@\"\\<> \r\n\0\t\u0085\u2028é[1]:,";
        for (var run = 0; run < 50_000; run++)
        {
            var text = new string([.. Enumerable.Range(0, random.Next(14)).Select(_ => alphabet[random.Next(alphabet.Length)])]) + (run % 2 == 0 ? "@b.example" : "");
            if (WirePath.Parse(text) is not { } path) continue;
            Assert.DoesNotContain(path.Text, c => c is < ' ' or '\x7f');
            // Read again as a peer does, it is the same address and nothing follows.
            Assert.Equal(path, WirePath.Parse(path.Text));
        }
    }

    [Theory]
    [InlineData("a+b=c d", "a+2Bb+3Dc+20d")]
    [InlineData("é", "+C3+A9")]
    public void Xtext_is_printable(string value, string xtext) => Assert.Equal(xtext, XtextWriter.Xtext(value));

    [Theory]
    [InlineData("rfc822", "a+b@c.example", "rfc822;a+2Bb@c.example")]
    [InlineData("utf-8", "é+b@c.example", "utf-8;\\x{E9}\\x{2B}b@c.example")]
    [InlineData("rfc822", "é@c.example", "utf-8;\\x{E9}@c.example")]
    public void An_original_recipient_is_ascii(string type, string address, string text) => Assert.Equal(text, XtextWriter.OriginalRecipient(new OriginalRecipient(type, address)));
}
