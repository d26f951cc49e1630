using System.Text;
using Facteur.Mail;

namespace Facteur.Tests.Mail.Text;

public class TextPreviewTests
{
    [Theory]
    [InlineData("Bonjour,\r\n\r\n  à demain\u00A0!\r\n", "Bonjour, à demain !")]
    [InlineData("", "")]
    [InlineData("\uFEFFx\u200By", "xy")]
    public void Plain_text_is_one_line(string text, string expected) =>
        Assert.Equal(expected, TextPreview.Of(Encoding.UTF8.GetBytes(text), "utf-8", false, 100));

    [Theory]
    [InlineData("<p>Hello <b>wor</b>ld</p><p>two</p>", "Hello world two")]
    [InlineData("<html><head><title>T</title><style>p { color: red }</style><script>if (a<b) x('</p>');</script></head><body>Text</body>", "Text")]
    [InlineData("a<br>b<br/>c", "a b c")]
    [InlineData("<!-- <b>no</b> -- > still --> yes", "yes")]
    [InlineData("<!--> x --> y", "x --> y")] // as browsers do: the comment is closed at once
    [InlineData("<!DOCTYPE html>ok", "ok")]
    [InlineData("&eacute;t&eacute; &amp; &#233; &#xE9; &nbsp; &lt;b&gt; &unknown; & co &rsquo;", "été & é é <b> &unknown; & co ’")]
    [InlineData("a < b > c", "a < b > c")]
    [InlineData("<a title=\"x > y\" href='>'>link</a>", "link")]
    [InlineData("x<unfinished tag", "x")]
    [InlineData("<td>1</td><td>2</td>", "1 2")]
    public void Html_loses_its_markup(string html, string expected) =>
        Assert.Equal(expected, TextPreview.Of(Encoding.UTF8.GetBytes(html), null, true, 100));

    [Fact]
    public void It_is_cut_between_characters()
    {
        Assert.Equal("ab", TextPreview.Of("ab🎉"u8, "utf-8", false, 3));
        Assert.Equal("ab🎉", TextPreview.Of("ab🎉"u8, "utf-8", false, 4));
        Assert.Equal("ab", TextPreview.Of("ab🎉"u8[..4], "utf-8", false, 10)); // the octets end inside a character
    }
}
