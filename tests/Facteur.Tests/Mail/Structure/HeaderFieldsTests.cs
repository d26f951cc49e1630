using System.Text;
using Facteur.Mail;

namespace Facteur.Tests.Mail.Structure;

public class HeaderFieldsTests
{
    [Theory]
    [InlineData("A: 1\r\nB:2\r\n\r\nC: 3", "A= 1|B=2")]
    [InlineData("A: 1\nB:2\n\nC: 3", "A= 1|B=2")]
    [InlineData("A: 1\r\n 2\r\n\t3\r\nB: x", "A= 1\r\n 2\r\n\t3|B= x")]
    // RFC 5322 §4.5: white space before the colon
    [InlineData("Subject \t: x\r\n", "Subject= x")]
    [InlineData("From user@domain  Fri Feb 22 17:06:23 2008\r\nA: 1\r\nno colon\r\n more\r\nB: 2\r\n", "=|A= 1|=|B= 2")]
    [InlineData(" lost\r\nA: 1\r\n", "=|A= 1")]
    [InlineData(": none\r\nA: a\rb\r\n", "=|A= a\rb")]
    [InlineData("\xEF\xBB\xBF" + "A: 1\r\n", "A= 1")]
    [InlineData("A: 1\r\n \r\n", "A= 1\r\n ")]
    [InlineData("A:\r\nB:", "A=|B=")]
    [InlineData("", "")]
    public void Fields_come_in_order_with_their_folds(string block, string expected)
    {
        var fields = new List<string>();
        foreach (var field in new HeaderFields(Encoding.Latin1.GetBytes(block)))
            fields.Add($"{Encoding.Latin1.GetString(field.Name)}={Encoding.Latin1.GetString(field.Value)}");
        Assert.Equal(expected, string.Join('|', fields));
    }

    [Fact]
    public void Raw_fields_tile_the_block()
    {
        var block = "A: 1\r\n x\r\nbroken\r\nB: 2\n"u8;
        var length = 0;
        foreach (var field in new HeaderFields(block)) length += field.Raw.Length;
        Assert.Equal(block.Length, length);
    }

    [Fact]
    public void A_field_is_found_whatever_its_case()
    {
        Assert.True(HeaderFields.TryFind("a: 1\r\nSUBJECT: x\r\n y\r\nSubject: z\r\n"u8, "subject"u8, out var value));
        Assert.Equal("x y", Encoding.ASCII.GetString(HeaderFields.Unfold(value)));
        Assert.False(HeaderFields.TryFind("a: 1\r\n"u8, "b"u8, out _));
    }
}
