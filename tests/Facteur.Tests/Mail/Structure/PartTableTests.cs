using Facteur.Mail;

namespace Facteur.Tests.Mail.Structure;

public class PartTableTests
{
    // The example of RFC 9051 §6.4.5, in its shape.
    private static readonly Parsed Example = Parsed.Of("""
        Content-Type: multipart/mixed; boundary=a

        --a

        1
        --a
        Content-Type: application/octet-stream

        2
        --a
        Content-Type: message/rfc822

        Subject: three
        Content-Type: multipart/mixed; boundary=b

        --b

        3.1
        --b
        Content-Type: application/octet-stream

        3.2
        --b--
        --a
        Content-Type: multipart/mixed; boundary=c

        --c
        Content-Type: image/gif

        4.1
        --c
        Content-Type: message/rfc822

        Content-Type: multipart/mixed; boundary=d

        --d

        4.2.1
        --d
        Content-Type: multipart/alternative; boundary=e

        --e

        4.2.2.1
        --e
        Content-Type: text/richtext

        4.2.2.2
        --e--
        --d--
        --c
        Content-Type: message/rfc822

        Subject: single

        4.3.1
        --c--
        --a--
        """);

    [Theory]
    [InlineData("1")]
    [InlineData("2")]
    [InlineData("3.1")]
    [InlineData("3.2")]
    [InlineData("4.1")]
    [InlineData("4.2.1")]
    [InlineData("4.2.2.1")]
    [InlineData("4.2.2.2")]
    [InlineData("4.3.1")]
    public void Section_numbers_name_the_parts(string section) =>
        Assert.Equal(section, Example.Body(PartTable.Find(Example.Root, Numbers(section))!));

    [Theory]
    [InlineData("3", "message")]
    [InlineData("4", "multipart")]
    [InlineData("4.2", "message")]
    [InlineData("4.2.2", "multipart")]
    public void Messages_and_multiparts_have_numbers_too(string section, string type) =>
        Assert.Equal(type, PartTable.Find(Example.Root, Numbers(section))!.Type);

    [Theory]
    [InlineData("0")]
    [InlineData("5")]
    [InlineData("1.1")]
    [InlineData("3.3")]
    [InlineData("4.3.1.1")]
    [InlineData("4.3.2")]
    [InlineData("-1")]
    public void Other_numbers_name_nothing(string section) => Assert.Null(PartTable.Find(Example.Root, Numbers(section)));

    [Fact]
    public void A_message_that_is_one_part_has_number_1()
    {
        var single = Parsed.Of("Subject: x\r\n\r\nbody").Root;
        Assert.Same(single, PartTable.Find(single, [1]));
        Assert.Same(single, PartTable.Find(single, []));
        Assert.Null(PartTable.Find(single, [1, 1]));
        var message = Parsed.Of("Content-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\nbody").Root;
        Assert.Same(message, PartTable.Find(message, [1]));
        Assert.Same(message.Children[0], PartTable.Find(message, [1, 1]));
    }

    [Fact]
    public void A_tree_comes_back_as_it_was()
    {
        Assert.Equal(Example.Facts.Parts.ToArray(), PartTable.Serialize(Example.Root).ToArray());
        var root = Parsed.Of("Content-Type: x-a/y-b; name*=utf-8''%C3%A9; charset=c\r\nContent-ID: <i@d>\r\nContent-Disposition: x\r\nContent-Transfer-Encoding: binary\r\n\r\nbody").Root;
        Assert.Equal(("x-a", "y-b", "\u00e9", "i@d", "x", TransferEncoding.Binary),
            (root.Type, root.Subtype, root.FileName, root.ContentId, root.Disposition, root.Encoding));
    }

    [Fact]
    public void A_damaged_table_is_told()
    {
        var table = Example.Facts.Parts.ToArray();
        for (var length = 0; length < table.Length; length++)
            Assert.Throws<InvalidDataException>(() => PartTable.Parse(table.AsSpan(0, length)));
        table[0] = 99;
        Assert.Throws<InvalidDataException>(() => PartTable.Parse(table));
    }

    private static int[] Numbers(string section) => [.. section.Split('.').Select(int.Parse)];
}
