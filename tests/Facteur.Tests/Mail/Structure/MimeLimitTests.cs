using System.Text;
using Facteur.Mail;

namespace Facteur.Tests.Mail.Structure;

/// <summary>Messages made to cost: bounded, and no octet is lost.</summary>
public class MimeLimitTests
{
    [Fact]
    public void A_hundred_thousand_parts_end_in_one_that_holds_the_rest()
    {
        var parsed = Parsed.Of("Content-Type: multipart/mixed; boundary=a\r\n\r\n" + Repeat("--a\r\n\r\nx\r\n", 100_000) + "--a--\r\n");
        parsed.AssertSound();
        Assert.Equal(MimeLimits.Default.MaxParts, parsed.Root.Children.Count + 1);
        var rest = parsed.Root.Children[^1];
        Assert.Equal(("application", "octet-stream"), (rest.Type, rest.Subtype));
        Assert.EndsWith("\r\n--a\r\n\r\nx\r\n--a--\r\n", parsed.Body(rest), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Content-Type: message/rfc822\r\n\r\n")]
    [InlineData("Content-Type: multipart/mixed; boundary=a#\r\n\r\n--a#\r\n")]
    [InlineData("Content-Type: multipart/digest; boundary=a#\r\n\r\n--a#\r\n\r\n")]
    public void Ten_thousand_levels_end_in_one_part(string level)
    {
        var message = string.Concat(Enumerable.Range(0, 10_000).Select(i => level.Replace("#", $"{i:D5}", StringComparison.Ordinal)));
        var parsed = Parsed.Of(message);
        parsed.AssertSound();
        var depth = 0;
        var part = parsed.Root;
        for (; part.Children.Count > 0; part = part.Children[0]) depth++;
        Assert.Equal(MimeLimits.Default.MaxDepth, depth);
        Assert.Equal(message.Length, part.BodyOffset + part.BodyLength);
        ImapTestScripts.BodyOf(parsed);
    }

    [Fact]
    public void Descriptions_that_grow_too_long_end_in_one_part()
    {
        var part = "--a\r\nContent-Description: " + new string('x', 10_000) + "\r\n\r\n\r\n";
        var parsed = Parsed.Of("Content-Type: multipart/mixed; boundary=a\r\n\r\n" + Repeat(part, 1_000));
        parsed.AssertSound();
        Assert.InRange(parsed.Facts.BodyStructure.Length, 1, MimeLimits.Default.MaxStructureOctets + 100_000);
    }

    [Fact]
    public void A_header_without_end_is_cut()
    {
        var limits = new MimeLimits { MaxHeaderOctets = 4096 };
        var parsed = Parsed.Of("Subject: " + new string('x', 1_000_000) + "\r\nX: " + Repeat("y\r\n ", 100_000) + "\r\nFrom: a@b\r\n", limits);
        parsed.AssertSound();
        Assert.Equal(parsed.Message.Length, parsed.Facts.HeaderSize);
        Assert.Equal(1024 - 9, parsed.Facts.Subject.Length);
        Assert.Contains("((NIL NIL \"a\" \"b\"))", parsed.Envelope, StringComparison.Ordinal);
    }

    [Fact]
    public void A_parser_ends_once()
    {
        var parser = new MimeParser(MimeLimits.Default);
        parser.Complete();
        Assert.Throws<ObjectDisposedException>(() => parser.Write("x"u8));
        Assert.Throws<ObjectDisposedException>(() => parser.Complete());
    }

    private static string Repeat(string text, int count) => new StringBuilder(text.Length * count).Insert(0, text, count).ToString();
}
